"""Who asks, and which rows exist for them.

Pages and commands reach rows only through a `Scope`. A row outside somebody's reach does not exist for
them: asking for it raises `NotFound`, the same as for a row that never was.
"""

from dataclasses import dataclass
from typing import Self, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from placement.domain.errors import NotFound
from placement.models import (
    Cohort,
    Coordinator,
    Event,
    FixedPair,
    ImportBatch,
    Leader,
    MatchRun,
    Opportunity,
    Organisation,
    Partner,
    RunNote,
    Site,
    Slot,
    Team,
    User,
)

Row = TypeVar("Row")


@dataclass(frozen=True)
class Actor:
    """Somebody who acts: a signed-in user, or the service itself (no `user_id`)."""

    label: str
    user_id: int | None = None


@dataclass(frozen=True)
class Scope:
    """A session together with whom it serves."""

    session: Session
    actor: Actor

    @classmethod
    def system(cls, session: Session, *, label: str = "system") -> Self:
        """The reach of commands and the worker: everything."""
        return cls(session, Actor(label))

    @classmethod
    def of_user(cls, session: Session, user_id: int) -> Self:
        """The reach of one signed-in user."""
        return cls(session, Actor(f"user:{user_id}", user_id))

    @property
    def everything(self) -> bool:
        """Whether this is the service itself rather than a person."""
        return self.actor.user_id is None

    def cohorts(self) -> Select[Cohort]:
        """Cohorts that the actor coordinates."""
        query = select(Cohort)
        return query if self.everything else query.where(Cohort.id.in_(self._coordinated()))

    def cohort(self, cohort_id: int) -> Cohort:
        """One cohort that the actor coordinates."""
        return self._one(self.cohorts().where(Cohort.id == cohort_id), "cohort")

    def figures_of(self, cohort_id: int) -> Cohort:
        """One cohort whose figures the actor may see: as its coordinator or as its viewer."""
        query = select(Cohort).where(Cohort.id == cohort_id)
        if not self.everything:
            seen = select(Coordinator.cohort_id).where(Coordinator.user_id == self.actor.user_id)
            query = query.where(Cohort.id.in_(seen))
        return self._one(query, "cohort")

    def viewed(self, cohort_id: int) -> Cohort:
        """One cohort that the actor is a viewer of; its coordinators are none."""
        query = select(Cohort).where(Cohort.id == cohort_id)
        if not self.everything:
            seen = select(Coordinator.cohort_id).where(
                Coordinator.user_id == self.actor.user_id, Coordinator.role == "viewer"
            )
            query = query.where(Cohort.id.in_(seen))
        return self._one(query, "cohort")

    def cohort_named(self, name: str) -> Cohort:
        """One cohort that the actor coordinates, by its name."""
        return self._one(self.cohorts().where(Cohort.name == name), f'cohort "{name}"')

    def run(self, run_id: int) -> MatchRun:
        """One match run of a cohort that the actor coordinates."""
        query = select(MatchRun).where(MatchRun.id == run_id)
        if not self.everything:
            query = query.where(MatchRun.cohort_id.in_(self._coordinated()))
        return self._one(query, f"match run {run_id}")

    def run_of(self, cohort: Cohort, run_id: int) -> MatchRun:
        """One match run of `cohort`, which the actor was found to coordinate."""
        query = select(MatchRun).where(MatchRun.id == run_id, MatchRun.cohort_id == cohort.id)
        return self._one(query, "match run")

    def leader_of(self, cohort: Cohort, leader_id: int) -> Leader:
        """One leader of `cohort`, which the actor was found to coordinate."""
        return self._one(
            select(Leader).where(Leader.id == leader_id, Leader.cohort_id == cohort.id), "leader"
        )

    def organisation_in(self, cohort: Cohort, organisation_id: int) -> Organisation:
        """One organisation of `cohort`, which the actor was found to coordinate."""
        query = select(Organisation)
        query = query.where(Organisation.id == organisation_id, Organisation.cohort_id == cohort.id)
        return self._one(query, "organisation")

    def leader_named(self, cohort: Cohort, email: str) -> Leader:
        """The leader of `cohort` with this e-mail address."""
        query = select(Leader).join(User, User.id == Leader.user_id)
        query = query.where(User.email == email.strip().lower(), Leader.cohort_id == cohort.id)
        return self._one(query, f'leader "{email}" in cohort "{cohort.name}"')

    def slot_in(self, cohort: Cohort, slot_id: int) -> Slot:
        """One slot of `cohort`, which the actor was found to coordinate."""
        return self._one(select(Slot).where(Slot.id == slot_id, Slot.cohort_id == cohort.id), "day")

    def slot_named(self, cohort: Cohort, reference: str) -> Slot:
        """The slot of `cohort` with this reference."""
        query = select(Slot).where(Slot.reference == reference.strip(), Slot.cohort_id == cohort.id)
        return self._one(query, f'slot "{reference}" in cohort "{cohort.name}"')

    def opportunity_in(self, cohort: Cohort, opportunity_id: int) -> Opportunity:
        """One opportunity of `cohort`, which the actor was found to coordinate."""
        query = select(Opportunity).where(
            Opportunity.id == opportunity_id, Opportunity.cohort_id == cohort.id
        )
        return self._one(query, "opportunity")

    def partner_in(self, cohort: Cohort, partner_id: int) -> Partner:
        """One partner of `cohort`, which the actor was found to coordinate."""
        query = select(Partner).where(Partner.id == partner_id, Partner.cohort_id == cohort.id)
        return self._one(query, "partner")

    def fixed_pair_in(self, cohort: Cohort, pair_id: int) -> FixedPair:
        """One fixed pair of `cohort`, which the actor was found to coordinate."""
        query = select(FixedPair).where(FixedPair.id == pair_id, FixedPair.cohort_id == cohort.id)
        return self._one(query, "fixed place")

    def note_on(self, run: MatchRun, note_id: int) -> RunNote:
        """One note on `run`, which was found in a cohort that the actor coordinates."""
        query = select(RunNote).where(RunNote.id == note_id, RunNote.match_run_id == run.id)
        return self._one(query, "note")

    def event_in(self, cohort: Cohort, event_id: int) -> Event:
        """One event of `cohort`, which the actor was found to coordinate."""
        return self._one(select(Event).where(Event.id == event_id, Event.cohort_id == cohort.id), "event")

    def event_named(self, cohort: Cohort, reference: str) -> Event:
        """The event of `cohort` with this reference."""
        query = select(Event).where(Event.reference == reference.strip(), Event.cohort_id == cohort.id)
        return self._one(query, f'event "{reference}" in cohort "{cohort.name}"')

    def import_in(self, cohort: Cohort, batch_id: int) -> ImportBatch:
        """One import into `cohort`, which the actor was found to coordinate."""
        query = select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.cohort_id == cohort.id)
        return self._one(query, "import")

    def team_in(self, cohort: Cohort, team_id: int) -> Team:
        """One team of `cohort`, which the actor was found to coordinate."""
        return self._one(select(Team).where(Team.id == team_id, Team.cohort_id == cohort.id), "team")

    def team_named(self, cohort: Cohort, name: str) -> Team:
        """The team of `cohort` with this name."""
        query = select(Team).where(Team.name == name.strip(), Team.cohort_id == cohort.id)
        return self._one(query, f'team "{name}" in cohort "{cohort.name}"')

    def leader(self, leader_id: int) -> Leader:
        """The actor's own place as a leader of one cohort."""
        return self._one(self._own(select(Leader), Leader.user_id).where(Leader.id == leader_id), "page")

    def partner(self, partner_id: int) -> Partner:
        """A partner whose mailbox is the actor's."""
        return self._one(self._own(select(Partner), Partner.user_id).where(Partner.id == partner_id), "page")

    def slot_of(self, partner: Partner, slot_id: int) -> Slot:
        """One slot of `partner`, which the actor was found to be."""
        query = select(Slot).where(Slot.id == slot_id, Slot.partner_id == partner.id)
        return self._one(query, "day")

    def opportunity_of(self, partner: Partner, opportunity_id: int) -> Opportunity:
        """One opportunity of `partner`, which the actor was found to be."""
        query = select(Opportunity).where(
            Opportunity.id == opportunity_id, Opportunity.partner_id == partner.id
        )
        return self._one(query, "opportunity")

    def site_of(self, partner: Partner, site_id: int) -> Site:
        """One site of `partner`, which the actor was found to be."""
        return self._one(select(Site).where(Site.id == site_id, Site.partner_id == partner.id), "site")

    def _coordinated(self) -> Select[int]:
        return select(Coordinator.cohort_id).where(
            Coordinator.user_id == self.actor.user_id, Coordinator.role == "coordinator"
        )

    def _own(self, query: Select[Row], owner: InstrumentedAttribute[int]) -> Select[Row]:
        return query if self.everything else query.where(owner == self.actor.user_id)

    def _one(self, query: Select[Row], thing: str) -> Row:
        row = self.session.scalars(query).one_or_none()
        if row is None:
            raise NotFound(thing=thing)
        return row
