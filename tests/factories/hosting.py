"""Days that partners took back, and what they wrote to everybody who comes."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import PartnerMessage, Slot, Withdrawal
from tests.factories.clock import NOON


def make_withdrawal(session: Session, *, slot: Slot, **facts: Any) -> Withdrawal:
    """That a partner took a day back although somebody was coming."""
    keys = {"cohort_id": slot.cohort_id, "slot_id": slot.id}
    row = Withdrawal(**(keys | {"reason": "staff", "people": 1, "withdrawn_at": NOON} | facts))
    session.add(row)
    session.flush()
    return row


def make_partner_message(session: Session, *, slot: Slot, **facts: Any) -> PartnerMessage:
    """What a partner wrote to one person."""
    keys = {"cohort_id": slot.cohort_id, "slot_id": slot.id}
    row = PartnerMessage(**(keys | {"text": "Come to the back door.", "people": 1, "sent_at": NOON} | facts))
    session.add(row)
    session.flush()
    return row
