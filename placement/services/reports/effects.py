"""What a change to what stands does: in sentences, with who gets a message and what does not hold then."""

from dataclasses import dataclass
from typing import Literal

from placement.domain.invites import InviteDetails

News = Literal["cancelled", "moved", "updated", "invited"]


@dataclass(frozen=True)
class Person:
    """A leader whom a change concerns."""

    leader_id: int
    name: str
    email: str


@dataclass(frozen=True)
class Mail:
    """One mail to one leader: what it brings, and everything that it tells."""

    person: Person
    news: News
    details: InviteDetails


@dataclass(frozen=True)
class Effect:
    """What a change does, or would do.

    `changed`: False where all is so already. `quiet` are those whose placement ends without a mail, because
    no invite for it has left yet. `broken` says what does not hold afterwards; a repair mends it. `clashes`
    says who would have to be in two places at once.
    """

    about: str
    changed: bool
    sentences: tuple[str, ...]
    mails: tuple[Mail, ...] = ()
    quiet: tuple[Person, ...] = ()
    broken: tuple[str, ...] = ()
    clashes: tuple[str, ...] = ()
