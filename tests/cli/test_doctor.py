"""`placement doctor` tells everything that is wrong at once, and how to mend it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from placement.app import create_base
from placement.config import Config, sqlite_url
from placement.db import db, unit_of_work
from placement.services import health
from placement.services.access import record_need
from placement.worker.procrastinate import Procrastinate, conninfo, prepare
from placement.worker.stopping import Stopping
from placement.worker.turns import Turns
from tests.cli.commands import placement
from tests.databases import PostgresqlServer, dispose, settings
from tests.factories.clock import NOON
from tests.factories.outbox import make_message
from tests.factories.people import make_leader
from tests.smtp_sink import open_sink

CHECKS = [
    *("secret key", "base URL", "sender", "database", "migrations", "clock", "time zone", "worker"),
    *("engine", "disk", "mail"),
]


def findings(config: Config) -> dict[str, dict[str, Any]]:
    """What the doctor finds, by check; of one check the last that is wrong."""
    ended = placement(config, "doctor", "--json")
    told = json.loads(ended.out)
    assert config.secret_key not in ended.out
    assert told["well"] == all(finding["well"] for finding in told["findings"])
    assert ended.status == (0 if told["well"] else 1)
    found: dict[str, dict[str, Any]] = {}
    for finding in sorted(told["findings"], key=lambda finding: not finding["well"]):
        found[finding["check"]] = finding
    return found


def wrong(config: Config) -> set[str]:
    return {check for check, finding in findings(config).items() if not finding["well"]}


@pytest.fixture
def nowhere(tmp_path: Path) -> Config:
    """Settings whose database was never made."""
    return settings(sqlite_url(tmp_path / "absent" / "placement.sqlite3"), tmp_path)


def test_a_sound_installation_is_well(config: Config) -> None:
    ended = placement(config, "doctor")
    assert ended.status == 0, ended.out
    lines = ended.out.splitlines()
    assert lines[-1] == "All is well."
    assert all(line.startswith("ok ") for line in lines[:-1])
    assert list(dict.fromkeys(line[7:].partition(":")[0] for line in lines[:-1])) == CHECKS


def test_the_same_is_told_as_json(config: Config) -> None:
    found = findings(config)
    assert set(found) == set(CHECKS)
    assert all(finding["said"] and not finding["remedy"] for finding in found.values())


def test_everything_that_is_wrong_is_told_at_once(nowhere: Config) -> None:
    spoiled = replace(
        nowhere,
        secret_key="secret",
        public_base_url="http://placement.example",
        mail_sender="",
        mail_backend="smtp",
        mail_server="127.0.0.1",
        mail_port=1,
    )
    ended = placement(spoiled, "doctor")
    assert ended.status == 1
    for words in (
        "PLACEMENT_SECRET_KEY is too easy to guess",
        "PLACEMENT_PUBLIC_BASE_URL must start with https://",
        "PLACEMENT_MAIL_SENDER is not set",
        "Set PLACEMENT_MAIL_SENDER first",
        "There is no database at",
        "Run: placement db upgrade",
        "Mail server 127.0.0.1:1",
        "Start the mail server",
        "Something is wrong",
    ):
        assert words in ended.out


def test_looking_makes_no_database(nowhere: Config, tmp_path: Path) -> None:
    assert wrong(nowhere) == {"database"}
    assert not list(tmp_path.rglob("*.sqlite3*"))


def test_a_database_that_is_behind_is_told(config: Config) -> None:
    app = create_base(config)
    with app.app_context():
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0008_signing_in'"))
        dispose(app)
    told = findings(config)["migrations"]
    assert "0008_signing_in" in told["said"]
    assert told["remedy"] == "Run: placement db upgrade"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "placement.sqlite3"
    file.write_text("a spreadsheet, by mistake" * 100)
    told = findings(settings(sqlite_url(file), tmp_path))["database"]
    assert not told["well"]
    assert "not a database" in told["said"]


@pytest.mark.parametrize(
    "url",
    ["postgresql://nobody@127.0.0.1:1/absent?connect_timeout=2", "postgresql://nobody@127.0.0.1:port/absent"],
)
def test_a_server_that_is_not_there_is_told(nowhere: Config, url: str) -> None:
    told = findings(replace(nowhere, database_url=url))["database"]
    assert not told["well"]
    assert "PLACEMENT_DATABASE_URL" in told["remedy"]


def test_a_database_of_another_kind_is_told(nowhere: Config) -> None:
    found = findings(replace(nowhere, database_url="mysql://localhost/placement"))
    assert "PLACEMENT_DATABASE_URL must start with" in found["settings"]["said"]
    assert found["mail"]["well"], "the rest is looked at all the same"


def test_a_mail_folder_that_cannot_be_written_is_told(nowhere: Config, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    told = findings(replace(nowhere, mail_folder=in_the_way))
    assert not told["mail"]["well"]
    assert "PLACEMENT_MAIL_FOLDER" in told["mail"]["remedy"]


def test_a_mail_server_that_answers_is_well(nowhere: Config) -> None:
    with open_sink() as sink:
        served = replace(nowhere, mail_backend="smtp", mail_server="127.0.0.1", mail_port=sink.port)
        assert "mail" not in wrong(served)
        assert not sink.received, "nothing is sent"


def test_work_that_waits_for_a_worker_is_told(config: Config) -> None:
    app = create_base(config)
    with app.app_context():
        with unit_of_work() as session:
            make_message(session, due_at=datetime.now(UTC) - timedelta(minutes=3))
        dispose(app)
    told = findings(config)["worker"]
    assert told["said"] == "No worker is running, and work has waited for 3 minutes."
    assert "placement worker" in told["remedy"]


@pytest.mark.postgres
def test_the_queue_is_asked_whether_it_can_be_told(postgresql: PostgresqlServer, tmp_path: Path) -> None:
    with postgresql.database() as url:
        queue = Procrastinate(
            url, Turns(create_base(settings(url, tmp_path)), settings(url, tmp_path), Stopping())
        )
        assert queue.health().said == "The queue has no tables yet; the first worker makes them."
        prepare(conninfo(url))
        prepare(conninfo(url))
        told = findings(replace(settings(url, tmp_path), engine="procrastinate"))["engine"]
    assert (told["well"], told["said"]) == (True, "The queue tells workers of work at once.")
    away = queue.health()
    assert not away.well
    assert away.remedy


def test_access_needs_of_another_key_are_told(config: Config) -> None:
    app = create_base(config)
    with app.app_context():
        with unit_of_work() as session:
            record_need(session, make_leader(session), "Step-free way in")
        dispose(app)
    assert wrong(config) == set()
    told = findings(replace(config, secret_key="another-secret-for-tests-0123456789"))["secret key"]
    assert "encrypted with another PLACEMENT_SECRET_KEY" in told["said"]


@pytest.mark.parametrize(("apart", "well"), [(0, True), (5, True), (-5, True), (6, False), (-3600, False)])
def test_clocks_that_disagree_are_told(apart: int, well: bool) -> None:
    told = health.skew(NOON, NOON + timedelta(seconds=apart))
    assert told.well == well
    assert well or str(abs(apart)) in told.said


def test_the_clock_of_a_database_is_read_in_utc(config: Config) -> None:
    engine = create_engine(config.database_url)
    told = next(finding for finding in health.look_at_clock(engine) if finding.check == "clock")
    engine.dispose()
    assert told.well
    assert f"{datetime.now(UTC):%B %Y}" in told.said


def test_a_network_disk_is_recognised(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        f"server:/share {tmp_path}/far nfs4 rw 0 0\n"
        f"me@server {tmp_path}/far/ssh\\040share fuse.sshfs rw 0 0\n"
    )
    assert health.file_system(tmp_path / "near", mounts) == "ext4"
    assert health.file_system(tmp_path / "far" / "folder", mounts) == "nfs4"
    assert health.file_system(tmp_path / "far" / "ssh share", mounts) == "sshfs"
    assert health.file_system(tmp_path, tmp_path / "no mounts here") == ""


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_SPACE", 2**80)
    (told,) = health.look_at_disk(None, [tmp_path, tmp_path / "later"])
    assert not told.well
    assert "Make space" in told.remedy
