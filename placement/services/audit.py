"""The record of who did what. Each event carries the hash of the one before, so that a gap shows."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from placement.models import AuditEvent
from placement.services.scope import Scope

CHAIN_LOCK = 7_305_113
FIRST_HASH = "0" * 64


class Told(Protocol):
    """What an event says, whether it comes as an object or as a row of the table."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def actor(self) -> str:
        """Who."""

    @property
    def cohort_id(self) -> int | None:
        """In which cohort."""

    @property
    def verb(self) -> str:
        """Did what."""

    @property
    def subject(self) -> str:
        """To what."""

    @property
    def facts(self) -> dict[str, object]:
        """With which facts."""

    @property
    def previous_hash(self) -> str:
        """The hash of the event before."""


def record(
    scope: Scope, verb: str, subject: str, *, at: datetime, cohort_id: int | None = None, **facts: object
) -> None:
    """Add one event: who, did what (`verb`), to what (`subject`, such as "match_run:4"), with named facts.

    Facts are counts, states and ids; never names, addresses, access needs or tokens.
    """
    session = scope.session
    previous = _last_hash(session)
    event = AuditEvent(
        at=at,
        actor=scope.actor.label,
        cohort_id=cohort_id,
        verb=verb,
        subject=subject,
        facts=facts,
        previous_hash=previous,
    )
    event.hash = chained_hash(event)
    session.add(event)
    session.flush()


def chained_hash(event: Told) -> str:
    """SHA-256 over the previous hash and everything that the event says."""
    said = [
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.cohort_id,
        event.verb,
        event.subject,
        event.facts,
    ]
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _last_hash(session: Session) -> str:
    if session.get_bind().dialect.name == "postgresql":
        # Two transactions must not continue the chain from the same link.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    last = session.scalars(select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)).first()
    return last or FIRST_HASH
