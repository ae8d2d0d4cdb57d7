"""Answers to invites: what one is, whoever gives it in whichever way, and the signed link in the mail.

A link holds the name of an invite and the SEQUENCE that its mail told of, signed for this one purpose. It
has no clock in it: the same facts give the same link, and the day itself says how long it is of use.
"""

from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer

from placement.domain.states import AnswerWay, AnswerWord

LONGEST_NOTE = 500
"""Characters of a reason or note that somebody types."""
SALT = "placement.answer-link"
PATH = "/answer/"
LINK_WORDS: dict[str, AnswerWord] = {"coming": "ACCEPTED", "perhaps": "TENTATIVE", "cannot": "DECLINED"}
"""What the address of each link ends in; the page that it opens has that answer chosen already."""
PREVIEW = "preview"
"""Stands where the token of a link would be in a mail that is only shown."""


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    """An answer as it was given: when, which way, with what comment, in which reply if in one."""

    partstat: AnswerWord
    way: AnswerWay
    given_at: datetime
    note: str = ""
    reply_id: int | None = None


@dataclass(frozen=True)
class LinkFacts:
    """What a signed link is about."""

    uid: str
    sequence: int


@dataclass(frozen=True)
class AnswerLinks:
    """The three addresses in the mail of an invite."""

    coming: str
    perhaps: str
    cannot: str


def link_token(secret: str, facts: LinkFacts) -> str:
    """The token of the links of an invite as its mail tells of it."""
    return _signer(secret).dumps([facts.uid, facts.sequence])


def read_link(secret: str, token: str) -> LinkFacts | None:
    """What a token is about; None where it was not made by `link_token` with this secret."""
    try:
        uid, sequence = _signer(secret).loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return LinkFacts(uid, sequence) if isinstance(uid, str) and isinstance(sequence, int) else None


def links(base_url: str, token: str) -> AnswerLinks:
    """The addresses of the links with this token."""
    return AnswerLinks(*(f"{base_url}{PATH}{token}/{word}" for word in LINK_WORDS))


def _signer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
