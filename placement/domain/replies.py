"""What becomes of a reply to an invite: the order of the tests, and a plain sentence for each outcome.

The adapter reads a mail into a `ReplyMail`; `judge` says what to do with it from that and from what is held
of the invite, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from placement.domain.bounces import Bounce
from placement.domain.states import AnswerWord, ReplyAction, SenderCheck

Kind = Literal["mail", "bounce", "receipt", "automatic"]

ANSWERS: Mapping[str, AnswerWord] = MappingProxyType(
    {"ACCEPTED": "ACCEPTED", "DECLINED": "DECLINED", "TENTATIVE": "TENTATIVE"}
)
"""The words of calendars that are an answer."""

SEEN = "seen"
SENDER_UNCHECKED = "sender_unchecked"
BOUNCE = "bounce"
TOO_LARGE = "message_too_large"
FAULT = "fault"
AHEAD = timedelta(days=1)
"""How far the clock of somebody's device may be ahead before a stamp of it is believed no more."""


class LimitBroken(Exception):
    """A mail passes a limit that no true reply comes near; `reason` is a code of `REASONS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Attendee:
    """Somebody whose answer a calendar part tells; `partstat` in capitals, known or not."""

    address: str
    partstat: str
    delegates: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the calendar part of a reply says.

    `readable` is False where it breaks its grammar; the rest is empty then. `mime_method` is the method that
    the mail names beside the part, empty where it names none. `stamp` is None where it is missing or without
    zone. `repeats` means that it speaks of more than one occurrence.
    """

    readable: bool = True
    method: str = ""
    mime_method: str = ""
    events: int = 0
    repeats: bool = False
    uid: str = ""
    attendees: tuple[Attendee, ...] = ()
    sequence: int = 0
    stamp: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, kw_only=True)
class ReplyMail:
    """One mail that came to the address for replies, as far as it could be read.

    `digest` is the SHA-256 of `octets` in hexadecimal. `breach` names the limit that was passed; nothing
    else is read then. `sender` is the one address that it comes from, empty where it is not exactly one.
    """

    digest: str
    octets: bytes = field(repr=False)
    breach: str = ""
    message_id: str = ""
    kind: Kind = "mail"
    sender: str = ""
    sender_check: SenderCheck = "unchecked"
    answer: Answer | None = None
    bounce: Bounce | None = None


@dataclass(frozen=True)
class HeldInvite:
    """What the service holds of the invite that a reply names; `stamp` is that of the newest answer.

    `aliases` are further addresses of the leader, in lower case.
    """

    live: bool
    leader: str
    sequence: int
    stamp: datetime | None
    aliases: frozenset[str] = frozenset()

    def is_leader(self, address: str) -> bool:
        """Whether `address` is the leader's own, or one of their aliases."""
        return address.casefold() in {self.leader.casefold(), *self.aliases}


@dataclass(frozen=True)
class Verdict:
    """What is done with a reply: the action, a code that stays the same, and a sentence for people."""

    action: ReplyAction
    reason: str
    sentence: str


REASONS: Mapping[str, tuple[ReplyAction, str]] = MappingProxyType(
    {
        TOO_LARGE: ("rejected", "The mail is larger than 1 MB."),
        FAULT: ("review", "The service met a fault with this mail: a person has to look at it."),
        "message_unreadable": ("rejected", "The mail is not built as mails are."),
        "too_many_lines": ("rejected", "The mail has more lines than any true reply."),
        "header_too_long": ("rejected", "A header field of the mail is longer than any true one."),
        "too_many_parts": ("rejected", "The mail has more than 100 parts."),
        "too_deep": ("rejected", "The parts of the mail are nested more than 20 deep."),
        "calendar_too_large": ("rejected", "The calendar part is larger than any true reply."),
        "too_many_components": ("rejected", "The calendar part holds more components than any true reply."),
        SEEN: ("ignored", "This mail has been dealt with before."),
        BOUNCE: ("review", "A mail server says that a mail could not be delivered: look at the address."),
        "returned": ("applied", "A mail of ours came back: its address is flagged."),
        "returned_before": ("ignored", "A mail of ours came back, but its address has been corrected since."),
        "delayed": ("ignored", "A mail server is still trying to deliver a mail of ours."),
        "delivered": ("ignored", "This only says that a mail was delivered or passed on."),
        "receipt": ("ignored", "This only says that a mail was opened."),
        "automatic": ("ignored", "This is an automatic notice, such as out of office."),
        "sender_unclear": ("rejected", "The mail does not name exactly one sender."),
        "sender_failed": ("rejected", "Our mail server did not confirm that the mail is from its sender."),
        "no_calendar": ("review", "The mail holds no calendar answer: a person has to read it."),
        "calendar_unreadable": ("review", "The calendar part cannot be read: a person has to look at it."),
        "method_differs": ("rejected", "The mail and its calendar part disagree on what it is."),
        "counter": ("review", "The leader proposes another time."),
        "not_a_reply": ("rejected", "The calendar part is not an answer to an invite."),
        "delegated": ("review", "The leader wants to send somebody else."),
        "not_one_event": ("rejected", "The calendar part does not speak of exactly one day."),
        "repeats": ("rejected", "The calendar part speaks of a day that repeats; ours never do."),
        "invite_unknown": ("rejected", "The mail answers an invite that is not ours."),
        "invite_over": ("rejected", "The placement that the mail answers has been cancelled."),
        "attendee_other": ("rejected", "The mail answers for somebody other than who was invited."),
        "sender_colleague": ("review", "The mail comes from another address at the leader's domain."),
        "sender_other": ("rejected", "The mail does not come from the leader's address."),
        "stale": ("ignored", "The mail answers the day as it was before it moved."),
        "sequence_ahead": ("rejected", "The mail answers a change that was never made."),
        "stamp_missing": ("review", "The answer does not say when it was given."),
        "stamp_ahead": ("review", "The answer claims to be given more than a day from now."),
        "not_newer": ("ignored", "A newer answer, or this one, is held already."),
        "no_answer": ("review", "The calendar part is neither yes, no nor perhaps."),
        SENDER_UNCHECKED: (
            "review",
            "Nobody checked that the mail is from its sender: set PLACEMENT_AUTHSERV_ID, or vouch for it.",
        ),
        "accepted": ("applied", "The leader is coming."),
        "declined": ("applied", "The leader cannot come. The placement stands until a coordinator acts."),
        "tentative": ("applied", "The leader may come."),
    }
)
"""Each outcome: what is done, and why."""


@dataclass(frozen=True)
class _Case:
    """All that the tests look at."""

    mail: ReplyMail
    answer: Answer
    invite: HeldInvite
    now: datetime


def judge(mail: ReplyMail, invite: HeldInvite | None, *, seen: bool, now: datetime) -> Verdict:
    """Decide on a reply: the first test that it fails ends; one that passes all is applied.

    `invite` is the one that the calendar part names, None where there is none; `seen` that this very mail
    was decided on before.
    """
    reason = _before_the_calendar(mail, seen=seen) or _of_the_calendar(mail, invite, now=now)
    action, sentence = REASONS[reason]
    return Verdict(action, reason, sentence)


def _before_the_calendar(mail: ReplyMail, *, seen: bool) -> str:
    """What the mail as a whole fails, empty for nothing."""
    if mail.breach:
        return mail.breach
    if seen:
        return SEEN
    if mail.kind != "mail":
        return mail.kind
    if not mail.sender:
        return "sender_unclear"
    return "sender_failed" if mail.sender_check == "failed" else ""


def _of_the_calendar(mail: ReplyMail, invite: HeldInvite | None, *, now: datetime) -> str:
    """What the calendar part fails, or the answer that it gives."""
    answer = mail.answer
    if answer is None:
        return "no_calendar"
    if not answer.readable:
        return "calendar_unreadable"
    if reason := _form(answer):
        return reason
    if invite is None:
        return "invite_unknown"
    case = _Case(mail, answer, invite, now)
    failed = next((reason for test in _TESTS if (reason := test(case))), "")
    return failed or answer.attendees[0].partstat.lower()


def _form(answer: Answer) -> str:
    """What makes a calendar part no plain answer to one invite."""
    if answer.mime_method and answer.mime_method != answer.method:
        return "method_differs"
    if answer.method != "REPLY":
        return "counter" if answer.method == "COUNTER" else "not_a_reply"
    if any(attendee.delegates for attendee in answer.attendees):
        return "delegated"
    if answer.events != 1:
        return "not_one_event"
    return "repeats" if answer.repeats else ""


def _invite_lives(case: _Case) -> str:
    return "" if case.invite.live else "invite_over"


def _attendee_is_the_leader(case: _Case) -> str:
    attendees = case.answer.attendees
    alone = len(attendees) == 1 and case.invite.is_leader(attendees[0].address)
    return "" if alone else "attendee_other"


def _sender_is_the_leader(case: _Case) -> str:
    sender, leader = case.mail.sender, case.invite.leader
    if case.invite.is_leader(sender):
        return ""
    same = domain_of(sender) == domain_of(leader)
    return "sender_colleague" if same else "sender_other"


def _sequence_is_ours(case: _Case) -> str:
    if case.answer.sequence < case.invite.sequence:
        return "stale"
    return "sequence_ahead" if case.answer.sequence > case.invite.sequence else ""


def _stamp_is_newer(case: _Case) -> str:
    stamp, held = case.answer.stamp, case.invite.stamp
    if stamp is None:
        return "stamp_missing"
    if stamp > case.now + AHEAD:
        return "stamp_ahead"  # held, it would make every true answer the older one
    return "not_newer" if held is not None and stamp <= held else ""


def _is_an_answer(case: _Case) -> str:
    return "" if case.answer.attendees[0].partstat in ANSWERS else "no_answer"


def _sender_was_checked(case: _Case) -> str:
    return "" if case.mail.sender_check == "passed" else SENDER_UNCHECKED


_TESTS: tuple[Callable[[_Case], str], ...] = (
    _invite_lives,
    _attendee_is_the_leader,
    _sender_is_the_leader,
    _sequence_is_ours,
    _stamp_is_newer,
    _is_an_answer,
    _sender_was_checked,
)


def domain_of(address: str) -> str:
    """What stands behind the @ of an address, in lower case."""
    return address.rpartition("@")[2].casefold()
