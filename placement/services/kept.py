"""What pages show of a cohort, worked out once for each state that the cohort is in.

Freezing a cohort of a thousand anew takes more than a second, and pages ask at every view. What was found is
kept in the process under the cohort's match stamp, which the database draws anew at every change that counts,
and under how many of its days have begun, for which nobody writes a row.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import MatchRun, MatchStamp, Slot
from placement.services import run_input

Found = TypeVar("Found")
Key = tuple[object, ...]
MOST = 64
"""How many findings are kept, those last asked for: at most some megabytes each, of a thousand leaders."""

_kept: dict[Key, tuple[Key, Any]] = {}
"""By cohort and name: the state in which it was found, and what. A new state takes the place of the old."""
_lock = Lock()


def kept(
    session: Session,
    cohort_id: int,
    *what: object,
    work: Callable[[], Found],
    now: datetime | None = None,
    enough: Callable[[Found], bool] | None = None,
) -> Found:
    """What `work` finds, without working while nothing has changed that a match of the cohort depends on.

    `what` names the finding, which must be a value: no row of the database. `now` is said where the finding
    goes by which days have begun. What is kept and not `enough` for who asks is found anew. For pages only:
    whoever acts on a finding works it out in the transaction in which they act, because rows that are not
    committed yet have no stamp.
    """
    # The stamp is read before the rows: what is newer than a stamp is never asked for by that stamp again.
    state = _state(session, cohort_id, now=now)
    key = (cohort_id, *what)
    then, known = _kept.get(key, ((), None))
    if state and then == state and (enough is None or enough(known)):
        _keep(key, then, known)
        return cast(Found, known)
    found = work()
    if state:
        _keep(key, state, found)
    return found


def known_changes(session: Session, run: MatchRun, *, now: datetime) -> tuple[str, ...]:
    """As `run_input.changes_since`, for pages: the cohort is frozen anew only after a change."""
    return kept(
        session,
        run.cohort_id,
        *("changes", run.id, run.input_digest),
        work=lambda: tuple(run_input.changes_since(session, run, now=now)),
        now=now,
    )


def forget() -> None:
    """Keep nothing any more, so that the next page finds everything anew: for those who measure."""
    with _lock:
        _kept.clear()


def _state(session: Session, cohort_id: int, *, now: datetime | None) -> Key:
    """The state of a cohort; empty for one that is not committed yet."""
    stamp = session.scalar(select(MatchStamp.stamp).where(MatchStamp.cohort_id == cohort_id))
    if not stamp or now is None:
        return (stamp,) if stamp else ()
    begun = select(func.count()).where(Slot.cohort_id == cohort_id, Slot.starts_at <= now)
    return stamp, session.scalar(begun)


def _keep(key: Key, state: Key, found: object) -> None:
    """Keep a finding as the one last asked for."""
    with _lock:
        _kept.pop(key, None)
        while len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept[key] = state, found
