"""Declines that wait for their coordinator: opened and closed with the answer that counts.

A task says that somebody who is confirmed cannot come. It is void, without being closed, once its placement
has ended, its day has moved (which asks anew) or has begun: whoever changes those need not know of tasks.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import TaskClosed
from placement.domain.errors import NotFound
from placement.models import Cohort, HeldAnswer, Invite, Placement, Task
from placement.services import audit
from placement.services.scope import Scope

DECLINED = "DECLINED"


def waiting(now: datetime) -> ColumnElement[bool]:
    """What holds of a task that needs somebody, joined to its placement, invite and answer."""
    return and_(
        Task.closed_at.is_(None),
        Placement.status == "confirmed",
        Placement.starts_at > now,
        Invite.state != "cancelled",
        Invite.partstat == DECLINED,
        Invite.sequence == HeldAnswer.sequence,
    )


def tend_task(session: Session, invite: Invite, counting: HeldAnswer | None, *, now: datetime) -> None:
    """Open or close the task of an invite's placement, after its answer became `counting`.

    A decline that follows a decline is the same task, unless the coordinator has closed that.
    """
    row = session.scalars(select(Placement).where(Placement.id == invite.placement_id)).one_or_none()
    declined = counting is not None and counting.partstat == DECLINED
    opened = session.scalars(
        select(Task).where(Task.placement_id == invite.placement_id, Task.closed_at.is_(None))
    ).one_or_none()
    if opened is not None:
        if declined and opened.answer.sequence == invite.sequence:
            return
        opened.closed_at, opened.outcome = now, "changed"
        session.flush()
    if counting is None or row is None or not declined:
        return
    if row.status == "confirmed" and row.starts_at > now:
        _open(session, row, counting, now=now)


def keep_placement(scope: Scope, cohort_id: int, task_id: int, *, now: datetime) -> Task:
    """Close a task of a cohort that the actor coordinates, and leave the placement as it is.

    Raises `TaskClosed` where it needs nobody any more.
    """
    task = task_of(scope, scope.cohort(cohort_id), task_id)
    scope.session.refresh(task, with_for_update=True)
    if not is_waiting(scope.session, task, now=now):
        raise TaskClosed
    task.closed_at, task.outcome = now, "kept"
    scope.session.flush()
    audit.record(
        scope,
        "keep_placement",
        f"task:{task.id}",
        at=now,
        cohort_id=task.cohort_id,
        placement=task.placement_id,
    )
    return task


def task_of(scope: Scope, cohort: Cohort, task_id: int) -> Task:
    """One task of `cohort`, which the actor was found to coordinate."""
    found = scope.session.scalars(
        select(Task).where(Task.id == task_id, Task.cohort_id == cohort.id)
    ).one_or_none()
    if found is None:
        raise NotFound(thing="task")
    return found


def is_waiting(session: Session, task: Task, *, now: datetime) -> bool:
    """Whether a task needs somebody."""
    query = (
        select(Task.id)
        .join(Placement, Placement.id == Task.placement_id)
        .join(Invite, Invite.placement_id == Placement.id)
        .join(HeldAnswer, HeldAnswer.id == Task.answer_id)
        .where(Task.id == task.id, waiting(now))
    )
    return session.scalar(query) is not None


def _open(session: Session, row: Placement, counting: HeldAnswer, *, now: datetime) -> None:
    """Open the task of a decline; one that was closed because the answer changed is taken up again."""
    before = session.scalars(select(Task).where(Task.answer_id == counting.id)).one_or_none()
    if before is None:
        session.add(
            Task(
                cohort_id=row.cohort_id,
                leader_id=row.leader_id,
                placement_id=row.id,
                answer_id=counting.id,
                opened_at=now,
            )
        )
    elif before.outcome == "changed":
        before.closed_at, before.outcome = None, None
    session.flush()
