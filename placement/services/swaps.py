"""Granting and refusing swaps: one or two leaders change days in one transaction, and nobody else moves.

The old placements end before the new ones begin, so that capacity and overlaps are the database's to check.
There is a preview, which does everything in memory and forgets it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from placement.domain.errors import PlacementOverlaps, SlotFull
from placement.domain.sender import Sender
from placement.domain.swap_errors import SwapAnswerMissing, SwapGone
from placement.domain.text import clean_text, day_in_words
from placement.models import Cohort, Leader, Placement, Slot, SwapRequest
from placement.services import news, outbox, partner_news
from placement.services.cohorts import hold_cohort
from placement.services.invites import FIRST_INVITE, preview_details
from placement.services.mail_links import MailLinks
from placement.services.placements import end_placements, live_placements
from placement.services.reminders import season_of
from placement.services.reports.effects import Effect, Mail
from placement.services.scope import Scope
from placement.services.seat_giving import Seat, give_seats
from placement.services.swap_letters import swap_refused
from placement.services.swap_requests import LONGEST_WORDS, refuse_over, request_in, settle
from placement.services.swapping import Way, swaps_of
from placement.services.withdrawals import slot_words
from placement.services.wordings import intros

ENDED = (
    "You asked for a swap, and it has been agreed: you have another day instead, {day}. "
    "Its invite comes in an e-mail of its own."
)
MADE = (
    "You asked for a swap, and it has been agreed. "
    "This day takes the place of your day with {partner} on {day}, which is cancelled."
)
UNHEARD = "{name} has not had the first invite yet, and gets the new one alone."
FINAL = "This cannot be undone: once the mails have gone, only another swap or a repair changes it."


@dataclass(frozen=True)
class Target:
    """Which way to grant a request is meant: a seat on a slot, or an exchange with another request."""

    slot_id: int | None = None
    other_id: int | None = None

    def is_it(self, way: Way) -> bool:
        """Whether `way` is the one."""
        if way.other is not None:
            return way.other.id == self.other_id
        return way.slot.id == self.slot_id


@dataclass(frozen=True)
class Shown:
    """What granting a request would do; `version` is sent back by the form that shows it."""

    version: str
    effect: Effect


@dataclass(frozen=True)
class _Move:
    """One leader leaves one placement and has a seat on another day instead."""

    request: SwapRequest
    slot: Slot
    rank: int | None

    @property
    def old(self) -> Placement:
        """The placement that ends."""
        return self.request.placement

    @property
    def leader(self) -> Leader:
        """Who moves."""
        return self.request.leader

    @property
    def why_ended(self) -> str:
        """What the leader is told of the day that ends."""
        return ENDED.format(day=day_in_words(self.slot.starts_at))

    @property
    def why_made(self) -> str:
        """What the leader is told of the new day."""
        old = self.old.slot
        return MADE.format(partner=old.opportunity.partner.name, day=day_in_words(old.starts_at))

    def seat(self) -> Seat:
        """What the leader gets."""
        return Seat(self.leader, self.slot, self.rank, self.why_made, asked_for=True)


def preview_swap(
    scope: Scope, cohort_id: int, request_id: int, target: Target, *, sender: Sender, now: datetime
) -> Shown:
    """What `grant_swap` would do; nothing is written. Raises `SwapOver` and `SwapGone`."""
    cohort = scope.cohort(cohort_id)
    way = _way(scope, cohort, request_id, target, now=now)
    moves = _moves(way)
    version, session = way.version, scope.session
    pairs = _pairs_after(session, cohort, moves)
    words = intros(session, [cohort.id])[cohort.id, FIRST_INVITE]
    with news.forgotten(session):
        effect = Effect(way.request.leader.name, True, tuple(_said(way)))
        ended = news.tell_ended(
            session, [one.old for one in moves], reason_of=_reasons(moves), sender=sender, now=now
        )
        invited = tuple(_invited(one, intro=words, sender=sender, now=now) for one in moves)
        partners = partner_news.preview(session, cohort.id, sender=sender, now=now, pairs=pairs)
        said = (*effect.sentences, *(UNHEARD.format(name=one.name) for one in ended.quiet))
        effect = replace(effect, sentences=said, mails=(*ended.mails, *invited), partners=partners)
    return Shown(version, effect)


def grant_swap(
    scope: Scope,
    cohort_id: int,
    request_id: int,
    target: Target,
    *,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """Let a leader have another day than theirs, and the other theirs where two exchange.

    Their old placements end, the new ones begin, both with their mails, and partners are told who comes.
    `seen` is the version that was shown. Raises `SwapOver` for a request that does not wait any more, and
    `SwapGone` where the swap is not possible any more or not as it was shown: nothing is changed then.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    way = _way(scope, cohort, request_id, target, now=now)
    if way.version != seen:
        raise SwapGone
    moves = _moves(way)
    old = [one.old for one in moves]
    news.take_back(session, old, for_good=True)
    told = news.tell_ended(session, old, reason_of=_reasons(moves), sender=sender, now=now)
    end_placements(session, old, now=now)
    news.owe(session, told, now=now)
    try:
        made = give_seats(session, [one.seat() for one in moves], sender=sender, now=now)
    except (SlotFull, PlacementOverlaps) as refused:
        raise SwapGone from refused
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    for one, new in zip(moves, made, strict=True):
        one.request.new_placement_id = new.id
        with_whom = [other.request.id for other in moves if other is not one]
        facts = {"new_placement": new.id, "exchanged_with": with_whom[0] if with_whom else None}
        settle(scope, one.request, "granted", "grant_swap", now=now, partners=len(partners), **facts)
    invited = tuple(_invited(one, intro="", sender=sender, now=now) for one in moves)
    names = " and ".join(one.leader.name for one in moves)
    return Effect(names, True, (), mails=(*told.mails, *invited), partners=partners)


def refuse_swap(
    scope: Scope, cohort_id: int, request_id: int, *, answer: str, links: MailLinks, now: datetime
) -> SwapRequest:
    """Tell a leader in a sentence that they keep their day. Raises `SwapOver` and `SwapAnswerMissing`."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    row = request_in(scope, cohort, request_id)
    answer = clean_text(answer)
    if not 1 <= len(answer) <= LONGEST_WORDS:
        raise SwapAnswerMissing(most=LONGEST_WORDS)
    refuse_over(session, row, now=now)
    row.answer = answer
    settle(scope, row, "refused", "refuse_swap", now=now)
    season = season_of(session, cohort, links)
    letter = swap_refused(season, row.leader, row.placement.slot, request_id=row.id, answer=answer)
    outbox.owe(session, letter, now=now)
    return row


def _way(scope: Scope, cohort: Cohort, request_id: int, target: Target, *, now: datetime) -> Way:
    """The way that is meant, as things stand now. Raises `NotFound`, `SwapOver` and `SwapGone`."""
    session = scope.session
    row = request_in(scope, cohort, request_id)
    if target.slot_id is not None:
        scope.slot_in(cohort, target.slot_id)
    if target.other_id is not None:
        request_in(scope, cohort, target.other_id)
    refuse_over(session, row, now=now)
    found = [one for one in swaps_of(session, cohort, now=now).ways(row) if target.is_it(one)]
    if not found:
        raise SwapGone
    return found[0]


def _moves(way: Way) -> list[_Move]:
    own = _Move(way.request, way.slot, way.rank)
    if way.other is None:
        return [own]
    return [own, _Move(way.other, way.request.placement.slot, way.other_rank)]


def _reasons(moves: Sequence[_Move]) -> news.ReasonOf:
    told = {one.old.id: one.why_ended for one in moves}
    return lambda row: told[row.id]


def _invited(move: _Move, *, intro: str, sender: Sender, now: datetime) -> Mail:
    details = preview_details(
        move.leader,
        move.slot,
        move.rank,
        sender=sender,
        now=now,
        reason=move.why_made,
        intro=intro,
        asked_for=True,
    )
    return Mail(news.person(move.leader), "invited", details)


def _pairs_after(session: Session, cohort: Cohort, moves: Sequence[_Move]) -> list[partner_news.Pair]:
    gone = {one.old.id for one in moves}
    kept = [row for row in live_placements(session, cohort.id) if row.id not in gone]
    return [(row.leader_id, row.slot_id) for row in kept] + [(one.leader.id, one.slot.id) for one in moves]


def _said(way: Way) -> list[str]:
    """What a swap does beside who moves where, told to the coordinator."""
    left = way.request.placement.slot
    freed = [f"The seat on {slot_words(left)} is free again, for somebody who waits or asks for a swap."]
    return [
        *(freed if way.other is None else ["Both requests are granted at once."]),
        "Nobody else moves, and every rule holds of these days and people.",
        FINAL,
    ]
