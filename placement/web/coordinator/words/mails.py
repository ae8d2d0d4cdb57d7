"""Mails in words: what each is, how it stands, what to do about it."""

from collections.abc import Mapping

from placement.adapters.messages import Preview
from placement.domain.mails import AUTOMATIC_KINDS
from placement.domain.sender import Sender
from placement.services.reports.confirming import NewInvite
from placement.services.reports.effects import PartnerMail
from placement.services.reports.sending import SentMail
from placement.web.coordinator.words.runs import State
from placement.web.presenters import count, moment, span

KINDS: Mapping[str, str] = {
    "placement_confirmed": "Invite",
    "placement_changed": "Changed invite",
    "placement_cancelled": "Cancellation",
    "who_is_coming": "Who is coming",
    "day_withdrawn": "Note that a partner withdrew a day",
    "address_bounced": "Note that mail comes back",
    "run_finished": "Note that a run is done",
    "second_step": "Note on the second step",
    "choices_reminder": "Reminder to choose",
    "offer_renewal": "Is the offer still true?",
    "offer_approved": "Placement approved",
    "offer_returned": "Placement sent back",
    "seat_offer": "Offer of a seat",
    "partner_message": "Message from a partner",
    "swap_refused": "Swap not possible",
    "placement_reminder": "Reminder of the day",
    "day_reminder": "Reminder to the partner",
    "thank_you": "Thank you",
    "reflection_reminder": "Reminder to write a reflection",
    "day_thank_you": "Thank you for hosting",
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
    "cancelled": "It was taken back before it went.",
    "superseded": "A newer mail went in its place.",
    "sending": "On its way to the mail server.",
}


def kind_words(mail: SentMail) -> str:
    """What a mail is: "Invite"."""
    return KINDS.get(mail.kind, mail.kind.replace("_", " ").capitalize())


def option_words(mail: NewInvite | PartnerMail, *, repair: bool) -> str:
    """A mail among others, before it is owed: to whom, and what it brings."""
    if isinstance(mail, PartnerMail):
        return f"{mail.partner}: who is coming"
    name = mail.details.attendee.name
    if mail.details.method == "CANCEL":
        return f"{name}: cancellation"
    return f"{name}: invite" if repair else name


def facts(mail: NewInvite | PartnerMail, preview: Preview, sender: Sender) -> list[tuple[str, str]]:
    """What can be said of a mail before it is owed, line by line."""
    recipient = mail.recipient if isinstance(mail, PartnerMail) else mail.details.attendee
    written_by = sender.mailbox
    found = [
        ("To", f"{recipient.name} <{recipient.address}>"),
        ("From", f"{written_by.name} <{written_by.address}>"),
        ("Subject", preview.subject),
    ]
    if isinstance(mail, NewInvite):
        told = mail.details
        found += [
            ("In the calendar", f"{told.title}, {span(told.starts_at, told.ends_at)}"),
            ("Place", ", ".join(part for part in (told.address, told.postcode) if part)),
        ]
    return [*found, ("Answers go to", written_by.address)]


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
    if mail.status == "held":
        return f"It stays here until it is released. {mail.last_error}".strip()
    return NOT_SENT[mail.status]


def remedy(mail: SentMail) -> str:
    """What to do about a mail that was not delivered; empty for any other."""
    if mail.status != "failed":
        return ""
    if mail.kind == "who_is_coming":
        return "Ask the partner for the right address, and tell them in another way who is coming."
    if mail.kind in AUTOMATIC_KINDS:
        return "Ask them for the right address. This mail is not tried again."
    return "The placement stands. Ask them for the right address, and tell them their day in another way."


def _waiting(mail: SentMail) -> str:
    since = f"Since {moment(mail.created_at)}"
    if not mail.attempts:
        return f"{since}."
    tries = count(mail.attempts, "try", "tries")
    return f"{since}, {tries} so far. {_said(mail)} Next try: {moment(mail.due_at)}."


def _said(mail: SentMail) -> str:
    return f"The mail server said: “{mail.last_error}”." if mail.last_error else ""
