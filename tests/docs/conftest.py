"""What a newcomer has: the project's files in a fresh folder, and a home of their own."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, project_files, relative


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the project as git keeps it: nothing installed, nothing left from earlier starts."""
    copy = tmp_path / "placement-checkout"
    for path in project_files():
        target = copy / relative(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert (copy / "README.md").read_bytes() == (ROOT / "README.md").read_bytes()
    return copy
