"""The days that a leader has been given, with all that they need on the day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from placement.domain.attendance import opens_at
from placement.domain.choices import choice_sentence
from placement.domain.errors import NotFound
from placement.domain.invites import InviteDetails
from placement.domain.sender import Sender
from placement.models import Invite, Leader, Placement
from placement.services.invites import invite_details
from placement.services.match_rows import kilometres
from placement.services.reports.leader import Standing, standing_of
from placement.services.scope import Scope
from placement.services.swap_rows import made_by_swaps


@dataclass(frozen=True)
class PlacementDay:
    """One confirmed or cancelled placement, with all that the leader needs on the day."""

    id: int
    starts_at: dt.datetime
    ends_at: dt.datetime
    title: str
    partner: str
    address: str
    postcode: str
    joining_link: str
    kilometres: float | None
    contact_name: str
    phone: str
    email: str
    what_to_know: str
    choice_sentence: str
    cancelled: bool
    begun: bool
    over: bool
    has_invite: bool
    answer: str


@dataclass(frozen=True)
class LeaderPlacements:
    """The placements of a leader: those that stand and those cancelled, each in the order of time."""

    standing: Standing
    standing_days: tuple[PlacementDay, ...]
    cancelled_days: tuple[PlacementDay, ...]

    @property
    def missing(self) -> int:
        """How many days the leader has not been given."""
        return max(0, self.standing.days - len(self.standing_days))


def placements(scope: Scope, *, leader_id: int, now: dt.datetime) -> LeaderPlacements:
    """The days that a leader has been given, and those that were cancelled again."""
    leader, session = scope.leader(leader_id), scope.session
    rows = session.scalars(
        select(Placement)
        .options(joinedload(Placement.slot))
        .where(Placement.leader_id == leader.id)
        .order_by(Placement.starts_at, Placement.id)
    ).all()
    found = session.scalars(select(Invite).where(Invite.leader_id == leader.id))
    invited = {one.placement_id: one.partstat for one in found if one.placement_id is not None}
    asked_for = made_by_swaps(session, [row.id for row in rows])
    days = [_placement_day(row, leader, invited, asked_for=row.id in asked_for, now=now) for row in rows]
    return LeaderPlacements(
        standing=standing_of(session, leader, now=now),
        standing_days=tuple(day for day in days if not day.cancelled),
        cancelled_days=tuple(day for day in days if day.cancelled),
    )


def calendar_entry(scope: Scope, *, leader_id: int, placement_id: int, sender: Sender) -> InviteDetails:
    """The present calendar entry of one placement of a leader that stands.

    It has the name and number of the invite by mail, so that a calendar with both shows one entry.
    """
    leader = scope.leader(leader_id)
    invite = scope.session.scalar(
        select(Invite)
        .join(Placement, Placement.id == Invite.placement_id)
        .where(
            Placement.id == placement_id,
            Placement.leader_id == leader.id,
            Placement.status == "confirmed",
            Invite.state != "cancelled",
        )
    )
    if invite is None:
        raise NotFound(thing="calendar entry")
    day = scope.session.get_one(Placement, placement_id)
    asked_for = day.id in made_by_swaps(scope.session, [day.id])
    return invite_details(invite, leader, day.slot, rank=day.rank, sender=sender, asked_for=asked_for)


def _placement_day(
    row: Placement, leader: Leader, invited: Mapping[int, str], *, asked_for: bool, now: dt.datetime
) -> PlacementDay:
    opportunity = row.slot.opportunity
    partner, site = opportunity.partner, opportunity.site
    return PlacementDay(
        id=row.id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        title=opportunity.title,
        partner=partner.name,
        address=site.address,
        postcode=site.postcode,
        joining_link=row.slot.joining_link or "",
        kilometres=kilometres(leader, site),
        contact_name=partner.contact_name,
        phone=partner.phone,
        email=partner.user.email,
        what_to_know=opportunity.good_to_know(virtual=row.slot.virtual),
        choice_sentence=choice_sentence(
            row.rank, answered=leader.submitted_at is not None, asked_for=asked_for
        ),
        cancelled=row.status == "cancelled",
        begun=opens_at(row.starts_at) <= now,
        over=row.ends_at <= now,
        has_invite=row.id in invited,
        answer=invited.get(row.id, "NEEDS-ACTION"),
    )
