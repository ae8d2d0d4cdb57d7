"""Many rows of every kind around the visitors of one cohort: does a page ask more often when there are more?

Each row of the crowd (`tests/web/crowd.py`) is copied as often as asked into three worlds: one of its own for
each copy; one about the visitors themselves, whose leader and partner have that many of everything; one about
the visitors' own day, event, run and import, to which that many belong.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Index, String, Table, UniqueConstraint, func, select, text, update
from sqlalchemy.orm import Session

from placement.db import db
from placement.models import Assignment, Leader, MatchRun, Slot
from placement.services.match_problem import problem_of
from placement.services.match_rows import read_rows
from tests.factories.clock import NOON

Row = dict[str, Any]
FIRST, ROOM = 1_000_000, 100_000
"""Where the ids of the first world's copies begin, and how far from there those of the next."""
OTHER_NAMES = {"answer": "held_answer", "batch": "import_batch", "run": "match_run"}
"""Tables that a key does not call by their own name."""
EVENT_INVITE = "invite to an event"
USERS = {"leader": 1, "partner": 2, "coordinator": 3}
"""Tables whose rows have a user of their own."""
BEHIND = {**USERS, EVENT_INVITE: 4}
"""How far the ids of further rows in one table begin behind the first."""
WITH_HOURS = frozenset({"slot", "placement", "event"})
ON_A_DAY = (
    *("placement", "invite", "message", "delivery_try", "written_mail", "reply", "held_answer", "task"),
    *("assignment", "attendance", "feedback", "reflection", "fixed_pair", "seat_offer"),
    *("withdrawal", "partner_message", "swap_request"),
)
AT_AN_EVENT = ("event_guest", EVENT_INVITE)
OF_A_LEADER = (
    *("access_need", "conflict", "date_answer", "previous_ranking", "preference", "refused_opportunity"),
    *("user_alias", "opt_out"),
)
SETTLED: Mapping[str, Row] = {"seat_offer": {"state": "declined", "settled_at": NOON}}
"""What else holds of the copies beside the first, because there may be but one as the first is."""

ACCEPTED: Row = {"partstat": "ACCEPTED"}
"""How some answer: a request for a swap waits only where its day was not declined."""


@dataclass(frozen=True)
class World:
    """One copy of each of `tables`; keys to tables `beside` lead to the copies of the first world."""

    first: int
    tables: tuple[str, ...]
    beside: frozenset[str] = frozenset()


WORLDS = (
    World(
        FIRST,
        (
            *(
                "match_run",
                "organisation",
                "team",
                *USERS,
                "site",
                "opportunity",
                "activity",
                "slot",
                "event",
            ),
            *(*OF_A_LEADER, *ON_A_DAY, *AT_AN_EVENT, "saved_view", "import_batch", "import_row"),
            *("run_note", "fixing_step", "audit_event", "audit_check"),
        ),
    ),
    World(
        FIRST + ROOM,
        (
            *("site", "opportunity", "activity", "slot", "date_answer", "preference", "user_alias"),
            *("refused_opportunity", *ON_A_DAY, *AT_AN_EVENT),
        ),
        beside=frozenset({"event"}),
    ),
    World(
        FIRST + 2 * ROOM,
        (*ON_A_DAY, *AT_AN_EVENT, "import_row"),
        beside=frozenset({"leader"}),
    ),
)


def multiply(connection: Connection, own: Mapping[str, int], *, copies: int) -> None:
    """Copy each row of the cohort to which the ids in `own` belong; no trigger looks at what is written."""
    for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    templates = _templates(connection, own)
    connection.execute(update(_table("slot")).values(capacity=4 * ROOM))
    for world in WORLDS:
        for name in world.tables:
            if name in USERS:
                _copy(connection, _user_of(connection, templates[name]), "user", world, copies, plus=name)
            _copy(connection, templates[name], name, world, copies)
    slot = _table("slot")
    connection.execute(update(slot).where(slot.c.id == own["slot_id"]).values(taken=copies + 1))


def propose(session: Session, run_id: int) -> None:
    """Let a run be one of the cohort as it is now, with what it proposes."""
    run = session.get_one(MatchRun, run_id)
    rows = read_rows(session, run.cohort, now=NOON)
    problem = problem_of(rows, objective="generous", seed=run.seed, kind="fresh")
    run.frozen_input, run.input_digest = json.dumps(problem.to_json()), problem.digest()
    pairs = session.execute(
        select(Leader, Slot.reference, Assignment.rank)
        .join(Assignment, Assignment.leader_id == Leader.id)
        .join(Slot, Slot.id == Assignment.slot_id)
        .where(Assignment.match_run_id == run.id)
    )
    given = [{"leader": leader.match_id, "slot": slot, "rank": rank} for leader, slot, rank in pairs]
    run.result = json.dumps(json.loads(run.result or "{}") | {"assignments": given})
    session.flush()


def counts(connection: Connection, cohort_id: int) -> dict[str, int]:
    """How many rows of each table there are, of the cohort where a row has one."""
    found = {}
    for table in db.metadata.sorted_tables:
        query = select(func.count()).select_from(table)
        if "cohort_id" in table.c:
            query = query.where(table.c.cohort_id == cohort_id)
        found[table.name] = connection.scalar(query) or 0
    return found


def _table(name: str) -> Table:
    return db.metadata.tables["invite" if name == EVENT_INVITE else name]


def _templates(connection: Connection, own: Mapping[str, int]) -> dict[str, Row]:
    """The row of each kind that is copied: the visitors' own, else the first of their cohort."""
    found = {}
    for name in {name for world in WORLDS for name in world.tables}:
        table = _table(name)
        query = select(table)
        if "cohort_id" in table.c:
            query = query.where(table.c.cohort_id == own["cohort_id"])
        if name in {"invite", EVENT_INVITE}:
            query = query.where((table.c.placement_id if name == "invite" else table.c.event_id).is_not(None))
        elif f"{name}_id" in own:
            query = query.where(table.c.id == own[f"{name}_id"])
        row = connection.execute(query.order_by(*table.primary_key).limit(1)).mappings().first()
        assert row is not None, f"there is no {name} to copy"
        found[name] = dict(row)
    return found


def _user_of(connection: Connection, row: Row) -> Row:
    user = _table("user")
    return dict(connection.execute(select(user).where(user.c.id == row["user_id"])).mappings().one())


def _copy(
    connection: Connection, template: Row, name: str, world: World, copies: int, *, plus: str = ""
) -> None:
    """Write the copies of one row: of the user of a row of `plus`, where there is one."""
    table = _table(name)
    apart, plus = _told_apart(table), name if name == EVENT_INVITE else plus
    rows = [
        {key: _key(key, value, table, world, number, plus) for key, value in template.items()}
        for number in range(copies)
    ]
    for number, row in enumerate(rows):
        for key in apart:
            row[key] = f"{plus[:1]}{world.first + number}-{row[key]}"
        row.update(_apart_in_time(row, name, world, number))
        row.update(SETTLED.get(name, {}) if world.first != FIRST else {})
        row.update(ACCEPTED if name == "invite" and number % 20 == 0 else {})
    connection.execute(table.insert(), rows)


def _key(key: str, value: Any, table: Table, world: World, number: int, plus: str) -> Any:
    """To what a column of a copy leads; its own value where it is no key, or leads to what is not copied."""
    if key == "id":
        return world.first + BEHIND.get(plus, 0) * 10 * ROOM + number
    if value is None or not table.c[key].foreign_keys or not key.endswith("_id"):
        return value
    target = key.removesuffix("_id")
    target = OTHER_NAMES.get(target, target)
    if target == "user":
        owner = table.name if table.name in USERS else "leader"
        made = owner in world.tables
        return FIRST + BEHIND[owner] * 10 * ROOM + number if made else value
    if target in world.beside:
        return FIRST + number
    return world.first + number if target in world.tables else value


def _told_apart(table: Table) -> list[str]:
    """The texts that no two rows may share, and names."""
    unique = [
        [column.name for column in one.columns]
        for one in (*table.constraints, *(index for index in table.indexes if index.unique))
        if isinstance(one, UniqueConstraint | Index)
    ]
    keys = {key for key, column in table.c.items() if column.foreign_keys and key != "cohort_id"}
    texts = {key for columns in unique if not keys & set(columns) for key in columns}
    texts |= {"name", "title", "address"}
    return [column.name for column in table.c if column.name in texts and isinstance(column.type, String)]


def _apart_in_time(row: Row, name: str, world: World, number: int) -> Row:
    """Days before and after now in turn, so that no two of one person overlap; other places in an order."""
    days = timedelta(days=(number + 1) * (-1 if number % 2 else 1))
    if name in WITH_HOURS and (name == "event" or "slot" in world.tables):
        return {"starts_at": row["starts_at"] + days, "ends_at": row["ends_at"] + days}
    if name == "date_answer":
        return {"date": row["date"] + days}
    if name == "import_row":
        return {"row_id": row["leader_id"]}
    return {"rank": number + 2} if name == "preference" else {}
