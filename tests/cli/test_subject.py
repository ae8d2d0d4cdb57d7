"""`placement subject` hands out what is kept about one person, and erases it."""

import json
from pathlib import Path

import pytest

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from placement.services.access import record_need
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_leader, make_user
from tests.factories.programmes import make_cohort

WHO = ("ada@people.example", "--cohort", "Spring cohort")


@pytest.fixture
def config(sqlite_server: SqliteServer, tmp_path: Path):  # type: ignore[no-untyped-def]  # a generator
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            user = make_user(session, email="ada@people.example", name="Ada")
            leader = make_leader(session, cohort=make_cohort(session, name="Spring cohort"), user=user)
            record_need(session, leader, "A hearing loop")
        dispose(app)
        yield config


def test_an_export_holds_everything_with_the_needs(config: Config) -> None:
    found = json.loads(placement(config, "subject", "export", *WHO).out)
    assert {"What": "Name", "Kept": "Ada"} in found["about"]
    assert found["access_need"] == [{"What you need": "A hearing loop", "Your partner may know": False}]


def test_a_dry_run_says_what_goes_and_erasing_takes_it(config: Config) -> None:
    told = json.loads(placement(config, "subject", "erase", *WHO, "--dry-run", "--json").out)
    assert (told["dry_run"], told["blocked"], told["goes"]["Access needs"]) == (True, [], 1)
    assert "Nothing was erased." in placement(config, "subject", "erase", *WHO, "--dry-run").out
    assert "     1 goes: Access needs\n" in placement(config, "subject", "erase", *WHO).out
    again = placement(config, "subject", "erase", *WHO)
    assert (again.status, again.out) == (1, "")
