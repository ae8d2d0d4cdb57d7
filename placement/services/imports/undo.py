"""Undoing an import: what it added goes, what it changed is as before, unless somebody went by it since.

Each row is looked at by itself. One that has changed since, or on which something else was built, stays, and
is named with the reason. Answers go first, then changed columns are put back, then added rows are removed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from placement.domain.import_errors import UndoChangedMeanwhile
from placement.models import AccessNeed, DateAnswer, ImportBatch, ImportRow, Leader, Preference, User
from placement.services import access, audit
from placement.services.cohorts import hold_cohort
from placement.services.imports.batches import UNDO_FOR
from placement.services.imports.snapshots import TABLES, WHOLE, Difference, Facts, State, from_text, snapshot
from placement.services.imports.undo_reasons import Reasons, name_of
from placement.services.imports.writing import in_groups
from placement.services.scope import Scope

Names = dict[str, list[str]]
"""What rows are called, by thing."""
_REMOVED_IN_TURN = ("slot", "leader", "opportunity", "site", "partner", "organisation", "team")
_QUIET = frozenset({"site", "organisation", "team"})
"""Things that nobody looks for by themselves: they stay as long as something of theirs does."""
_USED = "something else goes by it by now: choices, days, conflicts of interest or events"
_CLASHES = "the old value would clash with another row, or what it pointed to is gone"


@dataclass(frozen=True)
class Kept:
    """One row that an undo leaves as it is, and why."""

    thing: str
    name: str
    why: str


@dataclass(frozen=True)
class Undone:
    """What an undo did, or would do: what was removed and put back, and the rows that stay."""

    batch_id: int
    imported_at: datetime
    removed: Names
    restored: Names
    kept: tuple[Kept, ...]

    @property
    def does_nothing(self) -> bool:
        """Whether every row stays as it is."""
        return not self.removed and not self.restored

    @property
    def seen(self) -> str:
        """A word that stands for all of it."""
        return sha256(repr((self.removed, self.restored, self.kept)).encode()).hexdigest()


def undo_import(scope: Scope, cohort_id: int, batch_id: int, *, now: datetime) -> Undone:
    """Undo as much of an import as can be; a caller who only wants to know rolls back."""
    cohort = scope.cohort(cohort_id)
    batch = scope.import_in(cohort, batch_id)
    hold_cohort(scope.session, cohort.id)
    undoing = _Undoing(scope.session, batch, now=now)
    undoing.run()
    found = Undone(
        batch.id,
        batch.imported_at,
        _sorted(undoing.removed),
        _sorted(undoing.restored),
        tuple(undoing.kept),
    )
    if not found.does_nothing:
        batch.undone_at = now
        audit.record(
            scope,
            "undo_import",
            f"import_batch:{batch.id}",
            at=now,
            cohort_id=cohort.id,
            removed=sum(map(len, found.removed.values())),
            restored=sum(map(len, found.restored.values())),
            kept=len(found.kept),
        )
    scope.session.flush()
    scope.session.expire_all()
    return found


def undo_seen(scope: Scope, cohort_id: int, batch_id: int, *, seen: str, now: datetime) -> Undone:
    """As `undo_import`, where that still does what was `seen`; raises `UndoChangedMeanwhile` otherwise."""
    done = undo_import(scope, cohort_id, batch_id, now=now)
    if done.seen != seen:
        raise UndoChangedMeanwhile
    return done


class _Undoing:
    """One undo while it goes on."""

    def __init__(self, session: Session, batch: ImportBatch, *, now: datetime) -> None:
        self.session, self.batch = session, batch
        self.rows = _rows(session, batch, now=now)
        self.state: State = snapshot(session, batch.cohort_id)
        self.reasons = Reasons.read(session, batch)
        self.removed: defaultdict[str, list[str]] = defaultdict(list)
        self.restored: defaultdict[str, list[str]] = defaultdict(list)
        self.kept: list[Kept] = []

    def run(self) -> None:
        """Answers and needs, then columns, then whole rows."""
        for row_id, row in self.rows:
            if row.thing in WHOLE:
                self._one(row_id, row, self._put_back_whole)
        for row_id, row in self.rows:
            if row.thing not in WHOLE and row.before is not None:
                self._one(row_id, row, self._put_back)
        self.state = snapshot(self.session, self.batch.cohort_id)
        for thing in _REMOVED_IN_TURN:
            added = [each for each in self.rows if each[1].thing == thing and each[1].before is None]
            self._remove(thing, added)

    def _one(self, row_id: int, row: Difference, act: Callable[[Difference], None]) -> None:
        why = self._against(row)
        if why is None:
            try:
                with self.session.begin_nested():
                    act(row)
            except IntegrityError:
                why = _CLASHES
        if why is not None:
            self._keep(row, why)
            return
        self._done([row_id])
        if row.thing not in _QUIET:
            names = self.removed if row.before is None else self.restored
            names[row.thing].append(name_of(row, self.state))

    def _against(self, row: Difference) -> str | None:
        """Why `row` stays as it is; None where nothing stands against undoing it."""
        now = self.state.get((row.thing, row.row_id))
        if now is None:
            return "it was removed since"
        changed = [name for name, value in row.after.items() if now.get(name) != value]
        if changed:
            return self.reasons.changed(row, changed)
        return self.reasons.against(row, self.state)

    def _keep(self, row: Difference, why: str) -> None:
        if row.thing not in _QUIET:
            self.kept.append(Kept(row.thing, name_of(row, self.state), why))

    def _done(self, row_ids: Iterable[int]) -> None:
        for group in in_groups(list(row_ids)):
            self.session.execute(delete(ImportRow).where(ImportRow.id.in_(group)))

    def _put_back(self, row: Difference) -> None:
        table = _table(row.thing)
        self.session.execute(update(table).where(table.c.id == row.row_id).values(row.before or {}))
        if "user_id" in row.after:
            self._part_with_users([row.after["user_id"]])

    def _put_back_whole(self, row: Difference) -> None:
        if row.thing == "need":
            self._put_need(row.row_id, row.before)
        else:
            self._put_answer(row.row_id, row.before)

    def _put_need(self, leader_id: int, need: Facts | None) -> None:
        self.session.execute(delete(AccessNeed).where(AccessNeed.leader_id == leader_id))
        if need is not None:
            self.session.execute(insert(AccessNeed).values(leader_id=leader_id, **need))

    def _put_answer(self, leader_id: int, answer: Facts | None) -> None:
        said = answer or {"choices": [], "days": [], "submitted_at": None}
        own = {"cohort_id": self.batch.cohort_id, "leader_id": leader_id}
        for table in (Preference, DateAnswer):
            self.session.execute(delete(table).where(table.leader_id == leader_id))
        choices = [
            {**own, "opportunity_id": offer_id, "rank": rank}
            for rank, offer_id in enumerate(said["choices"], start=1)
        ]
        days = [{**own, "date": date.fromisoformat(day), "answer": word} for day, word in said["days"]]
        for model, rows in ((Preference, choices), (DateAnswer, days)):
            if rows:
                self.session.execute(insert(model), rows)
        self.session.execute(
            update(Leader).where(Leader.id == leader_id).values(submitted_at=said["submitted_at"])
        )

    def _remove(self, thing: str, added: list[tuple[int, Difference]]) -> None:
        """Remove rows all at once where the database lets it, else one by one."""
        free = []
        for row_id, row in added:
            if why := self._against(row):
                self._keep(row, why)
            else:
                free.append((row_id, row))
        if not self._removed_all(thing, free):
            for each in free:
                if not self._removed_all(thing, [each]):
                    self._keep(each[1], _USED)

    def _removed_all(self, thing: str, rows: list[tuple[int, Difference]]) -> bool:
        table = _table(thing)
        try:
            with self.session.begin_nested():
                self._done(row_id for row_id, _ in rows)
                for group in in_groups([row.row_id for _, row in rows]):
                    self.session.execute(delete(table).where(table.c.id.in_(group)))
        except IntegrityError:
            return False
        if thing in ("leader", "partner"):
            self._part_with_users({row.after["user_id"] for _, row in rows})
        if rows and thing not in _QUIET:
            self.removed[thing] += [name_of(row, self.state) for _, row in rows]
        return True

    def _part_with_users(self, user_ids: Iterable[int]) -> None:
        """Remove users who are nothing any more; who is still named somewhere stays."""
        for user_id in user_ids:
            try:
                with self.session.begin_nested():
                    self.session.execute(delete(User).where(User.id == user_id))
            except IntegrityError:
                continue


def _sorted(names: Mapping[str, list[str]]) -> Names:
    return {thing: sorted(found) for thing, found in names.items() if found}


def _table(thing: str) -> Table:
    table = TABLES[thing].__table__
    assert isinstance(table, Table)  # noqa: S101  # every model here is a table
    return table


def _rows(session: Session, batch: ImportBatch, *, now: datetime) -> list[tuple[int, Difference]]:
    if batch.imported_at <= now - UNDO_FOR:
        return []
    query = select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id)
    return list(_opened(session, session.scalars(query)))


def _opened(session: Session, rows: Iterable[ImportRow]) -> Iterator[tuple[int, Difference]]:
    for row in rows:
        yield row.id, from_text(row.thing, row.row_id, access.unseal(session, row.sealed))
