"""The life of an invite: each row of the table in `docs/invites.md`, and any order of them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import InviteDetails
from placement.domain.letters import thaw
from placement.models import Invite, Leader, Message, Placement, Slot
from placement.services import (
    invites,
    mail_leases,
    offer_changes,
    outbox,
    restoring,
    slot_changes,
    withdrawals,
)
from placement.services.offer_changes import Contact, OfferWords, Place
from placement.services.outbox import ClaimedMessage
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.services.calendars import Calendar
from tests.services.small_cohort import SENDER

LINK, OTHER_LINK = "https://meet.example/one", "https://meet.example/two"
TICK = timedelta(milliseconds=300)
LATER = timedelta(days=1)

Told = tuple[str, int, str]
"""What a mail says: method, SEQUENCE, PARTSTAT."""


@dataclass
class World:
    """One leader, one day, the outbox between them and the leader's calendar."""

    session: Session
    leader: Leader
    slot: Slot
    now: datetime = NOON
    calendar: Calendar = field(default_factory=Calendar)
    left: list[InviteDetails] = field(default_factory=list)
    titles: int = 0
    hour: int = 10

    @property
    def scope(self) -> Scope:
        return Scope.system(self.session)

    def tick(self) -> datetime:
        """The next moment: often within the same second as the one before."""
        self.now += TICK
        return self.now

    def placement(self) -> Placement | None:
        return self.session.scalars(
            select(Placement).where(Placement.leader_id == self.leader.id, Placement.status == "confirmed")
        ).one_or_none()

    def invite(self) -> Invite:
        rows = self.session.scalars(select(Invite).where(Invite.leader_id == self.leader.id))
        return max(rows, key=lambda invite: invite.id)

    def confirm(self) -> None:
        if self.placement() is None and self.slot.status == "open" and self.leader.withdrawn_at is None:
            made = make_placement(self.session, leader=self.leader, slot=self.slot, confirmed_at=self.tick())
            invites.issue(self.session, [made], sender=SENDER, now=self.now)

    def send(self) -> None:
        """A worker sends everything that is owed."""
        while batch := outbox.claim_due(self.session, token="worker", now=self.now + LATER):
            for mail in batch:
                self.deliver(mail)
                assert outbox.record_sent(self.session, mail.id, token="worker", now=self.now)
        self.session.expire_all()

    def killed_sending(self) -> None:
        """A worker is killed after the mail server took a mail, before that was written down."""
        for mail in outbox.claim_due(self.session, token="killed", now=self.now + LATER, limit=1):
            outbox.keep_octets(self.session, {mail.id: b"as it left"}, token="killed")
            self.deliver(mail)
        mail_leases.free_abandoned(self.session, tokens=["killed"], now=NOON)

    def killed_holding(self) -> None:
        """A worker that holds mails dies only later: until then they may be on their way."""
        for mail in outbox.claim_due(self.session, token="slow", now=self.now + LATER, limit=1):
            outbox.keep_octets(self.session, {mail.id: b"as it left"}, token="slow")
            self.deliver(mail)

    def deliver(self, mail: ClaimedMessage) -> None:
        if mail.kind in invites.KINDS:  # the others are for the partner
            details = thaw(self.session.get_one(Message, mail.id).payload)
            self.left.append(details)
            self.calendar.receive(details)

    def answer(self) -> None:
        if self.placement() is not None:
            self.invite().partstat = "ACCEPTED"
            self.session.flush()

    def _change(self, change: SlotChange) -> None:
        if self.slot.status == "open":
            slot_changes.change_slot(
                self.scope, self.slot.cohort_id, self.slot.id, change=change, sender=SENDER, now=self.tick()
            )

    def move(self) -> None:
        self.hour = 10 + (self.hour - 9) % 3
        self._change(SlotChange(start=dt.time(self.hour)))

    def online(self) -> None:
        self._change(SlotChange(joining_link=LINK))

    def other_link(self) -> None:
        self._change(SlotChange(joining_link=OTHER_LINK))

    def in_person(self) -> None:
        self._change(SlotChange(joining_link=""))

    def retitle(self) -> None:
        self.titles = (self.titles + 1) % 3
        words = OfferWords(f"Title {self.titles}", "Wear flat shoes.")
        opportunity = self.slot.opportunity_id
        offer_changes.change_words(
            self.scope, self.slot.cohort_id, opportunity, words=words, sender=SENDER, now=self.tick()
        )

    def other_contact(self) -> None:
        offer_changes.change_contact(
            self.scope,
            self.slot.cohort_id,
            self.slot.partner_id,
            contact=Contact("Somebody Else", "01632 960999"),
            sender=SENDER,
            now=self.tick(),
        )

    def _place(self, place: Place) -> None:
        opportunity = self.slot.opportunity_id
        offer_changes.change_place(
            self.scope, self.slot.cohort_id, opportunity, place=place, sender=SENDER, now=self.tick()
        )

    def other_site(self) -> None:
        self._place(Place("2 Low Street, Blackpool", "FY1 3CD", None))

    def other_wording(self) -> None:
        self._place(Place("Door B, High Street, Blackpool", "FY1 2AB", None, same=True))

    def withdraw(self) -> None:
        withdrawals.withdraw_slot(
            self.scope, self.slot.cohort_id, self.slot.id, sender=SENDER, now=self.tick()
        )

    def restore(self) -> None:
        restoring.restore_slot(self.scope, self.slot.cohort_id, self.slot.id, now=self.tick())

    def leave(self) -> None:
        withdrawals.withdraw_leader(
            self.scope, self.slot.cohort_id, self.leader.id, sender=SENDER, now=self.tick()
        )

    def come_back(self) -> None:
        restoring.restore_leader(self.scope, self.slot.cohort_id, self.leader.id, now=self.tick())


def make_world(session: Session) -> World:
    slot = make_slot(session)
    return World(session, make_leader(session, cohort=slot.opportunity.partner.cohort), slot)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def after(world: World, *acts: Callable[[World], None]) -> list[Told]:
    """What has left when the last of `acts` is done and everything is sent."""
    for act in acts[:-1]:
        act(world)
    before = len(world.left)
    acts[-1](world)
    world.send()
    return [(one.method, one.sequence, one.partstat) for one in world.left[before:]]


SENT = (World.confirm, World.send)
ANSWERED = (*SENT, World.answer)
ONLINE = (*SENT, World.online, World.send, World.answer)
NEW: Told = ("REQUEST", 0, "NEEDS-ACTION")
MOVED: Told = ("REQUEST", 1, "NEEDS-ACTION")
TEXT: Told = ("REQUEST", 0, "ACCEPTED")

ROWS: dict[str, tuple[tuple[Callable[[World], None], ...], list[Told], str]] = {
    "confirmed": ((World.confirm,), [NEW], "sent"),
    "the time changes": ((*ANSWERED, World.move), [MOVED], "sent"),
    "the site changes": ((*ANSWERED, World.other_site), [MOVED], "sent"),
    "it becomes virtual": ((*ANSWERED, World.online), [MOVED], "sent"),
    "it is in person again": ((*ONLINE, World.in_person), [("REQUEST", 2, "NEEDS-ACTION")], "sent"),
    "the title changes": ((*ANSWERED, World.retitle), [TEXT], "sent"),
    "the contact changes": ((*ANSWERED, World.other_contact), [TEXT], "sent"),
    "the address is worded anew": ((*ANSWERED, World.other_wording), [TEXT], "sent"),
    "the joining link changes": ((*ONLINE, World.other_link), [("REQUEST", 1, "ACCEPTED")], "sent"),
    "the site of a virtual day changes": ((*ONLINE, World.other_site), [], "sent"),
    "the same text again": ((*ANSWERED, World.retitle, World.send, World.other_contact), [TEXT], "sent"),
    "the day is withdrawn": ((*ANSWERED, World.withdraw), [("CANCEL", 1, "ACCEPTED")], "cancelled"),
    "the leader leaves": ((*ANSWERED, World.leave), [("CANCEL", 1, "ACCEPTED")], "cancelled"),
    "confirmed again": ((*SENT, World.withdraw, World.send, World.restore, World.confirm), [NEW], "sent"),
    "quick changes are one": (
        (*ANSWERED, World.retitle, World.move, World.move),
        [("REQUEST", 2, "NEEDS-ACTION")],
        "sent",
    ),
    "a text after an unsent move asks": ((*ANSWERED, World.move, World.retitle), [MOVED], "sent"),
    "texts there and back": ((*ANSWERED, *[World.retitle] * 2, World.send, *[World.retitle] * 3), [], "sent"),
    "changed before anything left": ((World.confirm, World.move), [NEW], "sent"),
    "worded before anything left": ((World.confirm, World.retitle), [NEW], "sent"),
    "cancelled before anything left": ((World.confirm, World.withdraw), [], "cancelled"),
    "never sent, then confirmed again": (
        (World.confirm, World.withdraw, World.restore, World.confirm),
        [NEW],
        "sent",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_event_of_an_invite_sends_what_the_table_says(world: World, row: str) -> None:
    acts, wanted, state = ROWS[row]
    assert after(world, *acts) == wanted
    assert world.invite().state == state
    shown = world.calendar.shown()
    assert [one.starts_at for one in shown] == ([] if state == "cancelled" else [world.slot.starts_at])


def test_a_placement_that_is_confirmed_again_has_a_new_name(world: World) -> None:
    after(world, *SENT, World.withdraw, World.send, World.restore, World.confirm)
    assert len({one.uid for one in world.left}) == 2


def test_a_cancellation_names_the_day_as_it_was_told_last(world: World) -> None:
    told = world.slot.starts_at
    after(world, *SENT, World.move, World.withdraw)
    assert world.slot.starts_at != told
    assert [one.starts_at for one in world.left] == [told, told]


def test_the_mail_says_what_is_other_than_what_was_heard_last(world: World) -> None:
    after(world, *SENT, World.retitle, World.move)
    (first, last) = world.left
    assert last.reason.startswith("Before, it was on Wednesday 3 February 2027, 9:30am to 4pm.")
    assert f"It was called “{first.title}”." in last.reason
    assert last.reason.endswith("an earlier answer was for how it was before.")


def test_every_revision_has_a_newer_stamp_also_within_a_second(world: World) -> None:
    after(world, *SENT, World.retitle, World.send, World.move, World.send, World.withdraw)
    stamps = [one.dtstamp.replace(microsecond=0) for one in world.left]
    assert stamps == sorted(set(stamps))
    assert world.now - NOON < timedelta(seconds=2)


def close_past(world: World, now: datetime) -> tuple[int, int]:
    past = invites.past_now(world.session, now=now)
    invites.close_past(world.session, past, now=now)
    world.session.expire_all()
    return len(past.invites), len(past.mails)


def test_nothing_is_sent_any_more_of_a_day_that_is_over(world: World) -> None:
    for act in (*SENT, World.retitle):
        act(world)
    over = FIRST_DAY + timedelta(days=2)
    assert close_past(world, FIRST_DAY) == (0, 0)
    assert close_past(world, over) == (1, 1)
    assert world.invite().state == "past"
    world.now = over
    for act in (World.send, World.retitle, World.other_site, World.other_contact, World.send):
        act(world)
    mails = select(Message.status).where(Message.invite_id.is_not(None)).order_by(Message.id)
    statuses = world.session.scalars(mails).all()
    assert (len(world.left), statuses) == (1, ["sent", "cancelled"])
    assert close_past(world, over) == (0, 0)


def test_what_was_owed_after_a_day_is_a_rehearsal_and_goes_out(world: World) -> None:
    world.now = FIRST_DAY + timedelta(days=30)
    world.confirm()
    assert close_past(world, world.now + timedelta(days=1)) == (0, 0)
    world.send()
    assert len(world.left) == 1


ACTS = (
    World.confirm,
    World.send,
    World.answer,
    World.move,
    World.retitle,
    World.other_site,
    World.other_wording,
    World.online,
    World.other_link,
    World.in_person,
    World.withdraw,
    World.restore,
    World.leave,
    World.come_back,
    World.killed_sending,
    World.killed_holding,
)


@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=4, max_size=12))
def test_in_any_order_with_workers_killed_a_calendar_ends_with_one_right_entry_or_none(
    session: Session, acts: list[Callable[[World], None]]
) -> None:
    example = session.begin_nested()
    world = make_world(session)
    for act in (World.confirm, *acts):
        act(world)
    mail_leases.free_abandoned(session, tokens=["slow"], now=NOON)
    world.send()
    shown, placement = world.calendar.shown(), world.placement()
    if placement is None:
        assert shown == []
    else:
        (entry,) = shown
        assert (entry.starts_at, entry.ends_at) == (world.slot.starts_at, world.slot.ends_at)
        assert entry.title == world.slot.opportunity.title
        assert entry.joining_link == (world.slot.joining_link or "")
        assert entry.address == ("" if world.slot.virtual else world.slot.opportunity.site.address)
        assert (entry.uid, entry.sequence) == (world.invite().uid, world.invite().sequence)
    example.rollback()
    session.expunge_all()
