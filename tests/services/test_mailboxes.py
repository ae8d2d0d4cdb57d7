"""How far a mailbox has been read is kept for each folder, and forgotten when its numbers begin anew."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import MailboxPosition
from placement.services.mailboxes import last_read, mark_read
from tests.factories.clock import NOON

OURS, OTHER = "us@mail.example:993/INBOX", "us@mail.example:993/Replies"
LARGEST = 2**32 - 1


def test_a_mailbox_is_read_up_to_its_newest_mail(session: Session) -> None:
    assert last_read(session, OURS, uid_validity=LARGEST) == 0
    mark_read(session, OURS, uid_validity=LARGEST, uid=LARGEST, now=NOON)
    mark_read(session, OTHER, uid_validity=1, uid=3, now=NOON)
    mark_read(session, OURS, uid_validity=LARGEST, uid=5, now=NOON + timedelta(hours=1))
    assert last_read(session, OURS, uid_validity=LARGEST) == LARGEST, "it never goes back"
    assert last_read(session, OTHER, uid_validity=1) == 3
    assert session.scalars(select(MailboxPosition.read_at).order_by(MailboxPosition.id)).all() == [
        NOON + timedelta(hours=1),
        NOON,
    ]


def test_numbers_that_begin_anew_begin_at_nothing(session: Session) -> None:
    mark_read(session, OURS, uid_validity=7, uid=40, now=NOON)
    assert last_read(session, OURS, uid_validity=8) == 0
    mark_read(session, OURS, uid_validity=8, uid=2, now=NOON)
    assert (last_read(session, OURS, uid_validity=8), last_read(session, OURS, uid_validity=7)) == (2, 0)
