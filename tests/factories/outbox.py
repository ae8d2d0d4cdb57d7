"""Mail that is owed."""

from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, DeliveryTry, Invite, Message
from tests.factories.clock import NOON, next_number


def make_message(
    session: Session, *, cohort: Cohort | None = None, invite: Invite | None = None, **facts: Any
) -> Message:
    """A message that is due at noon, of `invite` where one is given."""
    number = next_number()
    defaults: dict[str, Any] = {
        "kind": "placement_confirmed" if invite else "sign_in",
        "idem_key": sha256(f"message {number}".encode()).hexdigest(),
        "message_id": f"<message-{number}@placement.example>",
        "recipient": f"person{number}@people.example",
        "recipient_name": f"Person {number}",
        "payload": {},
        "due_at": NOON,
        "created_at": NOON,
    }
    keys = {
        "cohort_id": invite.cohort_id if invite else cohort.id if cohort else None,
        "invite_id": invite.id if invite else None,
    }
    message = Message(**(defaults | keys | facts))
    session.add(message)
    session.flush()
    return message


def make_delivery_try(session: Session, *, message: Message, **facts: Any) -> DeliveryTry:
    """A try at noon to send `message`, which the mail server put off."""
    defaults: dict[str, Any] = {"at": NOON, "outcome": "put_off", "said": "451 Come back later"}
    row = DeliveryTry(message_id=message.id, **(defaults | facts))
    session.add(row)
    session.flush()
    return row
