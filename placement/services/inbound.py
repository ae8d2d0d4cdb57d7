"""Mails that a mail server hands over by HTTP: each signature is good once, and wrong ones are counted."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from placement.domain.door_errors import InboundRefused
from placement.domain.errors import TooManyRequests
from placement.domain.inbound import WINDOW
from placement.services import limits
from placement.services.limits import Limit

MISSES = Limit("inbound_miss", 30, timedelta(hours=1))
# Counts go by the minute, so this is longer than any signature is good for.
ONCE = Limit("inbound_once", 1, 2 * WINDOW + timedelta(minutes=5))


def spend_signature(session: Session, signature: str, *, now: datetime) -> None:
    """Use a signature up, in the transaction of what it is for; raises `InboundRefused` if it was before."""
    try:
        limits.count(session, ONCE, signature, now=now)
    except TooManyRequests as again:
        raise InboundRefused from again


def count_miss(session: Session, *, remote: str, now: datetime) -> None:
    """Count a wrong signature from the IP address `remote`; raises `TooManyRequests` beyond the limit.

    Right ones are never counted: a mail server may have many mails to hand over.
    """
    limits.count(session, MISSES, limits.origin(remote), now=now)
