"""What became of the mails: waiting, sent, not delivered, answered."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.sending import SentMail, sending
from placement.web import auth
from placement.web.coordinator.lists import Filter, announce, listing
from placement.web.coordinator.words import mails as words
from placement.web.rendering import render_page

FILTERS = (
    Filter[SentMail]("all", "All", lambda _: True),
    Filter[SentMail]("failed", "Not delivered", lambda mail: mail.status == "failed"),
    Filter[SentMail]("returned", "Came back", lambda mail: bool(mail.comes_back)),
    Filter[SentMail]("waiting", "Waiting", lambda mail: mail.status in {"todo", "sending", "held"}),
    Filter[SentMail]("sent", "Sent", lambda mail: mail.status == "sent"),
    Filter[SentMail]("declined", "Cannot come", lambda mail: mail.reply == "DECLINED"),
)


def show_sending(cohort_id: int) -> ResponseReturnValue:
    """Each mail with its state: what went wrong first."""
    with reading() as session:
        found = sending(auth.scope_of(session), cohort_id, now=auth.now())
    shown = listing(found.mails, FILTERS, lambda mail: f"{mail.recipient_name} {mail.recipient}")
    announce(shown, "mail")
    return render_page("coordinator/sending.html", cohort_id=cohort_id, found=found, shown=shown, words=words)
