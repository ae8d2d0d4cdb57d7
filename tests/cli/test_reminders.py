"""What is due because of the calendar is listed and owed by command."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_leader, make_user
from tests.factories.programmes import make_cohort
from tests.services.season import in_a_week


@pytest.fixture
def installation(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """A cohort in which one of two leaders has a week left to choose."""
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            cohort = make_cohort(
                session,
                name="Spring",
                created_at=datetime.now(UTC) - timedelta(days=30),
                preferences_close_at=in_a_week(),
            )
            user = make_user(session, name="Ada Synthetic", email="ada@people.example")
            make_leader(session, cohort=cohort, user=user)
            make_leader(session, cohort=cohort, submitted_at=datetime.now(UTC))
        dispose(app)
        yield config


def owed(config: Config) -> int:
    with sqlite3.connect(config.database_url.removeprefix("sqlite:///")) as database:
        return int(database.execute("SELECT count(*) FROM message").fetchone()[0])


def test_what_is_due_is_listed_without_being_owed_and_then_owed_once(installation: Config) -> None:
    listed = placement(installation, "reminders", "owe", "--dry-run", "--json")
    (mail,) = json.loads(listed.out)
    assert (listed.status, owed(installation)) == (0, 0)
    assert {name: mail[name] for name in ("kind", "cohort", "recipient", "name")} == {
        "kind": "choices_reminder",
        "cohort": "Spring",
        "recipient": "ada@people.example",
        "name": "Ada Synthetic",
    }
    done = placement(installation, "reminders", "owe")
    assert done.out.splitlines() == [
        "Please choose            Ada Synthetic <ada@people.example>  (Spring)",
        "1 mail owed.",
    ]
    assert owed(installation) == 1
    assert placement(installation, "reminders", "owe").out == "Nothing is due.\n"
    assert owed(installation) == 1
