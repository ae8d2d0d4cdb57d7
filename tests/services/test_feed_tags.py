"""When the kept tag of a feed stops being true: with every change of what it shows, and with time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Column, Select, delete, text, update
from sqlalchemy.sql import visitors

from placement.db import asking, reading, unit_of_work
from placement.domain.states import FeedPurpose
from placement.models import CalendarVersion, Cohort, Feed, Invite, Leader, Placement, Slot
from placement.services import feeds, withdrawals
from placement.services.feeds import KeptTag, OpenFeed
from placement.services.reports import feed as report
from placement.services.reports.feed import FeedContents, feed_contents
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.small_cohort import SENDER

DAY = timedelta(days=1)
PURPOSES: tuple[FeedPurpose, ...] = ("leader", "partner", "coordinator")
NOT_SHOWN = {"id", "cohort_id", "user_id"}
"""Columns by which rows are found; no feed shows them, and nobody changes them."""


@dataclass
class Feeds:
    """One leader's day at one partner, with all three feeds of it."""

    cohort_id: int
    leader_id: int
    slot_id: int
    tokens: dict[str, str]

    def opened(self, purpose: str, *, now: datetime = NOON) -> OpenFeed | None:
        with asking() as connection:
            return feeds.open_feed(connection, self.tokens[purpose], now=now)

    def version(self) -> int:
        opened = self.opened("coordinator")
        assert opened is not None
        return opened.version


@pytest.fixture
def made(app: Flask) -> Feeds:
    """A cohort with feeds, committed."""
    with unit_of_work() as session:
        cohort = make_cohort(session)
        partner = make_partner(session, cohort=cohort)
        slot = make_slot(session, opportunity=make_opportunity(session, partner=partner))
        trust = make_organisation(session, cohort=cohort, name="Bay Trust")
        leader = make_leader(session, cohort=cohort, organisation_id=trust.id)
        make_invite(session, placement=make_placement(session, leader=leader, slot=slot), state="sent")
        owners = {
            "leader": (leader.user_id, leader.id),
            "partner": (partner.user_id, partner.id),
            "coordinator": (make_coordinator(session, cohort=cohort).user_id, cohort.id),
        }
        tokens: dict[str, str] = {}
        for purpose in PURPOSES:
            user_id, subject = owners[purpose]
            path = feeds.make_feed(Scope.of_user(session, user_id), purpose, subject, seen=0, now=NOON)
            tokens[purpose] = path.removeprefix("/feed/").removesuffix(".ics")
        return Feeds(cohort.id, leader.id, slot.id, tokens)


def shown_columns() -> Iterator[Column[Any]]:
    """Every column that a feed reads, found in its queries themselves."""
    everything: list[Select[Any]] = [
        report._of_leader(1, now=NOON),
        report._of_slots(Slot.partner_id == 1, now=NOON),
        report._places_query(Slot.partner_id == 1),
        report._people_query(1),
    ]
    found = {
        (element.table.name, element.name): element
        for query in everything
        for element in visitors.iterate(query)
        if isinstance(element, Column)
    }
    yield from (column for _, column in sorted(found.items()))


def test_every_column_that_a_feed_reads_raises_the_version_whoever_writes_it(made: Feeds) -> None:
    """A new column in a feed needs to be watched by a migration, as 0019 does."""
    columns = [column for column in shown_columns() if column.name not in NOT_SHOWN]
    assert {column.table.name for column in columns} >= {
        "invite",
        "placement",
        "slot",
        "site",
        "organisation",
    }
    quiet = []
    for column in columns:
        before = made.version()
        with unit_of_work() as session:
            session.execute(update(column.table).values({column.name: column}))
        if made.version() <= before:
            quiet.append(str(column))
    assert quiet == []


def test_names_of_cohort_and_partner_stand_over_a_feed_and_raise_the_version(made: Feeds) -> None:
    before = made.version()
    with unit_of_work() as session:
        session.execute(update(Cohort).values(name="Renamed"))
    assert made.version() > before


def test_rows_that_come_and_go_raise_the_version(made: Feeds) -> None:
    before = made.version()
    with unit_of_work() as session:
        guest = make_leader(session, cohort=session.get_one(Cohort, made.cohort_id))
        make_invite(
            session,
            placement=make_placement(session, leader=guest, slot=session.get_one(Slot, made.slot_id)),
        )
    joined = made.version()
    with unit_of_work() as session:
        placements = Placement.leader_id != made.leader_id
        session.execute(delete(Invite).where(Invite.leader_id != made.leader_id))
        session.execute(delete(Placement).where(placements))
    assert before < joined < made.version()


def test_what_no_feed_shows_and_what_is_taken_back_leaves_the_version(made: Feeds) -> None:
    before = made.version()
    with unit_of_work() as session:
        session.execute(update(Invite).values(state="sent", partstat="ACCEPTED"))
        session.execute(update(Leader).values(base_postcode="FY1 1AB"))
    with reading() as session:
        session.execute(update(Invite).values(sequence=9))
    with unit_of_work() as session:
        other = make_cohort(session)
        guest = make_leader(session, cohort=other)
        make_placement(session, leader=guest, slot=make_slot(session, cohort=other))
    assert made.version() == before


def test_a_cohort_that_is_deleted_takes_its_version_along(app: Flask) -> None:
    with unit_of_work() as session:
        cohort = make_cohort(session)
        make_placement(
            session, leader=make_leader(session, cohort=cohort), slot=make_slot(session, cohort=cohort)
        )
    with unit_of_work() as session:
        assert session.query(CalendarVersion).count() == 1
    with unit_of_work() as session:
        for table in ("placement", "slot", "opportunity", "site", "partner", "leader", "cohort"):
            session.execute(text(f"DELETE FROM {table}"))
    with unit_of_work() as session:
        assert session.query(CalendarVersion).count() == 0


@pytest.mark.parametrize("purpose", PURPOSES)
def test_whoever_has_lost_the_right_to_days_opens_nothing(made: Feeds, purpose: str) -> None:
    assert made.opened(purpose) is not None
    with unit_of_work() as session:
        stranger = make_coordinator(session).user_id
        session.execute(update(Feed).values(user_id=stranger))
    assert made.opened(purpose) is None


def kept_of(purpose: FeedPurpose, made: Feeds, *, now: datetime) -> tuple[FeedContents, KeptTag, OpenFeed]:
    opened = made.opened(purpose, now=now)
    assert opened is not None
    with reading() as session:
        scope = Scope.of_user(session, opened.user_id)
        contents = feed_contents(scope, purpose, opened.subject_id, sender=SENDER, now=now)
        return contents, KeptTag(contents.digest("1"), opened.state("1"), contents.until), opened


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_kept_tag_ends_when_the_first_day_leaves_by_itself(made: Feeds, purpose: FeedPurpose) -> None:
    contents, kept, opened = kept_of(purpose, made, now=NOON)
    over = contents.entries()[0].ends_at + 90 * DAY
    assert kept.until == over
    state = opened.state("1")
    assert kept.is_true(state, now=over - timedelta(microseconds=1))
    assert not kept.is_true(state, now=over)
    assert not kept.is_true(opened.state("2"), now=NOON)
    assert kept_of(purpose, made, now=over)[1].tag != kept.tag


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_kept_tag_ends_when_a_cancelled_day_leaves(made: Feeds, purpose: FeedPurpose) -> None:
    with unit_of_work() as session:
        withdrawals.withdraw_slot(
            Scope.system(session), made.cohort_id, made.slot_id, sender=SENDER, now=NOON
        )
    contents, kept, _ = kept_of(purpose, made, now=NOON)
    assert [entry.cancelled for entry in contents.entries()] == [True]
    assert kept.until == NOON + 30 * DAY
    left, later, _ = kept_of(purpose, made, now=NOON + 30 * DAY)
    assert (left.entries(), later.until) == ([], None)
    assert later.tag != kept.tag


def test_one_who_leaves_a_day_of_others_ends_no_tag(made: Feeds) -> None:
    with unit_of_work() as session:
        slot = session.get_one(Slot, made.slot_id)
        guest = make_leader(session, cohort=session.get_one(Cohort, made.cohort_id))
        gone = make_placement(session, leader=guest, slot=slot)
        gone.status, gone.cancelled_at = "cancelled", NOON
    assert (
        kept_of("partner", made, now=NOON)[1].until == FIRST_DAY + timedelta(hours=6, minutes=30) + 90 * DAY
    )
