"""Whole mails as octets, ready to be stored and sent, and read back for people to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from placement.adapters import ics, mime
from placement.config import resource_folder
from placement.domain.answers import PREVIEW, AnswerLinks, links
from placement.domain.errors import InviteUnsendable
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten

LARGEST_INVITE = 100_000  # octets; some gateways strip calendar parts from larger mails

TEST_MARK = "[Test] "
TEST_SENTENCE = "This is a test that you sent to yourself. Nobody else has had it, and nothing comes of it."

NEWS_OF_METHOD = {"REQUEST": "confirmed", "CANCEL": "cancelled"}


@dataclass(frozen=True)
class Preview:
    """What a reader sees of a mail: its subject and its three forms. `calendar` is empty for a letter."""

    subject: str
    text: str
    html: str
    calendar: str


@dataclass(frozen=True)
class StoredMail(Preview):
    """A preview read back from stored octets, with the header fields in order and decoded."""

    headers: tuple[tuple[str, str], ...]


def render_invite(
    details: InviteDetails,
    *,
    now: datetime,
    answers: AnswerLinks | None = None,
    templates: Path | None = None,
) -> bytes:
    """The whole mail for one invite, dated `now` (aware); equal facts give equal octets.

    `answers` are the links by which it can be answered without a calendar; a cancellation has none.

    Raises
    ------
    AddressUnusable, InviteUnsendable
        The facts would make a mail or calendar object that breaks a rule.

    """
    calendar = _calendar(details)
    shown = _preview(details, calendar, answers, templates)
    alternatives = mime.multipart(
        "alternative",
        [
            mime.text_part("plain", shown.text),
            mime.text_part("html", shown.html),
            mime.calendar_part(calendar, details.method),
        ],
    )
    octets = mime.message(
        _headers(shown.subject, details.organizer, details.attendee, details.message_id, now),
        mime.multipart("mixed", [alternatives, mime.calendar_file(calendar)]),
    )
    if len(octets) > LARGEST_INVITE:
        raise InviteUnsendable(uid=details.uid, reason="its texts are too long for a mail")
    return octets


def render_letter(
    name: str,
    facts: Mapping[str, object],
    *,
    sender: Mailbox,
    recipient: Mailbox,
    message_id: str,
    date: datetime,
    templates: Path | None = None,
) -> bytes:
    """An ordinary mail from the templates of `name`, which see `facts` and the `recipient_name`.

    With an `unsubscribe_url` among the facts, mail programs can stop this sort of mail by one click. A true
    `is_test` says in the mail that it is one.

    Raises
    ------
    AddressUnusable
        The sender's or recipient's address cannot be written into a mail.
    jinja2.UndefinedError
        A template needs a fact that was not given.

    """
    shown = preview_letter(name, facts, recipient=recipient, templates=templates)
    return mime.message(
        (
            *_headers(shown.subject, sender, recipient, message_id, date),
            *_unsubscribe_headers(facts.get("unsubscribe_url")),
        ),
        mime.multipart(
            "alternative", [mime.text_part("plain", shown.text), mime.text_part("html", shown.html)]
        ),
    )


def preview(details: InviteDetails, *, templates: Path | None = None) -> Preview:
    """What the mail for `details` would show, without making the mail; its answer links lead nowhere."""
    nowhere = links(urljoin(details.page_url, "/")[:-1], PREVIEW)
    return _preview(details, _calendar(details), nowhere, templates)


def preview_letter(
    name: str, facts: Mapping[str, object], *, recipient: Mailbox, templates: Path | None = None
) -> Preview:
    """What an ordinary mail would show, without making it."""
    clean = {key: clean_text(fact) if isinstance(fact, str) else fact for key, fact in facts.items()}
    clean["recipient_name"] = clean_line(recipient.name)
    subject, text, html = _fill(name, clean, templates)
    return Preview(subject=subject, text=text, html=html, calendar="")


def read_back(octets: bytes) -> StoredMail:
    """What a stored mail shows; a part that is not there is empty text."""
    mail = message_from_bytes(octets, policy=policy.default)
    return StoredMail(
        subject=str(mail.get("Subject", "")),
        text=_content(mail, "text/plain"),
        html=_content(mail, "text/html"),
        calendar=_content(mail, "text/calendar"),
        headers=tuple((name, str(value)) for name, value in mail.items()),
    )


def _calendar(details: InviteDetails) -> bytes:
    """The calendar object; a test says in every calendar that it is one."""
    return ics.build(replace(details, title=TEST_MARK + details.title) if details.is_test else details)


def _unsubscribe_headers(address: object) -> tuple[str, ...]:
    """What lets mail programs stop this sort of mail by one click (RFC 8058)."""
    if not isinstance(address, str) or not address:
        return ()
    return (
        f"List-Unsubscribe: <{clean_line(address)}>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    )


def _preview(
    details: InviteDetails, calendar: bytes, answers: AnswerLinks | None, templates: Path | None
) -> Preview:
    subject, text, html = _fill(_template(details), {**_facts(details), "answers": answers}, templates)
    return Preview(subject=subject, text=text, html=html, calendar=calendar.decode())


def _template(details: InviteDetails) -> str:
    """The folder of templates with the words for these details."""
    return f"{'event' if details.event else 'placement'}_{NEWS_OF_METHOD[details.method]}"


def _headers(
    subject: str, sender: Mailbox, recipient: Mailbox, message_id: str, date: datetime
) -> tuple[str, ...]:
    """The header fields of every mail: written by a machine, so that no machine answers it."""
    return (
        mime.mailbox_header("From", sender),
        mime.mailbox_header("To", recipient),
        mime.header("Subject", subject),
        f"Date: {format_datetime(date.astimezone(UTC))}",
        f"Message-ID: {clean_line(message_id)}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
    )


def _facts(details: InviteDetails) -> dict[str, object]:
    """What the templates of an invite may tell, cleaned and in words."""
    lines = {
        name: shorten(clean_line(getattr(details, name)), ics.LONGEST_LINE)
        for name in (
            "title",
            "partner",
            "contact_name",
            "contact_phone",
            "choice_sentence",
            "cohort",
            "reason",
            "event",
        )
    }
    return {
        **lines,
        "programme": shorten(clean_line(details.programme), ics.LONGEST_LINE),
        "recipient_name": clean_line(details.attendee.name),
        "day": day_in_words(details.starts_at),
        "hours": hours_in_words(details.starts_at, details.ends_at),
        "place": ics.street(details),
        "what_to_know": shorten(clean_text(details.what_to_know), ics.LONGEST_TEXT),
        "page_url": clean_line(details.page_url),
        "joining_link": clean_line(details.joining_link),
        "moved": details.sequence > 0 and not details.unheard and not details.text_only,
        "answered": details.text_only and details.partstat != "NEEDS-ACTION",
        "updated": details.revision > 0 and not details.unheard,
        "intro": clean_text(details.intro),
        "is_test": details.is_test,
    }


def _fill(name: str, facts: Mapping[str, object], templates: Path | None) -> tuple[str, str, str]:
    """The subject, text and HTML that the templates of `name` make of `facts`."""
    told = {"intro": "", "is_test": False, **facts}
    subject, text, html = (template.render(told) for template in _templates(name, templates))
    if told["is_test"]:
        subject, text = TEST_MARK + subject, f"{TEST_SENTENCE}\n\n{text}"
    return clean_line(subject), text, html


@cache
def _templates(name: str, folder: Path | None) -> tuple[Template, ...]:
    """The subject, text and HTML of one kind of mail, read and compiled once; without `folder` our own."""
    environment = _environment(folder or resource_folder("templates"))
    files = ("subject.txt", "body.txt", "body.html")
    return tuple(environment.get_template(f"email/{name}/{file}") for file in files)


@cache
def _environment(templates: Path) -> Environment:
    """The templates of mails: HTML is escaped, plain text is not; a mistyped name is an error."""
    return Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _content(mail: EmailMessage, content_type: str) -> str:
    """The text of the first part of `content_type` that is shown and not attached."""
    for part in mail.walk():
        if part.get_content_type() == content_type and not part.is_attachment():
            return _text(part)
    return ""


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""
