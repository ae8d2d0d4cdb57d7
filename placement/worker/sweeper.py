"""Mends what nothing else would: mail that nobody sends any more, and invites that nobody owes."""

import logging
from datetime import datetime

from placement.config import Config
from placement.db import unit_of_work
from placement.services import audit, mending, outbox
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.worker.leases import free_abandoned

logger = logging.getLogger(__name__)
LABEL = "sweeper"


def sweep(config: Config, *, now: datetime) -> None:
    """Free mail of workers that have ended, and owe what was confirmed without a mail.

    To be called every half a minute or so by any number of workers; twice does no harm.
    """
    freed = free_abandoned() + _free_expired(now)
    with unit_of_work() as session:
        scope = Scope.system(session, label=LABEL)
        owed = mending.owe_missing_invites(scope, sender=sender_of(config), now=now)
    if freed:
        logger.warning("%d mails were freed whose worker had ended", freed)
    if owed:
        logger.warning("%d invites were owed that nobody had owed", owed)


def _free_expired(now: datetime) -> int:
    with unit_of_work() as session:
        freed = outbox.free_expired(session, now=now)
        if freed:
            scope = Scope.system(session, label=LABEL)
            audit.record(scope, "free_expired_mail", "outbox", at=now, mails=freed)
    return freed
