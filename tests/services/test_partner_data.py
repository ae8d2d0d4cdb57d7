"""All that is kept about a partner's contact is told to them, and to nobody else."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.models import Partner
from placement.services import audit
from placement.services.reports.partner_data import PartnerData, own_partner_data
from placement.services.reports.subject_sections import as_json
from placement.services.scope import Scope
from tests.factories.attendance import make_feedback
from tests.factories.clock import NOON
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.placements import make_placement
from tests.factories.signing_in import make_signed_in


def everything_about(session: Session) -> Partner:
    """A partner with something of each kind that is kept."""
    partner = make_partner(session, name="Seaport Food Bank", contact_name="Kate Hooper")
    slot = make_slot(session, opportunity=make_opportunity(session, partner=partner, title="Food parcels"))
    make_withdrawal(session, slot=slot, words="A pipe burst")
    make_partner_message(session, slot=slot, text="Ring twice")
    make_feedback(session, slot=slot, words="They asked good questions")
    make_message(session, cohort=partner.cohort, recipient=partner.user.email, kind="who_is_coming")
    make_signed_in(session, user=partner.user)
    scope = Scope.of_user(session, partner.user_id)
    audit.record(scope, "change_profile", f"partner:{partner.id}", at=NOON, cohort_id=partner.cohort_id)
    return partner


def own(session: Session, partner: Partner) -> PartnerData:
    return own_partner_data(Scope.of_user(session, partner.user_id), partner.id, now=NOON)


def texts(found: PartnerData) -> str:
    return json.dumps(as_json(found))


def test_a_partner_is_told_something_of_every_kind_that_is_kept(session: Session) -> None:
    partner = everything_about(session)
    found = own(session, partner)
    assert [section.key for section in found.sections if not section.rows] == []
    told = ("Kate Hooper", partner.user.email, "Food parcels", "A pipe burst", "Not enough staff")
    for words in (*told, "Ring twice", "They asked good questions", "who is coming"):
        assert words in texts(found), words


def test_nothing_of_leaders_or_of_other_partners_is_told(session: Session) -> None:
    partner, other = make_partner(session), everything_about(session)
    slot = make_slot(session, opportunity=make_opportunity(session, partner=partner))
    leader = make_leader(session, cohort=partner.cohort, user=make_user(session, name="Ada Unforgettable"))
    make_placement(session, leader=leader, slot=slot)
    make_feedback(session, slot=slot, leader=leader, words="What a leader said")
    found = texts(own(session, partner))
    for words in (other.user.email, "Ring twice", "Ada Unforgettable", leader.user.email, "What a leader"):
        assert words not in found, words
    with pytest.raises(NotFound):
        own_partner_data(Scope.of_user(session, partner.user_id), other.id, now=NOON + timedelta(days=1))


def test_the_coordinators_are_named_who_erase_it(session: Session) -> None:
    partner = make_partner(session)
    chloe = make_user(session, name="Chloe Coordinator", email="chloe@programme.example")
    make_coordinator(session, cohort=partner.cohort, user=chloe)
    assert [one.email for one in own(session, partner).coordinators] == ["chloe@programme.example"]
