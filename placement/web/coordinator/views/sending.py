"""What became of the mails: waiting, sent, not delivered, answered; and one of them, try by try."""

from flask import Flask, current_app, flash, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.messages import StoredMail, read_back
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.domain.sending import SendingRules
from placement.services import mail_holding
from placement.services.mail_allowance import sending_rules
from placement.services.reports.delivery import Delivery, delivery
from placement.services.reports.sending import SentMail, sending
from placement.web import auth
from placement.web.coordinator.words import deliveries as delivery_words
from placement.web.coordinator.words import mails as words
from placement.web.lists import Filter, announce, listing
from placement.web.log_masks import TOKEN
from placement.web.rendering import render_page

RULES = "placement_sending_rules"
FILTERS = (
    Filter[SentMail]("all", "All", lambda _: True),
    Filter[SentMail]("failed", "Not delivered", lambda mail: mail.status == "failed"),
    Filter[SentMail]("returned", "Came back", lambda mail: bool(mail.comes_back)),
    Filter[SentMail]("waiting", "Waiting", lambda mail: mail.status in {"todo", "sending", "held"}),
    Filter[SentMail]("sent", "Sent", lambda mail: mail.status == "sent"),
    Filter[SentMail]("declined", "Cannot come", lambda mail: mail.reply == "DECLINED"),
)


def init_sending(app: Flask, config: Config) -> None:
    """Tell the pages of `app` what this installation lets out."""
    app.extensions[RULES] = sending_rules(config)


def show_sending(cohort_id: int) -> ResponseReturnValue:
    """Each mail with its state: what went wrong first."""
    with reading() as session:
        found = sending(auth.scope_of(session), cohort_id, now=auth.now())
    shown = listing(found.mails, FILTERS, lambda mail: f"{mail.recipient_name} {mail.recipient}")
    announce(shown, "mail")
    return render_page(
        "coordinator/sending.html",
        cohort_id=cohort_id,
        found=found,
        shown=shown,
        words=words,
        rules=_rules().in_words,
    )


def show_message(cohort_id: int, message_id: int) -> ResponseReturnValue:
    """One mail: to whom, every try, what it says, and what can be done."""
    with reading() as session:
        found = delivery(auth.scope_of(session), message_id, cohort_id=cohort_id)
    return render_page(
        "coordinator/message.html",
        cohort_id=cohort_id,
        found=found,
        said=_said(found),
        rules=_rules(),
        words=words,
        delivery_words=delivery_words,
        masked=masked,
    )


def try_mail(cohort_id: int, message_id: int) -> ResponseReturnValue:
    """Have a mail tried at once."""
    with unit_of_work() as session:
        mail_holding.try_again(auth.scope_of(session), message_id, now=auth.now(), cohort_id=cohort_id)
    return _done(cohort_id, message_id, "It is tried again now. Load this page again in a moment.")


def hold_mail(cohort_id: int, message_id: int) -> ResponseReturnValue:
    """Hold a mail back that waits."""
    with unit_of_work() as session:
        mail_holding.hold(auth.scope_of(session), message_id, now=auth.now(), cohort_id=cohort_id)
    return _done(cohort_id, message_id, "It is held back until you release it.")


def release_mail(cohort_id: int, message_id: int) -> ResponseReturnValue:
    """Let a mail leave that was held back."""
    with unit_of_work() as session:
        mail_holding.release(auth.scope_of(session), message_id, now=auth.now(), cohort_id=cohort_id)
    return _done(cohort_id, message_id, "It is released and leaves now.")


def masked(text: str) -> str:
    """A text without the tokens in its links: they are its reader's alone."""
    return TOKEN.sub(r"\1***", text)


def _said(found: Delivery) -> StoredMail | None:
    return read_back(found.octets) if found.octets else None


def _rules() -> SendingRules:
    rules: SendingRules = current_app.extensions[RULES]
    return rules


def _done(cohort_id: int, message_id: int, said: str) -> ResponseReturnValue:
    flash(said)
    return auth.redirect_after_post(url_for(".show_message", cohort_id=cohort_id, message_id=message_id))
