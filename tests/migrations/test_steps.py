"""Every step goes up, down and up again with rows in every table, and nobody's rows are lost on the way."""

from typing import Any

import flask_migrate
from flask import Flask
from sqlalchemy import text

from placement.config import resource_folder
from placement.db import db
from placement.db.schema import prepare_migrations
from tests.migrations.loading import contents, load
from tests.migrations.rows import BY_REVISION, VERSION
from tests.migrations.structure import structure
from tests.migrations.test_head import scripts

Contents = dict[str, list[dict[str, Any]]]
FOLDER = str(resource_folder("migrations"))


def revisions() -> list[str]:
    """All migrations, the oldest first."""
    return [script.revision for script in scripts().walk_revisions()][::-1]


def up(revision: str) -> None:
    prepare_migrations()
    flask_migrate.upgrade(directory=FOLDER, revision=revision)


def down(revision: str) -> None:
    prepare_migrations()
    flask_migrate.downgrade(directory=FOLDER, revision=revision)


def rows_now() -> Contents:
    with db.engine.connect() as connection:
        return contents(connection)


def structure_now() -> dict[str, Any]:
    with db.engine.connect() as connection:
        return structure(connection)


def load_now(revision: str) -> None:
    with db.engine.begin() as connection:
        load(connection, revision)


def without_counts(rows: Contents) -> Contents:
    """The same rows without what the database counts: it begins anew where the placements leave."""
    return {
        table: [{column: value for column, value in row.items() if column != "taken"} for row in found]
        for table, found in rows.items()
    }


def test_there_are_rows_for_every_migration() -> None:
    assert list(BY_REVISION) == revisions()


def test_each_step_goes_up_down_and_up_with_rows_in_every_table(new_app: Flask) -> None:
    before: Contents = {}
    for place, revision in enumerate(revisions()):
        up(revision)
        made = structure_now()
        load_now(revision)
        loaded = rows_now()
        assert all(loaded.values()), "every table has a row"
        down(revisions()[place - 1] if place else "base")
        assert without_counts(rows_now()) == without_counts(before)
        up(revision)
        assert structure_now() == made
        load_now(revision)
        assert rows_now() == loaded
        before = loaded


def test_all_steps_go_down_at_once_and_leave_nothing(new_app: Flask) -> None:
    for revision in revisions():
        up(revision)
        load_now(revision)
    down("base")
    left = structure_now()
    assert list(left.pop("tables")) == [VERSION]
    assert not any(left.values())
    up("head")
    assert not any(rows_now().values())


def test_the_count_of_a_slot_is_right_after_going_down_and_up(new_app: Flask) -> None:
    for revision in revisions():
        up(revision)
        load_now(revision)
    down("0005_match_runs")
    up("head")
    load_now("0006_placements")
    with db.engine.connect() as connection:
        taken = connection.scalars(text("SELECT taken FROM slot ORDER BY id")).all()
    assert taken == [1, 0]
