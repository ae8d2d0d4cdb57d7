"""Takes in what came to the mailbox for replies: read, decide, move; each step is safe to be killed after.

A mail is decided on in a transaction of its own, then moved; only then the mailbox counts as read up to it.
Whoever is killed in between decides once more on a mail that is known by then, and moves it to where it
belongs.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from types import MappingProxyType

from placement.adapters.imap import Folder, ReplyMailbox, open_mailbox
from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.config import Config
from placement.db import UNAVAILABLE, unit_of_work
from placement.domain.door_errors import MailboxFailed
from placement.domain.replies import FAULT, TOO_LARGE, ReplyMail
from placement.domain.states import ReplyAction
from placement.services import mailboxes, replies
from placement.services.invites import known_sender
from placement.services.replies import Ingested
from placement.services.scope import Scope

logger = logging.getLogger(__name__)

MOST_AT_ONCE = 500
"""Mails of one poll; the next one goes on."""

FOLDERS: Mapping[ReplyAction, Folder] = MappingProxyType(
    {"applied": "Processed", "ignored": "Processed", "review": "Review", "rejected": "Rejected"}
)


@dataclass(frozen=True)
class Polled:
    """One mail of the mailbox: its number there, what became of it, and the folder that it is in now.

    `found` is None where the service met a fault with it, `folder` where it could not be moved.
    """

    uid: int
    found: Ingested | None
    folder: Folder | None


def poll_mailbox(config: Config, *, now: datetime) -> None:
    """Take in what is new in the mailbox for replies, if there is one; a server that is away waits.

    Runs inside the application context.
    """
    if config.imap_url is None:
        return
    try:
        for one in read_mailbox(config, now=now):
            logger.info("mail %d of the mailbox for replies went to %s", one.uid, one.folder or "no folder")
    except MailboxFailed as failed:
        logger.warning("%s", failed)


def read_mailbox(config: Config, *, now: datetime) -> Iterator[Polled]:
    """Take in what is new, one mail after the other, and say what became of each.

    Raises `MailboxFailed` where the mailbox cannot be used, and where the connection is lost on the way: what
    was not moved by then is looked at again next time.
    """
    url = config.require_imap()
    name = f"{url.user}@{url.where}"
    with open_mailbox(url) as mailbox:
        with unit_of_work() as session:
            after = mailboxes.last_read(session, name, uid_validity=mailbox.uid_validity)
        for uid in mailbox.new_uids(after=after)[:MOST_AT_ONCE]:
            polled = _take_in(config, mailbox, uid, now=now)
            with unit_of_work() as session:
                mailboxes.mark_read(session, name, uid_validity=mailbox.uid_validity, uid=uid, now=now)
            if polled is not None:
                yield polled


def _take_in(config: Config, mailbox: ReplyMailbox, uid: int, *, now: datetime) -> Polled | None:
    """Decide on one mail and move it; None where somebody else has taken it away."""
    size = mailbox.size(uid)
    if size is None:
        return None
    if size > LARGEST_MAIL:
        name = f"{mailbox.uid_validity}:{uid}:{size}"
        unread = ReplyMail(digest=_digest(name.encode()), octets=b"", breach=TOO_LARGE)
        found = _decide(config, uid, lambda: unread, b"", now=now)
    else:
        octets = mailbox.octets(uid)
        if octets is None:
            return None
        read = partial(read_reply, octets, authserv_id=config.authserv_id)
        found = _decide(config, uid, read, octets, now=now)
    folder = FOLDERS[found.kept] if found else "Review"
    return Polled(uid, found, folder if _move(mailbox, uid, folder) else None)


def _decide(
    config: Config, uid: int, read: Callable[[], ReplyMail], octets: bytes, *, now: datetime
) -> Ingested | None:
    """Decide on a mail, whatever is in it; one that the service cannot cope with waits for a person."""
    try:
        return _ingest(config, read(), now=now)
    except UNAVAILABLE:
        raise  # nothing is wrong with the mail
    except Exception:
        logger.exception("mail %d of the mailbox for replies met a fault", uid)
    try:
        return _ingest(config, ReplyMail(digest=_digest(octets), octets=octets, breach=FAULT), now=now)
    except UNAVAILABLE:
        raise
    except Exception:
        logger.exception("mail %d of the mailbox for replies could not be put down for review", uid)
        return None


def _ingest(config: Config, mail: ReplyMail, *, now: datetime) -> Ingested:
    with unit_of_work() as session:
        scope = Scope.system(session, label="mailbox")
        return replies.ingest(scope, mail, sender=known_sender(config), now=now)


def _move(mailbox: ReplyMailbox, uid: int, folder: Folder) -> bool:
    """Move a mail; one that cannot be moved stays where it is, and holds up none of the others."""
    try:
        mailbox.move(uid, folder)
    except MailboxFailed as failed:
        if failed.lost:
            raise
        logger.warning("mail %d stays in the mailbox for replies: %s", uid, failed)
        return False
    return True


def _digest(octets: bytes) -> str:
    return sha256(octets).hexdigest()
