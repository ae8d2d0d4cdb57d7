"""What an import did to each row: the cohort before it beside the cohort after it."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.db import Base
from placement.models import (
    AccessNeed,
    DateAnswer,
    Leader,
    Opportunity,
    Organisation,
    Partner,
    Preference,
    Site,
    Slot,
    Team,
)

Facts = dict[str, Any]
Key = tuple[str, int]
State = dict[Key, Facts]
"""Rows by table and id; "answer" and "need" are what the leader of that id chose and needs."""

TABLES: Mapping[str, type[Base]] = {
    "partner": Partner,
    "site": Site,
    "opportunity": Opportunity,
    "slot": Slot,
    "organisation": Organisation,
    "team": Team,
    "leader": Leader,
}
WHOLE = ("answer", "need")
ABOUT_LEADERS = frozenset({"leader", *WHOLE})
_NOT_IMPORTED = {"slot": {"taken"}, "leader": {"submitted_at"}}  # counted by triggers; part of the answer


@dataclass(frozen=True)
class Difference:
    """One row that an import added (`before` is None) or changed: the columns that differ, both ways."""

    thing: str
    row_id: int
    before: Facts | None
    after: Facts

    @property
    def leader_id(self) -> int | None:
        """The leader whom the row is about."""
        return self.row_id if self.thing in ABOUT_LEADERS else None


def snapshot(session: Session, cohort_id: int) -> State:
    """Everything of a cohort that an import can touch."""
    found: State = {}
    for thing, model in TABLES.items():
        columns = [c for c in model.__table__.c if c.name not in _NOT_IMPORTED.get(thing, ())]
        rows = session.execute(select(*columns).where(model.__table__.c.cohort_id == cohort_id))
        found |= {(thing, row["id"]): dict(row) for row in rows.mappings()}
    return found | _answers(session, cohort_id) | _needs(session, cohort_id)


def differences(before: State, after: State) -> Iterator[Difference]:
    """What is otherwise in `after`; an import removes no row."""
    for (thing, row_id), facts in after.items():
        known = before.get((thing, row_id))
        if known is None:
            yield Difference(thing, row_id, None, facts)
        elif known != facts:
            differing = [name for name in facts if thing in WHOLE or known[name] != facts[name]]
            yield Difference(
                thing,
                row_id,
                {name: known[name] for name in differing},
                {name: facts[name] for name in differing},
            )


def _answers(session: Session, cohort_id: int) -> State:
    found: State = {}
    leaders = session.execute(select(Leader.id, Leader.submitted_at).where(Leader.cohort_id == cohort_id))
    for leader_id, submitted_at in leaders:
        found["answer", leader_id] = {"submitted_at": submitted_at, "choices": [], "days": []}
    choices = select(Preference.leader_id, Preference.opportunity_id).where(Preference.cohort_id == cohort_id)
    for leader_id, offer_id in session.execute(choices.order_by(Preference.leader_id, Preference.rank)):
        found["answer", leader_id]["choices"].append(offer_id)
    days = select(DateAnswer.leader_id, DateAnswer.date, DateAnswer.answer)
    days = days.where(DateAnswer.cohort_id == cohort_id).order_by(DateAnswer.leader_id, DateAnswer.date)
    for leader_id, day, answer in session.execute(days):
        found["answer", leader_id]["days"].append([day.isoformat(), answer])
    return {key: facts for key, facts in found.items() if any(facts.values())}


def _needs(session: Session, cohort_id: int) -> State:
    rows = session.execute(
        select(AccessNeed.leader_id, AccessNeed.ciphertext, AccessNeed.shared)
        .join(Leader, Leader.id == AccessNeed.leader_id)
        .where(Leader.cohort_id == cohort_id)
    )
    return {("need", row[0]): {"ciphertext": row[1], "shared": row[2]} for row in rows}


def as_text(difference: Difference) -> str:
    """Both states of a row as JSON."""
    return json.dumps([difference.before, difference.after], default=_encoded)


def from_text(thing: str, row_id: int, text: str) -> Difference:
    """The difference that `as_text` wrote down."""
    before, after = json.loads(text, object_hook=_decoded)
    return Difference(thing, row_id, before, after)


def _encoded(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"octets": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    raise TypeError(f"An import has no values of the kind {type(value).__name__}.")


def _decoded(value: Facts) -> Any:
    if set(value) == {"octets"}:
        return base64.b64decode(value["octets"])
    if set(value) == {"moment"}:
        return datetime.fromisoformat(value["moment"])
    return date.fromisoformat(value["day"]) if set(value) == {"day"} else value
