"""Days that are over: nothing is sent of them any more."""

from datetime import datetime

from placement.db import reading, unit_of_work
from placement.services import invites


def close_past(*, now: datetime) -> None:
    """Take back what is still owed of days that are over; writes only where there is something to write.

    Runs inside the application context, before mails are sent.
    """
    with reading() as session:
        past = invites.past_now(session, now=now)
    if past.invites or past.mails:
        with unit_of_work() as session:
            invites.close_past(session, past, now=now)
