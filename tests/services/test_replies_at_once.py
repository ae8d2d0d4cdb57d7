"""The same mail may be fetched by many at one moment; it is one reply all the same."""

from flask import Flask
from sqlalchemy import func, select

from placement.adapters.replies import read_reply
from placement.db import reading, unit_of_work
from placement.models import Invite, Reply
from placement.services.replies import ingest
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import LEADER, SEQUENCE, SERVER, UID, by_google
from tests.models.test_many_at_once import CLAIMS, CLIENTS, all_at_once


def taken_in(octets: bytes) -> str:
    """What becomes of one mail, in a transaction of its own."""
    with unit_of_work() as session:
        return ingest(Scope.system(session), read_reply(octets, authserv_id=SERVER), now=NOON).verdict.reason


def test_a_mail_that_is_fetched_by_many_at_once_is_one_reply(app: Flask) -> None:
    with unit_of_work() as session:
        slot = make_slot(session)
        user = make_user(session, email=LEADER)
        leader = make_leader(session, cohort=slot.opportunity.partner.cohort, user=user)
        placement = make_placement(session, leader=leader, slot=slot)
        make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
    outcomes = all_at_once(app, lambda _: taken_in(by_google()))
    assert outcomes == {"accepted": 1, "seen": CLIENTS * CLAIMS - 1}
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Reply)) == 1
        assert session.scalars(select(Invite.partstat)).all() == ["ACCEPTED"]
