"""What a leader answers before the match: what is kept, what is on offer, dates, and handing it all in.

Each answer is kept at once; the rows are the one truth. Every change says what its page had shown (`seen`).
When something else is kept by then, nothing is overwritten and `AnswersChanged` is raised, except where the
change is already there: pressing a button twice is harmless.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from placement.domain.errors import (
    AnswersChanged,
    NotFound,
    PreferencesClosed,
    TooFewChoices,
)
from placement.domain.sender import Sender
from placement.domain.states import DateAnswerWord
from placement.domain.text import day_in_words, to_london
from placement.domain.windows import RankingWindow, ranking_window
from placement.models import (
    Cohort,
    DateAnswer,
    Leader,
    MatchRun,
    Opportunity,
    Preference,
    RefusedOpportunity,
    Slot,
)
from placement.services import audit, receipts
from placement.services.cohorts import hold_cohort
from placement.services.offered import on_offer
from placement.services.scope import Scope
from placement.services.slot_rows import slots_of

Order = tuple[int, ...]
"""Ids of opportunities, first choice first."""

DateAnswers = Mapping[dt.date, DateAnswerWord]
"""What was said of each date, in Europe/London."""

UNANSWERED: DateAnswerWord = "can"


def answer_dates(
    scope: Scope, *, leader_id: int, answers: DateAnswers, seen: DateAnswers, now: dt.datetime
) -> None:
    """Keep what the leader says of some dates; other dates stay as they were.

    Raises `PreferencesClosed`, `AnswersChanged`, and `NotFound` for a date on which nothing is offered.
    """
    session, leader = scope.session, open_leader(scope, leader_id, now=now)
    if not set(answers) <= set(open_dates(session, leader.cohort_id, now=now)):
        raise NotFound(thing="date")
    kept = date_answers(session, leader.id)
    current = {date: kept.get(date, UNANSWERED) for date in answers}
    if current not in ({date: seen.get(date) for date in answers}, dict(answers)):
        raise AnswersChanged
    if all(kept.get(date) == answer for date, answer in answers.items()):
        return
    write_dates(session, leader, answers)
    note_late_change(scope, leader, "change_dates", now=now, dates=len(answers))


def submit_preferences(
    scope: Scope,
    *,
    leader_id: int,
    seen_ranking: Sequence[int],
    seen_dates: DateAnswers,
    sender: Sender,
    now: dt.datetime,
) -> dt.datetime:
    """Hand the answers in, and owe a copy by mail; returns when they came in.

    Later changes count at once, so once is enough.

    Raises `PreferencesClosed`, `AnswersChanged`, and `TooFewChoices`.
    """
    leader = _held_leader(scope, leader_id)
    if leader.submitted_at is not None:
        return leader.submitted_at
    _refuse_when_closed(scope.session, leader, now=now)
    order = ranking(scope.session, leader.id)
    slots = open_slots(scope.session, leader.cohort_id, now=now)
    answers = effective_answers(date_answers(scope.session, leader.id), slot_dates(slots))
    if order != tuple(seen_ranking) or answers != {date: seen_dates.get(date) for date in answers}:
        raise AnswersChanged
    _refuse_too_few(leader, order, offered_opportunities(slots), refused_by(scope.session, leader.id))
    leader.submitted_at = now
    scope.session.flush()
    receipts.owe_receipt(scope.session, leader, order=order, answers=answers, sender=sender, now=now)
    audit.record(
        scope,
        "submit_preferences",
        f"leader:{leader.id}",
        at=now,
        cohort_id=leader.cohort_id,
        choices=len(order),
    )
    return now


def window_of(session: Session, cohort: Cohort, *, now: dt.datetime) -> RankingWindow:
    """Whether leaders of `cohort` may change their answers at `now`."""
    return ranking_window(
        now=now, closes_at=cohort.preferences_close_at, decided_at=decided_at(session, cohort)
    )


def decided_at(session: Session, cohort: Cohort) -> dt.datetime | None:
    """When a match run of `cohort` was confirmed first; None while places are undecided."""
    return session.scalar(
        select(func.min(func.coalesce(MatchRun.confirmed_at, MatchRun.requested_at))).where(
            MatchRun.cohort_id == cohort.id, MatchRun.status == "confirmed"
        )
    )


def window_for(session: Session, leader: Leader, *, now: dt.datetime) -> RankingWindow:
    """Whether `leader` may change their answers at `now`; who has left may not."""
    if leader.withdrawn_at is not None:
        left = f"for you when you left, on {day_in_words(leader.withdrawn_at)}"
        return RankingWindow(leader.cohort.preferences_close_at, left)
    return window_of(session, leader.cohort, now=now)


def ranking(session: Session, leader_id: int) -> Order:
    """The leader's ranking as it is kept."""
    query = select(Preference.opportunity_id).where(Preference.leader_id == leader_id)
    return tuple(session.scalars(query.order_by(Preference.rank)))


def date_answers(session: Session, leader_id: int) -> dict[dt.date, str]:
    """Every date that the leader has answered, with the answer."""
    rows = session.scalars(select(DateAnswer).where(DateAnswer.leader_id == leader_id))
    return {row.date: row.answer for row in rows}


def effective_answers(kept: Mapping[dt.date, str], dates: Iterable[dt.date]) -> dict[dt.date, str]:
    """What counts for each of `dates`: one without an answer is one that the leader can do."""
    return {date: kept.get(date, UNANSWERED) for date in dates}


def open_slots(session: Session, cohort_id: int, *, now: dt.datetime) -> list[Slot]:
    """The slots that leaders may be given, of opportunities that are live, in the order of time.

    Those that have begun are left out, unless all have: that is a rehearsal on last season's data.
    """
    query = select(Slot).where(*_open_in(cohort_id)).order_by(Slot.starts_at, Slot.id)
    slots = slots_of(session, query)
    return [slot for slot in slots if slot.starts_at > now] or list(slots)


def open_dates(session: Session, cohort_id: int, *, now: dt.datetime) -> list[dt.date]:
    """The dates of `open_slots`, in order, without reading all else of them."""
    starts = session.scalars(select(Slot.starts_at).where(*_open_in(cohort_id))).all()
    ahead = [start for start in starts if start > now] or starts
    return sorted({to_london(start).date() for start in ahead})


def _open_in(cohort_id: int) -> tuple[ColumnElement[bool], ...]:
    return Slot.cohort_id == cohort_id, Slot.status == "open", on_offer()


def slot_dates(slots: Sequence[Slot]) -> list[dt.date]:
    """The dates of `slots`, in Europe/London; each once, in order."""
    return sorted({to_london(slot.starts_at).date() for slot in slots})


def offered_opportunities(slots: Sequence[Slot]) -> dict[int, Opportunity]:
    """The opportunities of `slots` by id, in the order of partner and title."""
    rows = {slot.opportunity_id: slot.opportunity for slot in slots}
    ordered = sorted(
        rows.values(), key=lambda row: (row.partner.name.casefold(), row.title.casefold(), row.id)
    )
    return {row.id: row for row in ordered}


def refused_by(session: Session, leader_id: int) -> frozenset[int]:
    """The opportunities that the leader would not go to, by id."""
    query = select(RefusedOpportunity.opportunity_id).where(RefusedOpportunity.leader_id == leader_id)
    return frozenset(session.scalars(query))


def choices_needed(
    cohort: Cohort, offered: Mapping[int, Opportunity], refused: Collection[int] = frozenset()
) -> int:
    """How many choices a leader must make: what the cohort asks for, or all where there are fewer.

    What the leader has `refused` does not count as on offer.
    """
    return max(1, min(cohort.choices_minimum, len(offered.keys() - set(refused))))


def _held_leader(scope: Scope, leader_id: int) -> Leader:
    """The leader as it stands now that nobody else can change the cohort."""
    leader = scope.leader(leader_id)
    hold_cohort(scope.session, leader.cohort_id)
    scope.session.refresh(leader)
    scope.session.refresh(leader.cohort)
    return leader


def open_leader(scope: Scope, leader_id: int, *, now: dt.datetime) -> Leader:
    """The leader, held for a change of their answers. Raises `PreferencesClosed` where that is too late."""
    leader = _held_leader(scope, leader_id)
    _refuse_when_closed(scope.session, leader, now=now)
    return leader


def _refuse_when_closed(session: Session, leader: Leader, *, now: dt.datetime) -> None:
    window = window_for(session, leader, now=now)
    if not window.is_open:
        raise PreferencesClosed(when=window.closed)


def write_dates(session: Session, leader: Leader, answers: DateAnswers) -> None:
    """Replace what a leader said of the dates of `answers`."""
    session.execute(
        delete(DateAnswer).where(DateAnswer.leader_id == leader.id, DateAnswer.date.in_(list(answers)))
    )
    session.add_all(
        DateAnswer(cohort_id=leader.cohort_id, leader_id=leader.id, date=date, answer=answer)
        for date, answer in answers.items()
    )
    session.flush()


def _refuse_too_few(
    leader: Leader, order: Order, offered: Mapping[int, Opportunity], refused: Collection[int]
) -> None:
    minimum = choices_needed(leader.cohort, offered, refused)
    chosen = len(offered.keys() & set(order))
    if chosen < minimum:
        raise TooFewChoices(minimum=minimum, chosen=chosen, missing=minimum - chosen)


def note_late_change(scope: Scope, leader: Leader, verb: str, *, now: dt.datetime, **facts: object) -> None:
    """Record a change to answers that are in: it changes what the match will see."""
    if leader.submitted_at is not None:
        audit.record(scope, verb, f"leader:{leader.id}", at=now, cohort_id=leader.cohort_id, **facts)
