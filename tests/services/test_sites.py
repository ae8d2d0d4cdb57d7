"""A partner's places and profile: said once, changed for everything, told to those who are coming."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from placement.domain.errors import NotFound
from placement.domain.geo import Position
from placement.domain.offer_errors import OfferChangedMeanwhile, SiteKnown
from placement.models import Opportunity, Site
from placement.services import profiles, sites
from placement.services.offer_versions import of_partner, of_site
from placement.services.profiles import profile_of
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.sites import SiteFacts, facts_of
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.services.small_cohort import SENDER

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
FACTS = SiteFacts(
    name="Harbour Kitchen",
    address="12 Sea View, Fleetwick",
    postcode="FY7 8RG",
    position=Position(53.9318, -3.0158),
    directions="Tram 1, blue door",
    parking="In Dock Street",
    step_free=True,
)


def expected(scope: Scope) -> Opportunity:
    """An opportunity with somebody who is coming and has an invite."""
    row = make_opportunity(scope.session)
    leader = make_leader(scope.session, cohort=row.partner.cohort, name="Lea")
    slot = make_slot(scope.session, opportunity=row)
    make_invite(
        scope.session, placement=make_placement(scope.session, leader=leader, slot=slot), state="sent"
    )
    return row


def change(scope: Scope, site: Site, *, same: bool = True, **told: Any) -> Effect:
    return sites.change_site(
        scope,
        site.partner_id,
        site.id,
        facts=replace(facts_of(site), **told),
        same=same,
        seen=of_site(site),
        sender=SENDER,
        now=NOON,
    )


def test_a_site_is_added_once_however_often_it_is_sent(scope: Scope) -> None:
    partner = make_partner(scope.session)
    first = sites.add_site(scope, partner.id, facts=FACTS, now=NOON)
    assert sites.add_site(scope, partner.id, facts=FACTS, now=NOON).id == first.id
    assert facts_of(first) == FACTS
    with pytest.raises(SiteKnown):
        sites.add_site(scope, partner.id, facts=replace(FACTS, parking="None"), now=NOON)


def test_a_site_does_not_take_the_address_of_another_one(scope: Scope) -> None:
    partner = make_partner(scope.session)
    site = make_site(scope.session, partner=partner)
    sites.add_site(scope, partner.id, facts=FACTS, now=NOON)
    with pytest.raises(SiteKnown):
        change(scope, site, address=FACTS.address.upper(), postcode=FACTS.postcode)


def test_directions_are_told_to_those_who_are_coming_and_answers_stand(scope: Scope) -> None:
    site = expected(scope).site
    effect = change(scope, site, directions="Tram 1, blue door")
    assert [(mail.news, mail.person.name) for mail in effect.mails] == [("updated", "Lea")]
    assert "How to find us: Tram 1, blue door" in effect.mails[0].details.what_to_know
    assert change(scope, site, name="Kitchen").mails == ()


def test_another_address_moves_people_unless_it_is_the_same_place(scope: Scope) -> None:
    site = expected(scope).site
    written = change(scope, site, address="One High Street, Blackpool")
    assert [mail.news for mail in written.mails] == ["updated"]
    moved = change(scope, site, same=False, address="2 Low Street", postcode="FY1 2AB")
    assert [mail.news for mail in moved.mails] == ["moved"]
    assert site.address == "2 Low Street"


def test_step_free_holds_for_everything_that_takes_place_there(scope: Scope) -> None:
    row = make_opportunity(scope.session, step_free=False)
    change(scope, row.site, step_free=True)
    assert row.step_free
    change(scope, row.site, parking="Behind the house")
    assert row.step_free


def test_a_preview_of_a_place_writes_nothing(scope: Scope) -> None:
    site = expected(scope).site
    effect = sites.preview_site(
        scope,
        site.partner_id,
        site.id,
        facts=replace(facts_of(site), directions="Left"),
        same=True,
        seen=of_site(site),
        sender=SENDER,
        now=NOON,
    )
    assert len(effect.mails) == 1
    scope.session.expire_all()
    assert site.directions == ""


def test_an_older_page_does_not_overwrite_a_place(scope: Scope) -> None:
    site = make_site(scope.session)
    seen = of_site(site)
    change(scope, site, parking="Here")
    with pytest.raises(OfferChangedMeanwhile):
        sites.change_site(
            scope, site.partner_id, site.id, facts=FACTS, same=True, seen=seen, sender=SENDER, now=NOON
        )
    assert site.parking == "Here"


def test_nobody_sees_or_changes_the_place_of_another_partner(scope: Scope) -> None:
    mine, foreign = make_partner(scope.session), make_site(scope.session)
    me = Scope.of_user(scope.session, mine.user_id)
    for attempt in (
        lambda: sites.sites_of(me, foreign.partner_id),
        lambda: change(me, foreign, parking="x"),
        lambda: sites.change_site(
            me,
            mine.id,
            foreign.id,
            facts=FACTS,
            same=True,
            seen=of_site(foreign),
            sender=SENDER,
            now=NOON,
        ),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_another_contact_is_told_to_those_who_are_coming(scope: Scope) -> None:
    partner = expected(scope).partner
    told: dict[str, Any] = {"seen": of_partner(partner), "sender": SENDER, "now": NOON}
    facts = replace(profile_of(partner), contact_name="Kate", phone="01253 960575")
    assert len(profiles.preview_profile(scope, partner.id, facts=facts, **told).mails) == 1
    effect = profiles.change_profile(scope, partner.id, facts=facts, **told)
    assert effect.sentences == ("The contact on the day is Kate, 01253 960575.",)
    assert (partner.contact_name, len(effect.mails)) == ("Kate", 1)


def test_a_text_about_a_partner_is_told_to_nobody_and_an_older_page_saves_nothing(scope: Scope) -> None:
    partner = expected(scope).partner
    told: dict[str, Any] = {"sender": SENDER, "now": NOON}
    first = replace(profile_of(partner), contact_name="Kate")
    assert profiles.change_profile(scope, partner.id, facts=first, seen=of_partner(partner), **told).mails
    seen, facts = of_partner(partner), replace(first, about="We cook.")
    assert profiles.change_profile(scope, partner.id, facts=facts, seen=seen, **told).mails == ()
    with pytest.raises(OfferChangedMeanwhile):
        profiles.change_profile(scope, partner.id, facts=facts, seen=seen, **told)
    assert partner.about == "We cook."
