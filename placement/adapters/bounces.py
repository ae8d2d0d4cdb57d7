"""A mail server's report that a mail was not delivered, from a mail that was parsed within its limits.

Most are reports as RFC 3464 wants them; some servers put the report beside other parts, and some only name
who failed in a header field and give the mail back as text. Of the mail given back, nothing but its
Message-ID is read.
"""

import re
from collections.abc import Iterator, Sequence
from email.message import Message

from placement.domain.bounces import LONGEST_WORDS, Bounce, Fate
from placement.domain.text import clean_line, shorten

MOST_FATES = 20
MOST_IDS = 5
LONGEST_ID = 255
LONGEST_ADDRESS = 320
LOOKED_THROUGH = 64 * 1024  # octets of a text in which a mail may be given back

REPORT = "message/delivery-status"
FAILED_FIELD = "X-Failed-Recipients"

_ID = re.compile(r"<[^<>\s]{1,253}>")
_ID_LINE = re.compile(
    rb"^[ \t>]*message-id:[ \t]*(?:\r?\n[ \t]+)?(<[^<>\s]{1,253}>)", re.IGNORECASE | re.MULTILINE
)
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})")


def is_bounce(mail: Message, parts: Sequence[Message]) -> bool:
    """Whether a mail is a server's report; `parts` are those that it consists of."""
    reports = any(part.get_content_type() == REPORT for part in parts)
    return reports or mail.get_content_type() == "multipart/report" or FAILED_FIELD in mail


def read_bounce(mail: Message, parts: Sequence[Message]) -> Bounce:
    """What a report says; `parts` are those that the mail consists of."""
    ids = dict.fromkeys(one for part in parts for one in _ids(part))
    fates = [fate for part in parts if part.get_content_type() == REPORT for fate in _fates(part)]
    fates = fates or [Fate(recipient, "failed") for recipient in _failed(mail)]
    return Bounce(tuple(ids)[:MOST_IDS], tuple(fates[:MOST_FATES]))


def _ids(part: Message) -> Iterator[str]:
    """The Message-IDs of a mail that `part` gives back, whole, as its header or within a text."""
    if part.get_content_type() == REPORT:
        return
    if part.get_content_maintype() == "message":
        inner = part.get_payload()
        for mail in inner[:1] if isinstance(inner, list) else ():
            if isinstance(mail, Message):
                yield from _ID.findall(str(mail.get("Message-ID", ""))[:LONGEST_ID])
    elif part.get_content_maintype() == "text":
        octets = part.get_payload(decode=True)
        found = _ID_LINE.findall(octets[:LOOKED_THROUGH]) if isinstance(octets, bytes) else []
        yield from (one.decode("ascii", "replace") for one in found[:MOST_IDS])


def _fates(report: Message) -> Iterator[Fate]:
    """What became of the mail at each recipient; the first group of fields speaks of the mail as a whole."""
    groups = report.get_payload()
    for group in groups[: MOST_FATES + 1] if isinstance(groups, list) else ():
        if isinstance(group, Message) and ("Final-Recipient" in group or "Original-Recipient" in group):
            yield Fate(
                _address(group.get("Original-Recipient") or group.get("Final-Recipient")),
                _word(group.get("Action")),
                _status(group.get("Status")),
                _words(group.get("Diagnostic-Code")),
            )


def _failed(mail: Message) -> list[str]:
    """Those whom a field of the mail itself names, as some servers do."""
    named = ",".join(str(field) for field in mail.get_all(FAILED_FIELD, [])[:MOST_FATES])
    return [_address(f"rfc822;{one}") for one in named.split(",")[:MOST_FATES] if one.strip()]


def _address(field: object) -> str:
    """The address of a field such as ``rfc822; somebody@people.example``."""
    _, _, address = str(field or "").partition(";")
    return clean_line(address).strip("<>")[:LONGEST_ADDRESS]


def _word(field: object) -> str:
    return clean_line(str(field or "")).lower().partition(" ")[0][:20]


def _status(field: object) -> str:
    match = _STATUS.match(str(field or ""))
    return match[1] if match else ""


def _words(field: object) -> str:
    """The words of a field such as ``smtp; 550 5.1.1 No such person``."""
    _, _, words = str(field or "").partition(";")
    return shorten(clean_line(words), LONGEST_WORDS)
