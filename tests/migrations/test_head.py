"""The newest migration makes exactly what the models say."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from placement.config import resource_folder
from placement.db import Base, db
from placement.db.schema import revision_now, revision_wanted, upgrade
from tests.migrations.structure import kept_by_code, structure

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"
BY_MODELS_AND_MIGRATIONS = ("columns", "primary key", "unique", "checks", "references", "indexes")

IN_FEEDS = {
    "cohort": ["update"],
    "event": ["delete", "insert", "update"],
    "event_guest": ["delete", "insert", "update"],
    "invite": ["delete", "insert", "update"],
    "leader": ["update"],
    "opportunity": ["update"],
    "organisation": ["update"],
    "partner": ["update"],
    "placement": ["delete", "insert", "update"],
    "site": ["update"],
    "slot": ["update"],
}
"""What raises the number of a cohort's calendar feeds, by table."""

ANY_CHANGE = (
    *("leader", "slot", "placement", "preference", "date_answer", "organisation", "team", "partner"),
    *("opportunity", "site", "event", "event_guest", "access_need", "conflict", "fixed_pair"),
    "refused_opportunity",
)
IN_MATCHES = {
    **{table: ["delete", "insert", "update"] for table in ANY_CHANGE},
    "cohort": ["insert", "update"],
    "user": ["update"],
}
"""What draws a new stamp for the matches of a cohort, by table."""


def scripts() -> ScriptDirectory:
    return ScriptDirectory(str(resource_folder("migrations")))


def test_there_is_one_head_and_the_head_file_names_it() -> None:
    assert scripts().get_heads() == [revision_wanted()]


def test_migrations_are_numbered_one_after_the_other() -> None:
    files = sorted(path.stem for path in VERSIONS.glob("*.py"))
    line = [script.revision for script in scripts().walk_revisions()][::-1]
    assert files == line
    assert [int(name.partition("_")[0]) for name in files] == list(range(1, len(files) + 1))


def test_autogenerate_finds_nothing_to_do(app: Flask) -> None:
    with db.engine.connect() as connection:
        compared = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(compared, Base.metadata) == []


def test_head_and_models_agree_by_name_in_every_key_check_and_index(new_app: Flask) -> None:
    with db.engine.begin() as connection:
        Base.metadata.create_all(connection)
        wanted = structure(connection)["tables"]
        Base.metadata.drop_all(connection)
    upgrade()
    with db.engine.connect() as connection:
        found = structure(connection)["tables"]
    del found["alembic_version"]
    assert found == wanted


def test_the_limits_that_are_kept_by_code_are_all_there(app: Flask) -> None:
    with db.engine.connect() as connection:
        found = kept_by_code(connection)
        postgresql = connection.dialect.name == "postgresql"
    if postgresql:
        assert found == {
            "triggers": sorted(
                [(table, "calendar_changed") for table in IN_FEEDS]
                + [(table, "match_changed") for table in IN_MATCHES]
                + [
                    ("audit_event", "audit_append_only"),
                    ("placement", "placement_count"),
                    ("placement", "placement_count_truncate"),
                    ("placement", "placement_in_turn"),
                    ("slot", "slot_taken_insert"),
                    ("slot", "slot_taken_update"),
                ]
            ),
            "functions": sorted(
                [
                    *(f"{table}_match_changed" for table in IN_MATCHES),
                    *("audit_append_only", "calendar_changed_cohort_id", "calendar_changed_id"),
                    *("placement_count", "placement_in_turn", "slot_taken"),
                ]
            ),
            "exclusions": ["no_overlap"],
        }
    else:
        assert found == {
            "triggers": sorted(
                [
                    (table, f"{table}_calendar_{event}")
                    for table, events in IN_FEEDS.items()
                    for event in events
                ]
                + [
                    (table, f"{table}_match_{event}")
                    for table, events in IN_MATCHES.items()
                    for event in events
                ]
                + [
                    ("audit_event", "audit_event_no_delete"),
                    ("audit_event", "audit_event_no_replace"),
                    ("audit_event", "audit_event_no_update"),
                    ("placement", "placement_count_delete"),
                    ("placement", "placement_count_insert"),
                    ("placement", "placement_count_update"),
                    ("placement", "placement_no_replace"),
                    ("placement", "placement_overlap_insert"),
                    ("placement", "placement_overlap_update"),
                    ("slot", "slot_taken_insert"),
                    ("slot", "slot_taken_update"),
                ]
            )
        }


def test_the_database_knows_where_it_is(app: Flask) -> None:
    assert revision_now() == revision_wanted()
