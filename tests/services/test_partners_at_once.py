"""A button that many press at one moment does its work once: withdrawing a day, writing to all who come."""

from flask import Flask
from sqlalchemy import func, select

from placement.db import reading, unit_of_work
from placement.domain.hosting_errors import PeopleChanged
from placement.models import Message, PartnerMessage, Withdrawal
from placement.services.mail_links import MailLinks
from placement.services.partner_messages import message_people
from placement.services.partner_withdrawals import WhyWithdrawn, withdraw_with_people
from placement.services.reports.hosting import message_desk
from placement.services.reports.partner import day_details
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.models.test_many_at_once import CLAIMS, CLIENTS, all_at_once
from tests.services.small_cohort import SENDER

LINKS = MailLinks(SENDER, "a secret of the tests, long enough")
PRESSES = CLIENTS * CLAIMS


def a_day() -> tuple[int, int, str, str]:
    """A partner's day with two people: partner, slot, and what its pages say to be sent back."""
    with unit_of_work() as session:
        slot = make_slot(session)
        for _ in range(2):
            leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
            make_invite(session, placement=make_placement(session, leader=leader, slot=slot), state="sent")
        scope, keys = Scope.system(session), (slot.partner_id, slot.id)
        coming = day_details(scope, *keys, now=NOON).version_coming
        return *keys, coming, message_desk(scope, *keys, now=NOON).version


def counted(kind: str) -> int:
    with reading() as session:
        query = select(func.count()).select_from(Message).where(Message.kind == kind)
        return session.scalar(query) or 0


def test_a_day_is_withdrawn_once_however_many_press(app: Flask) -> None:
    partner_id, slot_id, seen, _ = a_day()

    def press(_: object) -> str:
        with unit_of_work() as session:
            scope, why = Scope.system(session), WhyWithdrawn("staff")
            done = withdraw_with_people(scope, partner_id, slot_id, why, seen=seen, sender=SENDER, now=NOON)
            return "done" if done.changed else "before"

    assert all_at_once(app, press) == {"done": 1, "before": PRESSES - 1}
    assert counted("placement_cancelled") == 2
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Withdrawal)) == 1


def test_a_message_is_sent_once_however_many_press(app: Flask) -> None:
    partner_id, slot_id, _, seen = a_day()

    def press(_: object) -> str:
        with unit_of_work() as session:
            scope = Scope.system(session)
            sent = message_people(
                scope, partner_id, slot_id, text="Ring twice", seen=seen, links=LINKS, now=NOON
            )
            return "again" if sent.again else "sent"

    assert all_at_once(app, press) == {"sent": 1, "again": PRESSES - 1}
    assert counted("partner_message") == 2


def test_of_many_different_messages_from_one_page_one_goes(app: Flask) -> None:
    partner_id, slot_id, _, seen = a_day()

    def press(number: object) -> str:
        try:
            with unit_of_work() as session:
                scope = Scope.system(session)
                message_people(
                    scope, partner_id, slot_id, text=f"{number}!", seen=seen, links=LINKS, now=NOON
                )
        except PeopleChanged:
            return "refused"
        return "sent"

    outcomes = all_at_once(app, press)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(PartnerMessage)) == 1
    assert outcomes == {"sent": 1, "refused": PRESSES - 1}
    assert counted("partner_message") == 2
