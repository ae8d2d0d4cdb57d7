"""Events of a cohort beside its placements: planned, changed, made virtual, cancelled.

Whoever is invited gets one invite with a name for life, and one mail. Each change has a preview, which does
everything in memory and forgets it again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.event_errors import (
    EventChangedMeanwhile,
    EventEndsBeforeStart,
    EventIncomplete,
    EventInPast,
    EventLinkUnusable,
    EventTooFarAhead,
)
from placement.domain.invites import is_joining_link
from placement.domain.references import next_reference
from placement.domain.sender import Sender
from placement.domain.states import EVENT_WORDS, EventKind, EventMode
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, to_london
from placement.models import Cohort, Event, Leader, Team
from placement.services import audit, event_news, telling
from placement.services.cohorts import hold_cohort
from placement.services.event_guests import audience, clashes, guests_of, invite_all, refuse_over
from placement.services.reports.effects import Effect
from placement.services.scope import Scope
from placement.services.slots import YEARS_AHEAD
from placement.services.telling import Told

FIRST_REFERENCE = "EVENT001"


@dataclass(frozen=True)
class EventFacts:
    """What an event is, when and where; one in person needs an address, a virtual one a joining link."""

    kind: EventKind
    title: str
    starts_at: datetime
    ends_at: datetime
    mode: EventMode
    description: str = ""
    address: str = ""
    postcode: str = ""
    joining_link: str = ""


@dataclass(frozen=True)
class Planned:
    """A new event: its number and reference, and what planning it does. A preview has neither."""

    effect: Effect
    event_id: int = 0
    reference: str = ""


def facts_of(event: Event) -> EventFacts:
    """An event as it is."""
    return EventFacts(
        kind=event.kind,  # type: ignore[arg-type]  # the database knows the words
        title=event.title,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        mode=event.mode,  # type: ignore[arg-type]  # the database knows the words
        description=event.description,
        address=event.address,
        postcode=event.postcode,
        joining_link=event.joining_link,
    )


def version_of(event: Event) -> str:
    """What a page shows of a changeable event; a form sends it back, so that an old page is noticed."""
    return sha256(repr((event.status, facts_of(event))).encode()).hexdigest()[:16]


def preview_event(
    scope: Scope,
    cohort_id: int,
    *,
    facts: EventFacts,
    team_id: int | None = None,
    sender: Sender,
    now: datetime,
) -> Planned:
    """What `plan_event` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    facts = _checked(facts, now=now)
    team = _team(scope, cohort, team_id)
    if (before := _planned_before(scope.session, team, cohort, facts)) is not None:
        return before
    with telling.forgotten(scope.session):
        event = _new_event(cohort, team, facts, reference="", now=now)
        people = audience(scope.session, cohort, team_id)
        told = event_news.tell_invited(scope.session, event, people, sender=sender, now=now)
        return Planned(_planned(scope.session, event, cohort, team, people, told))


def plan_event(
    scope: Scope,
    cohort_id: int,
    *,
    facts: EventFacts,
    team_id: int | None = None,
    sender: Sender,
    now: datetime,
) -> Planned:
    """Add an event to a cohort, and invite all of it, or one team, to it; a second time does nothing.

    Who has a placement at that time stays confirmed there; the effect names them.

    Raises
    ------
    EventRefused
        One of its subclasses: the facts are impossible or incomplete.

    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    facts, team = _checked(facts, now=now), _team(scope, cohort, team_id)
    if (before := _planned_before(session, team, cohort, facts)) is not None:
        return before
    taken = session.scalars(select(Event.reference).where(Event.cohort_id == cohort.id)).all()
    reference = next_reference(taken, own=taken, first=FIRST_REFERENCE)
    event = _new_event(cohort, team, facts, reference=reference, now=now)
    session.add(event)
    session.flush()
    people = audience(session, cohort, team_id)
    told = invite_all(session, event, people, sender=sender, now=now)
    telling.owe(session, told, now=now)
    _record(scope, "plan_event", event, told, now=now)
    effect = _planned(session, event, cohort, team, people, told)
    return Planned(effect, event.id, event.reference)


def preview_change(
    scope: Scope, cohort_id: int, event_id: int, *, facts: EventFacts, sender: Sender, now: datetime
) -> Effect:
    """What `change_event` would do; nothing is written."""
    event = scope.event_in(scope.cohort(cohort_id), event_id)
    facts = _changeable(event, facts, now=now)
    if facts == facts_of(event):
        return _nothing(event)
    with telling.forgotten(scope.session):
        moves, said = _take_on(event, facts)
        return _change(scope.session, event, moves, said, sender=sender, now=now)[0]


def change_event(
    scope: Scope,
    cohort_id: int,
    event_id: int,
    *,
    facts: EventFacts,
    sender: Sender,
    now: datetime,
    seen: str | None = None,
) -> Effect:
    """Change an event; the same again changes nothing.

    Another time or place, or a switch between online and in person, moves everybody's entry and asks for
    answers again. Other words, or another link to join, leave answers as they are. `seen` is the `version_of`
    the event that the person looked at, where they looked. Raises a subclass of `EventRefused`.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    event = scope.event_in(cohort, event_id)
    session.refresh(event)
    facts = _changeable(event, facts, now=now)
    if facts == facts_of(event):
        return _nothing(event)
    if seen is not None and seen != version_of(event):
        raise EventChangedMeanwhile
    moves, said = _take_on(event, facts)
    session.flush()
    concerned = event_news.invites_of(session, event)
    telling.take_back(session, concerned, for_good=False)
    effect, told = _change(session, event, moves, said, sender=sender, now=now)
    telling.owe(session, told, now=now)
    _record(scope, "change_event", event, told, now=now)
    return effect


def virtual(facts: EventFacts, link: str) -> EventFacts:
    """The facts of an event once it is held online at `link`."""
    return replace(facts, mode="virtual", joining_link=link)


def in_person(facts: EventFacts, address: str, postcode: str) -> EventFacts:
    """The facts of an event once people meet at `address`."""
    return replace(facts, mode="in_person", address=address, postcode=postcode)


def preview_cancel(scope: Scope, cohort_id: int, event_id: int, *, sender: Sender, now: datetime) -> Effect:
    """What `cancel_event` would do; nothing is written."""
    event = scope.event_in(scope.cohort(cohort_id), event_id)
    if event.status == "cancelled":
        return _cancelled_before(event)
    refuse_over(event, now=now)
    with telling.forgotten(scope.session):
        return _cancel(scope.session, event, sender=sender, now=now)[0]


def cancel_event(scope: Scope, cohort_id: int, event_id: int, *, sender: Sender, now: datetime) -> Effect:
    """Cancel an event for everybody; twice changes nothing. Raises `EventOver` once it has begun."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    event = scope.event_in(cohort, event_id)
    session.refresh(event)
    if event.status == "cancelled":
        return _cancelled_before(event)
    refuse_over(event, now=now)
    telling.take_back(session, event_news.invites_of(session, event), for_good=True)
    effect, told = _cancel(session, event, sender=sender, now=now)
    telling.owe(session, told, now=now)
    _record(scope, "cancel_event", event, told, now=now)
    return effect


def event_words(event: Event) -> str:
    """An event in one line: "EVENT001, Leading in a system on Tuesday 2 March 2027, 9:30am to 3pm"."""
    start = f"{event.reference}, " if event.reference else ""
    return f"{start}{event.title} on {_when(event)}"


def _when(event: Event | EventFacts) -> str:
    return f"{day_in_words(event.starts_at)}, {hours_in_words(event.starts_at, event.ends_at)}"


def _team(scope: Scope, cohort: Cohort, team_id: int | None) -> Team | None:
    return None if team_id is None else scope.team_in(cohort, team_id)


def _checked(facts: EventFacts, *, now: datetime) -> EventFacts:
    """Facts as they are kept; refuses what cannot be."""
    cleaned = replace(
        facts,
        title=clean_line(facts.title),
        description=clean_text(facts.description),
        address=clean_line(facts.address),
        postcode=clean_line(facts.postcode),
        joining_link=facts.joining_link.strip(),
    )
    _refuse_hours(cleaned, now=now)
    for missing, found in (
        ("a title", cleaned.title),
        ("the address where people meet", cleaned.address or cleaned.mode == "virtual"),
        ("the link to join", cleaned.joining_link or cleaned.mode == "in_person"),
    ):
        if not found:
            raise EventIncomplete(missing=missing)
    if cleaned.joining_link and not is_joining_link(cleaned.joining_link):
        raise EventLinkUnusable
    return cleaned


def _refuse_hours(facts: EventFacts, *, now: datetime) -> None:
    if facts.ends_at <= facts.starts_at:
        raise EventEndsBeforeStart
    if facts.starts_at <= now:
        raise EventInPast(when=_when(facts))
    if to_london(facts.starts_at).year > to_london(now).year + YEARS_AHEAD:
        raise EventTooFarAhead(when=_when(facts))


def _changeable(event: Event, facts: EventFacts, *, now: datetime) -> EventFacts:
    refuse_over(event, now=now)
    return _checked(facts, now=now)


def _new_event(
    cohort: Cohort, team: Team | None, facts: EventFacts, *, reference: str, now: datetime
) -> Event:
    return Event(
        cohort_id=cohort.id,
        team_id=team.id if team else None,
        reference=reference,
        status="planned",
        created_at=now,
        **vars(facts),
    )


def _planned(
    session: Session, event: Event, cohort: Cohort, team: Team | None, people: Sequence[Leader], told: Told
) -> Effect:
    whom = f"everybody of {cohort.name}" if team is None else f"the team {team.name}"
    number = "1 person" if len(people) == 1 else f"{len(people)} people"
    return Effect(
        about=event_words(event),
        changed=True,
        sentences=(
            f"{EVENT_WORDS[event.kind]} for {whom}: {number}.",
            "Nobody who is invited is given a placement day at that time.",
        ),
        mails=told.mails,
        clashes=clashes(session, event, people),
    )


def _take_on(event: Event, facts: EventFacts) -> tuple[bool, tuple[str, ...]]:
    """Write `facts` into the row; whether that moves it, and what is said of it."""
    before = facts_of(event)
    said = tuple(_said(before, facts))
    for name, value in vars(facts).items():
        setattr(event, name, value)
    return _moves(before, facts), said


def _moves(before: EventFacts, after: EventFacts) -> bool:
    """Whether people would be elsewhere, or at another time: then their answers no longer hold."""
    if (before.starts_at, before.ends_at, before.mode) != (after.starts_at, after.ends_at, after.mode):
        return True
    place = (before.address, before.postcode)
    return after.mode == "in_person" and place != (after.address, after.postcode)


def _said(before: EventFacts, after: EventFacts) -> Iterator[str]:
    if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at):
        yield f"It moves from {_when(before)} to {_when(after)}."
    if before.mode != after.mode:
        online = after.mode == "virtual"
        yield f"It is held online: {after.joining_link}." if online else f"People meet at {after.address}."
    elif _moves(before, replace(after, starts_at=before.starts_at, ends_at=before.ends_at)):
        yield f"The place was {before.address}, {before.postcode} and is {after.address}, {after.postcode}."
    if before.mode == after.mode == "virtual" and before.joining_link != after.joining_link:
        yield "The link to join is another one."
    if before.title != after.title:
        yield f"It was called “{before.title}” and is called “{after.title}”."
    if before.description != after.description:
        yield "What to know about it is another text."
    if before.kind != after.kind:
        yield f"It was a {EVENT_WORDS[before.kind].lower()}; now it is: {EVENT_WORDS[after.kind].lower()}."


def _change(
    session: Session, event: Event, moves: bool, said: tuple[str, ...], *, sender: Sender, now: datetime
) -> tuple[Effect, Told]:
    tell = telling.move if moves else telling.update
    told = tell(event_news.issued(session, event, sender=sender), now=now)
    asked = ("Everybody is asked to answer again.",) if moves else ("Answers that were given stand.",)
    return Effect(
        about=event_words(event),
        changed=True,
        sentences=(*said, *asked) if told.mails else said,
        mails=told.mails,
        clashes=clashes(session, event, guests_of(session, event)) if moves else (),
    ), told


def _cancel(session: Session, event: Event, *, sender: Sender, now: datetime) -> tuple[Effect, Told]:
    event.status, event.cancelled_at = "cancelled", now
    reason = "It does not take place. It has nothing to do with you."
    told = event_news.tell_ended(session, event, reason=reason, sender=sender, now=now)
    return Effect(
        about=event_words(event),
        changed=True,
        sentences=("It does not take place. Those who were invited can be given a placement day then.",),
        mails=told.mails,
        quiet=told.quiet,
    ), told


def _nothing(event: Event) -> Effect:
    return Effect(event_words(event), False, ("The event is so already; nothing is changed.",))


def _planned_before(session: Session, team: Team | None, cohort: Cohort, facts: EventFacts) -> Planned | None:
    at_once = {"cohort_id": cohort.id, "team_id": team and team.id, "starts_at": facts.starts_at}
    rows = session.scalars(select(Event).filter_by(**at_once, status="planned"))
    same = next((event for event in rows if facts_of(event) == facts), None)
    return Planned(_nothing(same), same.id, same.reference) if same else None


def _cancelled_before(event: Event) -> Effect:
    return Effect(event_words(event), False, ("The event has been cancelled already; nothing is changed.",))


def _record(scope: Scope, verb: str, event: Event, told: Told, *, now: datetime) -> None:
    audit.record(
        scope,
        verb,
        f"event:{event.id}",
        at=now,
        cohort_id=event.cohort_id,
        status=event.status,
        mode=event.mode,
        starts_at=event.starts_at.isoformat(),
        ends_at=event.ends_at.isoformat(),
        mails=len(told.mails),
    )
