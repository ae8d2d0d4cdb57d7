"""What has changed since a run was frozen, worked out once for each state of the cohort.

Freezing a cohort of a thousand anew takes more than a second, and pages ask at every view. What was found is
kept in the process under the cohort's match stamp, which the database draws anew at every change that counts,
and under how many of the days have begun, for which nobody writes a row.
"""

from datetime import datetime
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import MatchRun, MatchStamp, Slot
from placement.services import match_runs

MOST = 64
"""How many answers are kept; each is some sentences."""

_Key = tuple[int, str, str, int]
_kept: dict[_Key, tuple[str, ...]] = {}
_lock = Lock()


def known_changes(session: Session, run: MatchRun, *, now: datetime) -> tuple[str, ...]:
    """As `match_runs.changes_since`, without freezing the cohort again while nothing has changed.

    For pages only: whoever acts on the answer freezes the cohort in the transaction in which they act.
    """
    key = _key(session, run, now=now)
    found = _kept.get(key) if key else None
    if found is None:
        # The stamp was read before the rows: what is newer than the stamp is never asked for by it again.
        found = tuple(match_runs.changes_since(session, run, now=now))
        if key:
            _keep(key, found)
    return found


def _key(session: Session, run: MatchRun, *, now: datetime) -> _Key | None:
    stamp = session.scalar(select(MatchStamp.stamp).where(MatchStamp.cohort_id == run.cohort_id))
    begun = session.scalar(select(func.count()).where(Slot.cohort_id == run.cohort_id, Slot.starts_at <= now))
    return (run.id, run.input_digest, stamp, begun or 0) if stamp else None


def _keep(key: _Key, found: tuple[str, ...]) -> None:
    with _lock:
        while len(_kept) >= MOST:
            del _kept[next(iter(_kept))]
        _kept[key] = found
