"""`placement solve`: match on files alone, without a database or settings."""

import json
import math
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from placement.cli import Refusal
from placement.cli.progress import shown_progress
from placement.domain.errors import InvalidProblem
from placement.domain.stage_lines import stage_line

if TYPE_CHECKING:
    from placement.domain.matching import Problem, Solution

_INFEASIBLE = 3
_LEAST_SECONDS = 3.0
_SHARE_OF_EXPLANATIONS = 0.6


class WrongInput(Refusal):
    """The command was given something it cannot work with: one line on stderr, exit status 2."""

    exit_code = 2


@click.command("solve")
@click.argument("problem", metavar="PROBLEM.json")
@click.option(
    "-o", "--output", metavar="FILE", default="-", help="Write the solution there, whole or not at all."
)
@click.option("--time-limit", metavar="S", default="60", show_default=True, help="Seconds, more than 0.")
@click.option("--explain", is_flag=True, help="Say why each leader, slot and partner got what they got.")
@click.option("--stages", is_flag=True, help="Say on stderr which stage is in work, a line for each.")
@click.option("--diagnose", is_flag=True, help="Say why somebody is unplaced, and what would help most.")
@click.pass_context
def solve(
    ctx: click.Context,
    problem: str,
    output: str,
    time_limit: str,
    explain: bool,
    diagnose: bool,
    stages: bool,
) -> None:
    """Match the leaders of PROBLEM.json ("-" reads stdin) and print the solution as JSON.

    Exit status 0: a result. 3: no result keeps every rule. 2: wrong input, nothing is written.
    """
    seconds = _read_seconds(time_limit)
    _refuse_unwritable(output)
    until = time.monotonic() + seconds
    read = _read_problem(_read_octets(problem))
    solution = _solve(read, seconds, stages=stages)
    solution = _tell(read, solution, until, explain=explain, diagnose=diagnose)
    text = json.dumps(solution.to_json(), indent=1, ensure_ascii=False) + "\n"
    _write(output, text.encode())
    ctx.exit(_INFEASIBLE if solution.status == "infeasible" else 0)


def _read_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise WrongInput(f"--time-limit: must be a number of seconds above 0, not {text!r}")
    return seconds


def _read_octets(name: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        raise WrongInput(f"{name!r} cannot be read: {_reason(error)}") from error


def _read_problem(octets: bytes) -> "Problem":
    # Loaded here so that `placement solve --help` does not wait for it.
    from placement.domain import matching

    try:
        return matching.Problem.from_json(matching.parse(octets))
    except InvalidProblem as error:
        raise WrongInput(str(error)) from error


def _solve(problem: "Problem", seconds: float, *, stages: bool) -> "Solution":
    from placement.domain import matching

    with shown_progress("Solving", 0 if stages else 100) as progress:

        def tell(name: str, done: int, total: int) -> None:
            if stages:
                click.echo(stage_line(name, done, total), err=True)
            progress(100 * done // max(total, 1))

        return matching.solve(problem, clock=time.monotonic, time_limit=seconds, on_stage=tell)


def _tell(
    problem: "Problem", solution: "Solution", until: float, *, explain: bool, diagnose: bool
) -> "Solution":
    """Add what was asked for, in the time that is left, but at least in a few seconds each."""
    from placement.domain.matching.why.telling import with_diagnosis, with_explanations

    def seconds_left() -> float:
        return max(_LEAST_SECONDS, until - time.monotonic())

    if explain:
        seconds = seconds_left() * (_SHARE_OF_EXPLANATIONS if diagnose else 1)
        solution = with_explanations(problem, solution, clock=time.monotonic, time_limit=seconds)
    if diagnose:
        solution = with_diagnosis(problem, solution, clock=time.monotonic, time_limit=seconds_left())
    return solution


def _refuse_unwritable(name: str) -> None:
    """Refuse at once, rather than after a long solve, what plainly cannot be written."""
    if name == "-":
        return
    try:
        target = Path(name).resolve()
        if target.is_dir():
            raise WrongInput(f"{name!r} cannot be written: it is a folder")
        if not target.parent.is_dir():
            raise WrongInput(f"{name!r} cannot be written: its folder does not exist")
    except (OSError, RuntimeError, ValueError) as error:
        raise WrongInput(f"{name!r} cannot be written: {_reason(error)}") from error
    if not os.access(target.parent if not target.exists() else target, os.W_OK):
        raise WrongInput(f"{name!r} cannot be written: no permission")


def _write(name: str, octets: bytes) -> None:
    if name == "-":
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return
    target = Path(name).resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(octets)  # A pipe or a device can only be written straight.
        else:
            _replace(target, octets)
    except OSError as error:
        raise WrongInput(f"{name!r} cannot be written: {_reason(error)}") from error


def _replace(target: Path, octets: bytes) -> None:
    """Write beside `target`, then rename: a reader sees the old file or the whole new one."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) and error.strerror else str(error)).lower()
