"""Mails in words: what each is, how it stands, what to do about it."""

from collections.abc import Mapping

from placement.services.reports.sending import SentMail
from placement.web.coordinator.words.runs import State
from placement.web.presenters import count, moment

KINDS: Mapping[str, str] = {
    "placement_confirmed": "Invite",
    "placement_changed": "Changed invite",
    "placement_cancelled": "Cancellation",
    "event_confirmed": "Invite to an event",
    "event_changed": "Changed event",
    "event_cancelled": "Cancelled event",
}

STATES: Mapping[str, State] = {
    "todo": State("Waiting", "blue"),
    "sending": State("Being sent", "blue"),
    "sent": State("Sent", "green"),
    "failed": State("Not delivered", "red"),
    "held": State("Held back", "orange"),
    "cancelled": State("Cancelled", "grey"),
    "superseded": State("Replaced", "grey"),
}

REPLIES: Mapping[str, str] = {
    "NEEDS-ACTION": "No answer yet",
    "ACCEPTED": "Coming",
    "DECLINED": "Cannot come",
    "TENTATIVE": "Perhaps",
}

NOT_SENT: Mapping[str, str] = {
    "held": "It stays here until somebody who runs this service releases it.",
    "cancelled": "It was taken back before it went.",
    "superseded": "A newer mail went in its place.",
    "sending": "On its way to the mail server.",
}


def kind_words(mail: SentMail) -> str:
    """What a mail is: "Invite"."""
    return KINDS.get(mail.kind, mail.kind.replace("_", " ").capitalize())


def reply_words(mail: SentMail) -> str:
    """What the leader's calendar has answered, where an answer can be expected."""
    return REPLIES.get(mail.reply, "–") if mail.status == "sent" else "–"


def history(mail: SentMail) -> str:
    """How a mail came to stand as it does."""
    if mail.status == "sent" and mail.sent_at:
        return moment(mail.sent_at)
    if mail.status == "failed":
        tries = f" after {count(mail.attempts, 'try', 'tries')}" if mail.attempts else ""
        return f"Given up{tries}. {_said(mail)}"
    if mail.status == "todo":
        return _waiting(mail)
    return NOT_SENT[mail.status]


def remedy(mail: SentMail) -> str:
    """What to do about a mail that was not delivered; empty for any other."""
    if mail.status != "failed":
        return ""
    return "The placement stands. Ask them for the right address, and tell them their day in another way."


def _waiting(mail: SentMail) -> str:
    since = f"Since {moment(mail.created_at)}"
    if not mail.attempts:
        return f"{since}."
    tries = count(mail.attempts, "try", "tries")
    return f"{since}, {tries} so far. {_said(mail)} Next try: {moment(mail.due_at)}."


def _said(mail: SentMail) -> str:
    return f"The mail server said: “{mail.last_error}”." if mail.last_error else ""
