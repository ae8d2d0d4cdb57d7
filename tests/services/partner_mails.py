"""The mails that partners are owed, as tests look at them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Message, Partner
from placement.services.partner_news import KIND


def mails_to(session: Session, partner: Partner) -> list[Message]:
    """A partner's mails about who is coming, oldest first."""
    session.expire_all()
    rows = session.scalars(
        select(Message)
        .where(Message.kind == KIND, Message.payload["partner_id"].as_integer() == partner.id)
        .order_by(Message.id)
    )
    return list(rows)


def said(message: Message) -> list[tuple[list[str], list[str], list[str]]]:
    """Of each day in a mail: who joined, who left, who is coming now."""
    days: Any = message.payload["days"]
    return [(day["joined"], day["left"], day["coming"]) for day in days]


def newest(session: Session, partner: Partner) -> Message:
    """The last of them."""
    return mails_to(session, partner)[-1]
