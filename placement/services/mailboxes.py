"""How far the mailbox for replies has been read, so that each mail is taken in once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import MailboxPosition

NOTHING_READ = 0


def last_read(session: Session, mailbox: str, *, uid_validity: int) -> int:
    """The UID up to which a mailbox has been read; 0 where its UIDs mean something else than before."""
    position = _position(session, mailbox)
    if position is None or position.uid_validity != uid_validity:
        return NOTHING_READ
    return position.last_uid


def mark_read(session: Session, mailbox: str, *, uid_validity: int, uid: int, now: datetime) -> None:
    """Keep it that a mailbox has been read up to `uid`."""
    position = _position(session, mailbox)
    if position is None:
        position = MailboxPosition(mailbox=mailbox, uid_validity=uid_validity, last_uid=uid)
        session.add(position)
    elif position.uid_validity != uid_validity or position.last_uid < uid:
        position.uid_validity, position.last_uid = uid_validity, uid
    position.read_at = now
    session.flush()


def _position(session: Session, mailbox: str) -> MailboxPosition | None:
    return session.scalars(
        select(MailboxPosition).where(MailboxPosition.mailbox == mailbox).with_for_update()
    ).one_or_none()
