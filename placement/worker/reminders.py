"""Owes the mails that the calendar asks for; called again and again, it owes each of them once."""

import logging
from datetime import datetime

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.services import reminders
from placement.services.invites import sender_of
from placement.services.mail_links import MailLinks
from placement.services.scope import Scope

logger = logging.getLogger(__name__)


def owe_reminders(config: Config, *, now: datetime) -> None:
    """Owe the reminders, thanks and questions of all cohorts that are due `now` and were not owed before.

    Runs inside the application context, a transaction for each cohort that owes something.
    """
    links = links_of(config)
    with reading() as session:
        waiting = [
            cohort_id
            for cohort_id in reminders.cohort_ids(session)
            if reminders.due(session, cohort_id, links=links, now=now)
        ]
    for cohort_id in waiting:
        with unit_of_work() as session:
            scope = Scope.system(session, label="worker")
            number = reminders.owe_due(scope, cohort_id, links=links, now=now)
        logger.info("cohort %d: %d mails are owed because of the calendar", cohort_id, number)


def links_of(config: Config) -> MailLinks:
    """The signed links of this installation's mails; stops where the settings do not allow any."""
    return MailLinks(sender_of(config), config.require_secret().secret_key)
