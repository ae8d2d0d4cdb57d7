"""A reply to an invite, from the octets of a mail to a plain value.

The mail may be written by anybody, so its size, lines, parts and nesting are bounded before anything of it
is read, and a mail inside it (a forward) is never opened; of one that a server gives back, only its
Message-ID is read.
"""

import re
from collections.abc import Sequence
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32
from email.utils import collapse_rfc2231_value
from hashlib import sha256

from placement.adapters.bounces import is_bounce, read_bounce
from placement.adapters.reply_calendar import read_calendar
from placement.adapters.reply_sender import sender_check, sole_sender
from placement.domain.replies import BOUNCE, Answer, Kind, LimitBroken, ReplyMail
from placement.domain.text import clean_line

LARGEST_MAIL = 1024 * 1024
"""Octets of a mail; a caller need not read more than one beyond."""
MOST_LINES = 40_000
MOST_PARTS = 100
# The standard library holds each line against each boundary that is open.
MOST_COMPARISONS = 1_000_000
DEEPEST = 20
LONGEST_FIELD = 64 * 1024
# The standard library reads parameters in time that grows with the square of their length.
LONGEST_CONTENT_FIELD = 2000
LONGEST_MESSAGE_ID = 255

# Each part within parts needs one of these, so that there are no more levels than they say.
_NESTING = re.compile(rb"boundary[*0-9]*\s*=|message/|multipart/digest", re.IGNORECASE)
_AUTOMATIC = re.compile(r"auto-replied(?:$|[\s;(])", re.IGNORECASE)


class _BoundedFields(Compat32):
    """How mails are read: leniently, but for fields longer than any true one."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """One field, from its lines."""
        name = sourcelines[0].partition(":")[0].lower()
        longest = LONGEST_CONTENT_FIELD if name.startswith("content-") else LONGEST_FIELD
        if sum(map(len, sourcelines)) > longest:
            raise LimitBroken("header_too_long")
        field: tuple[str, str] = super().header_source_parse(sourcelines)
        return field


_POLICY = _BoundedFields()


def read_reply(octets: bytes, *, authserv_id: str, vouched: bool = False) -> ReplyMail:
    """Read a mail that came to the address for replies.

    `authserv_id` is the name of our own mail server in Authentication-Results, empty where it is not known;
    `vouched` that whoever hands the mail over answers for its sender.
    """
    digest = sha256(octets).hexdigest()
    try:
        _check_size(octets)
        mail = BytesParser(policy=_POLICY).parsebytes(octets)
        return _reply(mail, octets, digest, authserv_id=authserv_id, vouched=vouched)
    except LimitBroken as broken:
        return ReplyMail(digest=digest, octets=octets, breach=broken.reason)
    except (ValueError, LookupError):
        # The standard library raises these for parameters in charsets that are none.
        return ReplyMail(digest=digest, octets=octets, breach="message_unreadable")


def leaves_of(octets: bytes) -> list[Message]:
    """The parts of a mail that hold something themselves; none where it passes a limit or cannot be read."""
    try:
        _check_size(octets)
        return _leaves(_parts(BytesParser(policy=_POLICY).parsebytes(octets)))
    except (LimitBroken, ValueError, LookupError):
        return []


def _check_size(octets: bytes) -> None:
    """Refuse, in one pass and before any parsing, what would take long to parse."""
    if len(octets) > LARGEST_MAIL:
        raise LimitBroken("message_too_large")
    lines, nesting = len(octets.splitlines()), len(_NESTING.findall(octets))
    if lines > MOST_LINES:
        raise LimitBroken("too_many_lines")
    if nesting > MOST_PARTS or nesting * lines > MOST_COMPARISONS:
        raise LimitBroken("too_many_parts")


def _reply(mail: Message, octets: bytes, digest: str, *, authserv_id: str, vouched: bool) -> ReplyMail:
    parts = _parts(mail)
    part = _calendar_part(_leaves(parts))
    kind = _kind(mail, parts)
    sender = sole_sender(_fields(mail, "From"))
    results = _fields(mail, "Authentication-Results")
    return ReplyMail(
        digest=digest,
        octets=octets,
        message_id=clean_line("".join(_fields(mail, "Message-ID")[:1]))[:LONGEST_MESSAGE_ID],
        kind=kind,
        sender=sender,
        sender_check=sender_check(results, authserv_id=authserv_id, sender=sender, vouched=vouched),
        answer=None if part is None or kind == BOUNCE else _answer(part),
        bounce=read_bounce(mail, parts) if kind == BOUNCE else None,
    )


def _leaves(parts: Sequence[Message]) -> list[Message]:
    """Those of the parts that are no mail within the mail."""
    return [part for part in parts if part.get_content_maintype() != "message"]


def _parts(mail: Message) -> list[Message]:
    """The parts that hold something themselves, in their order; a mail within the mail is one, unopened."""
    found: list[Message] = []
    waiting, seen = [(mail, 1)], 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST:
            raise LimitBroken("too_deep")
        if seen > MOST_PARTS:
            raise LimitBroken("too_many_parts")
        if part.is_multipart() and part.get_content_maintype() != "message":
            inner = [(one, depth + 1) for one in part.get_payload() if isinstance(one, Message)]
            waiting += reversed(inner)
        else:
            found.append(part)
    return found


def _calendar_part(leaves: Sequence[Message]) -> Message | None:
    """The part that calendars read; where there is none, a calendar file that is attached."""
    inline = [part for part in leaves if part.get_content_type() == "text/calendar"]
    attached = [
        part
        for part in leaves
        if part.get_content_type() == "application/ics"
        or (part.get_filename() or "").lower().endswith(".ics")
    ]
    return next(iter(inline + attached), None)


def _answer(part: Message) -> Answer:
    octets = part.get_payload(decode=True)
    return read_calendar(
        octets if isinstance(octets, bytes) else b"",
        charset=_parameter(part, "charset"),
        mime_method=_parameter(part, "method"),
    )


def _kind(mail: Message, parts: Sequence[Message]) -> Kind:
    """Whether a program wrote the mail rather than a person or their calendar."""
    if _parameter(mail, "report-type") == "disposition-notification":
        return "receipt"
    if is_bounce(mail, parts):
        return "bounce"
    said = "".join(_fields(mail, "Auto-Submitted")[:1])
    return "automatic" if _AUTOMATIC.match(said) else "mail"


def _parameter(part: Message, name: str) -> str:
    """A parameter of Content-Type in lower case, empty where it is missing."""
    return collapse_rfc2231_value(part.get_param(name, "") or "").strip().lower()


def _fields(mail: Message, name: str) -> list[str]:
    """All fields of that name, topmost first, each on one line."""
    return [" ".join(str(value).split()) for value in mail.get_all(name, [])]
