"""The history of each mail: every try, and what somebody did about it, as rows that are only ever added."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from placement.db.brisk import BriskConnection
from placement.domain.states import DeliveryOutcome
from placement.models import DeliveryTry

LONGEST_SAID = 2000  # characters of what was said that are kept

_ON_SQLITE = (
    """
    UPDATE message SET status = 'sent', sent_at = :at, attempts = attempts + 1, lease_until = NULL,
        lease_token = NULL, last_error = NULL
    WHERE id = :id AND lease_token = :token AND status = 'sending'
    """,
    "INSERT INTO delivery_try (message_id, at, outcome, said) VALUES (:id, :at, 'sent', :said)",
    """
    UPDATE invite SET state = 'sent'
    WHERE state = 'owed' AND id = (SELECT invite_id FROM message WHERE id = :id)
    """,
)
_ON_POSTGRESQL = (
    """
    WITH done AS (
        UPDATE message SET status = 'sent', sent_at = %(at)s, attempts = attempts + 1, lease_until = NULL,
            lease_token = NULL, last_error = NULL
        WHERE id = %(id)s AND lease_token = %(token)s AND status = 'sending'
        RETURNING id, invite_id
    ), invited AS (
        UPDATE invite SET state = 'sent' FROM done
        WHERE invite.id = done.invite_id AND invite.state = 'owed'
    )
    INSERT INTO delivery_try (message_id, at, outcome, said) SELECT id, %(at)s, 'sent', %(said)s FROM done
    """,
)
_STATEMENTS = {"sqlite": _ON_SQLITE, "postgresql": _ON_POSTGRESQL}


def record_sent_briskly(
    connection: BriskConnection, message_id: int, *, token: str, now: datetime, said: str
) -> bool:
    """Do what `outbox.record_sent` does for a mail that is not secret, mostly without waiting for the disk.

    Should a loss of power take it back, the same octets are sent again, which calendars ignore. Raises
    `BriskFailed` where nobody can say whether it is recorded.
    """
    values = {"id": message_id, "token": token, "at": connection.moment(now), "said": said[:LONGEST_SAID]}
    return connection.write(_STATEMENTS[connection.dialect], values)


def note(
    session: Session, message_ids: Collection[int], outcome: DeliveryOutcome, *, at: datetime, said: str = ""
) -> None:
    """Add a line to the history of each of these mails."""
    if message_ids:
        session.execute(
            insert(DeliveryTry),
            [
                {"message_id": one, "at": at, "outcome": outcome, "said": said[:LONGEST_SAID]}
                for one in message_ids
            ],
        )
