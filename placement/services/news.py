"""What leaders are told when placements of theirs end or move: worked out first, then owed.

Working out changes the invites in memory only, so that a preview can forget it again.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from placement.domain.invites import InviteDetails
from placement.domain.letters import Letter, thaw
from placement.domain.sender import Sender
from placement.models import Invite, Leader, Message, Placement, Slot
from placement.services import outbox
from placement.services.invites import CANCELLED, CHANGED, invite_details, invite_letter, rows_of
from placement.services.reports.effects import Mail, Person

DAY = ("starts_at", "ends_at", "title", "partner", "address", "postcode", "latitude", "longitude")
"""What a leader knows a day by."""

ReasonOf = Callable[[Placement], str]


@dataclass(frozen=True)
class Told:
    """The mails of a change with their letters, and whose placement ends without one."""

    mails: tuple[Mail, ...] = ()
    letters: tuple[Letter, ...] = ()
    quiet: tuple[Person, ...] = ()


@dataclass(frozen=True)
class _Issued:
    """A placement with its invite; `heard`: a mail of that has left, or may have."""

    placement: Placement
    leader: Leader
    slot: Slot
    invite: Invite
    heard: bool


@contextmanager
def forgotten(session: Session) -> Iterator[None]:
    """Let rows be changed in memory only: nothing is written, and in the end everything is as it was."""
    with session.no_autoflush:
        try:
            yield
        finally:
            session.expire_all()


def take_back(session: Session, placements: Collection[Placement], *, for_good: bool) -> None:
    """Let nothing leave that is still owed for `placements`: a newer mail, or none, takes its place."""
    ids = [invite.id for invite in _invites(session, placements)]
    outbox.take_back(session, ids, status="cancelled" if for_good else "superseded")


def tell_ended(
    session: Session, placements: Sequence[Placement], *, reason_of: ReasonOf, sender: Sender, now: datetime
) -> Told:
    """Cancel the invites of placements that end; whoever was never told of one is told nothing."""
    mails, letters, quiet = [], [], []
    for one in _issued(session, placements):
        one.invite.state = "cancelled"
        if not one.heard:
            quiet.append(person(one.leader))
            continue
        _revise(one.invite, sequence=1, now=now)
        details = invite_details(
            one.invite,
            one.leader,
            one.slot,
            rank=one.placement.rank,
            sender=sender,
            method="CANCEL",
            reason=reason_of(one.placement),
        )
        details = _as_told(session, one.invite, details)
        mails.append(Mail(person(one.leader), "cancelled", details))
        letters.append(invite_letter(CANCELLED, details, one.invite))
    return Told(tuple(mails), tuple(letters), tuple(quiet))


def tell_moved(
    session: Session, placements: Sequence[Placement], *, reason: str, sender: Sender, now: datetime
) -> Told:
    """Move the calendar entries of placements to where their slots are now, and ask for answers again."""
    mails, letters = [], []
    for one in _issued(session, placements):
        _revise(one.invite, sequence=int(one.heard), now=now)
        _ask_anew(one.invite)
        details = invite_details(
            one.invite,
            one.leader,
            one.slot,
            rank=one.placement.rank,
            sender=sender,
            reason=reason if one.heard else "",
        )
        details = replace(details, unheard=not one.heard)
        mails.append(Mail(person(one.leader), "moved", details))
        letters.append(invite_letter(CHANGED, details, one.invite))
    return Told(tuple(mails), tuple(letters))


def owe(session: Session, told: Told, *, now: datetime) -> None:
    """Write down the mails that were worked out."""
    session.add_all([outbox.new_message(letter, now=now) for letter in told.letters])
    session.flush()


def person(leader: Leader) -> Person:
    """A leader as reports name them."""
    return Person(leader.id, leader.name, leader.user.email)


def _as_told(session: Session, invite: Invite, details: InviteDetails) -> InviteDetails:
    """The same of the day as it was told last, wherever it has got to since: nobody heard of that."""
    left = or_(Message.status.in_(("sending", "sent")), Message.unknowns > 0)
    query = select(Message.payload).where(Message.invite_id == invite.id, left).order_by(Message.id.desc())
    payload = session.scalars(query.limit(1)).first()
    if payload is None:
        return details
    told = thaw(payload)
    return replace(details, **{name: getattr(told, name) for name in DAY})


def _revise(invite: Invite, *, sequence: int, now: datetime) -> None:
    invite.sequence += sequence
    invite.revision += 1
    invite.dtstamp = now


def _ask_anew(invite: Invite) -> None:
    """Forget the answer; also where none was held when this was read, for one may be coming in now."""
    invite.partstat, invite.partstat_stamp, invite.partstat_seq = "NEEDS-ACTION", None, None
    for column in ("partstat", "partstat_stamp", "partstat_seq"):
        flag_modified(invite, column)


def _issued(session: Session, placements: Sequence[Placement]) -> list[_Issued]:
    """Each placement with an invite that is not cancelled, with all that its mails tell."""
    leaders, slots = rows_of(session, placements)
    found = {invite.placement_id: invite for invite in _invites(session, placements)}
    heard = outbox.left(session, [invite.id for invite in found.values()])
    return [
        _Issued(
            placement=row,
            leader=leaders[row.leader_id],
            slot=slots[row.slot_id],
            invite=found[row.id],
            heard=found[row.id].state == "sent" or found[row.id].id in heard,
        )
        for row in placements
        if row.id in found
    ]


def _invites(session: Session, placements: Collection[Placement]) -> Sequence[Invite]:
    return session.scalars(
        select(Invite).where(
            Invite.placement_id.in_([row.id for row in placements]), Invite.state != "cancelled"
        )
    ).all()
