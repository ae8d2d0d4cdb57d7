"""When a mail that could not be delivered is tried again."""

from datetime import datetime, timedelta
from hashlib import sha256

FIRST_WAITS_MINUTES = (1, 5, 15, 60)
LATER_WAIT_MINUTES = 60
GIVE_UP_AFTER = timedelta(hours=24)
UNKNOWNS_RETRIED = 1


def next_try(*, attempts: int, first_due_at: datetime, now: datetime, message_id: str) -> datetime | None:
    """The moment of the next try after `attempts` tries failed for now; None when it is time to give up.

    1, 5, 15 and 60 minutes, then hourly until a day has passed since the mail was first due. Up to a tenth
    is added, differently for each mail but always the same for one, so that not all come back at once.
    """
    if now - first_due_at >= GIVE_UP_AFTER:
        return None
    minutes = (
        FIRST_WAITS_MINUTES[attempts - 1] if attempts <= len(FIRST_WAITS_MINUTES) else LATER_WAIT_MINUTES
    )
    spread = sha256(f"{message_id}|{attempts}".encode()).digest()[0] / 255 * 0.1
    return now + timedelta(minutes=minutes * (1 + spread))
