"""A partner at a browser on a day to which people come, for the tests of what they do then."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from placement.db import reading, unit_of_work
from placement.models import Message, Placement, Slot
from placement.services import partner_news
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.services.small_cohort import SENDER
from tests.web.partners import Partners


def come(partner: Partners, slot_id: int, name: str, *, told: bool = True, **facts: Any) -> None:
    """Confirm somebody on a day who has had their invite, or who has not."""
    with partner.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, slot_id)
        leader = make_leader(session, cohort=slot.opportunity.partner.cohort, name=name)
        placement = make_placement(session, leader=leader, slot=slot)
        make_invite(session, placement=placement, **({"state": "sent" if told else "owed"} | facts))


def tell_partner(partner: Partners, slot_id: int) -> None:
    """Let the partner have been told who is coming."""
    with partner.app.app_context(), unit_of_work() as session:
        cohort_id = session.get_one(Slot, slot_id).cohort_id
        partner_news.owe(session, cohort_id, sender=SENDER, now=datetime.now(UTC))
        session.execute(update(Message).values(status="sent"))


def leave(partner: Partners, slot_id: int) -> None:
    """End everything that stands on a day, as a coordinator could."""
    with partner.app.app_context(), unit_of_work() as session:
        for row in session.scalars(select(Placement).where(Placement.slot_id == slot_id)):
            row.status = "cancelled"


def begin(partner: Partners, slot_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Let a day have begun."""
    with partner.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, slot_id)
        slot.starts_at, slot.ends_at = starts_at, ends_at


def owed(partner: Partners, kind: str) -> list[Message]:
    """The mails of a kind; they can still be read when the session is over."""
    with partner.app.app_context(), reading() as session:
        kept = list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))
        session.expunge_all()
        return kept
