"""One leader leaves one day and stays in the cohort: that placement ends, and its seat is free.

There is a preview, which does everything in memory and forgets it again.
"""

import datetime as dt
from dataclasses import replace

from placement.domain.answer_errors import TaskClosed
from placement.domain.errors import NotFound
from placement.domain.sender import Sender
from placement.domain.text import day_in_words, to_london
from placement.models import Cohort, Leader, Placement
from placement.services import audit, news, partner_news
from placement.services.cohorts import hold_cohort
from placement.services.news import Told
from placement.services.placements import end_placements
from placement.services.preferences import date_answers, open_dates, write_dates
from placement.services.reports.effects import Effect
from placement.services.reports.standing import broken_without, confirmed, standing_now
from placement.services.scope import Scope
from placement.services.withdrawals import refuse_over, slot_words

REASON = (
    "You told us that you cannot come. If there is another day for you, an invite for it comes in an e-mail "
    "of its own."
)


def preview_leaving(
    scope: Scope, cohort_id: int, placement_id: int, *, bar_date: bool, sender: Sender, now: dt.datetime
) -> Effect:
    """What `leave_day` would do; nothing is written. Raises as that does."""
    cohort = scope.cohort(cohort_id)
    row = placement_of(scope, cohort, placement_id)
    if row.status != "confirmed":
        raise TaskClosed
    session = scope.session
    refuse_over(session, row.slot, now=now)
    ended = {(row.leader.match_id, row.slot.reference)}
    broken = broken_without(session, cohort, confirmed(session, cohort, now=now), ended=ended)
    with news.forgotten(session):
        effect, _ = _leave(scope, cohort, row, bar_date=bar_date, sender=sender, now=now)
        partners = partner_news.preview(session, cohort.id, sender=sender, now=now)
        return replace(effect, partners=partners, broken=broken)


def leave_day(
    scope: Scope, cohort_id: int, placement_id: int, *, bar_date: bool, sender: Sender, now: dt.datetime
) -> Effect:
    """End one placement of a leader who stays in the cohort; their invite to it is cancelled.

    `bar_date`: they can do no other day on that date either, so that no repair gives them one. Raises
    `TaskClosed` where the placement has ended already, `SlotOver` for a day that has begun.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    row = placement_of(scope, cohort, placement_id)
    session.refresh(row)
    if row.status != "confirmed":
        raise TaskClosed
    refuse_over(session, row.slot, now=now)
    news.take_back(session, [row], for_good=True)
    effect, told = _leave(scope, cohort, row, bar_date=bar_date, sender=sender, now=now)
    broken = standing_now(session, cohort, now=now).broken
    end_placements(session, [row], now=now)
    if bar_date:
        _bar(scope, row, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    audit.record(
        scope,
        "leave_day",
        f"placement:{row.id}",
        at=now,
        cohort_id=cohort.id,
        leader=row.leader_id,
        mails=len(told.mails),
        date_barred=bar_date,
        partners=len(partners),
    )
    return replace(effect, partners=partners, broken=broken)


def placement_of(scope: Scope, cohort: Cohort, placement_id: int) -> Placement:
    """One placement of `cohort`, which the actor was found to coordinate."""
    found = scope.session.get(Placement, placement_id)
    if found is None or found.cohort_id != cohort.id:
        raise NotFound(thing="placement")
    return found


def _leave(
    scope: Scope, cohort: Cohort, row: Placement, *, bar_date: bool, sender: Sender, now: dt.datetime
) -> tuple[Effect, Told]:
    leader: Leader = row.leader
    row.status, row.cancelled_at = "cancelled", now
    told = news.tell_ended(scope.session, [row], reason_of=lambda _: REASON, sender=sender, now=now)
    effect = Effect(
        about=leader.name,
        changed=True,
        sentences=(
            f"{leader.name} does not come to {slot_words(row.slot)}. The seat is free.",
            f"{leader.name} stays in the cohort {cohort.name}, and needs another day.",
            *((f"They are not given any other day on {day_in_words(row.starts_at)}.",) if bar_date else ()),
        ),
        mails=told.mails,
        quiet=told.quiet,
    )
    return effect, told


def _bar(scope: Scope, row: Placement, *, now: dt.datetime) -> None:
    """Note that the leader cannot come on the date of a placement, where a date is to be answered."""
    session, date = scope.session, to_london(row.starts_at).date()
    if date not in open_dates(session, row.cohort_id, now=now):
        return
    if date_answers(session, row.leader_id).get(date) != "cannot":
        write_dates(session, row.leader, {date: "cannot"})
