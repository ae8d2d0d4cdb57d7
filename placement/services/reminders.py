"""Who is owed a mail because of the calendar, at one moment: worked out anew each time, and owed once.

The key of each letter says what it is about and which of its kind it is, so that looking again owes nothing
twice, however many workers look. What has been owed is looked at once more before it leaves, because a day
may have moved and a leader may have answered since (`reminder_checks`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.errors import PreferencesClosed
from placement.domain.letters import Letter
from placement.domain.mails import MAIL_BY_KIND
from placement.domain.reminders import (
    is_same_day,
    may_ask_again,
    moment_before,
    reflection_due,
    reminder_due,
    thanks_due,
)
from placement.domain.text import to_london
from placement.models import Cohort, Invite, Leader, Message, Placement, Slot, User
from placement.services import audit, opt_outs, outbox, reminder_letters, renewals, wordings
from placement.services.cohorts import hold_cohort
from placement.services.mail_links import MailLinks
from placement.services.preferences import window_of
from placement.services.reflections import settled
from placement.services.reminder_letters import Coming, Season
from placement.services.scope import Scope

CHOICES = "choices_reminder"
RENEWAL = "offer_renewal"
LOOK_BACK = timedelta(days=12)
LOOK_AHEAD = timedelta(days=9)
"""Days further away than these are nobody's reminder yet, and nobody's thanks or reflection any more."""


@dataclass(frozen=True)
class Visit:
    """One confirmed placement with what its mails tell."""

    placement: Placement
    leader: Leader
    slot: Slot
    invite: Invite | None

    @property
    def declined(self) -> bool:
        """Whether the leader has said that they cannot come."""
        return self.invite is not None and self.invite.partstat == "DECLINED"

    @property
    def told_at(self) -> datetime:
        """When the leader last had news of this day."""
        return self.invite.dtstamp if self.invite else self.placement.confirmed_at


@dataclass(frozen=True)
class Asking:
    """What reminding leaders of their choices at once would do: who gets it, and who does not and why."""

    leaders: Sequence[Leader]
    wanting_none: int
    reminded_today: int


def cohort_ids(session: Session) -> list[int]:
    """All cohorts, in the order in which they were made."""
    return list(session.scalars(select(Cohort.id).order_by(Cohort.id)))


def due(session: Session, cohort_id: int, *, links: MailLinks, now: datetime) -> list[Letter]:
    """The letters that a cohort owes because it is `now`, without those that were owed before."""
    season = season_of(session, session.get_one(Cohort, cohort_id), links)
    visits = visits_of(session, cohort_id, now=now)
    letters = [
        *_choices(session, season, now=now),
        *_renewals(session, season, now=now),
        *_to_leaders(season, visits, now=now),
        *_reflections(session, season, visits, now=now),
        *_to_partners(season, visits, now=now),
    ]
    going = [letter for letter in letters if season.said(letter.kind).goes]
    return _not_owed_before(session, _wanted(session, going))


def owe_due(scope: Scope, cohort_id: int, *, links: MailLinks, now: datetime) -> int:
    """Owe what `due` finds; how many letters they are."""
    hold_cohort(scope.session, cohort_id)
    letters = due(scope.session, cohort_id, links=links, now=now)
    for letter in letters:
        outbox.owe(scope.session, letter, now=now)
    if letters:
        _record(scope, "owe_reminders", cohort_id, letters, now=now)
    return len(letters)


def asking(scope: Scope, cohort_id: int, *, now: datetime, among: Collection[int] | None = None) -> Asking:
    """Whom reminding at once would reach: those without choices, at most once a day, who want reminders.

    `among` are the ids of the leaders who are meant; None means all.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    silent = [one for one in silent_leaders(session, cohort) if among is None or one.id in among]
    none_wanted = opt_outs.who_wants_none(session, "reminders", [one.user_id for one in silent])
    today = _reminded_today(session, cohort, now=now)
    wanting = [leader for leader in silent if leader.user_id not in none_wanted]
    return Asking(
        leaders=[leader for leader in wanting if leader.user.email not in today],
        wanting_none=len(silent) - len(wanting),
        reminded_today=sum(leader.user.email in today for leader in wanting),
    )


def remind_now(
    scope: Scope, cohort_id: int, *, links: MailLinks, now: datetime, among: Collection[int] | None = None
) -> int:
    """Owe every leader of a cohort who has not sent choices a reminder; how many they are.

    Nobody gets two on one day; `among` are the ids of the leaders who are meant, None means all. Raises
    `PreferencesClosed` where there is nothing left to choose.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    window = window_of(session, cohort, now=now)
    if window.closed is not None:
        raise PreferencesClosed(when=window.closed)
    season = season_of(session, cohort, links)
    letters = [
        reminder_letters.choices_reminder(season, leader, mark=_mark(now))
        for leader in asking(scope, cohort_id, now=now, among=among).leaders
    ]
    owed = [letter for letter in letters if outbox.owe(session, letter, now=now)]
    if owed:
        _record(scope, "remind_now", cohort.id, owed, now=now)
    return len(owed)


def season_of(session: Session, cohort: Cohort, links: MailLinks) -> Season:
    """What the letters of a cohort share, as it stands."""
    return Season(cohort, wordings.words_of(session, cohort.id), links)


def visits_of(session: Session, cohort_id: int, *, now: datetime) -> list[Visit]:
    """The placements of a cohort on days that are near, before or after."""
    rows = session.execute(
        select(Placement, Leader, Slot, Invite)
        .join(Leader, Leader.id == Placement.leader_id)
        .join(Slot, Slot.id == Placement.slot_id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(
            Placement.cohort_id == cohort_id,
            Placement.status == "confirmed",
            Placement.starts_at.between(now - LOOK_BACK, now + LOOK_AHEAD),
        )
        .order_by(Placement.starts_at, Placement.id)
    )
    return [Visit(*row) for row in rows]


def coming_of(visits: Collection[Visit]) -> list[Coming]:
    """Who is on a partner's list."""
    return [
        Coming(
            one.leader.name,
            one.leader.organisation.name if one.leader.organisation else "",
            one.declined,
        )
        for one in visits
    ]


def _choices(session: Session, season: Season, *, now: datetime) -> Iterator[Letter]:
    """Reminders to those who have not chosen, before choices close."""
    cohort, closes_at = season.cohort, season.cohort.preferences_close_at
    if closes_at is None or window_of(session, cohort, now=now).closed is not None:
        return
    days = reminder_due(closes_at, told_at=cohort.created_at, now=now)
    if days is None:
        return
    today = _reminded_today(session, cohort, now=now)
    for leader in silent_leaders(session, cohort):
        if leader.user.email not in today:
            mark = _mark(moment_before(closes_at, days))
            yield reminder_letters.choices_reminder(season, leader, mark=mark)


def _renewals(session: Session, season: Season, *, now: datetime) -> Iterator[Letter]:
    """Questions to partners whose offers nobody has confirmed for a while."""
    asked = _last_owed(session, season.cohort, RENEWAL)
    for partner, offers in renewals.by_partner(
        renewals.stale_offers(session, season.cohort, now=now)
    ).items():
        if may_ask_again(asked.get(partner.user.email), now=now):
            told = [(offer.opportunity, offer.slots) for offer in offers]
            yield reminder_letters.offer_renewal(season, partner, told, mark=_mark(now), now=now)


def _to_leaders(season: Season, visits: Collection[Visit], *, now: datetime) -> Iterator[Letter]:
    """Reminders before a leader's day, and thanks after it; none to those who said that they cannot come."""
    for one in visits:
        if one.invite is None or one.invite.state != "sent" or one.declined:
            continue
        days = reminder_due(one.slot.starts_at, told_at=one.told_at, now=now)
        if days is not None:
            yield reminder_letters.placement_reminder(season, one.invite, one.leader, one.slot, days=days)
        if thanks_due(one.slot.ends_at, now=now):
            yield reminder_letters.thank_you(season, one.invite, one.leader, one.slot)


def _reflections(
    session: Session, season: Season, visits: Collection[Visit], *, now: datetime
) -> Iterator[Letter]:
    """Whether they will write about their day: to those who were there, as far as is known, and have not."""
    over = [
        one
        for one in visits
        if one.invite is not None
        and one.invite.state == "sent"
        and not one.declined
        and reflection_due(one.slot.ends_at, now=now)
    ]
    done = settled(session, [one.placement.slot_id for one in over])
    for one in over:
        if one.invite is not None and (one.placement.slot_id, one.leader.id) not in done:
            yield reminder_letters.reflection_reminder(season, one.invite, one.leader, one.slot)


def _to_partners(season: Season, visits: Collection[Visit], *, now: datetime) -> Iterator[Letter]:
    """Who is coming, before each day on which somebody is; thanks after it."""
    by_slot: defaultdict[Slot, list[Visit]] = defaultdict(list)
    for one in visits:
        by_slot[one.slot].append(one)
    for slot, there in by_slot.items():
        coming = coming_of(there)
        days = reminder_due(slot.starts_at, told_at=min(one.told_at for one in there), now=now)
        if days is not None:
            yield reminder_letters.day_reminder(season, slot, coming, days=days, now=now)
        if thanks_due(slot.ends_at, now=now) and any(not one.declined for one in there):
            yield reminder_letters.day_thank_you(season, slot, coming)


def silent_leaders(session: Session, cohort: Cohort) -> Sequence[Leader]:
    """The leaders of a cohort who have not sent their choices."""
    return session.scalars(
        select(Leader)
        .where(Leader.cohort_id == cohort.id, Leader.submitted_at.is_(None), Leader.withdrawn_at.is_(None))
        .order_by(Leader.id)
    ).all()


def _reminded_today(session: Session, cohort: Cohort, *, now: datetime) -> set[str]:
    """The addresses to which a reminder of choices was owed on this day."""
    last = _last_owed(session, cohort, CHOICES)
    return {address for address, at in last.items() if is_same_day(at, now)}


def _last_owed(session: Session, cohort: Cohort, kind: str) -> dict[str, datetime]:
    """When each address was last owed a mail of one kind that has left, or may still."""
    rows = session.execute(
        select(Message.recipient, func.max(Message.created_at))
        .where(Message.cohort_id == cohort.id, Message.kind == kind, Message.status != "cancelled")
        .group_by(Message.recipient)
    )
    return {address: at for address, at in rows}  # noqa: C416  # a row is no pair to the type checker


def _wanted(session: Session, letters: Sequence[Letter]) -> list[Letter]:
    """Those letters whose readers have not stopped mails of their sort."""
    readers = {letter.recipient.address for letter in letters}
    by_address = {
        email: user_id
        for user_id, email in session.execute(select(User.id, User.email).where(User.email.in_(readers)))
    }
    kept = []
    for sort in ("reminders", "thanks", "renewals"):
        of_sort = [letter for letter in letters if MAIL_BY_KIND[letter.kind].sort == sort]
        stopped = opt_outs.who_wants_none(session, sort, list(by_address.values()))
        kept += [one for one in of_sort if by_address.get(one.recipient.address) not in stopped]
    return kept


def _not_owed_before(session: Session, letters: Sequence[Letter]) -> list[Letter]:
    keys = [letter.idem_key for letter in letters]
    known = set(session.scalars(select(Message.idem_key).where(Message.idem_key.in_(keys))))
    return [letter for letter in letters if letter.idem_key not in known]


def _mark(at: datetime) -> str:
    """The day of `at` in the United Kingdom."""
    return to_london(at).date().isoformat()


def _record(scope: Scope, verb: str, cohort_id: int, letters: Sequence[Letter], *, now: datetime) -> None:
    counts = {kind: sum(one.kind == kind for one in letters) for kind in {one.kind for one in letters}}
    audit.record(scope, verb, f"cohort:{cohort_id}", at=now, cohort_id=cohort_id, **counts)
