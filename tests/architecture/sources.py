"""The project's own files, as the architecture tests read them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("placement", "migrations", "tests", "bench", "wsgi.py")
# Other people's files, kept as they came.
VENDORED = ("placement/web/static/", "tests/browser/axe/", "tests/season/icaljs/")
OUTSIDE = {".git", ".venv", "__pycache__"}


@cache
def project_files() -> tuple[Path, ...]:
    """All files of the project: what git keeps, or everything where this is no git checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not OUTSIDE & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def relative(path: Path) -> str:
    """The name of a file as seen from the top of the project."""
    return path.relative_to(ROOT).as_posix()


def vendored(path: Path) -> bool:
    """Whether a file is somebody else's."""
    return relative(path).startswith(VENDORED) and ".min." in path.name


@dataclass(frozen=True)
class Source:
    """One Python file: its name from the top of the project, its text and its syntax tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """The dotted name that imports it."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """All functions and methods, also those within others."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files under `folders`."""
    paths = [
        path
        for path in project_files()
        if path.suffix == ".py" and relative(path).partition("/")[0] in folders
    ]
    return tuple(Source(relative(path), text := path.read_text(), ast.parse(text)) for path in paths)
