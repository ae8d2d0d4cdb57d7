"""Who solves which run, how far that is, and giving it up."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from placement.models import MatchRun
from placement.services import audit
from placement.services.match_runs import QueuedRun, finish, seconds_of
from placement.services.scope import Scope


def claimable_runs(session: Session, *, now: datetime) -> list[int]:
    """The runs that nobody solves and that may be begun now, the oldest first."""
    return list(session.scalars(_claimable(now).order_by(MatchRun.id)))


def waiting_since(session: Session, *, now: datetime) -> datetime | None:
    """When the run was asked for that waits longest and may be begun now; None without one."""
    oldest = _claimable(now).with_only_columns(MatchRun.requested_at).order_by(MatchRun.requested_at)
    return session.scalar(oldest.limit(1))


def claim_run(
    session: Session, *, token: str, now: datetime, grace: timedelta, run_id: int | None = None
) -> QueuedRun | None:
    """Take a run that nobody solves (the oldest, or this one) for the holder of `token`; None without one.

    Of each cohort one run is solved at a time. A run whose solver was stopped is free again when it is given
    back, or else when its lease (its own time limit and `grace`) is over.
    """
    wanted = _claimable(now) if run_id is None else _claimable(now).where(MatchRun.id == run_id)
    found = session.scalars(
        wanted.order_by(MatchRun.id).limit(1).with_for_update(skip_locked=True, of=MatchRun)
    ).first()
    if found is None:
        return None
    run = session.get_one(MatchRun, found, populate_existing=True)
    try:
        with session.begin_nested():
            run.status, run.lease_token = "solving", token
            run.stage = run.stages_done = run.stages_all = None
            run.lease_until = now + timedelta(seconds=seconds_of(run)) + grace
            session.flush()
    except IntegrityError:
        return None  # at this very moment, another worker began with another run of the cohort
    return QueuedRun(run.id, json.loads(run.frozen_input), seconds_of(run))


def tokens_in_use(session: Session) -> list[str]:
    """The tokens of all workers that solve a run."""
    found = session.scalars(select(MatchRun.lease_token).where(MatchRun.status == "solving"))
    return [token for token in found if token is not None]


def give_back(session: Session, *, tokens: Sequence[str]) -> None:
    """Free the runs that were being solved under `tokens`: anybody may begin them at once."""
    session.execute(
        update(MatchRun)
        .where(MatchRun.status == "solving", MatchRun.lease_token.in_(tokens))
        .values(status="queued", lease_until=None, lease_token=None)
    )


def _claimable(now: datetime) -> Select[int]:
    other = aliased(MatchRun)
    busy = exists().where(
        other.cohort_id == MatchRun.cohort_id, other.id != MatchRun.id, other.status == "solving"
    )
    free = or_(MatchRun.status == "queued", (MatchRun.status == "solving") & (MatchRun.lease_until < now))
    return select(MatchRun.id).where(free, ~busy)


def tell_stage(session: Session, run_id: int, *, token: str, stage: str, done: int, of: int) -> None:
    """Write down how far the holder of `token` is with a run: the stage in work, steps done, steps in all."""
    session.execute(
        update(MatchRun)
        .where(MatchRun.id == run_id, MatchRun.status == "solving", MatchRun.lease_token == token)
        .values(stage=stage[:20], stages_done=done, stages_all=of)
    )


def still_wanted(session: Session, run_id: int, *, token: str) -> bool:
    """Whether the holder of `token` is still to solve a run: nobody cancelled it or took it over."""
    found = select(MatchRun.id).where(
        MatchRun.id == run_id, MatchRun.status == "solving", MatchRun.lease_token == token
    )
    return session.scalar(found) is not None


def cancel_run(scope: Scope, cohort_id: int, run_id: int, *, now: datetime) -> bool:
    """Give a run up that waits or is being solved; False where it has ended already.

    Its solver is ended by the worker, which looks every second.
    """
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    if not finish(scope.session, run.id, status="cancelled", now=now):
        return False
    audit.record(scope, "cancel_run", f"match_run:{run.id}", at=now, cohort_id=run.cohort_id)
    scope.session.refresh(run)
    return True
