"""Who is owed a mail because of the calendar: once, in time, and only while it is still true."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound, PreferencesClosed
from placement.models import AuditEvent, Cohort, Message, User
from placement.services import outbox, reminders
from placement.services.scope import Scope
from tests.factories.attendance import make_attendance, make_reflection
from tests.factories.clock import NOON
from tests.factories.letters import make_opt_out, make_wording
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.models.test_many_at_once import all_at_once
from tests.services.season import (
    DAY_AFTER,
    DAY_BEFORE,
    LATER,
    LINKS,
    LONDON,
    STARTS_AT,
    WEEK_AFTER,
    WEEK_BEFORE,
    MidSeason,
    due,
    kinds,
    leaving,
    make_mid_season,
    owe,
    statuses,
    unsent,
)

BOTH_LEADERS_AND_THE_PARTNER = ["day_reminder", "placement_reminder", "placement_reminder"]
THANKS = ["day_thank_you", "thank_you", "thank_you"]
CLOSES_AT = datetime(2027, 1, 29, 17, 0, tzinfo=UTC)
CLOSES_SOON = datetime(2027, 1, 28, 9, 0, tzinfo=LONDON)


@pytest.fixture
def season(session: Session) -> MidSeason:
    return make_mid_season(session)


def choosing(session: Session, **facts: Any) -> Cohort:
    """A cohort that chooses: two leaders have not answered, one has, one has left."""
    cohort = make_cohort(session, **({"preferences_close_at": CLOSES_AT} | facts))
    for submitted_at, withdrawn_at in ((None, None), (None, None), (NOON, None), (None, NOON)):
        make_leader(session, cohort=cohort, submitted_at=submitted_at, withdrawn_at=withdrawn_at)
    return cohort


def test_leaders_and_partner_are_reminded_a_week_and_a_day_before_and_thanked_after(
    session: Session, season: MidSeason
) -> None:
    at = {
        moment - LATER: kinds(session, season.cohort, moment - LATER)
        for moment in (WEEK_BEFORE, DAY_BEFORE, DAY_AFTER)
    }
    assert list(at.values()) == [[], [], []]
    found = [kinds(session, season.cohort, moment) for moment in (WEEK_BEFORE, DAY_BEFORE, DAY_AFTER)]
    assert found == [BOTH_LEADERS_AND_THE_PARTNER, BOTH_LEADERS_AND_THE_PARTNER, THANKS]


def test_each_is_owed_once_however_often_somebody_looks(session: Session, season: MidSeason) -> None:
    moments = [WEEK_BEFORE, DAY_BEFORE, DAY_AFTER]
    owed = [owe(session, season.cohort, moment + late) for moment in moments for late in (LATER, 2 * LATER)]
    assert owed == [3, 0, 3, 0, 3, 0]
    events = session.scalars(select(AuditEvent).where(AuditEvent.verb == "owe_reminders")).all()
    assert events[0].facts == {"day_reminder": 1, "placement_reminder": 2}


def test_a_worker_that_was_stopped_sends_the_nearer_reminder_alone(
    session: Session, season: MidSeason
) -> None:
    assert owe(session, season.cohort, WEEK_BEFORE + timedelta(days=5)) == 0
    assert kinds(session, season.cohort, DAY_BEFORE + timedelta(hours=12)) == BOTH_LEADERS_AND_THE_PARTNER
    assert kinds(session, season.cohort, STARTS_AT) == []
    assert kinds(session, season.cohort, DAY_AFTER + timedelta(days=4)) == []


def test_a_day_confirmed_after_the_moment_of_a_reminder_has_none(session: Session, season: MidSeason) -> None:
    for invite in season.invites:
        invite.dtstamp = WEEK_BEFORE + LATER
    session.flush()
    assert kinds(session, season.cohort, WEEK_BEFORE + 2 * LATER) == []
    assert kinds(session, season.cohort, DAY_BEFORE) == BOTH_LEADERS_AND_THE_PARTNER


def test_a_week_after_their_day_who_has_written_nothing_is_reminded_once(
    session: Session, season: MidSeason
) -> None:
    assert kinds(session, season.cohort, WEEK_AFTER - LATER) == []
    assert kinds(session, season.cohort, WEEK_AFTER) == ["reflection_reminder"] * 2
    assert [owe(session, season.cohort, WEEK_AFTER + late) for late in (LATER, timedelta(days=2))] == [2, 0]
    assert kinds(session, season.cohort, WEEK_AFTER + timedelta(days=3)) == []


def test_who_has_finished_a_reflection_or_was_not_there_is_not_reminded_of_one(
    session: Session, season: MidSeason
) -> None:
    draft = make_reflection(session, slot=season.slot, leader=season.leaders[0], finished_at=None)
    assert kinds(session, season.cohort, WEEK_AFTER) == ["reflection_reminder"] * 2
    draft.finished_at = DAY_AFTER
    session.flush()
    (letter,) = due(session, season.cohort, WEEK_AFTER)
    assert letter.recipient.address == season.leaders[1].user.email
    make_attendance(session, slot=season.slot, leader=season.leaders[1], state="absent")
    assert kinds(session, season.cohort, WEEK_AFTER) == []


def test_a_reminder_to_write_that_waited_is_let_go_when_they_have_written(
    session: Session, season: MidSeason
) -> None:
    owe(session, season.cohort, WEEK_AFTER)
    make_reflection(session, slot=season.slot, leader=season.leaders[0])
    assert leaving(session, WEEK_AFTER + LATER) == ["reflection_reminder"]


def test_who_has_declined_is_neither_reminded_nor_thanked_and_the_partner_sees_it(
    session: Session, season: MidSeason
) -> None:
    season.invites[0].partstat = "DECLINED"
    session.flush()
    letters = due(session, season.cohort, DAY_BEFORE)
    assert sorted(letter.kind for letter in letters) == ["day_reminder", "placement_reminder"]
    (roster,) = [letter.payload for letter in letters if letter.kind == "day_reminder"]
    assert roster["coming"] == 1
    assert [said for _, _, said in roster["visitors"]] == [True, False]  # type: ignore[attr-defined]
    assert kinds(session, season.cohort, DAY_AFTER) == ["day_thank_you", "thank_you"]


def test_who_has_never_been_told_of_a_day_is_not_reminded_of_it(session: Session, season: MidSeason) -> None:
    season.invites[0].state = "owed"
    session.flush()
    assert kinds(session, season.cohort, DAY_BEFORE) == ["day_reminder", "placement_reminder"]


def test_a_partners_reminder_names_people_and_organisations_and_nothing_else(
    session: Session, season: MidSeason
) -> None:
    (letter,) = [one for one in due(session, season.cohort, DAY_BEFORE) if one.kind == "day_reminder"]
    assert letter.payload["visitors"] == [[one.name, "Seaport Hospital", False] for one in season.leaders]
    assert letter.recipient.address == season.slot.opportunity.partner.user.email
    for leader in season.leaders:
        assert leader.user.email not in str(letter.payload)
        assert leader.base_postcode not in str(letter.payload)


def test_a_moved_day_reminds_anew_and_what_was_queued_for_the_old_one_never_leaves(
    session: Session, season: MidSeason
) -> None:
    assert owe(session, season.cohort, WEEK_BEFORE) == 3
    later = timedelta(days=14)
    season.slot.starts_at, season.slot.ends_at = STARTS_AT + later, season.slot.ends_at + later
    for invite in season.invites:
        invite.sequence, invite.dtstamp = 1, WEEK_BEFORE + LATER
    session.flush()
    assert leaving(session, WEEK_BEFORE + 2 * LATER) == []
    assert statuses(session) == ["cancelled"] * 3
    assert kinds(session, season.cohort, WEEK_BEFORE + later) == BOTH_LEADERS_AND_THE_PARTNER


@pytest.mark.parametrize(
    ("what", "left"),
    [
        ("nothing", BOTH_LEADERS_AND_THE_PARTNER),
        ("cancelled", ["day_reminder", "placement_reminder"]),
        ("declined", ["day_reminder", "placement_reminder"]),
        ("stopped", ["day_reminder", "placement_reminder"]),
        ("withdrawn", ["placement_reminder", "placement_reminder"]),
        ("begun", []),
    ],
)
def test_a_queued_reminder_is_looked_at_once_more_before_it_leaves(
    session: Session, season: MidSeason, what: str, left: list[str]
) -> None:
    owe(session, season.cohort, DAY_BEFORE)
    if what == "cancelled":
        season.invites[0].state = "cancelled"
    elif what == "declined":
        season.invites[0].partstat = "DECLINED"
    elif what == "stopped":
        make_opt_out(session, user=season.leaders[0].user)
    elif what == "withdrawn":
        season.slot.status = "withdrawn"
    session.flush()
    now = STARTS_AT + LATER if what == "begun" else DAY_BEFORE + LATER
    assert leaving(session, now) == left
    assert statuses(session) == sorted(["sending"] * len(left) + ["cancelled"] * (3 - len(left)))


def test_thanks_that_waited_are_looked_at_too(session: Session, season: MidSeason) -> None:
    owe(session, season.cohort, DAY_AFTER)
    season.invites[0].partstat = "DECLINED"
    session.flush()
    assert leaving(session, DAY_AFTER + LATER) == ["day_thank_you", "thank_you"]
    unsent(session)
    make_opt_out(session, user=season.slot.opportunity.partner.user, sort="thanks")
    assert leaving(session, DAY_AFTER + LATER) == ["thank_you"]


def test_a_reminder_that_a_server_put_off_is_looked_at_again_before_each_further_try(
    session: Session, season: MidSeason
) -> None:
    owe(session, season.cohort, DAY_BEFORE)
    assert leaving(session, DAY_BEFORE) == BOTH_LEADERS_AND_THE_PARTNER
    ids = session.scalars(select(Message.id)).all()
    outbox.keep_octets(session, dict.fromkeys(ids, b"as it was written"), token="worker")
    for message_id in ids:
        outbox.record_failure(session, message_id, token="worker", now=DAY_BEFORE, reason="try later")
    assert leaving(session, STARTS_AT - LATER) == BOTH_LEADERS_AND_THE_PARTNER
    unsent(session)
    assert leaving(session, STARTS_AT) == []
    assert statuses(session) == ["cancelled"] * 3


def test_who_wants_no_reminders_is_owed_none(session: Session, season: MidSeason) -> None:
    make_opt_out(session, user=season.leaders[0].user)
    make_opt_out(session, user=season.leaders[1].user, sort="thanks")
    assert kinds(session, season.cohort, DAY_BEFORE) == ["day_reminder", "placement_reminder"]
    assert kinds(session, season.cohort, DAY_AFTER) == ["day_thank_you", "thank_you"]


def test_a_kind_that_is_switched_off_is_owed_to_nobody_and_words_of_ones_own_go_along(
    session: Session, season: MidSeason
) -> None:
    make_wording(session, cohort=season.cohort, kind="placement_reminder", goes=False)
    make_wording(session, cohort=season.cohort, kind="day_reminder", intro="Parking is free.")
    (letter,) = due(session, season.cohort, DAY_BEFORE)
    assert (letter.kind, letter.payload["intro"]) == ("day_reminder", "Parking is free.")


def test_leaders_who_have_not_chosen_are_reminded_before_choices_close(session: Session) -> None:
    cohort = choosing(session)
    assert kinds(session, cohort, CLOSES_SOON - LATER) == []
    assert kinds(session, cohort, CLOSES_SOON) == ["choices_reminder"] * 2
    assert owe(session, cohort, CLOSES_SOON) == 2
    assert owe(session, cohort, CLOSES_SOON + timedelta(hours=14)) == 0
    assert kinds(session, cohort, CLOSES_AT) == []


def test_choices_that_close_later_than_was_said_remind_anew(session: Session) -> None:
    cohort = choosing(session)
    owe(session, cohort, CLOSES_SOON)
    cohort.preferences_close_at = CLOSES_AT + timedelta(days=1)
    session.flush()
    assert kinds(session, cohort, CLOSES_SOON + timedelta(hours=1)) == []
    assert kinds(session, cohort, CLOSES_SOON + timedelta(days=1)) == ["choices_reminder"] * 2


def test_nobody_is_asked_to_choose_once_places_are_decided_or_before_the_cohort_was_there(
    session: Session,
) -> None:
    cohort = choosing(session)
    make_run(session, cohort=cohort, status="confirmed")
    assert kinds(session, cohort, CLOSES_SOON) == []
    new = choosing(session, created_at=CLOSES_SOON + LATER)
    assert kinds(session, new, CLOSES_SOON + 2 * LATER) == []


def test_a_queued_request_to_choose_does_not_reach_who_has_chosen_meanwhile(session: Session) -> None:
    cohort = choosing(session)
    owe(session, cohort, CLOSES_SOON)
    (first, _, *_) = reminders.asking(Scope.system(session), cohort.id, now=NOON).leaders
    first.submitted_at = CLOSES_SOON
    session.flush()
    assert leaving(session, CLOSES_SOON + LATER) == ["choices_reminder"]
    unsent(session)
    assert leaving(session, CLOSES_AT + LATER) == []


def test_reminding_at_once_reaches_those_who_have_not_chosen_once_a_day(session: Session) -> None:
    cohort = choosing(session)
    scope = Scope.system(session)
    wants_none = make_leader(session, cohort=cohort)
    make_opt_out(session, user=wants_none.user)
    found = reminders.asking(scope, cohort.id, now=NOON)
    assert (len(found.leaders), found.wanting_none, found.reminded_today) == (2, 1, 0)
    assert reminders.remind_now(scope, cohort.id, links=LINKS, now=NOON) == 2
    assert reminders.remind_now(scope, cohort.id, links=LINKS, now=NOON + timedelta(hours=11)) == 0
    again = reminders.asking(scope, cohort.id, now=NOON + timedelta(hours=11))
    assert (len(again.leaders), again.wanting_none, again.reminded_today) == (0, 1, 2)
    assert reminders.remind_now(scope, cohort.id, links=LINKS, now=NOON + timedelta(hours=12)) == 2


def test_who_was_reminded_by_hand_gets_no_second_one_by_the_calendar_on_that_day(session: Session) -> None:
    cohort = choosing(session)
    by_hand = CLOSES_SOON - timedelta(hours=1)
    assert reminders.remind_now(Scope.system(session), cohort.id, links=LINKS, now=by_hand) == 2
    assert kinds(session, cohort, CLOSES_SOON) == []


def test_nobody_is_reminded_by_hand_of_what_is_closed_nor_by_another_cohorts_coordinator(
    session: Session,
) -> None:
    cohort = choosing(session)
    with pytest.raises(PreferencesClosed):
        reminders.remind_now(Scope.system(session), cohort.id, links=LINKS, now=CLOSES_AT)
    stranger = make_coordinator(session)
    with pytest.raises(NotFound):
        reminders.remind_now(Scope.of_user(session, stranger.user_id), cohort.id, links=LINKS, now=NOON)


def test_a_cohort_without_a_deadline_can_be_reminded_by_hand_alone(session: Session) -> None:
    cohort = choosing(session, preferences_close_at=None)
    assert kinds(session, cohort, CLOSES_SOON) == []
    assert reminders.remind_now(Scope.system(session), cohort.id, links=LINKS, now=NOON) == 2


def test_partners_are_asked_about_offers_that_nobody_has_confirmed_for_six_weeks(session: Session) -> None:
    cohort = make_cohort(session)
    offer = make_opportunity(session, cohort=cohort)
    make_slot(session, opportunity=offer, starts_at=NOON + timedelta(days=90))
    without_days = make_opportunity(session, partner=offer.partner)
    make_slot(session, opportunity=without_days, starts_at=NOON + timedelta(days=1))
    asked_at = NOON + timedelta(days=43)
    assert kinds(session, cohort, NOON + timedelta(days=41)) == []
    (letter,) = due(session, cohort, asked_at)
    assert [title for title, _ in letter.payload["offers"]] == [offer.title]  # type: ignore[attr-defined]
    assert owe(session, cohort, asked_at) == 1
    assert owe(session, cohort, asked_at + timedelta(days=13)) == 0
    assert owe(session, cohort, asked_at + timedelta(days=14)) == 1
    offer.renewed_at = asked_at + timedelta(days=14)
    session.flush()
    assert leaving(session, asked_at + timedelta(days=14, hours=1)) == []
    assert owe(session, cohort, asked_at + timedelta(days=30)) == 0


def remind_as_worker(cohort_id: int) -> str:
    with unit_of_work() as session:
        return str(reminders.owe_due(Scope.system(session), cohort_id, links=LINKS, now=DAY_BEFORE))


def test_workers_that_look_at_the_same_moment_owe_one_mail(app: Flask) -> None:
    with unit_of_work() as session:
        cohort_id = make_mid_season(session).cohort.id
    outcomes = all_at_once(app, lambda _: remind_as_worker(cohort_id))
    assert outcomes["3"] == 1
    assert set(outcomes) == {"0", "3"}
    with reading() as session:
        assert len(session.scalars(select(Message.id)).all()) == 3


def test_a_leader_and_partner_of_one_mailbox_is_told_as_both(session: Session, season: MidSeason) -> None:
    user: User = make_user(session)
    cohort = season.cohort
    leader = make_leader(session, cohort=cohort, user=user)
    other = make_slot(session, cohort=cohort, starts_at=STARTS_AT)
    other.opportunity.partner.user_id = user.id
    placement = make_placement(session, leader=leader, slot=other)
    make_invite(session, placement=placement, state="sent")
    session.expire_all()
    to_them = [one for one in due(session, cohort, DAY_BEFORE) if one.recipient.address == user.email]
    assert sorted(letter.kind for letter in to_them) == ["day_reminder", "placement_reminder"]
