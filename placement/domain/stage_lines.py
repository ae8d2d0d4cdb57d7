"""How a solver says in which stage it is, on a line of its own, to whoever started it."""

from typing import NamedTuple

MARK = "stage:"


class StageInWork(NamedTuple):
    """The stage in work, and how many steps are done of how many in all."""

    name: str
    done: int
    of: int


def stage_line(name: str, done: int, of: int) -> str:
    """The line that says it.

    >>> stage_line("profile", 2, 9)
    'stage: profile 2 9'
    """
    return f"{MARK} {name} {done} {of}"


def read_stage(line: str) -> StageInWork | None:
    """What a line says; None for a line that says something else.

    >>> read_stage("stage: profile 2 9")
    StageInWork(name='profile', done=2, of=9)
    >>> read_stage("Traceback (most recent call last):")
    """
    match line.split():
        case [mark, name, done, of] if mark == MARK and done.isdigit() and of.isdigit():
            return StageInWork(name, int(done), int(of))
    return None
