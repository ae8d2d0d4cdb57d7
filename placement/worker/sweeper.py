"""Mends what nothing else would: mail that nobody sends any more, and invites that nobody owes."""

import logging
from datetime import datetime

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.services import audit, mail_leases, mending
from placement.services.invites import sender_of
from placement.services.scope import Scope

logger = logging.getLogger(__name__)
LABEL = "sweeper"


def sweep(config: Config, *, now: datetime) -> None:
    """Free mail whose lease is over or cannot be true, and owe what was confirmed without a mail.

    To be called every half a minute or so by any number of workers; twice does no harm. Where there is
    nothing to mend, it only reads. What a killed worker of this machine held is free before, by the next
    heartbeat.
    """
    with reading() as session:
        expired = mail_leases.any_expired(session, now=now)
        missing = mending.any_missing(session, now=now)
    if expired:
        _free_expired(now)
    if missing:
        _owe_missing(config, now)


def _free_expired(now: datetime) -> None:
    with unit_of_work() as session:
        freed = mail_leases.free_expired(session, now=now)
        if freed:
            scope = Scope.system(session, label=LABEL)
            audit.record(scope, "free_expired_mail", "outbox", at=now, mails=freed)
    if freed:
        logger.warning("%d mails were freed whose worker had ended", freed)


def _owe_missing(config: Config, now: datetime) -> None:
    with unit_of_work() as session:
        scope = Scope.system(session, label=LABEL)
        owed = mending.owe_missing_invites(scope, sender=sender_of(config), now=now)
    if owed:
        logger.warning("%d invites were owed that nobody had owed", owed)
