"""What people who are invited to an event are told: worked out first, then owed, as with placements."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import InviteDetails, Method
from placement.domain.sender import Sender
from placement.models import Event, Invite, Leader
from placement.services import telling
from placement.services.invites import (
    CONFIRMED,
    FIRST_EVENT_INVITE,
    event_details,
    invite_letter,
    new_event_invite,
)
from placement.services.reports.effects import Mail
from placement.services.telling import Draft, Issued, Told, person
from placement.services.wordings import intros


def invites_of(session: Session, event: Event, leader_id: int | None = None) -> Sequence[Invite]:
    """The live invites to an event, of everybody or of one person."""
    query = select(Invite).where(Invite.event_id == event.id, Invite.state != "cancelled")
    if leader_id is not None:
        query = query.where(Invite.leader_id == leader_id)
    return session.scalars(query.order_by(Invite.id)).all()


def issued(session: Session, event: Event, *, sender: Sender, leader_id: int | None = None) -> list[Issued]:
    """The live invites to an event with what has been heard of each."""
    found = invites_of(session, event, leader_id)
    ids = {invite.leader_id for invite in found}
    people = {row.id: row for row in session.scalars(select(Leader).where(Leader.id.in_(ids)))}
    return telling.issued(
        session,
        [
            (invite, people[invite.leader_id], _draft(invite, people[invite.leader_id], event, sender))
            for invite in found
        ],
    )


def tell_invited(
    session: Session, event: Event, people: Sequence[Leader], *, sender: Sender, now: datetime
) -> Told:
    """The first mails to people who are invited; the invites are not written here."""
    return first_mails(
        session,
        event,
        [(new_event_invite(event, leader, sender=sender, now=now), leader) for leader in people],
        sender=sender,
    )


def first_mails(
    session: Session, event: Event, pairs: Sequence[tuple[Invite, Leader]], *, sender: Sender
) -> Told:
    """The first mail of each new invite."""
    intro = intros(session, [event.cohort_id])[event.cohort_id, FIRST_EVENT_INVITE]
    mails, letters = [], []
    for invite, leader in pairs:
        details = event_details(invite, leader, event, sender=sender, intro=intro)
        mails.append(Mail(person(leader), "invited", details))
        letters.append(invite_letter(CONFIRMED, details, invite))
    return Told(tuple(mails), tuple(letters))


def tell_ended(
    session: Session,
    event: Event,
    *,
    reason: str,
    sender: Sender,
    now: datetime,
    leader_id: int | None = None,
) -> Told:
    """Cancel the invites to an event, of everybody or of one person, for good."""
    found = issued(session, event, sender=sender, leader_id=leader_id)
    return telling.end(found, [reason] * len(found), now=now)


def tell_left(
    session: Session, events: Sequence[Event], leader: Leader, *, reason: str, sender: Sender, now: datetime
) -> Told:
    """Cancel the invites of one person to several events, in their order, for good."""
    invites = session.scalars(
        select(Invite).where(
            Invite.leader_id == leader.id,
            Invite.event_id.in_([event.id for event in events]),
            Invite.state != "cancelled",
        )
    )
    own = {invite.event_id: invite for invite in invites}
    drafts = [
        (own[event.id], leader, _draft(own[event.id], leader, event, sender))
        for event in events
        if event.id in own
    ]
    found = telling.issued(session, drafts)
    return telling.end(found, [reason] * len(found), now=now)


def tell_anew(session: Session, event: Event, leader: Leader, *, sender: Sender, now: datetime) -> Told:
    """Send somebody's invite to an event once more, to where they are reached now."""
    return telling.tell_anew(issued(session, event, sender=sender, leader_id=leader.id), now=now)


def _draft(invite: Invite, leader: Leader, event: Event, sender: Sender) -> Draft:
    def draft(method: Method) -> InviteDetails:
        return event_details(invite, leader, event, sender=sender, method=method)

    return draft
