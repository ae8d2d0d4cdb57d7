"""What travels in the wheel, and what does not."""

import re
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

from placement import __version__
from tests.architecture.sources import ROOT, project_files, relative

TRAVELLING = ("placement/", "templates/", "migrations/")


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


def read(wheel: Path, name: str) -> bytes:
    with zipfile.ZipFile(wheel) as packed:
        return packed.read(name)


def travelling() -> dict[str, Path]:
    """Name in the wheel → file of the project, for everything that the service needs."""
    return {
        name if name.startswith("placement/") else f"placement/{name}": path
        for path in project_files()
        if (name := relative(path)).startswith(TRAVELLING)
    }


def test_everything_that_the_service_needs_travels_unchanged(wheel: Path) -> None:
    assert sorted(set(travelling()) - names(wheel)) == []
    assert [name for name, path in travelling().items() if read(wheel, name) != path.read_bytes()] == []


@pytest.mark.parametrize(
    "name",
    [
        "placement/templates/base.html",
        "placement/templates/email/layout.html",
        "placement/migrations/HEAD",
        "placement/migrations/alembic.ini",
        "placement/migrations/env.py",
        "placement/migrations/script.py.mako",
        "placement/migrations/versions/0001_programmes.py",
        "placement/web/static/site.css",
        "placement/web/static/site.js",
        "placement/data/NOTICE.md",
        "placement/data/postcode-sectors.csv.gz",
        *(f"placement/data/demo/{sheet}.csv" for sheet in ("partners", "opportunities", "slots")),
        *(f"placement/data/demo/{sheet}.csv" for sheet in ("leaders", "preferences")),
    ],
)
def test_the_wheel_holds(wheel: Path, name: str) -> None:
    assert name in names(wheel)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    own = {name for name in names(wheel) if ".dist-info/" not in name}
    assert sorted(own - set(travelling())) == []


def test_the_wheel_says_what_it_is_and_needs(wheel: Path) -> None:
    (metadata,) = [name for name in names(wheel) if name.endswith(".dist-info/METADATA")]
    told = message_from_bytes(read(wheel, metadata))
    assert (told["Name"], told["Version"]) == ("placement", __version__)
    needed = {
        re.split(r"[^\w-]", line)[0].lower()
        for line in told.get_all("Requires-Dist", [])
        if "extra" not in line
    }
    assert {"flask", "flask-sqlalchemy", "scipy", "icalendar", "flask-mail"} <= needed
    assert not {"pytest", "hypothesis", "ruff", "hatchling"} & needed
    (entries,) = [name for name in names(wheel) if name.endswith(".dist-info/entry_points.txt")]
    assert b"placement = placement.__main__:main" in read(wheel, entries)


def test_the_readme_travels_as_the_description(wheel: Path) -> None:
    (metadata,) = [name for name in names(wheel) if name.endswith(".dist-info/METADATA")]
    assert (ROOT / "README.md").read_text().splitlines()[0] in read(wheel, metadata).decode()
