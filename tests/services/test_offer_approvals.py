"""Nothing that a partner writes reaches leaders before a coordinator has approved it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from placement.domain.errors import NotFound, OpportunityGone
from placement.domain.offer_errors import OfferChangedMeanwhile, OfferNotWaiting, SafeguardingNeeded
from placement.models import AuditEvent, Message, Opportunity, Slot
from placement.services import choices, offer_approvals, preferences, reminder_checks, renewals, seats
from placement.services.mail_links import MailLinks
from placement.services.match_problem import build_problem
from placement.services.match_rows import read_rows
from placement.services.offer_versions import of_opportunity
from placement.services.reports.cohort import cohort_report
from placement.services.reports.home import due
from placement.services.reports.offer_list import offer_details, offer_list
from placement.services.reports.roster import roster
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_activity, make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_ranking
from tests.factories.programmes import make_cohort
from tests.services.small_cohort import SENDER

LINKS = MailLinks(SENDER, "a secret of the tests, long enough")


def waiting(scope: Scope, *kinds: str, **facts: Any) -> Opportunity:
    told: dict[str, Any] = {"status": "waiting", "waiting_since": NOON, "title": "Memory café"}
    row = make_opportunity(scope.session, **(told | facts))
    for kind in kinds:
        make_activity(scope.session, opportunity=row, kind=kind)
    make_slot(scope.session, opportunity=row)
    return row


def approve(scope: Scope, row: Opportunity, *, agreed: bool = False, seen: str | None = None) -> Opportunity:
    return offer_approvals.approve_opportunity(
        scope,
        row.cohort_id,
        row.id,
        safeguarding_agreed=agreed,
        seen=of_opportunity(row) if seen is None else seen,
        links=LINKS,
        now=NOON,
    )


def send_back(scope: Scope, row: Opportunity, note: str = "Who is in the room?") -> Opportunity:
    return offer_approvals.return_opportunity(
        scope, row.cohort_id, row.id, note=note, seen=of_opportunity(row), links=LINKS, now=NOON
    )


def owed(scope: Scope) -> list[Message]:
    return list(scope.session.scalars(select(Message).order_by(Message.id)))


@pytest.mark.parametrize("status", ["draft", "waiting", "returned"])
def test_what_is_not_live_is_seen_matched_counted_and_renewed_by_nobody(scope: Scope, status: str) -> None:
    session, cohort = scope.session, make_cohort(scope.session)
    live = make_opportunity(session, cohort=cohort)
    slot = make_slot(session, opportunity=live)
    hidden = waiting(scope, cohort=cohort, status=status)
    leader = make_leader(session, cohort=cohort)
    make_ranking(session, leader=leader, opportunities=[hidden, live])
    assert preferences.open_slots(session, cohort.id, now=NOON) == [slot]
    other = make_leader(session, cohort=cohort)
    with pytest.raises(OpportunityGone):
        choices.add_choice(scope, leader_id=other.id, opportunity_id=hidden.id, seen=[], now=NOON)
    problem = build_problem(session, cohort, objective="generous", seed="s", now=NOON)
    assert [one.id for one in problem.slots] == [slot.reference]
    assert set(renewals.open_days(session, cohort_id=cohort.id, now=NOON)) == {live}
    report = cohort_report(scope, cohort.id, now=NOON)
    assert (report.capacity.days, len(report.demand)) == (1, 1)
    assert report.offers_waiting == (status == "waiting")
    assert [day.id for day in roster(scope, cohort.id, now=NOON).days] == [slot.id]


def test_who_is_confirmed_keeps_the_place_while_it_waits_and_nobody_new_is_sent(scope: Scope) -> None:
    row = waiting(scope, "serving_food")
    session, cohort = scope.session, row.partner.cohort
    assert read_rows(session, cohort, now=NOON).slots == []
    slot = session.scalars(select(Slot)).one()
    placed, other = (make_leader(session, cohort=cohort, name=name) for name in ("Lea", "Lou"))
    make_placement(session, leader=placed, slot=slot)
    session.refresh(slot)
    problem = build_problem(session, cohort, objective="generous", seed="s", now=NOON)
    excluded = {one.id: list(one.excluded) for one in problem.leaders}
    assert excluded == {placed.match_id: [], other.match_id: [slot.reference]}
    assert "waits for approval" in seats.why_no_seat(slot, over=False)


def test_approving_puts_it_on_offer_and_tells_the_partner_once(scope: Scope) -> None:
    row = waiting(scope, "serving_food")
    for _ in range(2):
        assert approve(scope, row).status == "live"
    assert (row.decided_at, row.renewed_at, row.safeguarding_at) == (NOON, NOON, None)
    (mail,) = owed(scope)
    assert (mail.kind, mail.recipient) == ("offer_approved", row.partner.user.email)
    assert mail.payload["title"] == "Memory café"
    event = scope.session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.facts) == (
        "approve_opportunity",
        {"regulated": False, "safeguarding_agreed": False},
    )


def test_a_regulated_activity_needs_the_safeguarding_lead(scope: Scope) -> None:
    row = waiting(scope, "personal_care", check_required="enhanced")
    with pytest.raises(SafeguardingNeeded):
        approve(scope, row)
    assert (row.status, owed(scope)) == ("waiting", [])
    assert approve(scope, row, agreed=True).safeguarding_at == NOON


def test_what_is_sent_back_carries_its_note_to_the_partner(scope: Scope) -> None:
    row = send_back(scope, waiting(scope))
    assert (row.status, row.review_note) == ("returned", "Who is in the room?")
    (mail,) = owed(scope)
    assert (mail.kind, mail.payload["note"]) == ("offer_returned", "Who is in the room?")
    hosting = due(Scope.of_user(scope.session, row.partner.user_id), keep_days=365, now=NOON).hosting[0]
    assert hosting.returned == 1
    facts = scope.session.scalars(select(AuditEvent)).one().facts
    assert facts == {}, "no text of anybody in the audit log"


def test_an_older_page_decides_nothing_and_what_is_decided_stays(scope: Scope) -> None:
    row = waiting(scope)
    with pytest.raises(OfferChangedMeanwhile):
        approve(scope, row, seen="as it was")
    send_back(scope, row)
    with pytest.raises(OfferNotWaiting):
        approve(scope, row)
    assert row.status == "returned"


def test_a_mail_about_a_decision_that_no_longer_holds_does_not_leave(scope: Scope) -> None:
    row = send_back(scope, waiting(scope))
    check = reminder_checks.CHECKS["offer_returned"]
    about = owed(scope)[0].payload["about"]
    assert isinstance(about, dict)
    scope.session.expire_all()
    assert check(scope.session, about, NOON)
    row.status = "waiting"
    scope.session.flush()
    assert not check(scope.session, about, NOON)


def test_only_who_runs_the_cohort_decides_and_reads(scope: Scope) -> None:
    row = waiting(scope)
    stranger = Scope.of_user(scope.session, make_coordinator(scope.session).user_id)
    viewer = make_coordinator(scope.session, cohort=row.partner.cohort, role="viewer")
    for who in (stranger, Scope.of_user(scope.session, viewer.user_id)):
        for attempt in (
            lambda who=who: approve(who, row),
            lambda who=who: send_back(who, row),
            lambda who=who: offer_list(who, row.cohort_id, now=NOON),
            lambda who=who: offer_details(who, row.cohort_id, row.id, now=NOON),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_the_list_holds_all_but_drafts_with_days_and_people(scope: Scope) -> None:
    row = waiting(scope, "home_visit", "personal_care")
    cohort = row.partner.cohort
    make_opportunity(scope.session, cohort=cohort, status="draft")
    slot = make_slot(scope.session, opportunity=row, starts_at=FIRST_DAY + timedelta(days=1), capacity=2)
    leader = make_leader(scope.session, cohort=cohort, name="Lea")
    make_invite(scope.session, placement=make_placement(scope.session, leader=leader, slot=slot))
    (line,) = offer_list(scope, cohort.id, now=NOON).offers
    assert (line.id, line.regulated, line.days, line.seats, line.people) == (row.id, True, 2, 6, 1)
    assert offer_details(scope, cohort.id, row.id, now=NOON).coming == ("Lea",)


def test_a_partner_says_in_one_press_that_an_offer_is_still_true(scope: Scope) -> None:
    row = make_opportunity(scope.session, renewed_at=datetime(2026, 1, 1, tzinfo=UTC))
    make_slot(scope.session, opportunity=row)
    me = Scope.of_user(scope.session, row.partner.user_id)
    assert due(me, keep_days=365, now=NOON).hosting[0].stale == 1
    renewals.renew_own(me, row.partner_id, row.id, now=NOON)
    assert (row.renewed_at, due(me, keep_days=365, now=NOON).hosting[0].stale) == (NOON, 0)
