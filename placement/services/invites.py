"""Calendar requests: made with their placement, and the facts that each mail of theirs tells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import Session

from placement.config import Config
from placement.domain.choices import choice_sentence
from placement.domain.invites import (
    InviteDetails,
    Mailbox,
    Method,
    check_details,
    invite_uid,
    message_id_for,
)
from placement.domain.letters import Letter, freeze
from placement.domain.sender import Sender
from placement.domain.states import EVENT_WORDS, Partstat
from placement.models import Event, Invite, Leader, Message, Placement, Slot
from placement.services import outbox
from placement.services.wordings import intros

Row = TypeVar("Row", Leader, Slot)

CONFIRMED, CHANGED, CANCELLED = "confirmed", "changed", "cancelled"
KINDS = tuple(f"{of}_{news}" for of in ("placement", "event") for news in (CONFIRMED, CHANGED, CANCELLED))
"""The mails that carry a calendar invite."""
FIRST_INVITE = "placement_confirmed"
FIRST_EVENT_INVITE = "event_confirmed"

OPEN = Invite.state.in_(("owed", "sent"))
PREVIEW_UID = "00000000-0000-4000-8000-000000000000"


def sender_of(config: Config) -> Sender:
    """Who writes the mails of this installation; stops where the settings do not say."""
    config.require_base_url().require_sender()
    return Sender(Mailbox(config.sender_name, config.sender_address), config.public_base_url)


def known_sender(config: Config) -> Sender | None:
    """The same, None where the settings do not say."""
    return sender_of(config) if config.public_base_url and config.mail_sender else None


def issue(
    session: Session,
    placements: Sequence[Placement],
    *,
    sender: Sender,
    now: datetime,
    reasons: Mapping[int, str] = MappingProxyType({}),
    asked_for: Collection[int] = (),
) -> None:
    """Make the invite of each new placement, and owe each leader its first mail.

    `reasons` says by placement id why it is made now, where there is something to say, and `asked_for` which
    ones their leaders said they would take. Raises `InviteUnsendable` or `AddressUnusable` where a mail would
    break what calendars need.
    """
    invites = [_new_invite(placement, sender=sender, now=now) for placement in placements]
    session.add_all(invites)
    session.flush()
    leaders, slots = rows_of(session, placements)
    words = intros(session, {one.cohort_id for one in placements})
    letters = [
        invite_letter(
            CONFIRMED,
            invite_details(
                invite,
                leaders[placement.leader_id],
                slots[placement.slot_id],
                rank=placement.rank,
                sender=sender,
                reason=reasons.get(placement.id, ""),
                intro=words[placement.cohort_id, FIRST_INVITE],
                asked_for=placement.id in asked_for,
            ),
            invite,
        )
        for invite, placement in zip(invites, placements, strict=True)
    ]
    session.add_all([outbox.new_message(letter, now=now) for letter in letters])
    session.flush()


@dataclass(frozen=True)
class Past:
    """Invites whose days are over, and mails of such that are still owed."""

    invites: Sequence[int]
    mails: Sequence[int]


def past_now(session: Session, *, now: datetime) -> Past:
    """What of days that are over is still open; what was owed after its day belongs to a rehearsal."""
    ends = func.coalesce(Placement.ends_at, Event.ends_at)
    ids, mails = select(Invite.id), select(Message.id).join(Invite, Invite.id == Message.invite_id)
    return Past(
        session.scalars(_with_day(ids).where(ends < now, Invite.created_at <= ends, OPEN)).all(),
        session.scalars(
            _with_day(mails).where(
                ends < now, Message.created_at <= ends, Message.kind.in_(KINDS), _waiting(now)
            )
        ).all(),
    )


def close_past(session: Session, past: Past, *, now: datetime) -> None:
    """Let nothing leave any more of days that are over, and say of their invites that they are past."""
    taken_back = {"status": "cancelled", "lease_until": None, "lease_token": None}
    mails = update(Message).where(Message.id.in_(past.mails), _waiting(now))
    session.execute(mails.values(taken_back))
    session.execute(update(Invite).where(Invite.id.in_(past.invites), OPEN).values(state="past"))


def rows_of(
    session: Session, placements: Sequence[Placement]
) -> tuple[Mapping[int, Leader], Mapping[int, Slot]]:
    """The leaders and slots of `placements` by id, read at once: one by one takes most of the time."""
    leaders = session.scalars(_rows(Leader, {one.leader_id for one in placements}))
    slots = session.scalars(_rows(Slot, {one.slot_id for one in placements}))
    return {row.id: row for row in leaders}, {row.id: row for row in slots}


def invite_letter(news: str, details: InviteDetails, invite: Invite) -> Letter:
    """A mail that tells a leader of a day, its change or its end, and carries the calendar part."""
    check_details(details)
    return Letter(
        kind=kind_of(news, details),
        subject=f"invite:{details.uid}:{details.revision}",
        recipient=details.attendee,
        message_id=details.message_id,
        payload=freeze(details),
        cohort_id=invite.cohort_id,
        invite_id=invite.id,
    )


def kind_of(news: str, details: InviteDetails) -> str:
    """The kind of the mail that brings this news of a day."""
    return f"{'event' if details.event else 'placement'}_{news}"


def invite_details(
    invite: Invite,
    leader: Leader,
    slot: Slot,
    *,
    rank: int | None,
    sender: Sender,
    method: Method = "REQUEST",
    reason: str = "",
    intro: str = "",
    asked_for: bool = False,
) -> InviteDetails:
    """Everything that the present revision of an invite tells; `rank` is the leader's choice number."""
    opportunity = slot.opportunity
    partner, site = opportunity.partner, opportunity.site
    return InviteDetails(
        **_of_every_day(invite, leader, sender, method),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=opportunity.title,
        partner=partner.name,
        address="" if slot.virtual else site.address,
        postcode="" if slot.virtual else site.postcode,
        latitude=None if slot.virtual else site.latitude,
        longitude=None if slot.virtual else site.longitude,
        joining_link=slot.joining_link or "",
        contact_name=partner.contact_name,
        contact_phone=partner.phone,
        what_to_know=opportunity.good_to_know(virtual=slot.virtual),
        choice_sentence=choice_sentence(rank, answered=leader.submitted_at is not None, asked_for=asked_for),
        page_url=sender.link(f"/leader/{leader.id}/placement"),
        reason=reason,
        intro=intro,
    )


def event_details(
    invite: Invite,
    leader: Leader,
    event: Event,
    *,
    sender: Sender,
    method: Method = "REQUEST",
    reason: str = "",
    intro: str = "",
) -> InviteDetails:
    """Everything that the present revision of an invite to an event tells."""
    virtual = event.mode == "virtual"
    return InviteDetails(
        **_of_every_day(invite, leader, sender, method),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        title=event.title,
        partner="",
        address="" if virtual else event.address,
        postcode="" if virtual else event.postcode,
        joining_link=event.joining_link if virtual else "",
        contact_name="",
        contact_phone="",
        what_to_know=event.description,
        choice_sentence="",
        page_url=sender.link(f"/leader/{leader.id}/events"),
        reason=reason,
        intro=intro,
        event=EVENT_WORDS[event.kind],
    )


def _of_every_day(invite: Invite, leader: Leader, sender: Sender, method: Method) -> dict[str, Any]:
    """What the mails of placements and events share: their names and numbers, and who writes to whom."""
    return {
        "uid": invite.uid,
        "sequence": invite.sequence,
        "revision": invite.revision,
        "method": method,
        "partstat": _partstat(invite.partstat),
        "dtstamp": invite.dtstamp,
        "created_at": invite.created_at,
        "cohort": name_beside(leader.cohort.name, leader.cohort.programme.name),
        "programme": leader.cohort.programme.name,
        "organizer": sender.mailbox,
        "attendee": Mailbox(leader.name, leader.user.email),
        "message_id": message_id_for(invite.uid, invite.revision, method, leader.user.email, sender.domain),
    }


def name_beside(cohort: str, programme: str) -> str:
    """The cohort's name where it says more than the programme's; no name stands twice."""
    return "" if cohort == programme else cohort


def preview_details(
    leader: Leader,
    slot: Slot,
    rank: int | None,
    *,
    sender: Sender,
    now: datetime,
    reason: str = "",
    intro: str = "",
    asked_for: bool = False,
) -> InviteDetails:
    """What the mail would tell if this assignment were confirmed `now`; nothing is written."""
    return invite_details(
        preview_invite(sender, now=now),
        leader,
        slot,
        rank=rank,
        sender=sender,
        reason=reason,
        intro=intro,
        asked_for=asked_for,
    )


def preview_invite(sender: Sender, *, now: datetime) -> Invite:
    """The first revision of an invite that is in no table."""
    return Invite(
        uid=f"{PREVIEW_UID}@{sender.domain}",
        sequence=0,
        revision=0,
        dtstamp=now,
        created_at=now,
        partstat="NEEDS-ACTION",
    )


def _waiting(now: datetime) -> ColumnElement[bool]:
    """That a mail is owed, and no worker holds it at this moment."""
    abandoned = and_(Message.status == "sending", Message.lease_until < now)
    return or_(Message.status.in_(("held", "todo")), abandoned)


def _with_day(query: Select[int]) -> Select[int]:
    """Join the placement or event that each invite is of."""
    return query.outerjoin(Placement, Placement.id == Invite.placement_id).outerjoin(
        Event, Event.id == Invite.event_id
    )


def _rows(model: type[Row], ids: Collection[int]) -> Select[Row]:
    return select(model).where(model.id.in_(ids))


def new_event_invite(event: Event, leader: Leader, *, sender: Sender, now: datetime) -> Invite:
    """The first revision of an invite of `leader` to `event`, with a name that was never used."""
    return _first(event_id=event.id, cohort_id=leader.cohort_id, leader_id=leader.id, sender=sender, now=now)


def _new_invite(placement: Placement, *, sender: Sender, now: datetime) -> Invite:
    return _first(
        placement_id=placement.id,
        cohort_id=placement.cohort_id,
        leader_id=placement.leader_id,
        sender=sender,
        now=now,
    )


def _first(*, sender: Sender, now: datetime, **of: int) -> Invite:
    return Invite(
        **of,
        uid=invite_uid(uuid4().hex, sender.domain),
        sequence=0,
        revision=0,
        dtstamp=now,
        created_at=now,
        state="owed",
        partstat="NEEDS-ACTION",
    )


def _partstat(word: str) -> Partstat:
    known: dict[str, Partstat] = {
        "NEEDS-ACTION": "NEEDS-ACTION",
        "ACCEPTED": "ACCEPTED",
        "DECLINED": "DECLINED",
        "TENTATIVE": "TENTATIVE",
    }
    return known[word]
