"""What is installed from the wheel does the main job far from the checkout."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

SITE_PACKAGES = Path(str(importlib.util.find_spec("click").origin)).parents[1]  # type: ignore[union-attr]
FOREIGN = ("PLACEMENT_", "PYTHON", "COV_")
SOLVING = ("click", "platformdirs", "numpy", "numpy.libs", "scipy", "scipy.libs")
EXAMPLE = ROOT / "tests" / "contracts" / "example-problem.json"


@dataclass(frozen=True)
class Elsewhere:
    """A folder away from the checkout, and the only folders from which Python may import."""

    folder: Path
    importing: tuple[Path, ...]

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return kept | {
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join(map(str, self.importing)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PLACEMENT_SECRET_KEY": "a-secret-for-tests-only-0123456789",
            "PLACEMENT_PUBLIC_BASE_URL": "http://127.0.0.1:8000",
            "PLACEMENT_MAIL_SENDER": "Placement <placements@placement.example>",
            "PLACEMENT_MAIL_BACKEND": "folder",
            "PLACEMENT_MAIL_FOLDER": str(self.folder / "mail"),
            "PLACEMENT_DATABASE_URL": f"sqlite:///{self.folder}/placement.sqlite3",
        }

    def python(self, *arguments: str) -> str:
        """What a Python prints that knows no site-packages: -S keeps the checkout's own entry out."""
        done = subprocess.run(
            [sys.executable, "-S", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def placement(self, *arguments: str) -> str:
        """What one command prints."""
        return self.python("-m", "placement", *arguments)


@pytest.fixture
def elsewhere(installed: Path, tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path, (installed, SITE_PACKAGES))


def test_it_is_the_wheels_own_copy_that_is_tested(elsewhere: Elsewhere, installed: Path) -> None:
    told = elsewhere.python(
        "-c", "import json, sys, placement; print(json.dumps([placement.__file__, sys.path]))"
    )
    file, path = json.loads(told)
    assert Path(file).is_relative_to(installed)
    assert not any(entry and Path(entry).resolve() == ROOT for entry in path)


@pytest.mark.timeout(300)
def test_the_main_job_runs_on_the_cohort_that_travels_along(elsewhere: Elsewhere, installed: Path) -> None:
    head = (installed / "placement" / "migrations" / "HEAD").read_text().strip()
    assert head in elsewhere.placement("db", "upgrade")
    demo = installed / "placement" / "data" / "demo"
    assert "Imported" in elsewhere.placement("cohort", "import", str(demo), "--name", "Wheel")
    solution = json.loads(elsewhere.placement("match", "run", "--cohort", "Wheel", "--json"))["solution"]
    assert solution["status"] == "optimal"
    elsewhere.placement("match", "confirm", "1")
    elsewhere.placement("outbox", "send")
    status = json.loads(elsewhere.placement("outbox", "status", "--json"))
    mails = list((elsewhere.folder / "mail").rglob("*.eml"))
    assert len(mails) == status["sent"]
    invites = [mail for mail in mails if b"text/calendar" in mail.read_bytes()]
    assert len(invites) == len(solution["assignments"]) > 0


def test_the_start_page_is_rendered_with_its_look(elsewhere: Elsewhere) -> None:
    elsewhere.placement("db", "upgrade")
    shown = """
import os, re
from placement.app import create_app
from placement.config import Config
browser = create_app(Config.from_env(os.environ)).test_client()
page = browser.get("/", follow_redirects=True)
print(page.status_code)
sheets = re.findall(r'<link[^>]+href="([^"]+[.]css[^"]*)"', page.text)
print(len(sheets), {browser.get(sheet).status_code for sheet in sheets})
print(re.search(r"<h1[^>]*>", page.text) is not None)
"""
    status, sheets, heading = elsewhere.python("-c", shown).splitlines()
    assert status == "200"
    assert re.fullmatch(r"[1-9]\d* \{200\}", sheets)
    assert heading == "True"


def test_solving_needs_neither_flask_nor_a_database_nor_settings(installed: Path, tmp_path: Path) -> None:
    only = tmp_path / "only"
    only.mkdir()
    for name in SOLVING:
        if (SITE_PACKAGES / name).exists():
            (only / name).symlink_to(SITE_PACKAGES / name)
    bare = Elsewhere(tmp_path, (installed, only))
    missing = bare.python(
        "-c", "import importlib.util as u; print(u.find_spec('flask'), u.find_spec('sqlalchemy'))"
    )
    assert missing == "None None\n"
    solution = json.loads(bare.placement("solve", str(EXAMPLE)))
    assert solution["status"] == "optimal"
    assert not (tmp_path / "placement.sqlite3").exists()


def test_the_console_script_starts(installed: Path, elsewhere: Elsewhere) -> None:
    script = installed / "bin" / ("placement.exe" if os.name == "nt" else "placement")
    done = subprocess.run(
        [str(script), "--version"],
        cwd=elsewhere.folder,
        env=elsewhere.environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("placement, version ")
