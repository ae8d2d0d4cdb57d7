"""Sends what the outbox owes: claim, render, send, record; each step is safe to be killed after."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from typing import Literal

from placement.adapters.mail import Courier, open_courier
from placement.adapters.messages import render_invite, render_letter
from placement.config import Config
from placement.db import unit_of_work
from placement.db.brisk import BriskConnection, BriskFailed, brisk_connection
from placement.domain.answers import AnswerLinks, LinkFacts, link_token, links
from placement.domain.errors import MailFailed, PlacementError
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.letters import thaw
from placement.domain.sending import SendingRules
from placement.services import deliveries, invites, mail_leases, outbox, reminder_checks
from placement.services.mail_allowance import sending_rules
from placement.services.outbox import ClaimedMessage
from placement.worker.leases import free_abandoned
from placement.worker.owner import new_token
from placement.worker.past import close_past

logger = logging.getLogger(__name__)

INVITE_KINDS = frozenset(invites.KINDS)
ASKED_TO_STOP = "The worker was asked to stop before it came to this mail."
BATCH = 200
"""Mails that are claimed, written and stored at a time: what a commit costs is shared by so many."""

Progress = Callable[[int], None]
Stop = Callable[[], bool]
Ready = tuple[ClaimedMessage, bytes]
"""A mail with the octets that are sent."""


@dataclass(frozen=True)
class Turn:
    """One turn at the outbox: with what it sends, and how many mails ended in which status so far."""

    config: Config
    courier: Courier
    record: BriskConnection
    token: str
    sender: str
    ended: Counter[str] = field(default_factory=Counter)
    on_sent: Progress | None = None
    stop: Stop | None = None

    @property
    def stopped(self) -> bool:
        """Whether this turn was asked to end."""
        return self.stop is not None and self.stop()


def send_due(config: Config, *, on_sent: Progress | None = None, stop: Stop | None = None) -> Counter[str]:
    """Send everything that is due now and may leave; return how many mails ended in which status.

    Runs inside the application context. A mail that fails for now is counted as "todo": it is due again
    later. Every commit stands alone, so that a process killed anywhere leaves each mail either sent and
    recorded, or owed. When the mail server cannot be reached at all, or `stop` says so between two mails,
    the rest waits for the next call.
    """
    free_abandoned()
    close_past(now=_now())
    token = new_token()
    with open_courier(config) as courier, brisk_connection() as record:
        turn = Turn(config, courier, record, token, config.sender_address, on_sent=on_sent, stop=stop)
        rules = sending_rules(config)
        while not turn.stopped and (batch := _claim(token, rules, claimed_at := _now())):
            trouble = _trouble(courier) or _send_batch(turn, _rendered(turn, batch))
            if trouble is not None:
                _give_back(token, rules, claimed_at, trouble)
                break
    return turn.ended


def _send_batch(turn: Turn, ready: list[Ready]) -> str | None:
    """Send a batch one by one; ends early, saying why, where the server is gone or silent."""
    kept_at = _now()
    for (message, octets), following in zip_longest(ready, ready[1:]):
        if turn.stopped:
            return ASKED_TO_STOP
        kept_at = _keep_leases(turn.token, kept_at)
        try:
            turn.ended[_send(turn, message, octets, following)] += 1
        except MailFailed as failure:
            turn.ended[_record_failure(message, failure, turn.token)] += 1
            trouble = str(failure) if failure.silent else _trouble(turn.courier) if failure.lost else None
            if trouble is not None:
                return trouble
        if turn.on_sent is not None:
            turn.on_sent(turn.ended.total())
    return None


def _give_back(token: str, rules: SendingRules, claimed_at: datetime, trouble: str) -> None:
    """Let go of what was not tried: it is due as before, and says what it waits for."""
    with unit_of_work() as session:
        outbox.give_back(session, token=token, claimed_at=claimed_at, reason=trouble, rules=rules)


def _trouble(courier: Courier) -> str | None:
    """Why nothing at all can be sent now; None when the way is open."""
    try:
        courier.check()
    except MailFailed as failure:
        return str(failure)
    return None


def _claim(token: str, rules: SendingRules, now: datetime) -> list[ClaimedMessage]:
    with unit_of_work() as session:
        while claimed := outbox.claim_due(session, token=token, now=now, limit=BATCH, rules=rules):
            if wanted := reminder_checks.still_wanted(session, claimed, token=token, now=now):
                return wanted
    return []


def _rendered(turn: Turn, batch: list[ClaimedMessage]) -> list[Ready]:
    """The octets of each mail, stored before the first try so that every try sends the same."""
    made = {message.id: _rendered_or_reason(message, turn.config) for message in batch if not message.octets}
    new = {message_id: octets for message_id, octets in made.items() if isinstance(octets, bytes)}
    if made:
        with unit_of_work() as session:
            for message_id, reason in made.items():
                if isinstance(reason, str):
                    # Nothing that is tried again could mend it: somebody must look at it.
                    outbox.record_failure(
                        session, message_id, token=turn.token, now=_now(), reason=reason, outcome="unwritable"
                    )
                    turn.ended["failed"] += 1
            outbox.keep_octets(session, new, token=turn.token)
    whole = ((message, message.octets or new.get(message.id)) for message in batch)
    return [(message, octets) for message, octets in whole if octets is not None]


def _rendered_or_reason(message: ClaimedMessage, config: Config) -> bytes | str:
    """The octets of a mail, or why it cannot be written: one bad mail must not hold up the others."""
    try:
        return render(message, config)
    except PlacementError as broken:
        return str(broken)
    except Exception as fault:
        logger.exception("message %d (%s) could not be written", message.id, message.kind)
        return f"This mail could not be written ({type(fault).__name__}); the log of the service says more."


def render(message: ClaimedMessage, config: Config) -> bytes:
    """The whole mail as it will stand on the wire."""
    if message.kind in INVITE_KINDS:
        details = thaw(message.payload)
        return render_invite(details, now=message.created_at, answers=answer_links(details, config))
    return render_letter(
        message.kind,
        message.payload,
        sender=Mailbox(config.sender_name, config.sender_address),
        recipient=Mailbox(message.recipient_name, message.recipient),
        message_id=message.message_id,
        date=message.created_at,
    )


def answer_links(details: InviteDetails, config: Config) -> AnswerLinks | None:
    """The links by which an invite is answered; None where nothing is asked: a cancellation, a test."""
    if details.method == "CANCEL" or details.is_test:
        return None
    token = link_token(config.secret_key, LinkFacts(details.uid, details.sequence))
    return links(config.public_base_url, token)


def _send(turn: Turn, message: ClaimedMessage, octets: bytes, following: Ready | None) -> str:
    said = turn.courier.send(octets, turn.sender, message.recipient)
    if following is not None:  # the server prepares for it while this one is recorded
        turn.courier.announce(following[1], turn.sender, following[0].recipient)
    return "sent" if _record_sent(turn, message, said) else "taken over"


def _record_sent(turn: Turn, message: ClaimedMessage, said: str) -> bool:
    """Record that a mail has gone before the next one is begun."""
    now = _now()
    if not message.secret:  # what is wiped from the disk must be gone from it for certain
        try:
            return deliveries.record_sent_briskly(
                turn.record, message.id, token=turn.token, now=now, said=said
            )
        except BriskFailed:
            logger.warning("message %d has gone, but the database did not take it at once", message.id)
    with unit_of_work() as session:
        return outbox.record_sent(session, message.id, token=turn.token, now=now, said=said)


def _record_failure(message: ClaimedMessage, failure: MailFailed, token: str) -> str:
    outcome: Literal["refused", "unknown", "put_off"]
    outcome = "refused" if failure.permanent else "unknown" if failure.unknown else "put_off"
    with unit_of_work() as session:
        return outbox.record_failure(
            session, message.id, token=token, now=_now(), reason=failure.reason, outcome=outcome
        )


def _keep_leases(token: str, kept_at: datetime) -> datetime:
    """Extend the leases of the batch when a third of their time is over; returns when that was last done."""
    now = _now()
    if now - kept_at < mail_leases.LEASE / 3:
        return kept_at
    with unit_of_work() as session:
        mail_leases.extend_leases(session, token=token, now=now)
    return now


def _now() -> datetime:
    return datetime.now(UTC)
