"""How a database is looked at, made and brought up when the service starts."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from placement.config import Config
from placement.db import db, unit_of_work
from placement.db.schema import ensure_schema, revision_now, revision_wanted, upgrade
from placement.domain.errors import DatabaseOutdated
from tests.databases import dispose
from tests.migrations.test_steps import (
    Contents,
    down,
    load_now,
    revisions,
    rows_now,
    structure_now,
    up,
    without_counts,
)

ROOT = Path(__file__).parents[2]


def test_a_new_database_gets_its_tables_once(new_app: Flask) -> None:
    assert ensure_schema()
    assert revision_now() == revision_wanted()
    made = structure_now()
    assert not ensure_schema()
    assert structure_now() == made


def test_a_database_that_is_behind_is_refused_and_left_as_it_is(new_app: Flask) -> None:
    for revision in revisions()[:-1]:
        up(revision)
        load_now(revision)
    structure, rows = structure_now(), rows_now()
    with pytest.raises(DatabaseOutdated, match="placement db upgrade"):
        ensure_schema()
    assert (structure_now(), rows_now()) == (structure, rows)
    assert revision_now() == revisions()[-2]
    upgrade()
    assert not ensure_schema()


def test_a_database_that_is_ahead_is_refused(new_app: Flask) -> None:
    ensure_schema()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999_later'"))
    with pytest.raises(DatabaseOutdated):
        ensure_schema()


def test_a_database_of_somebody_else_is_refused(new_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id integer)"))
    with pytest.raises(DatabaseOutdated):
        ensure_schema()
    assert list(structure_now()["tables"]) == ["theirs"]


def test_a_database_that_went_down_to_nothing_is_refused_until_it_is_upgraded(new_app: Flask) -> None:
    ensure_schema()
    down("base")
    with pytest.raises(DatabaseOutdated):
        ensure_schema()
    upgrade()
    assert not ensure_schema()


def test_making_the_tables_leaves_no_setting_behind(new_app: Flask) -> None:
    ensure_schema()
    asked = {"sqlite": ("PRAGMA foreign_keys", 1), "postgresql": ("SHOW statement_timeout", "0")}
    question, answer = asked[db.engine.dialect.name]
    with unit_of_work() as session:
        assert session.scalar(text(question)) == answer


def interrupted(config: Config, moment: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start a process that upgrades the database and is killed at `moment`."""
    command = [sys.executable, "-m", "tests.migrations.interrupted", config.database_url, str(folder), moment]
    return subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stderr=subprocess.PIPE)


def in_columns_of(older: Contents, newer: Contents) -> Contents:
    """The rows of `newer` as far as `older` could hold them, without what the database counts."""
    return without_counts(
        {
            table: [{column: row[column] for column in known[0]} for row in newer[table]]
            for table, known in older.items()
        }
    )


@pytest.mark.parametrize("moment", ["3", "40", "commit"])
def test_a_kill_in_the_middle_leaves_a_database_that_upgrade_completes(
    empty: Config, new_app: Flask, tmp_path: Path, moment: str
) -> None:
    for revision in revisions()[:3]:
        up(revision)
        load_now(revision)
    structure, rows = structure_now(), rows_now()
    dispose(new_app)
    with interrupted(empty, moment, tmp_path) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert (structure_now(), rows_now()) == (structure, rows)
    upgrade()
    assert revision_now() == revision_wanted()
    for revision in revisions()[3:]:
        load_now(revision)
    assert in_columns_of(rows, rows_now()) == without_counts(rows)


def test_two_processes_that_start_together_make_the_tables_once(empty: Config, tmp_path: Path) -> None:
    never = "999999"
    processes = [interrupted(empty, never, tmp_path) for _ in range(2)]
    said = [process.communicate()[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], said
