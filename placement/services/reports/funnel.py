"""How far the leaders of a cohort have come, step by step: from invited to a reflection written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from placement.models import Attendance, Invite, Leader, Placement, Reflection
from placement.services.scope import Scope

INVITED = "invited"


@dataclass(frozen=True)
class Stage:
    """One step of the way: its name, what it means, the step that it is a part of, and who got there."""

    word: str
    label: str
    meaning: str
    whole: str | None
    leaders: Callable[[int], Select[int]]


@dataclass(frozen=True)
class FunnelStep:
    """How many leaders reached one step."""

    word: str
    label: str
    number: int


@dataclass(frozen=True)
class Funnel:
    """The steps of a cohort in their order."""

    cohort: str
    steps: tuple[FunnelStep, ...]


def _invited(cohort_id: int) -> Select[int]:
    return select(Leader.id).where(Leader.cohort_id == cohort_id, Leader.withdrawn_at.is_(None))


def _answered(cohort_id: int) -> Select[int]:
    return _invited(cohort_id).where(Leader.submitted_at.is_not(None))


def _matched(cohort_id: int) -> Select[int]:
    return (
        select(Placement.leader_id)
        .distinct()
        .where(Placement.cohort_id == cohort_id, Placement.status == "confirmed")
    )


def _accepted(cohort_id: int) -> Select[int]:
    return _matched(cohort_id).join(
        Invite, (Invite.placement_id == Placement.id) & (Invite.partstat == "ACCEPTED")
    )


def _attended(cohort_id: int) -> Select[int]:
    return (
        select(Leader.id)
        .join(Attendance, Attendance.leader_id == Leader.id)
        .distinct()
        .where(Attendance.cohort_id == cohort_id, Attendance.state != "absent")
    )


def _reflected(cohort_id: int) -> Select[int]:
    return (
        select(Reflection.leader_id)
        .distinct()
        .where(Reflection.cohort_id == cohort_id, Reflection.finished_at.is_not(None))
    )


STAGES: tuple[Stage, ...] = (
    Stage(INVITED, "Invited", "Leaders of the cohort, without those who have left it.", None, _invited),
    Stage("answered", "Sent choices", "They have sent their choices.", INVITED, _answered),
    Stage("matched", "Have a placement", "They have at least one confirmed day.", INVITED, _matched),
    Stage("accepted", "Said yes", "They have said that they come on a day.", "matched", _accepted),
    Stage("attended", "Came", "They were there on a day, if only for a part of it.", "matched", _attended),
    Stage("reflected", "Wrote a reflection", "They have finished one about a day.", "matched", _reflected),
)
"""Every step, each after the one that it is a part of. A new step is one more line."""


def funnel(scope: Scope, cohort_id: int) -> Funnel:
    """How far the leaders of a cohort that the actor coordinates have come."""
    cohort = scope.cohort(cohort_id)
    there: dict[str, list[ColumnElement[bool]]] = {}
    for stage in STAGES:
        whole = there[stage.whole] if stage.whole else []
        there[stage.word] = [*whole, Leader.id.in_(stage.leaders(cohort.id))]
    steps = [
        FunnelStep(stage.word, stage.label, _count(scope.session, there[stage.word])) for stage in STAGES
    ]
    return Funnel(cohort.name, tuple(steps))


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    return session.scalar(select(func.count()).select_from(Leader).where(*conditions)) or 0


def reached_by(session: Session, cohort_id: int) -> dict[int, set[str]]:
    """The steps that each leader has reached; a step counts only with the one that it is a part of."""
    reached: dict[int, set[str]] = {}
    for stage in STAGES:
        for leader_id in session.scalars(stage.leaders(cohort_id)):
            if stage.whole is None:
                reached[leader_id] = {stage.word}
            elif stage.whole in reached.get(leader_id, ()):
                reached[leader_id].add(stage.word)
    return reached
