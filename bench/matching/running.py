"""Runs each solver in a process of its own, one at a time, the others with packages of their own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.matching.arcs import Arcs
from bench.matching.methods import METHODS
from bench.matching.worth import Worth, worth_of

Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "var" / "bench-venv"
PACKAGES = ("ortools>=9.15", "matching>=1.4.3", "fairpyx>=0.0.4")
ABSENT = "not to be had here"
_STARTING = 60.0
"""Seconds that a process may take to load its libraries and to read and build, beside solving."""
_PATIENCE = 2
"""How often its time is given to what should stop by itself, so that the figures tell if it does not."""


@dataclass(frozen=True)
class Instance:
    """One problem with a name for the tables."""

    name: str
    problem: Json


@dataclass(frozen=True)
class Figures:
    """What one method did on one instance; `failed` says in a word why there is no result."""

    instance: str
    method: str
    objective: str
    build: float = 0.0
    solve: float = 0.0
    peak_mb: float = 0.0
    worth: Worth | None = None
    given: tuple[int, ...] = ()
    proven: bool = False
    gap: float | None = None
    note: str = ""
    failed: str = ""


class Runner:
    """Writes instances to files of `folder`, and runs methods on them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._python = peers_python()

    def run(
        self, method: str, objective: str, instances: Sequence[Instance], *, repeats: int, seconds: float
    ) -> list[Figures]:
        """Run one method on instances one after the other; the medians of `repeats`.

        One that reads whole problems stops itself after `seconds` for each; another is stopped from outside.
        """
        python = Path(sys.executable) if METHODS[method].own else self._python
        if python is None:
            return [Figures(one.name, method, objective, failed=ABSENT) for one in instances]
        if METHODS[method].reads == "problem":
            found = list(self._run(python, method, objective, instances, repeats, seconds))
        else:
            # Nothing in these stops by itself: each instance has a process of its own.
            found = [
                figures
                for one in instances
                for figures in self._run(python, method, objective, [one], repeats, seconds)
            ]
        return found

    def _run(
        self,
        python: Path,
        method: str,
        objective: str,
        instances: Sequence[Instance],
        repeats: int,
        seconds: float,
    ) -> Iterator[Figures]:
        files = [self._written(method, one) for one in instances]
        out = self._folder / "out.jsonl"
        out.unlink(missing_ok=True)
        command = [python, "-m", "bench.matching.child", method, objective, repeats, seconds, out, *files]
        times = _PATIENCE * repeats * len(files) if METHODS[method].reads == "problem" else 1
        failed = (
            _failure(list(map(str, command)), _STARTING + seconds * times) or f"no answer in {seconds:.0f} s"
        )
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        for place, one in enumerate(instances):
            told = json.loads(lines[place]) if place < len(lines) else {"failed": failed}
            yield _figures(one, method, objective, told)

    def _written(self, method: str, instance: Instance) -> Path:
        """The instance as the file that the method reads."""
        reads = METHODS[method].reads
        file = self._folder / f"{instance.name.replace(' ', '-').replace('/', '-')}.{reads}"
        if not file.exists():
            if reads == "arcs":
                Arcs.of(instance.problem).write(file)
            else:
                file.write_text(json.dumps(instance.problem), encoding="utf-8")
        return file


def _figures(instance: Instance, method: str, objective: str, told: Json) -> Figures:
    if told.get("failed"):
        return Figures(instance.name, method, objective, failed=told["failed"])
    return Figures(
        instance.name,
        method,
        objective,
        build=median(told["build"]),
        solve=median(told["solve"]),
        peak_mb=told["peak_mb"],
        worth=worth_of(instance.problem, told["given"]) if told["given"] else None,
        given=tuple(told["given"]),
        proven=told["proven"],
        gap=told["gap"],
        note=told["note"],
    )


def _failure(command: Sequence[str], seconds: float) -> str:
    """Run a process; a word on why it failed, and none where it only took too long."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    if done.returncode == 0:
        return ""
    last = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    return ABSENT if last.startswith("ModuleNotFoundError") else last.split(":")[0]


def peers_python() -> Path | None:
    """The Python that has the other solvers' packages, made where it is missing; None where it cannot be."""
    python = PLACE / "bin" / "python"
    stamp = PLACE / "packages.txt"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == repr(PACKAGES):
        return python
    made = subprocess.run([sys.executable, "-m", "venv", str(PLACE)], check=False)
    if made.returncode:
        return None
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # One by one: where one cannot be had, the others still can.
    statuses = [subprocess.run([*pip, package], check=False).returncode for package in PACKAGES]
    if not any(statuses):
        stamp.write_text(repr(PACKAGES), encoding="utf-8")
    return python
