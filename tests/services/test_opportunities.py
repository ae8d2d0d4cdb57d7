"""What partners offer: described once, numbered in order, never doubled."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from placement.domain.errors import NotFound, OpportunityKnown
from placement.domain.geo import Position
from placement.models import AuditEvent, Opportunity, Site
from placement.services import opportunities
from placement.services.opportunities import OpportunityFacts
from placement.services.scope import Scope
from tests.factories.opportunities import make_opportunity, make_site
from tests.factories.people import make_partner

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
FACTS = OpportunityFacts(
    title="Memory café",
    description="Make tea,\nsit and talk.",
    what_to_know="No perfume, please.",
    address="12 Sea View, Fleetwick",
    postcode="FY7 8RG",
    position=Position(53.9318, -3.0158),
    check_required="enhanced",
    step_free=True,
    women_only=False,
)


def offer(scope: Scope, partner_id: int, **other: Any) -> Opportunity:
    return opportunities.offer_opportunity(scope, partner_id, facts=replace(FACTS, **other), now=NOON)


def test_a_new_opportunity_keeps_all_that_was_said_of_it(scope: Scope) -> None:
    partner = make_partner(scope.session)
    row = offer(scope, partner.id)
    scope.session.expire_all()
    assert (row.title, row.description, row.what_to_know) == (
        FACTS.title,
        FACTS.description,
        FACTS.what_to_know,
    )
    assert (row.check_required, row.step_free, row.women_only) == ("enhanced", True, False)
    assert (row.site.address, row.site.postcode) == (FACTS.address, FACTS.postcode)
    assert (row.site.latitude, row.site.longitude) == FACTS.position
    assert (row.partner_id, row.cohort_id, row.reference) == (partner.id, partner.cohort_id, "OPP01")
    event = scope.session.scalars(select(AuditEvent)).one()
    assert (event.verb, event.subject, event.cohort_id) == (
        "offer_opportunity",
        f"opportunity:{row.id}",
        partner.cohort_id,
    )


def test_references_go_on_where_the_cohort_is(scope: Scope) -> None:
    first = make_opportunity(scope.session, reference="OPP16")
    partner = make_partner(scope.session, cohort=first.partner.cohort)
    elsewhere = make_partner(scope.session)
    assert [offer(scope, partner.id, title=title).reference for title in ("One", "Two")] == ["OPP17", "OPP18"]
    assert offer(scope, elsewhere.id).reference == "OPP01"


def test_a_known_address_stays_one_site_however_it_is_written(scope: Scope) -> None:
    partner = make_partner(scope.session)
    site = make_site(scope.session, partner=partner, address="12 Sea View, Fleetwick", postcode="FY7 8RG")
    row = offer(scope, partner.id, address="  12 sea view,  Fleetwick ")
    assert row.site_id == site.id
    assert (site.latitude, site.longitude) == (53.82, -3.048)


def test_the_same_address_of_another_partner_is_another_site(scope: Scope) -> None:
    rows = [offer(scope, make_partner(scope.session).id) for _ in range(2)]
    assert rows[0].site_id != rows[1].site_id


def test_the_same_description_twice_is_one_opportunity(scope: Scope) -> None:
    partner = make_partner(scope.session)
    first = offer(scope, partner.id)
    assert offer(scope, partner.id, title=" Memory  café ").id == first.id
    assert len(scope.session.scalars(select(Opportunity)).all()) == 1
    assert len(scope.session.scalars(select(AuditEvent)).all()) == 1


def test_another_description_under_a_known_title_is_refused(scope: Scope) -> None:
    partner = make_partner(scope.session)
    offer(scope, partner.id)
    for attempt in (offer, check):
        with pytest.raises(OpportunityKnown, match="already offer “Memory café” at this address"):
            attempt(scope, partner.id, title="memory café", step_free=False)
    assert offer(scope, partner.id, address="Elsewhere 1", step_free=False).reference == "OPP02"


def check(scope: Scope, partner_id: int, **other: Any) -> None:
    opportunities.check_opportunity(scope, partner_id, facts=replace(FACTS, **other))


def test_checking_saves_nothing(scope: Scope) -> None:
    partner = make_partner(scope.session)
    check(scope, partner.id)
    assert scope.session.scalars(select(Site)).all() == []


def test_controls_and_line_breaks_do_not_get_into_titles(scope: Scope) -> None:
    row = offer(
        scope, make_partner(scope.session).id, title="Memory\r\n\x00café\u202e ", description="a\x00b"
    )
    assert (row.title, row.description) == ("Memory café", "ab")


def test_a_place_without_position_is_kept_without(scope: Scope) -> None:
    row = offer(scope, make_partner(scope.session).id, position=None)
    assert (row.site.latitude, row.site.longitude) == (None, None)


def test_nobody_offers_for_another_partner(scope: Scope) -> None:
    mine, foreign = make_partner(scope.session), make_partner(scope.session)
    me = Scope.of_user(scope.session, mine.user_id)
    for attempt in (
        lambda: offer(me, foreign.id),
        lambda: check(me, foreign.id),
        lambda: opportunities.opportunities_of(me, foreign.id),
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
