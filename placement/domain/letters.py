"""A mail that is to be owed: what makes it the one it is, and what it will say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from placement.domain.invites import InviteDetails, Mailbox

MAILBOXES = ("organizer", "attendee")
MOMENTS = ("dtstamp", "created_at", "starts_at", "ends_at")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one recipient.

    `kind` names its template, `subject` what it is about ("invite:3:0", "sign_in:…"): the same kind,
    subject and recipient are the same mail, which is owed once however often it is asked for.
    """

    kind: str
    subject: str
    recipient: Mailbox
    message_id: str
    payload: Mapping[str, object]
    cohort_id: int | None = None
    invite_id: int | None = None

    @property
    def idem_key(self) -> str:
        """SHA-256 that is the same for the same mail."""
        said = json.dumps([self.kind, self.subject, self.recipient.address.lower()])
        return sha256(said.encode()).hexdigest()


def freeze(details: InviteDetails) -> dict[str, object]:
    """The facts of an invite as plain JSON, to be kept with the mail that is owed."""
    frozen: dict[str, object] = {}
    for field in fields(details):
        value = getattr(details, field.name)
        if isinstance(value, Mailbox):
            value = [value.name, value.address]
        elif isinstance(value, datetime):
            value = value.isoformat()
        frozen[field.name] = value
    return frozen


def thaw(frozen: Mapping[str, Any]) -> InviteDetails:
    """The facts of an invite, from what `freeze` made of them."""
    facts = dict(frozen)
    for name in MAILBOXES:
        facts[name] = Mailbox(*facts[name])
    for name in MOMENTS:
        facts[name] = datetime.fromisoformat(facts[name])
    return InviteDetails(**facts)
