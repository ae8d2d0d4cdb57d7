"""Sends what the outbox owes: claim, render, send, record; each step is safe to be killed after."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from placement.adapters.mail import Courier, open_courier
from placement.adapters.messages import render_invite, render_letter
from placement.config import Config
from placement.db import unit_of_work
from placement.domain.errors import MailFailed, PlacementError
from placement.domain.invites import Mailbox
from placement.domain.letters import thaw
from placement.services import invites, outbox
from placement.services.outbox import ClaimedMessage
from placement.worker.owner import is_gone, new_token
from placement.worker.past import close_past

logger = logging.getLogger(__name__)

INVITE_KINDS = frozenset(invites.KINDS)

Progress = Callable[[int], None]


def send_due(config: Config, *, on_sent: Progress | None = None) -> Counter[str]:
    """Send everything that is due now, and return how many mails ended in which status.

    Runs inside the application context. A mail that fails for now is counted as "todo": it is due again
    later. Every commit stands alone, so that a process killed anywhere leaves each mail either sent and
    recorded, or owed. When the mail server cannot be reached at all, the rest waits for the next call.
    """
    ended: Counter[str] = Counter()
    token = new_token()
    _free_abandoned()
    close_past(now=_now())
    with open_courier(config) as courier:
        while batch := _claim(token):
            ready = _rendered(batch, config, token, ended)
            trouble = _trouble(courier) or _send_batch(courier, config, ready, token, ended, on_sent)
            if trouble is not None:
                _give_back(token, trouble)
                break
    return ended


def _send_batch(
    courier: Courier,
    config: Config,
    ready: list[tuple[ClaimedMessage, bytes]],
    token: str,
    ended: Counter[str],
    on_sent: Progress | None,
) -> MailFailed | None:
    """Send a batch one by one; ends early, saying why, where the server is gone or silent."""
    kept_at = _now()
    for message in ready:
        kept_at = _keep_leases(token, kept_at)
        try:
            ended[_send(courier, config, message, token)] += 1
        except MailFailed as failure:
            ended[_record_failure(message[0], failure, token)] += 1
            trouble = failure if failure.silent else _trouble(courier) if failure.lost else None
            if trouble is not None:
                return trouble
        if on_sent is not None:
            on_sent(sum(ended.values()))
    return None


def _give_back(token: str, trouble: MailFailed) -> None:
    """Let go of what was not tried: it is due as before, and says what it waits for."""
    with unit_of_work() as session:
        outbox.give_back(session, tokens=[token], reason=str(trouble))


def _trouble(courier: Courier) -> MailFailed | None:
    """Why nothing at all can be sent now; None when the way is open."""
    try:
        courier.check()
    except MailFailed as failure:
        return failure
    return None


def _free_abandoned() -> None:
    """Give back at once what workers of this machine held when they were killed."""
    with unit_of_work() as session:
        gone = [token for token in outbox.tokens_in_use(session) if is_gone(token)]
        if gone:
            outbox.free_abandoned(session, tokens=gone)


def _claim(token: str) -> list[ClaimedMessage]:
    with unit_of_work() as session:
        return outbox.claim_due(session, token=token, now=_now())


def _rendered(
    batch: list[ClaimedMessage], config: Config, token: str, ended: Counter[str]
) -> list[tuple[ClaimedMessage, bytes]]:
    """The octets of each mail, stored before the first try so that every try sends the same."""
    ready: list[tuple[ClaimedMessage, bytes]] = []
    with unit_of_work() as session:
        for message in batch:
            octets = message.octets or _rendered_or_reason(message, config)
            if isinstance(octets, str):
                # Nothing that is tried again could mend it: somebody must look at it.
                outbox.record_failure(
                    session, message.id, token=token, now=_now(), reason=octets, permanent=True
                )
                ended["failed"] += 1
                continue
            if message.octets is None:
                outbox.keep_octets(session, message.id, octets, token=token)
            ready.append((message, octets))
    return ready


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
        return render_invite(thaw(message.payload), now=message.created_at)
    return render_letter(
        message.kind,
        message.payload,
        sender=Mailbox(config.sender_name, config.sender_address),
        recipient=Mailbox(message.recipient_name, message.recipient),
        message_id=message.message_id,
        date=message.created_at,
    )


def _send(courier: Courier, config: Config, ready: tuple[ClaimedMessage, bytes], token: str) -> str:
    message, octets = ready
    courier.send(octets, config.sender_address, message.recipient)
    with unit_of_work() as session:
        taken = outbox.record_sent(session, message.id, token=token, now=_now())
    return "sent" if taken else "taken over"


def _record_failure(message: ClaimedMessage, failure: MailFailed, token: str) -> str:
    with unit_of_work() as session:
        return outbox.record_failure(
            session,
            message.id,
            token=token,
            now=_now(),
            reason=str(failure),
            permanent=failure.permanent,
            unknown=failure.unknown,
        )


def _keep_leases(token: str, kept_at: datetime) -> datetime:
    """Extend the leases of the batch when a third of their time is over; returns when that was last done."""
    now = _now()
    if now - kept_at < outbox.LEASE / 3:
        return kept_at
    with unit_of_work() as session:
        outbox.extend_leases(session, token=token, now=now)
    return now


def _now() -> datetime:
    return datetime.now(UTC)
