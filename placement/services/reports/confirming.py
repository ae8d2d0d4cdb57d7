"""What confirming a run would do: how many placements and mails, and what one of the mails would say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placement.domain.errors import PlacementError
from placement.domain.invites import InviteDetails, check_details
from placement.domain.sender import Sender
from placement.models import Assignment, Leader, Slot
from placement.services import invites
from placement.services.placements import live_placements
from placement.services.reports.runs import RunReport, changes_of, report_of
from placement.services.scope import Scope


@dataclass(frozen=True)
class NewInvite:
    """One mail that confirming would owe; `problem` says why it could not be sent, empty where it could."""

    leader_id: int
    details: InviteDetails
    problem: str


@dataclass(frozen=True)
class Confirming:
    """A run before it is confirmed: what would come of it, who misses a day, what has changed since."""

    run: RunReport
    placements: int
    unplaced: tuple[str, ...]
    new: tuple[NewInvite, ...]
    changes: tuple[str, ...]

    @property
    def problems(self) -> tuple[NewInvite, ...]:
        """The mails that could not be sent: with any of them, nothing can be confirmed."""
        return tuple(mail for mail in self.new if mail.problem)


def confirming(scope: Scope, cohort_id: int, run_id: int, *, sender: Sender, now: datetime) -> Confirming:
    """What confirming a run of a cohort that the actor coordinates would do; nothing is written."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    standing = {(row.leader_id, row.slot_id) for row in live_placements(scope.session, run.cohort_id)}
    new = [pair for pair in run.assignments if (pair.leader_id, pair.slot_id) not in standing]
    leaders = scope.session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()
    given = Counter(pair.leader_id for pair in run.assignments)
    return Confirming(
        run=report_of(run),
        placements=len(run.assignments),
        unplaced=tuple(sorted((one.name for one in leaders if given[one.id] < one.days), key=str.casefold)),
        new=_invites(scope, leaders, new, sender=sender, now=now),
        changes=changes_of(scope.session, run, now=now),
    )


def _invites(
    scope: Scope, leaders: Sequence[Leader], pairs: Sequence[Assignment], *, sender: Sender, now: datetime
) -> tuple[NewInvite, ...]:
    """The mails for `pairs`, by the leaders' names and the days' starts."""
    people = {leader.id: leader for leader in leaders}
    wanted = {pair.slot_id for pair in pairs}
    slots = {slot.id: slot for slot in scope.session.scalars(select(Slot).where(Slot.id.in_(wanted)))}
    found = [
        _invite(
            pair.leader_id,
            invites.preview_details(
                people[pair.leader_id], slots[pair.slot_id], pair.rank, sender=sender, now=now
            ),
        )
        for pair in pairs
    ]
    return tuple(
        sorted(found, key=lambda mail: (mail.details.attendee.name.casefold(), mail.details.starts_at))
    )


def _invite(leader_id: int, details: InviteDetails) -> NewInvite:
    try:
        check_details(details)
    except PlacementError as refused:
        return NewInvite(leader_id, details, str(refused.facts.get("reason") or refused))
    return NewInvite(leader_id, details, "")
