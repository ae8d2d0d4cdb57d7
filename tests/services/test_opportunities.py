"""What partners offer: a draft from the first page, approved before anybody sees it, and what changes it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from placement.domain.errors import NotFound, OpportunityKnown
from placement.domain.offer_errors import (
    CheckTooLow,
    OfferChangedMeanwhile,
    OfferHasDays,
    OfferIncomplete,
    OfferSentAlready,
)
from placement.models import AuditEvent, Opportunity, Site
from placement.services import opportunities
from placement.services.offer_versions import of_opportunity
from placement.services.opportunities import HELD, OfferFacts, facts_of
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from tests.factories.opportunities import make_activity, make_opportunity, make_site, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.services.small_cohort import SENDER

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
FULL: dict[str, Any] = {
    "description": "Make tea,\nsit and talk.",
    "who_they_meet": "Guests and volunteers",
    "part_taken": "both",
    "activities": frozenset({"serving_food", "home_visit"}),
    "lone_working": False,
    "what_to_wear": "Flat shoes",
    "photographs": "ask",
}


def begin(scope: Scope, site: Site, title: str = "Memory café") -> Opportunity:
    facts = OfferFacts(title=title, site_id=site.id)
    return opportunities.begin_opportunity(scope, site.partner_id, facts=facts, now=NOON)


def change(scope: Scope, row: Opportunity, **told: Any) -> Effect:
    return opportunities.change_opportunity(
        scope,
        row.partner_id,
        row.id,
        facts=replace(facts_of(row), **told),
        seen=of_opportunity(row),
        sender=SENDER,
        now=NOON,
    )


def send(scope: Scope, row: Opportunity) -> Opportunity:
    return opportunities.send_for_approval(scope, row.partner_id, row.id, seen=of_opportunity(row), now=NOON)


def live(scope: Scope, **facts: Any) -> Opportunity:
    return make_opportunity(scope.session, description="Pack parcels.", **facts)


def somebody_comes(scope: Scope, row: Opportunity) -> None:
    slot = make_slot(scope.session, opportunity=row)
    leader = make_leader(scope.session, cohort=row.partner.cohort, name="Lea")
    make_invite(
        scope.session, placement=make_placement(scope.session, leader=leader, slot=slot), state="sent"
    )


def test_a_new_opportunity_is_a_draft_with_the_next_reference(scope: Scope) -> None:
    first = make_opportunity(scope.session, reference="OPP16")
    partner = make_partner(scope.session, cohort=first.partner.cohort)
    site = make_site(scope.session, partner=partner, step_free=True)
    row = begin(scope, site, " Memory  café\x00 ")
    assert (row.status, row.title, row.reference, row.step_free) == ("draft", "Memory café", "OPP17", True)
    event = scope.session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.subject) == ("begin_opportunity", f"opportunity:{row.id}")


def test_beginning_twice_gives_one_draft_and_a_known_title_is_refused(scope: Scope) -> None:
    site = make_site(scope.session)
    row = begin(scope, site)
    assert begin(scope, site, "memory café").id == row.id
    change(scope, row, **FULL)
    with pytest.raises(OpportunityKnown, match="already offer “Memory café” at this address"):
        begin(scope, site)
    other = begin(scope, site, "Breakfast")
    with pytest.raises(OpportunityKnown):
        change(scope, other, title="MEMORY café")


def test_a_part_that_is_saved_is_kept_and_the_rest_stays_missing(scope: Scope) -> None:
    row = begin(scope, make_site(scope.session))
    assert opportunities.missing_parts(facts_of(row)) == ("visit", "activities", "checks", "practical")
    change(scope, row, description="Tea", who_they_meet="Guests", part_taken="help")
    scope.session.expire_all()
    assert (row.description, row.who_they_meet, row.part_taken) == ("Tea", "Guests", "help")
    assert opportunities.missing_parts(facts_of(row)) == ("activities", "checks", "practical")
    with pytest.raises(OfferIncomplete):
        send(scope, row)
    change(scope, row, **FULL)
    assert opportunities.missing_parts(facts_of(row)) == ()
    assert row.kinds == ("home_visit", "serving_food")


def test_the_check_rises_with_the_activities_and_cannot_be_set_below_them(scope: Scope) -> None:
    row = begin(scope, make_site(scope.session))
    effect = change(scope, row, **FULL)
    assert row.check_required == "enhanced"
    assert "Visitors now need an enhanced check." in effect.sentences
    with pytest.raises(CheckTooLow, match="at least this check: enhanced"):
        change(scope, row, check_required="basic")
    change(scope, row, activities=frozenset({"serving_food"}))
    assert row.check_required == "enhanced", "it falls only when somebody says so"
    change(scope, row, check_required="none")
    assert row.check_required == "none"


def test_a_draft_is_sent_once_and_waits(scope: Scope) -> None:
    row = begin(scope, make_site(scope.session))
    change(scope, row, **FULL)
    for _ in range(2):
        assert send(scope, row).status == "waiting"
    assert row.waiting_since == NOON
    assert [event.verb for event in scope.session.scalars(select(AuditEvent))].count("send_opportunity") == 1


def test_new_words_of_a_live_opportunity_are_live_at_once(scope: Scope) -> None:
    row = live(scope)
    assert change(scope, row, description="Pack and talk.").changed
    assert (row.status, row.description, row.renewed_at) == ("live", "Pack and talk.", NOON)


def test_an_activity_with_a_higher_check_sends_it_back_for_approval(scope: Scope) -> None:
    row = live(scope, check_required="basic")
    make_activity(scope.session, opportunity=row, kind="outreach")
    change(scope, row, activities=frozenset({"outreach", "serving_food"}))
    assert row.status == "live"
    effect = change(scope, row, activities=frozenset({"home_visit"}))
    assert (row.status, row.waiting_since) == ("waiting", NOON)
    assert HELD in effect.sentences


def test_a_regulated_activity_waits_also_where_the_check_was_high_enough(scope: Scope) -> None:
    row = live(scope, check_required="enhanced")
    change(scope, row, activities=frozenset({"personal_care"}))
    assert row.status == "waiting"


def test_who_is_coming_gets_an_update_only_where_their_invite_said_otherwise(scope: Scope) -> None:
    row = live(scope)
    somebody_comes(scope, row)
    assert len(change(scope, row, house_rules="No perfume").mails) == 1
    assert change(scope, row, who_they_meet="Cooks").mails == ()


def test_a_preview_writes_nothing(scope: Scope) -> None:
    row = live(scope)
    somebody_comes(scope, row)
    effect = opportunities.preview_opportunity(
        scope,
        row.partner_id,
        row.id,
        facts=replace(facts_of(row), title="Parcels", activities=frozenset({"home_visit"})),
        seen=of_opportunity(row),
        sender=SENDER,
        now=NOON,
    )
    assert [mail.person.name for mail in effect.mails] == ["Lea"]
    assert HELD in effect.sentences
    scope.session.expire_all()
    assert (row.status, row.title != "Parcels", row.kinds) == ("live", True, ())


def test_another_place_moves_those_who_are_coming(scope: Scope) -> None:
    row = live(scope)
    somebody_comes(scope, row)
    site = make_site(scope.session, partner=row.partner, step_free=True)
    effect = change(scope, row, site_id=site.id)
    assert [mail.news for mail in effect.mails] == ["moved"]
    assert (row.site_id, row.step_free) == (site.id, True)


def test_an_older_page_changes_and_sends_nothing(scope: Scope) -> None:
    row = begin(scope, make_site(scope.session))
    seen = of_opportunity(row)
    change(scope, row, **FULL)
    with pytest.raises(OfferChangedMeanwhile):
        opportunities.change_opportunity(
            scope, row.partner_id, row.id, facts=facts_of(row), seen=seen, sender=SENDER, now=NOON
        )
    with pytest.raises(OfferChangedMeanwhile):
        opportunities.send_for_approval(scope, row.partner_id, row.id, seen=seen, now=NOON)
    assert row.status == "draft"


def test_a_draft_without_days_is_deleted_and_nothing_else_is(scope: Scope) -> None:
    row = begin(scope, make_site(scope.session))
    change(scope, row, **FULL)
    keys = row.partner_id, row.id
    slot = make_slot(scope.session, opportunity=row)
    with pytest.raises(OfferHasDays):
        opportunities.discard_draft(scope, *keys, now=NOON)
    scope.session.delete(slot)
    opportunities.discard_draft(scope, *keys, now=NOON)
    assert scope.session.scalars(select(Opportunity)).all() == []
    other = live(scope)
    with pytest.raises(OfferSentAlready):
        opportunities.discard_draft(scope, other.partner_id, other.id, now=NOON)


def test_nobody_offers_or_changes_anything_of_another_partner(scope: Scope) -> None:
    foreign = live(scope)
    me = Scope.of_user(scope.session, make_partner(scope.session).user_id)
    for attempt in (
        lambda: begin(me, foreign.site),
        lambda: change(me, foreign, title="Mine"),
        lambda: send(me, foreign),
        lambda: opportunities.discard_draft(me, foreign.partner_id, foreign.id, now=NOON),
        lambda: opportunities.opportunities_of(me, foreign.partner_id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_partners_list_holds_its_own_by_title(scope: Scope) -> None:
    partner = make_partner(scope.session)
    for title in ("Soup kitchen", "Breakfast club"):
        make_opportunity(scope.session, partner=partner, title=title)
    make_opportunity(scope.session, cohort=partner.cohort, title="Another's")
    titles = [row.title for row in opportunities.opportunities_of(scope, partner.id)]
    assert titles == ["Breakfast club", "Soup kitchen"]
