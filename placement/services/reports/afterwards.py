"""What was said and written of days: feedback, and reflections as far as they were given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.attendance import opens_at
from placement.models import (
    Attendance,
    Cohort,
    Feedback,
    Leader,
    Opportunity,
    Partner,
    Placement,
    Reflection,
    Slot,
)
from placement.services.feedback import own_placement
from placement.services.reflections import Readers, answers_in, held_reflection, kept_until, readers_of
from placement.services.reports.partner import Contact, coordinators_of
from placement.services.scope import Scope

ReflectionState = Literal["cancelled", "not_begun", "to_write", "draft", "finished", "over"]


@dataclass(frozen=True)
class Said:
    """Feedback as it was saved; `version` goes into the form that changes it."""

    went: int
    again: str | None
    words: str
    call_me: bool
    saved_at: datetime
    version: int


@dataclass(frozen=True)
class Written:
    """A reflection somebody may read; no `name` where it is given without."""

    name: str
    title: str
    partner: str
    starts_at: datetime
    answers: Mapping[str, str]
    finished_at: datetime | None


@dataclass(frozen=True)
class AfterDay:
    """One day as its partner sees it afterwards; `closed_at` as of attendance."""

    partner_id: int
    partner: str
    slot_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    begun: bool
    withdrawn: bool
    closed_at: datetime | None
    people: int
    feedback: Said | None
    reflections: tuple[Written, ...]
    coordinators: tuple[Contact, ...]

    @property
    def editable(self) -> bool:
        """Whether feedback can be saved."""
        return self.begun and not self.withdrawn and self.closed_at is None


@dataclass(frozen=True)
class OwnDay:
    """One day of a leader: what they said of it, and what they wrote. `kept_until` is of reflections."""

    leader_id: int
    name: str
    cohort: str
    placement_id: int
    title: str
    partner: str
    starts_at: datetime
    ends_at: datetime
    state: ReflectionState
    closed_at: datetime | None
    kept_until: datetime
    answers: Mapping[str, str]
    readers: Readers
    finished_at: datetime | None
    saved_at: datetime | None
    version: int
    feedback: Said | None

    @property
    def editable(self) -> bool:
        """Whether the reflection can be changed."""
        return self.state in {"to_write", "draft", "finished"}

    @property
    def feedback_open(self) -> bool:
        """Whether feedback can be saved."""
        return self.state not in {"cancelled", "not_begun"} and self.closed_at is None


@dataclass(frozen=True)
class Reflecting:
    """Of how many days that have begun a leader has finished how many reflections.

    `placement_id` is the first day that lacks one, or the newest where none does; None where none has begun.
    """

    days: int
    finished: int
    placement_id: int | None


@dataclass(frozen=True)
class FeedbackLine:
    """Feedback on a day, as a coordinator reads it; `who` is the leader, or the partner itself."""

    slot_id: int
    starts_at: datetime
    title: str
    partner: str
    who: str
    from_partner: bool
    phone: str
    said: Said


@dataclass(frozen=True)
class CohortFeedback:
    """All feedback of a cohort, the newest first."""

    cohort_id: int
    cohort: str
    lines: tuple[FeedbackLine, ...]


@dataclass(frozen=True)
class Missing:
    """Somebody whose day is over and who has not finished a reflection."""

    leader_id: int
    name: str
    email: str
    starts_at: datetime
    title: str


@dataclass(frozen=True)
class CohortReflections:
    """Reflections as a coordinator sees them: those given to coordinators, and figures of all."""

    cohort_id: int
    cohort: str
    shared: tuple[Written, ...]
    missing: tuple[Missing, ...]
    figures: Mapping[str, int]


def after_day(scope: Scope, partner_id: int, slot_id: int, *, now: datetime) -> AfterDay:
    """One day of the actor's own, with the reflections given to the partner."""
    session, partner = scope.session, scope.partner(partner_id)
    slot = scope.slot_of(partner, slot_id)
    return AfterDay(
        partner_id=partner.id,
        partner=partner.name,
        slot_id=slot.id,
        title=slot.opportunity.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        begun=opens_at(slot.starts_at) <= now,
        withdrawn=slot.status == "withdrawn",
        closed_at=partner.cohort.attendance_closed_at,
        people=slot.taken,
        feedback=_said(_feedback_of(session, slot, None)),
        reflections=_written(session, Reflection.to_partner & (Reflection.slot_id == slot.id)),
        coordinators=coordinators_of(session, partner),
    )


def own_day_after(
    scope: Scope, leader_id: int, placement_id: int, *, keep_days: int, now: datetime
) -> OwnDay:
    """One day of a leader's own."""
    session, leader = scope.session, scope.leader(leader_id)
    slot, stands = own_placement(session, leader, placement_id)
    row = held_reflection(session, leader, slot)
    until = kept_until(slot, keep_days=keep_days)
    return OwnDay(
        leader_id=leader.id,
        name=leader.name,
        cohort=leader.cohort.name,
        placement_id=placement_id,
        title=slot.opportunity.title,
        partner=slot.opportunity.partner.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        state=_state(slot, row, until, now=now) if stands else "cancelled",
        closed_at=leader.cohort.attendance_closed_at,
        kept_until=until,
        answers=answers_in(session, row) if row else {},
        readers=readers_of(row) if row else Readers(),
        finished_at=row.finished_at if row else None,
        saved_at=row.saved_at if row else None,
        version=row.version if row else 0,
        feedback=_said(_feedback_of(session, slot, leader.id)),
    )


def reflecting(session: Session, leader_id: int, *, keep_days: int, now: datetime) -> Reflecting:
    """How far a leader is with the reflections on their days."""
    rows = session.execute(
        select(Placement.id, Placement.starts_at, Reflection.finished_at)
        .join(Slot, Slot.id == Placement.slot_id)
        .outerjoin(
            Reflection,
            (Reflection.slot_id == Placement.slot_id) & (Reflection.leader_id == Placement.leader_id),
        )
        .where(
            Placement.leader_id == leader_id,
            Placement.status == "confirmed",
            Placement.ends_at > now - timedelta(days=keep_days),
        )
        .order_by(Placement.starts_at)
    ).all()
    begun = [row for row in rows if opens_at(row.starts_at) <= now]
    lacking = [row.id for row in begun if row.finished_at is None]
    return Reflecting(
        len(begun), len(begun) - len(lacking), (lacking or [row.id for row in begun[-1:]] or [None])[0]
    )


def cohort_feedback(scope: Scope, cohort_id: int) -> CohortFeedback:
    """All feedback of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    rows = session.execute(
        select(Feedback, Slot.starts_at, Opportunity.title, Partner, Leader.name)
        .join(Slot, Slot.id == Feedback.slot_id)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .join(Partner, Partner.id == Slot.partner_id)
        .outerjoin(Leader, Leader.id == Feedback.leader_id)
        .where(Feedback.cohort_id == cohort.id)
        .order_by(Feedback.saved_at.desc(), Feedback.id)
    ).all()
    return CohortFeedback(cohort.id, cohort.name, tuple(_line(*row) for row in rows))


def feedback_counts(session: Session, cohort_id: int) -> Mapping[str, int]:
    """How often partners ("partner_…") and leaders ("leader_…") gave each answer: plain figures."""
    rows = session.execute(
        select(Feedback.leader_id.is_(None), Feedback.went, Feedback.again, func.count())
        .where(Feedback.cohort_id == cohort_id)
        .group_by(Feedback.leader_id.is_(None), Feedback.went, Feedback.again)
    )
    counted: Counter[str] = Counter()
    for of_partner, went, again, number in rows:
        side = "partner" if of_partner else "leader"
        counted[f"{side}_went_{went}"] += number
        if again:
            counted[f"{side}_again_{again}"] += number
    return counted


def cohort_reflections(scope: Scope, cohort_id: int, *, now: datetime) -> CohortReflections:
    """The reflections of a cohort as its coordinator may see them, and who has written none."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    return CohortReflections(
        cohort_id=cohort.id,
        cohort=cohort.name,
        shared=_written(session, Reflection.to_coordinator & (Reflection.cohort_id == cohort.id)),
        missing=_missing(session, cohort, now=now),
        figures=reflection_counts(session, cohort.id),
    )


def reflection_counts(session: Session, cohort_id: int) -> Mapping[str, int]:
    """How many reflections are finished, and how many of those are given to each reader: plain figures."""
    row = session.execute(
        select(
            func.count(),
            *(
                func.count().filter(given)
                for given in (Reflection.to_partner, Reflection.to_coordinator, Reflection.to_evaluators)
            ),
        ).where(Reflection.cohort_id == cohort_id, Reflection.finished_at.is_not(None))
    ).one()
    return dict(zip(("finished", "partner", "coordinator", "evaluators"), row, strict=True))


def for_evaluators(session: Session, cohort_id: int) -> tuple[Mapping[str, str], ...]:
    """The answers of each reflection given to evaluators, without a name, in an order that tells nothing."""
    given = Reflection.to_evaluators & (Reflection.cohort_id == cohort_id)
    return tuple(
        sorted((one.answers for one in _written(session, given)), key=lambda answers: [*answers.values()])
    )


def _written(session: Session, given: object) -> tuple[Written, ...]:
    rows = session.execute(
        select(Reflection, Leader.name, Slot.starts_at, Opportunity.title, Partner.name)
        .join(Leader, Leader.id == Reflection.leader_id)
        .join(Slot, Slot.id == Reflection.slot_id)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .join(Partner, Partner.id == Slot.partner_id)
        .where(given, Reflection.finished_at.is_not(None))  # type: ignore[arg-type]
        .order_by(Slot.starts_at.desc(), Leader.name)
    ).all()
    return tuple(
        Written(name, title, partner, starts_at, answers_in(session, row), row.finished_at)
        for row, name, starts_at, title, partner in rows
    )


def _missing(session: Session, cohort: Cohort, *, now: datetime) -> tuple[Missing, ...]:
    rows = session.execute(
        select(Leader, Placement.starts_at, Opportunity.title)
        .join(Placement, Placement.leader_id == Leader.id)
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .outerjoin(
            Reflection, (Reflection.slot_id == Slot.id) & (Reflection.leader_id == Placement.leader_id)
        )
        .outerjoin(
            Attendance, (Attendance.slot_id == Slot.id) & (Attendance.leader_id == Placement.leader_id)
        )
        .where(
            Placement.cohort_id == cohort.id,
            Placement.status == "confirmed",
            Placement.ends_at < now,
            Reflection.finished_at.is_(None),
            func.coalesce(Attendance.state, "") != "absent",
        )
        .order_by(Placement.starts_at, Leader.name)
    ).all()
    return tuple(Missing(one.id, one.name, one.user.email, begins, title) for one, begins, title in rows)


def _state(slot: Slot, row: Reflection | None, until: datetime, *, now: datetime) -> ReflectionState:
    if now < opens_at(slot.starts_at):
        return "not_begun"
    if now >= until:
        return "over"
    if row is None:
        return "to_write"
    return "draft" if row.finished_at is None else "finished"


def _feedback_of(session: Session, slot: Slot, leader_id: int | None) -> Feedback | None:
    return session.scalars(
        select(Feedback).where(Feedback.slot_id == slot.id, Feedback.leader_id == leader_id)
    ).one_or_none()


def _said(row: Feedback | None) -> Said | None:
    if row is None:
        return None
    return Said(row.went, row.again, row.words, row.call_me, row.saved_at, row.version)


def _line(
    row: Feedback, starts_at: datetime, title: str, partner: Partner, leader: str | None
) -> FeedbackLine:
    said = _said(row)
    assert said is not None  # noqa: S101  # the row is there
    return FeedbackLine(
        slot_id=row.slot_id,
        starts_at=starts_at,
        title=title,
        partner=partner.name,
        who=leader or partner.name,
        from_partner=row.leader_id is None,
        phone=partner.phone if row.call_me else "",
        said=said,
    )
