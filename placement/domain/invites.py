"""What an invite says, its names for life, and the rules that keep calendars from losing or doubling it."""

import hashlib
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Literal, Self, get_args
from urllib.parse import urlsplit

from placement.domain.errors import AddressUnusable, InviteUnsendable
from placement.domain.states import Partstat
from placement.domain.text import clean_line, is_told_twice

Method = Literal["REQUEST", "CANCEL"]

LONGEST_LINK = 500
LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3: a path has 256 octets with its angle brackets

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")
_OPAQUE_NAME = re.compile(r"[!-;=?-~]+@[!-;=?-~]+")  # printable ASCII without space, < and >
_LOCAL_LABEL = re.compile(_LABEL)
_LINK = re.compile(r"https://[!-~]+")  # printable ASCII: calendars hold it as a URI


@dataclass(frozen=True)
class Mailbox:
    """Somebody who writes or is written to: a name for readers and an address for machines."""

    name: str
    address: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read ``Name <address>`` or a bare address, as settings hold it."""
        name, address = parseaddr(text)
        return cls(name, address)


@dataclass(frozen=True, kw_only=True)
class InviteDetails:
    """The frozen facts of one invite message; all times are aware, in UTC.

    `revision` is 0 for the first message of an invite and rises with each one; `sequence` rises only when
    the time or place changes or the invite is cancelled. `dtstamp` is the moment of this revision. `reason`
    says why it is sent, empty for the first message; `unheard` that no message before it has left to this
    address, whatever its numbers; `text_only` that neither time nor place differ from the message before, so
    that an answer stands. `intro` are the coordinators' own words; `is_test` marks what they send to
    themselves.

    `event` is the word for an event ("Workshop"), which names no partner and no choice; it is empty for a
    placement. `joining_link` is set where people meet online, and then there is no address.
    """

    uid: str
    sequence: int
    revision: int
    method: Method
    partstat: Partstat
    dtstamp: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    title: str
    partner: str
    address: str
    postcode: str
    latitude: float | None = None
    longitude: float | None = None
    contact_name: str
    contact_phone: str
    what_to_know: str
    choice_sentence: str
    cohort: str
    programme: str
    organizer: Mailbox
    attendee: Mailbox
    page_url: str
    message_id: str
    reason: str = ""
    unheard: bool = False
    intro: str = ""
    is_test: bool = False
    text_only: bool = False
    event: str = ""
    joining_link: str = ""


def is_joining_link(text: str) -> bool:
    """Whether `text` is an address at which people can meet online: https, with a host and without spaces."""
    if len(text) > LONGEST_LINK or not _LINK.fullmatch(text):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


def next_stamp(before: datetime, now: datetime) -> datetime:
    """The DTSTAMP of a revision at `now`: newer than the one before, also within one second.

    Calendars know whole seconds only, and take the message with the newer stamp.
    """
    return max(now, before.replace(microsecond=0) + timedelta(seconds=1))


def invite_uid(random_hex: str, domain: str) -> str:
    """The name of one invite for life, ``<uuid4>@<domain>``, from 32 random hexadecimal digits."""
    return f"{uuid.UUID(hex=random_hex, version=4)}@{domain}"


def message_id_for(uid: str, revision: int, method: str, recipient: str, domain: str) -> str:
    """The Message-ID of one revision to one recipient: the same facts always give the same one."""
    facts = "\0".join((uid, str(revision), method, recipient.casefold()))
    return f"<{hashlib.sha256(facts.encode()).hexdigest()[:40]}@{domain}>"


def ascii_address(address: str) -> str:
    """`address` as mail servers everywhere take it: an international domain in its ASCII form.

    Raises
    ------
    AddressUnusable
        It has another shape than ``name@domain``, or letters before the @ that only some servers take.

    """
    local, _, domain = address.strip().rpartition("@")
    try:
        usable = f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise AddressUnusable(address=clean_line(address)) from None
    if len(usable) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(usable):
        raise AddressUnusable(address=clean_line(address))
    return usable


def check_details(details: InviteDetails) -> None:
    """Refuse facts that would make an invite calendars reject, lose, double or show at a wrong hour.

    Raises
    ------
    AddressUnusable
        The organizer's or the attendee's address cannot be written into a mail.
    InviteUnsendable
        Another rule is broken; the message says which.

    """
    for reason in _faults(details):
        raise InviteUnsendable(uid=clean_line(details.uid), reason=reason)


def _faults(details: InviteDetails) -> Iterator[str]:
    """The reasons why `details` cannot be sent, in the order in which a person would mend them."""
    yield from _faults_of_names(details)
    yield from _faults_of_numbers(details)
    yield from _faults_of_times(details)
    if not clean_line(details.title):
        yield "it has no title"
    if not clean_line(details.partner) and not details.event:
        yield "it names no partner"
    if details.joining_link and not is_joining_link(details.joining_link):
        yield "its joining link is not a web address that begins with https"
    if urlsplit(details.page_url).scheme not in {"http", "https"}:
        yield "its link is not a web address"


def _faults_of_names(details: InviteDetails) -> Iterator[str]:
    organizer = ascii_address(details.organizer.address)
    if ascii_address(details.attendee.address).casefold() == organizer.casefold():
        yield "the attendee is the organizer, so no calendar would ask for an answer"
    if not _OPAQUE_NAME.fullmatch(details.uid):
        yield "its UID is not of the form name@domain"
    ours = organizer.rpartition("@")[2]
    inner = details.message_id.removeprefix("<").removesuffix(">")
    if details.message_id != f"<{inner}>" or not _OPAQUE_NAME.fullmatch(inner):
        yield "its Message-ID is not of the form <name@domain>"
    if inner.rpartition("@")[2].casefold() != ours.casefold():
        yield f"its Message-ID is not of the sender's own domain {ours}"


def _faults_of_numbers(details: InviteDetails) -> Iterator[str]:
    if details.method not in get_args(Method):
        yield f"{details.method!r} is not a method that invites use"
    if details.partstat not in get_args(Partstat):
        yield f"{details.partstat!r} is not an answer that calendars know"
    if details.sequence < 0:
        yield "its SEQUENCE is below 0"
    if details.method == "CANCEL" and details.sequence == 0:
        yield "a cancellation needs a higher SEQUENCE than what it cancels"


def _faults_of_times(details: InviteDetails) -> Iterator[str]:
    times = (details.dtstamp, details.created_at, details.starts_at, details.ends_at)
    if any(moment.tzinfo is None for moment in times):
        yield "a time without zone would be shown at another hour elsewhere"
        return
    if details.ends_at <= details.starts_at:
        yield "it ends before it starts"
    if is_told_twice(details.starts_at) or is_told_twice(details.ends_at):
        yield "it starts or ends in the hour that happens twice when the clocks go back"
