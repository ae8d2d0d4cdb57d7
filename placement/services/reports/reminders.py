"""What is due because of the calendar, as commands show it."""

from dataclasses import dataclass
from datetime import datetime

from placement.domain.mails import MAIL_BY_KIND
from placement.models import Cohort
from placement.services import reminders
from placement.services.mail_links import MailLinks
from placement.services.scope import Scope


@dataclass(frozen=True)
class DueMail:
    """One mail that is due and was not owed before; `about` tells it from all others."""

    kind: str
    name: str
    cohort: str
    recipient: str
    recipient_name: str
    about: str


def due_mails(scope: Scope, *, links: MailLinks, now: datetime) -> list[DueMail]:
    """The mails that all cohorts within reach owe `now`."""
    return [
        DueMail(
            kind=letter.kind,
            name=MAIL_BY_KIND[letter.kind].name,
            cohort=cohort.name,
            recipient=letter.recipient.address,
            recipient_name=letter.recipient.name,
            about=letter.subject,
        )
        for cohort in scope.session.scalars(scope.cohorts().order_by(Cohort.id)).all()
        for letter in reminders.due(scope.session, cohort.id, links=links, now=now)
    ]
