"""What a change of an offer does for those who are coming: worked out for a preview, or done and told.

Whoever may change offers uses it: the coordinator by `offer_changes`, partners by `sites`, `profiles` and
`opportunities`. Days that are over stay as they were told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.sender import Sender
from placement.models import Cohort, Opportunity, Placement, Slot
from placement.services import audit, news, partner_news
from placement.services.placements import live_placements
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope
from placement.services.telling import Told


@dataclass(frozen=True)
class Change:
    """A change in memory: what it is about, what is said of it, and what its audit event is called.

    `moves`: people go somewhere else, so they are asked to answer again.
    """

    about: str
    said: Sequence[str]
    verb: str
    subject: str
    moves: bool = False


Make = Callable[[], Change]


def preview(
    session: Session,
    cohort: Cohort,
    there: Sequence[Placement],
    make: Make,
    *,
    sender: Sender,
    now: datetime,
) -> Effect:
    """What `make` would do for those who are `there`; nothing is written."""
    with news.forgotten(session):
        change = make()
        if not change.said:
            return _nothing(change)
        concerned = _concerned(session, change, there, sender=sender)
        effect, _ = _effect(session, cohort, change, there, concerned, sender=sender, now=now)
        return replace(effect, partners=partner_news.preview(session, cohort.id, sender=sender, now=now))


def carry_out(
    scope: Scope, cohort: Cohort, there: Sequence[Placement], make: Make, *, sender: Sender, now: datetime
) -> Effect:
    """Do what `make` does, and owe mails to whom among those `there` it concerns."""
    session = scope.session
    change = make()
    if not change.said:
        return _nothing(change)
    session.flush()
    concerned = _concerned(session, change, there, sender=sender)
    news.take_back(session, concerned, for_good=False)
    effect, told = _effect(session, cohort, change, there, concerned, sender=sender, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    audit.record(
        scope,
        change.verb,
        change.subject,
        at=now,
        cohort_id=cohort.id,
        mails=len(told.mails),
        moved=change.moves,
        partners=len(partners),
    )
    return replace(effect, partners=partners)


def _nothing(change: Change) -> Effect:
    return Effect(change.about, False, ("It is so already; nothing is changed.",))


def _concerned(
    session: Session, change: Change, there: Sequence[Placement], *, sender: Sender
) -> list[Placement]:
    """Whose calendar entries are other ones now: nobody goes to the site of a day that is virtual."""
    if change.moves:
        return [row for row in there if not row.slot.virtual]
    return news.read_differently(session, there, sender=sender)


def _effect(
    session: Session,
    cohort: Cohort,
    change: Change,
    there: Sequence[Placement],
    concerned: Sequence[Placement],
    *,
    sender: Sender,
    now: datetime,
) -> tuple[Effect, Told]:
    tell = news.tell_moved if change.moves else news.tell_updated
    told = tell(session, concerned, sender=sender, now=now)
    return Effect(
        about=change.about,
        changed=True,
        sentences=tuple(change.said),
        mails=told.mails,
        broken=standing_now(session, cohort, now=now).broken if there else (),
    ), told


def to_come(
    session: Session, cohort: Cohort, opportunities: Sequence[int], *, now: datetime
) -> list[Placement]:
    """Who is confirmed on days of these opportunities that are not over."""
    query = select(Slot.id).where(Slot.opportunity_id.in_(opportunities), Slot.ends_at > now)
    ids = set(session.scalars(query))
    return [row for row in live_placements(session, cohort.id) if row.slot_id in ids]


def offers_of(session: Session, partner_id: int) -> list[int]:
    """The opportunities of a partner."""
    return list(session.scalars(select(Opportunity.id).where(Opportunity.partner_id == partner_id)))
