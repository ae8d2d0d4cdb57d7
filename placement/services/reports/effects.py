"""What a change to what stands does: in sentences, with who gets a message and what does not hold then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from placement.domain.invites import InviteDetails, Mailbox

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
class PartnerMail:
    """One mail to a partner about who is coming now; `facts` is everything that it tells."""

    partner_id: int
    partner: str
    recipient: Mailbox
    facts: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True)
class Effect:
    """What a change does, or would do.

    `changed`: False where all is so already. `quiet` are those whose placement ends without a mail, because
    no invite for it has left yet. `partners` are told who is coming now. `broken` says what does not hold
    afterwards; a repair mends it. `clashes` says who would have to be in two places at once.
    """

    about: str
    changed: bool
    sentences: tuple[str, ...]
    mails: tuple[Mail, ...] = ()
    quiet: tuple[Person, ...] = ()
    broken: tuple[str, ...] = ()
    partners: tuple[PartnerMail, ...] = ()
    clashes: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """What a page shows of it; a form sends it back, so that an old page is noticed."""
        told = [(mail.person.leader_id, mail.news) for mail in self.mails]
        said = (self.about, self.sentences, told, self.broken, self.clashes)
        quiet, partners = [one.leader_id for one in self.quiet], [one.partner_id for one in self.partners]
        return sha256(repr((said, quiet, partners)).encode()).hexdigest()[:16]
