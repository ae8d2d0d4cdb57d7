"""The commands that bring cohorts in and list them, as an operator runs them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from placement import cli
from placement.app import create_base
from placement.cli.context import Applications
from placement.config import Config
from placement.db import db
from placement.domain.sheets.tables import Kind
from tests.databases import SECRET, dispose
from tests.unit.adapters.sheets.files import csv_bytes, xlsx_bytes
from tests.unit.domain.sheets.samples import Tables, grid, small_cohort, spoilt

POSITIONED = {"lat": "53.82", "lon": "-3.04"}


class Installation:
    """The `placement` command on a database of its own, and a folder of sheets."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.config = config
        self.folder = folder

    def write(self, tables: Tables) -> None:
        """Put `tables` into the folder as CSV, all with coordinates."""
        for kind, table in tables.items():
            (self.folder / f"{kind}.csv").write_bytes(csv_bytes(grid(table)))

    def run(self, *arguments: str) -> Result:
        """Run `placement` with `arguments`."""
        made: list[Flask] = []

        def base(config: Config) -> Flask:
            made.append(create_base(config))
            return made[-1]

        settings = {
            "PLACEMENT_DATABASE_URL": self.config.database_url,
            "PLACEMENT_DATA_FOLDER": str(self.config.data_folder),
            "PLACEMENT_SECRET_KEY": SECRET,
        }
        result = CliRunner().invoke(
            cli.main, arguments, obj=Applications(base=base, site=base), env=settings, prog_name="placement"
        )
        for app in made:
            dispose(app)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def bring_in(self, *more: str) -> Result:
        """Import the folder as "Coast 1"."""
        return self.run("cohort", "import", str(self.folder), "--name", "Coast 1", *more)

    def cohorts(self) -> Any:
        """What `cohort list --json` says."""
        return json.loads(self.run("cohort", "list", "--json").stdout)


@pytest.fixture
def installation(config: Config, tmp_path: Path) -> Installation:
    folder = tmp_path / "sheets"
    folder.mkdir()
    made = Installation(config, folder)
    made.write(located(small_cohort()))
    return made


def located(tables: Tables) -> Tables:
    """`tables` with coordinates, because their postcodes are made up."""
    for kind in (Kind.OPPORTUNITIES, Kind.LEADERS):
        for row in tables[kind]:
            row.update(POSITIONED)
    return tables


def test_importing_says_what_was_added_and_again_that_nothing_changes(installation: Installation) -> None:
    first, again = installation.bring_in("--programme", "Leaders"), installation.bring_in()
    assert (first.exit_code, again.exit_code) == (0, 0), first.stderr
    assert "leaders        3 added" in first.stdout
    assert 'Imported into cohort "Coast 1" of the programme "Leaders".' in first.stdout
    assert "leaders        3 unchanged" in again.stdout
    assert 'Nothing to change: cohort "Coast 1" is as these sheets say.' in again.stdout


def test_cohorts_are_listed_with_their_figures(installation: Installation) -> None:
    assert "There is no cohort yet" in installation.run("cohort", "list").stdout
    installation.bring_in()
    assert installation.cohorts() == [
        {
            "name": "Coast 1",
            "programme": "Coast 1",
            "leaders": 3,
            "answered": 2,
            "slots": 4,
            "seats": 16,
            "confirmed": 0,
        }
    ]
    lines = installation.run("cohort", "list").stdout.splitlines()
    assert lines[0].split() == ["cohort", "leaders", "answered", "slots", "seats", "confirmed"]
    assert lines[1].split()[-5:] == ["3", "2", "4", "16", "0"]


def test_a_dry_run_saves_nothing(installation: Installation) -> None:
    dry = installation.bring_in("--dry-run")
    assert dry.exit_code == 0
    assert "Dry run: nothing was saved." in dry.stdout
    assert installation.cohorts() == []


def test_changes_are_told_cell_by_cell(installation: Installation) -> None:
    installation.bring_in()
    installation.write(located(spoilt(Kind.SLOTS, 4, capacity="7")))
    dry = installation.bring_in("--dry-run")
    assert "Change: slots.csv, row 4, capacity (S3): 4 → 7" in dry.stdout
    done = json.loads(installation.bring_in("--json").stdout)
    assert done["changes"] == [
        {
            "file": "slots.csv",
            "row": 4,
            "column": "capacity",
            "name": "S3",
            "before": "4",
            "after": "7",
        }
    ]
    assert done["sheets"]["slots"] == {"added": 0, "changed": 1, "unchanged": 3, "kept": 0}
    assert done["imported"] is True


def test_faults_are_told_all_at_once_and_nothing_is_imported(
    installation: Installation, tmp_path: Path
) -> None:
    spoilt_tables = located(spoilt(Kind.LEADERS, 4, email="=1+1", max_km="far"))
    spoilt_tables[Kind.SLOTS][0]["opportunity"] = "OPP9"
    installation.write(spoilt_tables)
    errors = tmp_path / "faults.csv"
    refused = installation.bring_in("--errors", str(errors))
    assert refused.exit_code == 1
    assert "slots.csv, row 2, opportunity: 'OPP9' is not in opportunities.csv." in refused.stderr
    assert "placement: Nothing was imported: 3 faults to put right." in refused.stderr
    with errors.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["file", "row", "column", "what is wrong", "what to do"]
    assert [(row["file"], row["row"], row["column"]) for row in rows] == [
        ("slots.csv", "2", "opportunity"),
        ("leaders.csv", "4", "email"),
        ("leaders.csv", "4", "max_km"),
    ]
    assert installation.cohorts() == []


def test_faults_are_told_as_json_too(installation: Installation) -> None:
    installation.write(located(spoilt(Kind.LEADERS, 3, max_km="far")))
    refused = installation.bring_in("--json")
    assert refused.exit_code == 1
    told = json.loads(refused.stdout)
    assert told["imported"] is False
    assert [(fault["file"], fault["row"], fault["column"]) for fault in told["faults"]] == [
        ("leaders.csv", 3, "max_km")
    ]


def test_without_faults_the_list_of_faults_is_empty(installation: Installation, tmp_path: Path) -> None:
    errors = tmp_path / "faults.csv"
    errors.write_text("old")
    assert installation.bring_in("--errors", str(errors)).exit_code == 0
    assert errors.read_text("utf-8").count("\n") == 1


def test_one_workbook_is_enough(installation: Installation) -> None:
    for file in installation.folder.iterdir():
        file.unlink()
    tables = located(small_cohort())
    book = xlsx_bytes({str(kind): grid(table) for kind, table in tables.items()})
    (installation.folder / "Coast.xlsx").write_bytes(book)
    assert installation.bring_in().exit_code == 0
    assert installation.cohorts()[0]["leaders"] == 3


def test_the_shipped_demonstration_is_imported_by_its_postcodes(installation: Installation) -> None:
    shipped = Path(__file__).parents[2] / "placement" / "data" / "demo"
    done = json.loads(installation.run("cohort", "import", str(shipped), "--name", "Demo", "--json").stdout)
    assert (done["faults"], done["notes"]) == ([], [])
    counted = installation.cohorts()[0]
    assert (counted["leaders"], counted["answered"], counted["slots"]) == (60, 52, 30)


@pytest.mark.parametrize(
    "arguments",
    [
        ("cohort", "import", "."),
        ("cohort", "import", "/nowhere", "--name", "x"),
        ("cohort", "import", ".", "--name", " "),
        ("cohort", "import", ".", "--name", "x", "--errors", "/nowhere/faults.csv"),
        ("cohort", "import", ".", "--name", "x", "--sheet", "y"),
    ],
)
def test_a_command_that_is_used_wrongly_ends_with_status_2(
    installation: Installation, arguments: tuple[str, ...]
) -> None:
    wrong = installation.run(*arguments)
    assert wrong.exit_code == 2
    assert wrong.stderr


BREAK_SQLITE = """
CREATE TRIGGER broken BEFORE INSERT ON date_answer
BEGIN
  SELECT RAISE(ABORT, 'broken off');
END
"""
BREAK_POSTGRESQL = """
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'broken off' USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER broken BEFORE INSERT ON date_answer FOR EACH ROW EXECUTE FUNCTION broken()
"""


def by_hand(config: Config, statement: str) -> list[tuple[Any, ...]]:
    """Run one statement on the installation's database, beside the service."""
    with create_base(config).app_context():
        with db.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            rows = [tuple(row) for row in result] if result.returns_rows else []
        db.engine.dispose()
    return rows


def test_a_failure_in_the_last_step_leaves_nothing_of_the_first(installation: Installation) -> None:
    is_sqlite = installation.config.database_url.startswith("sqlite")
    by_hand(installation.config, BREAK_SQLITE if is_sqlite else BREAK_POSTGRESQL)
    refused = installation.bring_in()
    assert refused.exit_code == 1
    assert "preferences.csv, row 2" in refused.stderr
    for table in ("programme", "cohort", "user", "partner", "leader", "audit_event"):
        assert by_hand(installation.config, f'SELECT count(*) FROM "{table}"') == [(0,)]
