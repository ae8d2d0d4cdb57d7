"""What leaders are told when placements of theirs end, move or read differently: worked out, then owed."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import InviteDetails, Method
from placement.domain.sender import Sender
from placement.models import Invite, Leader, Placement, Slot
from placement.services import telling
from placement.services.invites import invite_details, rows_of
from placement.services.swap_rows import made_by_swaps
from placement.services.telling import Draft, Issued, Told, forgotten, owe, person

__all__ = [
    "Told",
    "forgotten",
    "owe",
    "person",
    "read_differently",
    "take_back",
    "tell_anew",
    "tell_ended",
    "tell_moved",
    "tell_updated",
]

ReasonOf = Callable[[Placement], str]


def take_back(session: Session, placements: Collection[Placement], *, for_good: bool) -> None:
    """Let nothing leave that is still owed for `placements`: a newer mail, or none, takes its place."""
    telling.take_back(session, _invites(session, placements), for_good=for_good)


def tell_ended(
    session: Session, placements: Sequence[Placement], *, reason_of: ReasonOf, sender: Sender, now: datetime
) -> Told:
    """Cancel the invites of placements that end; whoever was never told of one is told nothing."""
    found = _issued(session, placements, sender=sender)
    by_id = {row.id: row for row in placements}
    reasons = [reason_of(by_id[one.invite.placement_id or 0]) for one in found]
    return telling.end(found, reasons, now=now)


def tell_moved(session: Session, placements: Sequence[Placement], *, sender: Sender, now: datetime) -> Told:
    """Move the calendar entries of placements to where and when their slots are now, and ask anew."""
    return telling.move(_issued(session, placements, sender=sender), now=now)


def read_differently(session: Session, placements: Sequence[Placement], *, sender: Sender) -> list[Placement]:
    """Those placements of which the newest mail, sent or owed, no longer says how things stand."""
    ids = {one.invite.placement_id for one in _issued(session, placements, sender=sender) if one.differs}
    return [row for row in placements if row.id in ids]


def tell_updated(session: Session, placements: Sequence[Placement], *, sender: Sender, now: datetime) -> Told:
    """Let the calendar entries of placements read as things are now; answers that were given stand."""
    return telling.update(_issued(session, placements, sender=sender), now=now)


def tell_anew(session: Session, placements: Sequence[Placement], *, sender: Sender, now: datetime) -> Told:
    """Send the invites of placements once more, to where their leaders are reached now."""
    return telling.tell_anew(_issued(session, placements, sender=sender), now=now)


def _issued(session: Session, placements: Sequence[Placement], *, sender: Sender) -> list[Issued]:
    """Each placement with an invite that is not cancelled, in their order."""
    leaders, slots = rows_of(session, placements)
    found = {invite.placement_id: invite for invite in _invites(session, placements)}
    asked_for = made_by_swaps(session, [row.id for row in placements])
    drafts = []
    for row in placements:
        if (invite := found.get(row.id)) is not None:
            leader, slot = leaders[row.leader_id], slots[row.slot_id]
            asked = row.id in asked_for
            draft = _draft(invite, leader, slot, rank=row.rank, sender=sender, asked_for=asked)
            drafts.append((invite, leader, draft))
    return telling.issued(session, drafts)


def _draft(
    invite: Invite, leader: Leader, slot: Slot, *, rank: int | None, sender: Sender, asked_for: bool
) -> Draft:
    def draft(method: Method) -> InviteDetails:
        return invite_details(
            invite, leader, slot, rank=rank, sender=sender, method=method, asked_for=asked_for
        )

    return draft


def _invites(session: Session, placements: Collection[Placement]) -> Sequence[Invite]:
    return session.scalars(
        select(Invite).where(
            Invite.placement_id.in_([row.id for row in placements]), Invite.state != "cancelled"
        )
    ).all()
