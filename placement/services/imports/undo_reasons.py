"""Why a row of an import stays as it is: what people were told, said or did since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import ImportBatch, MatchRun, Opportunity, Placement, SignedIn, Slot
from placement.services.imports.snapshots import Difference, State

_RUN = "match run {run} was made with it"
_WITHOUT_RUNS = frozenset({"site", "organisation", "team"})
_TOLD = "people are confirmed there and have been told; change it on its own page"
_PLACED = "this person has a placement"
_ANSWERED = "this person has answered"
_SIGNED_IN = "they have signed in since"


@dataclass(frozen=True)
class Reasons:
    """What has happened in a cohort that an undo must leave alone.

    `visited` holds the days with a placement, and what they belong to: opportunities, partners, sites.
    """

    run_id: int | None
    placed: frozenset[int]
    visited: frozenset[tuple[str, int]]
    signed_in: frozenset[int]

    @classmethod
    def read(cls, session: Session, batch: ImportBatch) -> "Reasons":
        """Look it up, in a fixed number of queries."""
        cohort_id = batch.cohort_id
        runs = select(func.max(MatchRun.id)).where(
            MatchRun.cohort_id == cohort_id, MatchRun.requested_at >= batch.imported_at
        )
        placed = select(Placement.leader_id).where(Placement.cohort_id == cohort_id)
        days = (
            select(Slot.id, Slot.opportunity_id, Slot.partner_id, Opportunity.site_id)
            .join(Opportunity, Opportunity.id == Slot.opportunity_id)
            .where(Slot.id.in_(select(Placement.slot_id).where(Placement.cohort_id == cohort_id)))
        )
        things = ("slot", "opportunity", "partner", "site")
        since = select(SignedIn.user_id).where(SignedIn.created_at >= batch.imported_at)
        return cls(
            session.scalar(runs),
            frozenset(session.scalars(placed)),
            frozenset(key for row in session.execute(days) for key in zip(things, row, strict=True)),
            frozenset(session.scalars(since)),
        )

    def against(self, row: Difference, state: State) -> str | None:
        """Why `row`, which is as the import left it, stays; None where nothing stands against undoing it."""
        if row.leader_id in self.placed and row.thing != "need":
            return _PLACED
        if (row.thing, row.row_id) in self.visited:
            return _TOLD
        return self._against_removal(row, state) if row.before is None else None

    def _against_removal(self, row: Difference, state: State) -> str | None:
        if row.thing in ("answer", "need"):
            return None
        if row.thing == "leader" and ("answer", row.row_id) in state:
            return _ANSWERED
        if row.after.get("user_id") in self.signed_in:
            return _SIGNED_IN
        if self.run_id is not None and row.thing not in _WITHOUT_RUNS:
            return _RUN.format(run=self.run_id)
        return None

    def changed(self, row: Difference, columns: Sequence[str]) -> str:
        """That `columns` of `row` are no longer as the import left them."""
        if row.thing == "answer":
            return "this person has answered again since"
        if row.thing == "need":
            return "it was written anew since"
        return f"it was changed since ({', '.join(name.replace('_', ' ') for name in columns)})"


def name_of(row: Difference, state: State) -> str:
    """What people call a row."""
    thing = "leader" if row.thing in ("answer", "need") else row.thing
    facts = state.get((thing, row.row_id), row.after)
    return str(facts.get("name") or facts.get("reference") or facts.get("address") or row.row_id)
