"""Owing what was confirmed and never written down: each placement's leader has a mail to get."""

from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from placement.domain.sender import Sender
from placement.models import Invite, Message, Placement
from placement.services import audit, outbox
from placement.services.invites import CONFIRMED, FIRST_INVITE, invite_details, invite_letter, rows_of
from placement.services.scope import Scope
from placement.services.swap_rows import made_by_swaps
from placement.services.wordings import intros


def owe_missing_invites(scope: Scope, *, sender: Sender, now: datetime) -> int:
    """Owe the invite of each confirmed placement still to come of which no mail was ever owed; how many.

    Doing so twice owes nothing twice. An invite that has left is left alone, also where its mail is gone.
    """
    session = scope.session
    mended = 0
    for invite, placement in session.execute(_unowed(now)).all():
        leaders, slots = rows_of(session, [placement])
        details = invite_details(
            invite,
            leaders[placement.leader_id],
            slots[placement.slot_id],
            rank=placement.rank,
            sender=sender,
            intro=intros(session, [invite.cohort_id])[invite.cohort_id, FIRST_INVITE],
            asked_for=placement.id in made_by_swaps(session, [placement.id]),
        )
        if outbox.owe(session, invite_letter(CONFIRMED, details, invite), now=now):
            audit.record(
                scope, "owe_missing_invite", f"invite:{invite.id}", at=now, cohort_id=invite.cohort_id
            )
            mended += 1
    return mended


def any_missing(session: Session, *, now: datetime) -> bool:
    """Whether `owe_missing_invites` would find anything to owe."""
    return session.execute(_unowed(now).limit(1)).first() is not None


def _unowed(now: datetime) -> Select[Invite, Placement]:
    return (
        select(Invite, Placement)
        .join(Placement, Placement.id == Invite.placement_id)
        .where(
            Placement.status == "confirmed",
            Placement.starts_at > now,
            Invite.state == "owed",
            ~exists().where(Message.invite_id == Invite.id),
        )
        .order_by(Invite.id)
    )
