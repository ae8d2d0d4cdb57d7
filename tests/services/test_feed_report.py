"""What a feed holds: whose days, which of them, under which names, and when it counts as changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.feeds import FeedEntry
from placement.domain.states import FeedPurpose
from placement.models import Cohort, Invite, Leader, Opportunity, Placement, Slot
from placement.services import slot_changes, withdrawals
from placement.services.reports.feed import FeedContents, feed_contents
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.small_cohort import SENDER

DAY = timedelta(days=1)
PURPOSES: tuple[FeedPurpose, ...] = ("leader", "partner", "coordinator")


@dataclass
class Season:
    """Ada and Ben come to the food bank; nobody comes to its other day; the café is another partner's."""

    session: Session
    cohort: Cohort
    food: Opportunity
    slot: Slot
    ada: Leader
    ben: Leader
    ada_day: Placement

    def contents(self, purpose: FeedPurpose, *, now: datetime = NOON) -> FeedContents:
        partner = self.food.partner
        user_id, subject_id = {
            "leader": (self.ada.user_id, self.ada.id),
            "partner": (partner.user_id, partner.id),
            "coordinator": (make_coordinator(self.session, cohort=self.cohort).user_id, self.cohort.id),
        }[purpose]
        scope = Scope.of_user(self.session, user_id)
        return feed_contents(scope, purpose, subject_id, sender=SENDER, now=now)

    def entries(self, purpose: FeedPurpose, *, now: datetime = NOON) -> list[FeedEntry]:
        return self.contents(purpose, now=now).entries()

    def digest(self, purpose: FeedPurpose, *, now: datetime = NOON) -> str:
        self.session.flush()
        return self.contents(purpose, now=now).digest("1")


@pytest.fixture
def season(session: Session) -> Season:
    cohort = make_cohort(session, name="Spring")
    partner = make_partner(session, cohort=cohort, name="Seaport Food Bank")
    food = make_opportunity(session, partner=partner, title="Food parcels")
    slot = make_slot(session, opportunity=food, capacity=3)
    make_slot(session, opportunity=food, starts_at=FIRST_DAY + 7 * DAY)
    trust = make_organisation(session, cohort=cohort, name="Bay Trust")
    ada = make_leader(session, cohort=cohort, name="Ada Field", organisation_id=trust.id)
    ben = make_leader(session, cohort=cohort, name="Ben Hill")
    days = [make_placement(session, leader=leader, slot=slot) for leader in (ada, ben)]
    for day in days:
        make_invite(session, placement=day, state="sent", sequence=4, revision=6)
    cafe = make_slot(session, opportunity=make_opportunity(session, cohort=cohort, title="Café"))
    guest = make_leader(session, cohort=cohort, name="Cy Moor")
    make_invite(session, placement=make_placement(session, leader=guest, slot=cafe))
    return Season(session, cohort, food, slot, ada, ben, days[0])


def invite_of(season: Season) -> Invite:
    return season.session.scalars(select(Invite).where(Invite.placement_id == season.ada_day.id)).one()


def test_a_leader_gets_their_own_days_under_the_names_of_the_mails(season: Season) -> None:
    (entry,) = season.entries("leader")
    invite = invite_of(season)
    assert (entry.uid, entry.sequence, entry.dtstamp) == (invite.uid, 4, invite.dtstamp)
    assert (entry.starts_at, entry.ends_at) == (season.slot.starts_at, season.slot.ends_at)
    assert entry.summary == "Placement: Food parcels, Seaport Food Bank"
    assert not entry.cancelled
    assert entry.page_url == f"https://placement.example/leader/{season.ada.id}/placement"
    assert "Your contact on the day: Sam Synthetic, 01632 960000" in entry.notes
    assert "Good to know:\nWear flat shoes." in entry.notes


def test_a_partner_gets_its_own_days_with_names_and_organisations(season: Season) -> None:
    (entry,) = season.entries("partner")
    assert entry.summary == "Placement: Food parcels (2 coming)"
    assert entry.notes == ("Who is coming:\nAda Field, Bay Trust\nBen Hill",)
    assert entry.uid == f"slot-{season.slot.id}-partner@placement.example"


def test_a_coordinator_gets_all_days_of_the_cohort_and_no_names(season: Season) -> None:
    food, cafe = sorted(season.entries("coordinator"), key=lambda entry: entry.summary, reverse=True)
    assert food.summary == "Food parcels, Seaport Food Bank (2 of 3)"
    assert food.notes == ("Places filled: 2 of 3",)
    assert "Café" in cafe.summary
    assert "Ada" not in repr(season.entries("coordinator"))


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_feed_tells_a_mail_address_of_anybody_who_comes(season: Season, purpose: FeedPurpose) -> None:
    said = repr(season.entries(purpose))
    for leader in (season.ada, season.ben):
        assert leader.user.email not in said


def test_each_day_stands_in_a_feed_once(season: Season) -> None:
    for purpose in PURPOSES:
        names = [entry.uid for entry in season.entries(purpose)]
        assert len(set(names)) == len(names)


def test_days_of_others_are_nobodys_to_read(session: Session, season: Season) -> None:
    stranger = Scope.of_user(session, make_user(session).id)
    for purpose, subject_id in (
        ("leader", season.ada.id),
        ("partner", season.food.partner_id),
        ("coordinator", season.cohort.id),
    ):
        with pytest.raises(NotFound):
            feed_contents(stranger, purpose, subject_id, sender=SENDER, now=NOON)


def test_a_feed_without_days_is_empty(session: Session) -> None:
    leader = make_leader(session)
    scope = Scope.of_user(session, leader.user_id)
    contents = feed_contents(scope, "leader", leader.id, sender=SENDER, now=NOON)
    assert (contents.entries(), contents.changed_at) == ([], None)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_days_gone_by_stay_for_ninety_days(season: Season, purpose: FeedPurpose) -> None:
    over = season.slot.ends_at
    there = {entry.starts_at for entry in season.entries(purpose, now=over + 90 * DAY - timedelta(seconds=1))}
    gone = {entry.starts_at for entry in season.entries(purpose, now=over + 90 * DAY)}
    assert season.slot.starts_at in there
    assert gone == set()


@pytest.mark.parametrize("purpose", ["leader", "partner"])
def test_a_day_that_was_called_off_stays_cancelled_for_thirty_days(
    season: Season, purpose: FeedPurpose
) -> None:
    before = season.entries(purpose)[0]
    withdrawals.withdraw_slot(
        Scope.system(season.session), season.cohort.id, season.slot.id, sender=SENDER, now=NOON
    )
    (after,) = season.entries(purpose, now=NOON + 30 * DAY - timedelta(seconds=1))
    assert after.cancelled
    assert after.summary.startswith("Cancelled: ")
    assert (after.uid, after.starts_at) == (before.uid, before.starts_at)
    assert after.sequence > before.sequence
    assert "Ada" not in repr(after)
    assert season.entries(purpose, now=NOON + 30 * DAY) == []


def test_a_day_that_some_leave_goes_on_with_the_others(season: Season) -> None:
    before = season.entries("partner")[0]
    withdrawals.withdraw_leader(
        Scope.system(season.session), season.cohort.id, season.ada.id, sender=SENDER, now=NOON
    )
    (after,) = season.entries("partner", now=NOON + 40 * DAY)
    assert not after.cancelled
    assert after.notes == ("Who is coming:\nBen Hill",)
    assert after.sequence > before.sequence
    assert [entry.cancelled for entry in season.entries("leader")] == [True]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_day_that_moves_keeps_its_name_and_rises_in_sequence(season: Season, purpose: FeedPurpose) -> None:
    before = {entry.uid: entry for entry in season.entries(purpose)}
    change = SlotChange(date=(FIRST_DAY + 3 * DAY).date())
    slot_changes.change_slot(
        Scope.system(season.session),
        season.cohort.id,
        season.slot.id,
        change=change,
        sender=SENDER,
        now=NOON + DAY,
    )
    season.session.expire_all()
    after = {entry.uid: entry for entry in season.entries(purpose)}
    assert after.keys() == before.keys()
    (moved,) = [entry for uid, entry in after.items() if entry.starts_at != before[uid].starts_at]
    assert moved.starts_at == FIRST_DAY + 3 * DAY
    assert moved.sequence > before[moved.uid].sequence
    assert moved.dtstamp == NOON + DAY


def changes(season: Season) -> Iterator[tuple[str, set[FeedPurpose]]]:
    """One change after another, and the feeds that show it."""
    everybody: set[FeedPurpose] = {"leader", "partner", "coordinator"}
    season.food.title = "Food and clothes"
    yield "title", everybody
    season.food.site.address = "2 Low Street"
    yield "address", everybody
    season.food.what_to_know = "Bring gloves."
    yield "what to know", {"leader"}
    season.food.partner.phone = "01632 960001"
    yield "telephone", {"leader"}
    season.ben.name = "Benedict Hill"
    yield "name of somebody else", {"partner"}
    season.slot.capacity = 5
    yield "capacity", {"partner", "coordinator"}
    season.ada.base_postcode = "FY1 1AB"
    yield "nothing that is shown", set()
    make_invite(
        season.session,
        placement=make_placement(
            season.session, leader=make_leader(season.session, cohort=season.cohort), slot=season.slot
        ),
    )
    yield "somebody joins", {"partner", "coordinator"}


def test_the_digest_changes_with_what_is_shown_and_with_nothing_else(season: Season) -> None:

    before = {purpose: season.digest(purpose) for purpose in PURPOSES}
    assert before == {purpose: season.digest(purpose) for purpose in PURPOSES}
    for what, shown in changes(season):
        after = {purpose: season.digest(purpose) for purpose in PURPOSES}
        assert {purpose for purpose in PURPOSES if after[purpose] != before[purpose]} == shown, what
        before = after


def test_the_digest_changes_with_the_form_that_days_are_written_in(season: Season) -> None:
    contents = season.contents("leader")
    assert contents.digest("1") == contents.digest("1") != contents.digest("2")


@pytest.mark.parametrize(("purpose", "most"), [("leader", 3), ("partner", 4), ("coordinator", 4)])
def test_a_feed_is_read_in_a_fixed_number_of_queries(season: Season, purpose: FeedPurpose, most: int) -> None:
    for week in range(2, 8):
        slot = make_slot(season.session, opportunity=season.food, starts_at=FIRST_DAY + 7 * week * DAY)
        make_invite(season.session, placement=make_placement(season.session, leader=season.ada, slot=slot))
    season.session.expire_all()
    coordinator = make_coordinator(season.session, cohort=season.cohort).user_id
    user_id, subject_id = {
        "leader": (season.ada.user_id, season.ada.id),
        "partner": (season.food.partner.user_id, season.food.partner_id),
        "coordinator": (coordinator, season.cohort.id),
    }[purpose]
    season.session.flush()
    season.session.expunge_all()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    connection = season.session.connection()
    event.listen(connection, "before_cursor_execute", note)
    scope = Scope.of_user(season.session, user_id)
    contents = feed_contents(scope, purpose, subject_id, sender=SENDER, now=NOON)
    contents.digest("1")
    assert len(contents.entries()) >= 7
    event.remove(connection, "before_cursor_execute", note)
    assert len(asked) <= most
