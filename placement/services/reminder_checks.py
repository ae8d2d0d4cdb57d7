"""A last look at mails that could come too late, once a worker has claimed them: whether they still hold.

They are those that go by themselves, and the news of who is coming.

Between being owed and leaving, a mail may wait for hours. Nothing that was called off, moved, answered or
stopped in the meantime is sent. A worker that has taken a mail into its hands by then may still send it; the
news of the change follows behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from placement.domain.mails import MAIL_BY_KIND
from placement.models import (
    Cohort,
    Invite,
    Leader,
    Message,
    Opportunity,
    OptOut,
    Partner,
    Placement,
    SeatOffer,
    Slot,
    SwapRequest,
)
from placement.services import renewals
from placement.services.outbox import ClaimedMessage
from placement.services.preferences import window_of
from placement.services.reflections import settled

About = Mapping[str, Any]
Check = Callable[[Session, About, datetime], bool]


def still_wanted(
    session: Session, claimed: Sequence[ClaimedMessage], *, token: str, now: datetime
) -> list[ClaimedMessage]:
    """Those of the claimed mails that are still true and wanted; the others are let go, never to be sent."""
    kept = [message for message in claimed if _is_wanted(session, message, now=now)]
    gone = {message.id for message in claimed} - {message.id for message in kept}
    if gone:
        session.execute(
            update(Message)
            .where(Message.id.in_(gone), Message.lease_token == token, Message.status == "sending")
            .values(status="cancelled", lease_until=None, lease_token=None)
        )
    return kept


def _is_wanted(session: Session, message: ClaimedMessage, *, now: datetime) -> bool:
    about, check = message.payload.get("about"), CHECKS.get(message.kind)
    if check is None or not isinstance(about, dict):  # a test tells of nothing real
        return True
    sort = MAIL_BY_KIND[message.kind].sort
    if sort is not None and session.get(OptOut, (about["user_id"], sort)) is not None:
        return False
    return check(session, about, now)


def _choices(session: Session, about: About, now: datetime) -> bool:
    """The leader has still not chosen, and still can."""
    leader = session.get(Leader, about["leader_id"])
    if leader is None or leader.submitted_at is not None or leader.withdrawn_at is not None:
        return False
    return window_of(session, session.get_one(Cohort, leader.cohort_id), now=now).is_open


def _receipt(session: Session, about: About, _now: datetime) -> bool:
    """The leader is still there, and their answers are in."""
    leader = session.get(Leader, about["leader_id"])
    return leader is not None and leader.submitted_at is not None and leader.withdrawn_at is None


def _visit(session: Session, about: About, _now: datetime) -> bool:
    """The day stands as the mail tells it, and the leader has not said that they cannot come."""
    found = session.execute(
        select(Invite.sequence, Invite.state, Invite.partstat, Placement.status)
        .join(Placement, Placement.id == Invite.placement_id)
        .where(Invite.id == about["invite_id"])
    ).one_or_none()
    if found is None:
        return False
    stands = found.state == "sent" and found.status == "confirmed" and found.sequence == about["sequence"]
    return bool(stands and found.partstat != "DECLINED")


def _unwritten(session: Session, about: About, now: datetime) -> bool:
    """The day stands as the mail tells it, and its leader has not finished a reflection on it."""
    found = session.execute(
        select(Placement.slot_id, Placement.leader_id)
        .join(Invite, Invite.placement_id == Placement.id)
        .where(Invite.id == about["invite_id"])
    ).one_or_none()
    if found is None or (found.slot_id, found.leader_id) in settled(session, [found.slot_id]):
        return False
    return _visit(session, about, now)


def _visit_to_come(session: Session, about: About, now: datetime) -> bool:
    """The same, and the day has not begun."""
    starts_at = session.scalar(
        select(Placement.starts_at)
        .join(Invite, Invite.placement_id == Placement.id)
        .where(Invite.id == about["invite_id"])
    )
    return starts_at is not None and now < starts_at and _visit(session, about, now)


def _day(session: Session, about: About, _now: datetime) -> bool:
    """The day is at its time, and somebody is confirmed on it."""
    slot = session.get(Slot, about["slot_id"])
    if slot is None or slot.status != "open":
        return False
    return slot.taken > 0 and slot.starts_at.isoformat() == about["starts_at"]


def _day_to_come(session: Session, about: About, now: datetime) -> bool:
    """The same, and it has not begun."""
    return now < datetime.fromisoformat(about["starts_at"]) and _day(session, about, now)


def _news_of_days_to_come(_session: Session, about: About, now: datetime) -> bool:
    """Of the days that the mail tells of, one has not begun: then its news is still needed."""
    return now < datetime.fromisoformat(about["last_starts_at"])


def _renewal(session: Session, about: About, now: datetime) -> bool:
    """The partner still has an offer that nobody has confirmed."""
    partner = session.get(Partner, about["partner_id"])
    if partner is None:
        return False
    stale = renewals.stale_offers(session, session.get_one(Cohort, partner.cohort_id), now=now)
    return any(offer.opportunity.partner_id == partner.id for offer in stale)


def _decision(status: str) -> Check:
    """The offer still is as the coordinator left it: neither decided anew nor changed since."""

    def check(session: Session, about: About, _now: datetime) -> bool:
        row = session.get(Opportunity, about["opportunity_id"])
        if row is None or row.decided_at is None:
            return False
        return row.status == status and row.decided_at.isoformat() == about["decided_at"]

    return check


def _seat(session: Session, about: About, now: datetime) -> bool:
    """The offer can still be answered."""
    row = session.get(SeatOffer, about["offer_id"])
    return row is not None and row.state == "open" and now < row.expires_at


def _hosted(session: Session, about: About, now: datetime) -> bool:
    """The leader's place on the day stands, the day is when the mail says and not over, no invite is held."""
    slot, leader_id = session.get(Slot, about["slot_id"]), about["leader_id"]
    if slot is None or slot.starts_at.isoformat() != about["starts_at"] or slot.ends_at <= now:
        return False
    stands = Placement.slot_id == slot.id, Placement.leader_id == leader_id, Placement.status == "confirmed"
    placement_id = session.scalar(select(Placement.id).where(*stands))
    held = (
        select(Message.id)
        .join(Invite, Invite.id == Message.invite_id)
        .where(Invite.placement_id == placement_id, Message.status == "held")
    )
    return placement_id is not None and session.scalar(held.limit(1)) is None


def _refused(session: Session, about: About, now: datetime) -> bool:
    """The leader still has the day that they keep, and it has not begun."""
    row = session.get(SwapRequest, about["request_id"])
    return row is not None and row.placement.status == "confirmed" and now < row.placement.starts_at


CHECKS: Mapping[str, Check] = {
    "choices_reminder": _choices,
    "answers_received": _receipt,
    "who_is_coming": _news_of_days_to_come,
    "placement_reminder": _visit_to_come,
    "day_reminder": _day_to_come,
    "thank_you": _visit,
    "reflection_reminder": _unwritten,
    "day_thank_you": _day,
    "offer_renewal": _renewal,
    "offer_approved": _decision("live"),
    "offer_returned": _decision("returned"),
    "seat_offer": _seat,
    "partner_message": _hosted,
    "swap_refused": _refused,
}
"""By kind: whether what a mail says is still so."""
