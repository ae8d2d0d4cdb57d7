"""Who came: one day with its people, all days of a cohort, and plain figures of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from placement.domain.attendance import marked_late, opens_at
from placement.models import Attendance, Cohort, Invite, Leader, Opportunity, Partner, Placement, Slot
from placement.services.reports.partner import Contact, coordinators_of
from placement.services.scope import Scope

NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class Person:
    """Somebody of a day: `expected` where they have a placement on it, `state` None while not known.

    `who` names them in forms and `version` goes with it; `late_mark` says that they were marked when the
    day was long over.
    """

    who: str
    leader_id: int | None
    name: str
    organisation: str
    expected: bool
    reply: str = "NEEDS-ACTION"
    state: str | None = None
    reason: str | None = None
    note: str = ""
    version: int = 0
    marked_by: str = ""
    marked_at: datetime | None = None
    late_mark: bool = False


@dataclass(frozen=True)
class DayAttendance:
    """One day with its people; `closed_at` says since when nobody changes it any more.

    `batch` names what was marked in one go and can be undone, `batch_size` how many people that are.
    """

    cohort_id: int
    partner_id: int
    partner: str
    slot_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    begun: bool
    withdrawn: bool
    closed_at: datetime | None
    people: tuple[Person, ...]
    batch: str | None = None
    batch_size: int = 0

    @property
    def editable(self) -> bool:
        """Whether people can be marked."""
        return self.begun and not self.withdrawn and self.closed_at is None

    @property
    def not_known(self) -> int:
        """How many expected people are not marked yet."""
        return sum(one.expected and one.state is None for one in self.people)

    @property
    def figures(self) -> Mapping[str, int]:
        """How many people there are of each state."""
        return figures(self.people)


@dataclass(frozen=True)
class PartnerAttendance:
    """A day as its partner sees it, with whom to ask."""

    day: DayAttendance
    coordinators: tuple[Contact, ...]


@dataclass(frozen=True)
class CohortAttendance:
    """All days of a cohort that have begun, the newest first; `next_day` is the first that has not."""

    cohort_id: int
    cohort: str
    closed_at: datetime | None
    days: tuple[DayAttendance, ...]
    next_day: datetime | None

    @property
    def figures(self) -> Mapping[str, int]:
        """How many people there are of each state, over all days."""
        return figures(one for day in self.days for one in day.people)


def figures(people: Iterable[Person]) -> Mapping[str, int]:
    """How many there are of each state; "expected" and "extra" count all who have, or lack, a placement."""
    counted: Counter[str] = Counter()
    for one in people:
        counted["expected" if one.expected else "extra"] += 1
        counted[one.state or NOT_KNOWN] += 1
        if one.reason:
            counted[f"reason_{one.reason}"] += 1
    return counted


def attendance_for_partner(
    scope: Scope, partner_id: int, slot_id: int, *, now: datetime
) -> PartnerAttendance:
    """One day of the actor's own."""
    partner = scope.partner(partner_id)
    slot = scope.slot_of(partner, slot_id)
    (day,) = _days(scope.session, partner.cohort, [slot], now=now)
    return PartnerAttendance(day, coordinators_of(scope.session, partner))


def attendance_for_coordinator(scope: Scope, cohort_id: int, slot_id: int, *, now: datetime) -> DayAttendance:
    """Any day of a cohort that the actor coordinates."""
    cohort = scope.cohort(cohort_id)
    (day,) = _days(scope.session, cohort, [scope.slot_in(cohort, slot_id)], now=now)
    return day


def cohort_attendance(scope: Scope, cohort_id: int, *, now: datetime) -> CohortAttendance:
    """Who came to each day of a cohort that the actor coordinates."""
    return attendance_in(scope.session, scope.cohort(cohort_id), now=now)


def attendance_in(session: Session, cohort: Cohort, *, now: datetime) -> CohortAttendance:
    """The same for any cohort; its `figures` are those that a report of the season tells."""
    slots = session.scalars(
        select(Slot)
        .where(Slot.cohort_id == cohort.id, Slot.status == "open")
        .order_by(Slot.starts_at.desc(), Slot.id)
    ).all()
    begun = [slot for slot in slots if opens_at(slot.starts_at) <= now]
    ahead = [slot.starts_at for slot in slots if opens_at(slot.starts_at) > now and slot.taken]
    days = _days(session, cohort, begun, now=now)
    return CohortAttendance(
        cohort_id=cohort.id,
        cohort=cohort.name,
        closed_at=cohort.attendance_closed_at,
        days=tuple(day for day in days if day.people),
        next_day=min(ahead, default=None),
    )


def days_to_record(session: Session, partner_id: int, *, now: datetime) -> list[int]:
    """The days of a partner, the first one first, that have begun and on which somebody is not marked yet."""
    missing = (
        select(Slot.id, Slot.starts_at)
        .join(Placement, Placement.slot_id == Slot.id)
        .join(Cohort, Cohort.id == Slot.cohort_id)
        .outerjoin(
            Attendance,
            (Attendance.slot_id == Slot.id) & (Attendance.leader_id == Placement.leader_id),
        )
        .where(
            Slot.partner_id == partner_id,
            Slot.status == "open",
            Placement.status == "confirmed",
            Attendance.id.is_(None),
            Cohort.attendance_closed_at.is_(None),
        )
        .distinct()
        .order_by(Slot.starts_at, Slot.id)
    )
    return [slot_id for slot_id, starts_at in session.execute(missing) if opens_at(starts_at) <= now]


def leaders_to_choose(scope: Scope, cohort_id: int) -> list[tuple[int, str]]:
    """The leaders of a cohort whom a coordinator may add to a day, with their organisations."""
    cohort = scope.cohort(cohort_id)
    rows = scope.session.scalars(select(Leader).where(Leader.cohort_id == cohort.id).order_by(Leader.name))
    return [(one.id, ", ".join(part for part in (one.name, _organisation(one)) if part)) for one in rows]


def _days(session: Session, cohort: Cohort, slots: Sequence[Slot], *, now: datetime) -> list[DayAttendance]:
    ids = [slot.id for slot in slots]
    names = {
        slot_id: (name, title)
        for slot_id, name, title in session.execute(
            select(Slot.id, Partner.name, Opportunity.title)
            .join(Partner, Partner.id == Slot.partner_id)
            .join(Opportunity, Opportunity.id == Slot.opportunity_id)
            .where(Slot.cohort_id == cohort.id, Slot.id.in_(ids))
        )
    }
    people = _people(session, slots)
    return [_day(slot, cohort, names[slot.id], people[slot.id], now=now) for slot in slots]


def _day(
    slot: Slot,
    cohort: Cohort,
    names: tuple[str, str],
    people: list[tuple[Person, str | None]],
    *,
    now: datetime,
) -> DayAttendance:
    batches = Counter(batch for _, batch in people if batch)
    batch, size = batches.most_common(1)[0] if batches else (None, 0)
    opening = opens_at(slot.starts_at)
    return DayAttendance(
        cohort_id=cohort.id,
        partner_id=slot.partner_id,
        partner=names[0],
        slot_id=slot.id,
        title=names[1],
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        opens_at=opening,
        begun=opening <= now,
        withdrawn=slot.status == "withdrawn",
        closed_at=cohort.attendance_closed_at,
        people=tuple(
            sorted(
                (one for one, _ in people), key=lambda one: (not one.expected, one.name.casefold(), one.who)
            )
        ),
        batch=batch,
        batch_size=size,
    )


def _people(session: Session, slots: Sequence[Slot]) -> defaultdict[int, list[tuple[Person, str | None]]]:
    """Who is expected on each slot, or recorded there, with the batch of the record."""
    ids, ends = [slot.id for slot in slots], {slot.id: slot.ends_at for slot in slots}
    expected = session.execute(
        select(Placement.slot_id, Leader, Invite.partstat)
        .join(Leader, Leader.id == Placement.leader_id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(Placement.slot_id.in_(ids), Placement.status == "confirmed")
    ).all()
    rows = session.scalars(
        select(Attendance).options(joinedload(Attendance.leader)).where(Attendance.slot_id.in_(ids))
    ).all()
    record = {(row.slot_id, row.leader_id): row for row in rows if row.leader_id is not None}
    found: defaultdict[int, list[tuple[Person, str | None]]] = defaultdict(list)
    for slot_id, leader, reply in expected:
        row = record.pop((slot_id, leader.id), None)
        one = _person(leader, row, ends[slot_id], expected=True, reply=reply or "NEEDS-ACTION")
        found[slot_id].append((one, row.batch if row else None))
    for row in rows:
        if row.leader_id is None or (row.slot_id, row.leader_id) in record:
            found[row.slot_id].append(
                (_person(row.leader, row, ends[row.slot_id], expected=False), row.batch)
            )
    return found


def _person(
    leader: Leader | None,
    row: Attendance | None,
    ended: datetime,
    *,
    expected: bool,
    reply: str = "NEEDS-ACTION",
) -> Person:
    who = f"leader:{leader.id}" if leader else f"extra:{row.id if row else 0}"
    name = leader.name if leader else row.name if row else ""
    organisation = _organisation(leader) if leader else row.organisation if row else ""
    if row is None:
        return Person(who, leader.id if leader else None, name, organisation, expected, reply)
    return Person(
        who=who,
        leader_id=row.leader_id,
        name=name,
        organisation=organisation,
        expected=expected,
        reply=reply,
        state=row.state,
        reason=row.reason,
        note=row.note,
        version=row.version,
        marked_by=row.marked_by,
        marked_at=row.marked_at,
        late_mark=marked_late(ended, row.marked_at),
    )


def _organisation(leader: Leader) -> str:
    return leader.organisation.name if leader.organisation else ""


def whose_day(scope: Scope, slot_id: int) -> tuple[str, int, int]:
    """For whom a day is at the short address: "partner", "coordinator" or "leader", with two ids of it.

    They are those in the address of the page to go to: the partner's or the cohort's and the day's, or the
    leader's own twice.
    """
    session, user_id = scope.session, scope.actor.user_id
    partner_id = session.scalar(
        select(Partner.id)
        .join(Slot, Slot.partner_id == Partner.id)
        .where(Slot.id == slot_id, Partner.user_id == user_id)
    )
    if partner_id is not None:
        return "partner", partner_id, slot_id
    cohort_id = session.scalar(
        select(Slot.cohort_id).where(
            Slot.id == slot_id, Slot.cohort_id.in_(scope.cohorts().with_only_columns(Cohort.id))
        )
    )
    if cohort_id is not None:
        return "coordinator", cohort_id, slot_id
    leader_id = session.scalar(
        select(func.min(Leader.id))
        .join(Placement, Placement.leader_id == Leader.id)
        .where(Placement.slot_id == slot_id, Placement.status == "confirmed", Leader.user_id == user_id)
    )
    return ("leader", leader_id, leader_id) if leader_id is not None else ("nobody", 0, 0)
