"""A whole season of one cohort, by the real services and the real worker into a real mail server.

Each step is something that happens to the cohort; what is owed then is sent, and kept with what was true at
that moment by the database. Another kind of change is one more function, here or in `changes.py`, and one
more line in `played.py`.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from time import monotonic

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.matching import Problem, solve
from placement.domain.sender import Sender
from placement.domain.states import FeedPurpose
from placement.domain.text import london_to_utc
from placement.models import Cohort, Event, Invite, Leader, Message, Opportunity, Placement, Slot
from placement.services import (
    access,
    confirmations,
    match_runs,
    repairs,
    restoring,
    slot_changes,
    withdrawals,
)
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from placement.worker.mail import send_due
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.people import make_leader, make_partner, make_user
from tests.factories.preferences import make_preference
from tests.factories.programmes import make_cohort
from tests.smtp_sink import Sink

BEGINS = datetime(2026, 1, 12, 12, 0, tzinfo=UTC)
NEED = "Planted need: lip-reads, and a ramp"
DAYS = (
    date(2026, 3, 28),
    date(2026, 3, 29),
    date(2026, 3, 30),
    date(2026, 10, 24),
    date(2026, 10, 25),
    date(2026, 10, 26),
    date(2027, 3, 27),
    date(2027, 3, 28),
    date(2027, 3, 29),
    date(2027, 10, 30),
    date(2027, 10, 31),
    date(2027, 11, 1),
)
"""Saturdays, Sundays and Mondays around each change of the clocks in two years."""

NIGHT = DAYS[-1]
"""Instead of this day there is a night over a change of the clocks."""

NAMES = (
    "Okafor, Zoë",
    'Seán "Jack" O’Neill; the younger',
    "Łukasz Żółć-Ñandú",
    "李 小龍",
    "محمد عبد الله",
    "דנה כהן",
    "Ada 👩🏽‍🚒 Field",
    "Back\\slash \\n Nilsson",
    "Müller^n, J. 'Max'",
    "A" * 300,
    "e\u0301" * 100,
    "Plain Person",
    "Zed, A., B., and C.",
    "İpek <b>Çelik</b>",
)
TITLES = (
    "Sorting, packing; and handing out: food",
    'The "Warm Room", each Tuesday',
    "Café Ñandú – crêpes & naïveté",
    "👩🏽‍🍳 Soup and bread 🥕🥖",
    "مساعدة في مطبخ الحساء، كل ثلاثاء",
    "עזרה בבית התמחוי, כל יום",
    "W" * 300,
    "é" * 300,
    ("Packing, and carrying; and telling; " * 9)[:299] + "!",
    "\\n is no line, \\, no comma and \\\\ no end",
    "BEGIN:VEVENT END:VEVENT {{ 7 * 7 }} %s =?utf-8?q?no?=",
    "Plain work",
)


@dataclass(frozen=True)
class Truth:
    """What a calendar must hold once a mail has arrived, by the database."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    recipient: str
    title: str
    summary: str
    location: str
    link: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Sent:
    """One mail that the server took, what is true of it, and in which step it came."""

    octets: bytes
    truth: Truth
    step: str

    @property
    def calendar(self) -> bytes:
        """The octets of the calendar part."""
        for part in message_from_bytes(self.octets, policy=policy.default).walk():
            if part.get_content_type() == "text/calendar":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                return payload
        raise AssertionError("no calendar part")


@dataclass
class Season:
    """The cohort in its database, the mail server, the clock, and every mail so far."""

    app: Flask
    config: Config
    sink: Sink
    now: datetime = BEGINS
    cohort_id: int = 0
    event_id: int = 0
    slots: dict[date, int] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    feeds: dict[FeedPurpose, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def sender(self) -> Sender:
        return sender_of(self.config)

    def clock(self) -> datetime:
        """The present moment of the season; a second later each time that it is asked."""
        self.now += timedelta(seconds=1)
        return self.now

    def take(self, step: "Step") -> None:
        """Let a step happen in its own time, and send what is owed after it."""
        self.now += timedelta(hours=1)
        step(self)
        self.send(step.__name__)

    def send(self, step: str) -> None:
        """Send everything that is owed, and keep each mail with what is true of it now."""
        before = len(self.sink.received)
        ended = send_due(self.config)
        assert set(ended) <= {"sent"}, ended
        with reading() as session:
            for mail in self.sink.received[before:]:
                message_id = str(message_from_bytes(mail.octets, policy=policy.default)["Message-ID"])
                message = session.scalars(select(Message).where(Message.message_id == message_id)).one()
                if message.kind != "who_is_coming":  # to partners, and without a calendar part
                    truth = self._truth(session, message, mail.recipients)
                    self.sent.append(Sent(mail.octets, truth, step))

    def _truth(self, session: Session, message: Message, recipients: tuple[str, ...]) -> Truth:
        invite = session.get_one(Invite, message.invite_id)
        (recipient,) = recipients
        assert recipient == invite.leader.user.email
        told = [one.truth for one in self.sent if one.truth.uid == invite.uid]
        if message.kind in {"placement_cancelled", "event_cancelled"}:
            # What goes is the entry as it was last told, wherever its day has got to since.
            return replace(told[-1], method="CANCEL", sequence=invite.sequence, stamp=invite.dtstamp)
        return truth_of(invite, recipient, self.sender)


def truth_of(invite: Invite, recipient: str, sender: Sender) -> Truth:
    """What the entry of a live invite must show."""
    day, leader = invite.day, invite.leader
    facts = _of_event(day) if isinstance(day, Event) else _of_slot(day.slot)
    page = "events" if isinstance(day, Event) else "placement"
    return Truth(
        method="REQUEST",
        uid=invite.uid,
        sequence=invite.sequence,
        stamp=invite.dtstamp,
        recipient=recipient,
        link=sender.link(f"/leader/{leader.id}/{page}"),
        starts_at=day.starts_at,
        ends_at=day.ends_at,
        **facts,
    )


def _of_slot(slot: Slot) -> dict[str, str]:
    offer, site = slot.opportunity, slot.opportunity.site
    place = f"{offer.partner.name}, {site.address}, {site.postcode}"
    return {
        "title": offer.title,
        "summary": f"Placement: {offer.title}, {offer.partner.name}",
        "location": f"Online: {slot.joining_link}" if slot.joining_link else place,
    }


def _of_event(event: Event) -> dict[str, str]:
    online = event.mode == "virtual"
    return {
        "title": event.title,
        "summary": f"Workshop: {event.title}",
        "location": f"Online: {event.joining_link}" if online else f"{event.address}, {event.postcode}",
    }


Step = Callable[[Season], None]


def everybody_is_confirmed(season: Season) -> None:
    """Fourteen people on twelve days."""
    with unit_of_work() as session:
        cohort = make_cohort(session, name="Spring, 2026", created_at=season.now)
        offers = []
        for number, (day, title) in enumerate(zip(DAYS, TITLES, strict=True)):
            partner = make_partner(session, cohort=cohort, name=f"Partner {number}, “{title[:20].strip()}”")
            site = make_site(session, partner=partner, address=f"{number}; Låg Street, St Anne's")
            offer = make_opportunity(session, partner=partner, site=site, title=title)
            offers.append(offer)
            start, end = london_to_utc(day, time(9, 30)), london_to_utc(day, time(16))
            if day == NIGHT:
                start = london_to_utc(date(2026, 10, 24), time(20))
                end = london_to_utc(date(2026, 10, 25), time(6))
            slot = make_slot(session, opportunity=offer, starts_at=start, ends_at=end, capacity=3)
            season.slots[day] = slot.id
        for number, name in enumerate(NAMES):
            add_leader(session, cohort, name, [offers[(number + step) % 12] for step in range(4)])
        season.cohort_id = cohort.id
    match(season)


def add_leader(session: Session, cohort: Cohort, name: str, wishes: list[Opportunity]) -> Leader:
    """A person with an access need who ranks `wishes`."""
    leader = make_leader(
        session, cohort=cohort, name=name, user=make_user(session, name=name), submitted_at=BEGINS
    )
    access.record_need(session, leader, NEED)
    for rank, offer in enumerate(wishes, start=1):
        make_preference(session, leader=leader, opportunity=offer, rank=rank)
    return leader


def match(season: Season, *, repair: bool = False) -> None:
    """Ask for a run or a repair, solve and confirm it."""
    with unit_of_work() as session:
        scope = Scope.system(session)
        if repair:
            run_id = repairs.request_repair(scope, season.cohort_id, seconds=20, now=season.now).repair
        else:
            run_id = match_runs.request_run(scope, season.cohort_id, seconds=20, now=season.now)
        problem = Problem.from_json(match_runs.load_run(scope, run_id).problem)
        solution = solve(problem, clock=monotonic, time_limit=20)
        assert match_runs.record_allocation(session, run_id, solution.to_json(), now=season.now)
    with unit_of_work() as session:
        confirmations.confirm_run(Scope.system(session), run_id, sender=season.sender, now=season.clock())


def move(season: Season, day: date, to: date, *, start: time | None = None) -> None:
    """Move the day that was first on `day`."""
    with unit_of_work() as session:
        slot_changes.change_slot(
            Scope.system(session),
            season.cohort_id,
            season.slots[day],
            change=SlotChange(date=to, start=start),
            sender=season.sender,
            now=season.clock(),
        )


def call_off(season: Season, day: date) -> None:
    """Call the day off that was first on `day`."""
    with unit_of_work() as session:
        withdrawals.withdraw_slot(
            Scope.system(session),
            season.cohort_id,
            season.slots[day],
            sender=season.sender,
            now=season.clock(),
        )


def leave(season: Season, name: str) -> None:
    """Let somebody leave the cohort."""
    with unit_of_work() as session:
        leader = session.scalars(select(Leader).where(Leader.name == name)).one()
        withdrawals.withdraw_leader(
            Scope.system(session), season.cohort_id, leader.id, sender=season.sender, now=season.clock()
        )


def days_move_over_each_change_of_the_clocks(season: Season) -> None:
    """In both directions, onto the Sundays themselves too."""
    move(season, date(2026, 3, 28), date(2026, 3, 31))
    move(season, date(2026, 10, 26), date(2026, 10, 25), start=time(10))
    move(season, date(2027, 3, 29), date(2027, 3, 28), start=time(9))
    move(season, date(2027, 10, 30), date(2027, 11, 2))


def a_day_moves_again(season: Season) -> None:
    """What was told already moves once more."""
    move(season, date(2026, 3, 28), date(2026, 3, 29), start=time(8, 15))


def a_day_moves_twice_before_any_mail_leaves(season: Season) -> None:
    """Only the last place is told."""
    move(season, date(2026, 3, 30), date(2026, 4, 1))
    season.now += timedelta(seconds=20)
    move(season, date(2026, 3, 30), date(2026, 4, 2))


def a_day_takes_fewer_and_a_repair_moves_people(season: Season) -> None:
    """A day keeps one of its people; the others get a day elsewhere."""
    with reading() as session:
        slot = session.scalars(
            select(Slot).join(Placement, Placement.slot_id == Slot.id).where(Slot.taken > 1).limit(1)
        ).one()
        crowded = slot.id
    with unit_of_work() as session:
        slot_changes.change_slot(
            Scope.system(session),
            season.cohort_id,
            crowded,
            change=SlotChange(capacity=1),
            sender=season.sender,
            now=season.clock(),
        )
    match(season, repair=True)


def days_are_called_off(season: Season) -> None:
    """In summer and in winter."""
    call_off(season, date(2026, 10, 24))
    call_off(season, date(2027, 10, 31))


def a_repair_gives_other_days(season: Season) -> None:
    """New entries, with UIDs of their own."""
    match(season, repair=True)


def somebody_leaves(season: Season) -> None:
    """A leader leaves the cohort."""
    leave(season, NAMES[0])


def somebody_leaves_for_good(season: Season) -> None:
    """In the end nothing is left in their calendar."""
    leave(season, NAMES[11])


def who_left_comes_back(season: Season) -> None:
    """Undone, and placed again: the old UID stays dead."""
    with unit_of_work() as session:
        leader = session.scalars(select(Leader).where(Leader.name == NAMES[0])).one()
        restoring.restore_leader(Scope.system(session), season.cohort_id, leader.id, now=season.now)
    match(season, repair=True)


def a_day_moves_and_is_called_off_before_any_mail_leaves(season: Season) -> None:
    """The cancellation speaks of the day as it was told."""
    move(season, date(2027, 3, 27), date(2027, 4, 3))
    call_off(season, date(2027, 3, 27))


def somebody_joins_and_leaves_before_any_mail_leaves(season: Season) -> None:
    """Who never heard of a day hears of no cancellation."""
    with unit_of_work() as session:
        cohort = session.get_one(Cohort, season.cohort_id)
        slot = session.get_one(Slot, season.slots[date(2026, 3, 29)])
        add_leader(session, cohort, "Gone Again", [slot.opportunity])
    match(season, repair=True)
    leave(season, "Gone Again")
