"""The wheel, built once from the project's files, and what is installed from it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import project_files, relative


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that `pip install .` would make, without leave to fetch anything."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in project_files():
        target = folder / "project" / relative(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")],
        cwd=folder / "project",
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (found,) = (folder / "dist").iterdir()
    return found


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what pip installs from the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
            *("--no-index", "--no-deps", "--target", str(folder), str(wheel)),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder
