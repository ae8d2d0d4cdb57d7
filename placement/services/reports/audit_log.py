"""Who did what in a cohort, newest first: asked for in part, a page at a time, with names for ids.

The log may hold many thousands of events, so the database finds the part and the page.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from placement.domain.text import day_in_words, london_to_utc
from placement.models import AuditEvent, Event, Leader, Opportunity, Partner, Placement, Slot, User
from placement.services.audit_chain import ChainCheck, last_check
from placement.services.scope import Scope

AT_ONCE = 5000
MOST_PEOPLE = 500
"""So many people may fit the name that was searched for."""
ONE_ACTOR = re.compile(r"user:\d{1,9}")
ONE_THING = re.compile(r"[a-z_]{1,40}:\d{1,9}")
KIND = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True)
class Asked:
    """Which events are meant; what is empty leaves nothing out.

    `who` is a part of a name, or exactly one actor such as "user:3"; `parts` are the parts of the service
    that it may also mean. `about` is a kind of thing such as "leader", or exactly one such as "leader:7".
    `first` and `last` are days in the United Kingdom.
    """

    who: str = ""
    verb: str = ""
    about: str = ""
    first: date | None = None
    last: date | None = None
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogLine:
    """One event; `who` and `thing` are names where they are known, empty where they are not."""

    id: int
    at: datetime
    actor: str
    who: str
    verb: str
    subject: str
    thing: str
    facts: Mapping[str, object]

    @property
    def kind(self) -> str:
        """What kind of thing it is about: "leader" of "leader:7"."""
        return self.subject.partition(":")[0]

    @property
    def number(self) -> int | None:
        """The id of the thing, where it has one."""
        number = self.subject.partition(":")[2]
        return int(number) if number.isdigit() else None


@dataclass(frozen=True)
class AuditLog:
    """A page of the log: `found` events were asked for, `lines` stand on this page of `pages`."""

    cohort_id: int
    cohort: str
    lines: tuple[LogLine, ...]
    found: int
    page: int
    pages: int
    check: ChainCheck | None


def audit_log(scope: Scope, cohort_id: int, asked: Asked, *, page: int, size: int) -> AuditLog:
    """One page of the log of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    meant = _meant(session, cohort.id, asked)
    found = session.scalar(select(func.count()).select_from(AuditEvent).where(meant)) or 0
    pages = max(1, -(-found // size))
    page = min(page, pages)
    rows = session.execute(_query(meant).limit(size).offset((page - 1) * size)).all()
    return AuditLog(
        cohort_id=cohort.id,
        cohort=cohort.name,
        lines=tuple(_lines(session, cohort.id, rows)),
        found=found,
        page=page,
        pages=pages,
        check=last_check(session),
    )


def all_lines(scope: Scope, cohort_id: int, asked: Asked) -> Iterator[LogLine]:
    """Every event that was asked for, newest first."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    query = _query(_meant(session, cohort.id, asked)).execution_options(yield_per=AT_ONCE)
    for rows in session.execute(query).partitions():
        yield from _lines(session, cohort.id, rows)


def _query(meant: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.actor,
            AuditEvent.verb,
            AuditEvent.subject,
            AuditEvent.facts,
        )
        .where(meant)
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    )


def _meant(session: Session, cohort_id: int, asked: Asked) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [AuditEvent.cohort_id == cohort_id]
    if asked.verb:
        conditions.append(AuditEvent.verb == asked.verb)
    if asked.who:
        conditions.append(_by(session, asked))
    if ONE_THING.fullmatch(asked.about):
        conditions.append(AuditEvent.subject == asked.about)
    elif KIND.fullmatch(asked.about):
        conditions.append(AuditEvent.subject.startswith(f"{asked.about}:", autoescape=True))
    if asked.first:
        conditions.append(AuditEvent.at >= _midnight(asked.first))
    if asked.last:
        conditions.append(AuditEvent.at < _midnight(asked.last + timedelta(days=1)))
    return and_(*conditions)


def _by(session: Session, asked: Asked) -> ColumnElement[bool]:
    """Events of one actor; of everybody whose name or address has these words; of parts of the service."""
    if ONE_ACTOR.fullmatch(asked.who):
        return AuditEvent.actor == asked.who
    words = [
        or_(User.name.icontains(word, autoescape=True), User.email.icontains(word, autoescape=True))
        for word in asked.who.split()
    ]
    people = session.scalars(select(User.id).where(*words).order_by(User.id).limit(MOST_PEOPLE))
    labels = [f"user:{user_id}" for user_id in people]
    return AuditEvent.actor.in_([*labels, *asked.parts])


def _midnight(day: date) -> datetime:
    """When the day begins in the United Kingdom, where no clock ever changes at midnight."""
    return london_to_utc(day, time(0))


def _lines(session: Session, cohort_id: int, rows: Sequence[Any]) -> list[LogLine]:
    people = _user_names(session, [row.actor for row in rows] + [row.subject for row in rows])
    things = people | _thing_names(session, cohort_id, {row.subject for row in rows})
    return [
        LogLine(
            id=row.id,
            at=row.at,
            actor=row.actor,
            who=people.get(row.actor, ""),
            verb=row.verb,
            subject=row.subject,
            thing=things.get(row.subject, ""),
            facts=row.facts,
        )
        for row in rows
    ]


def _user_names(session: Session, labels: Iterable[str]) -> dict[str, str]:
    ids = _ids("user", labels)
    rows = session.execute(select(User.id, User.name, User.email).where(User.id.in_(ids)))
    return {f"user:{user_id}": name or email for user_id, name, email in rows}


def _thing_names(session: Session, cohort_id: int, subjects: Iterable[str]) -> dict[str, str]:
    """What things of the cohort are called: always the same number of queries."""
    subjects = list(subjects)
    named: dict[str, str] = {}
    for kind, query in _named(cohort_id).items():
        ids = _ids(kind, subjects)
        for row in session.execute(query.where(query.selected_columns[0].in_(ids))):
            when = f", {day_in_words(row[2])}" if len(row) > 2 else ""
            named[f"{kind}:{row[0]}"] = f"{row[1]}{when}"
    return named


def _named(cohort_id: int) -> dict[str, Select[*tuple[Any, ...]]]:
    """For each kind of thing: its id, its name, and perhaps its day."""
    return {
        "leader": select(Leader.id, Leader.name).where(Leader.cohort_id == cohort_id),
        "partner": select(Partner.id, Partner.name).where(Partner.cohort_id == cohort_id),
        "opportunity": select(Opportunity.id, Opportunity.title).where(Opportunity.cohort_id == cohort_id),
        "event": select(Event.id, Event.title, Event.starts_at).where(Event.cohort_id == cohort_id),
        "slot": select(Slot.id, Opportunity.title, Slot.starts_at)
        .join(Opportunity, Opportunity.id == Slot.opportunity_id)
        .where(Slot.cohort_id == cohort_id),
        "placement": select(Placement.id, Leader.name, Placement.starts_at)
        .join(Leader, Leader.id == Placement.leader_id)
        .where(Placement.cohort_id == cohort_id),
    }


def _ids(kind: str, labels: Iterable[str]) -> list[int]:
    start = f"{kind}:"
    numbers = {label.removeprefix(start) for label in labels if label.startswith(start)}
    return sorted(int(number) for number in numbers if number.isdigit())
