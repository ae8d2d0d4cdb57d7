"""What confirming a run would do: how many placements and mails, and what one of the mails would say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from placement.domain.errors import PlacementError
from placement.domain.invites import InviteDetails, check_details
from placement.domain.sender import Sender
from placement.models import Assignment, Leader, MatchRun, Slot
from placement.services import invites, partner_news, repairs
from placement.services.news import Told
from placement.services.placements import live_placements
from placement.services.reports.cautions import Caution, Seat, busy_elsewhere, if_need_be
from placement.services.reports.effects import PartnerMail
from placement.services.reports.runs import RunReport, changes_of, report_of
from placement.services.scope import Scope
from placement.services.slot_rows import slots_of
from placement.services.wordings import intros


@dataclass(frozen=True)
class NewInvite:
    """One mail that confirming would owe; `problem` says why it could not be sent, empty where it could.

    It brings an invite, or the cancellation of one.
    """

    leader_id: int
    details: InviteDetails
    problem: str


@dataclass(frozen=True)
class Confirming:
    """A run before it is confirmed: what would come of it, who misses a day, what has changed since.

    A repair also ends placements: `cancelled` are the mails about that, `quiet` the names of those who would
    get none because no invite has left yet. `partners` are the mails about who is coming. New days on dates
    that their leaders can do only `if_need_be`, and those at which they are `busy_elsewhere`, stop nothing.
    """

    run: RunReport
    placements: int
    unplaced: tuple[str, ...]
    new: tuple[NewInvite, ...]
    changes: tuple[str, ...]
    cancelled: tuple[NewInvite, ...] = ()
    quiet: tuple[str, ...] = ()
    partners: tuple[PartnerMail, ...] = ()
    if_need_be: tuple[Caution, ...] = ()
    busy_elsewhere: tuple[Caution, ...] = ()

    @property
    def problems(self) -> tuple[NewInvite, ...]:
        """The mails that could not be sent: with any of them, nothing can be confirmed."""
        return tuple(mail for mail in (*self.new, *self.cancelled) if mail.problem)


def confirming(scope: Scope, cohort_id: int, run_id: int, *, sender: Sender, now: datetime) -> Confirming:
    """What confirming a run of a cohort that the actor coordinates would do; nothing is written."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    told = _told(scope, run, sender=sender, now=now)  # first, because it forgets all rows
    standing = {(row.leader_id, row.slot_id) for row in live_placements(scope.session, run.cohort_id)}
    new = [pair for pair in run.assignments if (pair.leader_id, pair.slot_id) not in standing]
    leaders = scope.session.scalars(select(Leader).where(Leader.cohort_id == run.cohort_id)).all()
    report, seats = report_of(run), _seats(scope, leaders, new)
    missing = {row["leader"] for row in (report.solution or {}).get("unplaced", ())}
    return Confirming(
        run=report,
        placements=len(run.assignments),
        unplaced=tuple(sorted((one.name for one in leaders if one.match_id in missing), key=str.casefold)),
        new=_invites(scope, run, seats, new, sender=sender, now=now),
        changes=changes_of(scope.session, run, now=now),
        cancelled=_in_order(_invite(mail.person.leader_id, mail.details) for mail in told.mails),
        quiet=tuple(sorted((person.name for person in told.quiet), key=str.casefold)),
        partners=_partners(scope, run, standing, sender=sender, now=now),
        if_need_be=if_need_be(scope.session, seats),
        busy_elsewhere=busy_elsewhere(scope.session, seats),
    )


def _seats(scope: Scope, leaders: Sequence[Leader], pairs: Sequence[Assignment]) -> list[Seat]:
    """Who gets which day, for each of `pairs`."""
    people = {leader.id: leader for leader in leaders}
    wanted = {pair.slot_id for pair in pairs}
    slots = {slot.id: slot for slot in slots_of(scope.session, select(Slot).where(Slot.id.in_(wanted)))}
    return [(people[pair.leader_id], slots[pair.slot_id]) for pair in pairs]


def _partners(
    scope: Scope, run: MatchRun, standing: set[tuple[int, int]], *, sender: Sender, now: datetime
) -> tuple[PartnerMail, ...]:
    """The mails to partners when what the run proposes stands."""
    pairs = standing | {(pair.leader_id, pair.slot_id) for pair in run.assignments}
    if run.kind != "match":
        ended = repairs.exchange_of(scope.session, run, now=now).ended
        pairs -= {(row.leader_id, row.slot_id) for row in ended}
    return partner_news.preview(scope.session, run.cohort_id, pairs=pairs, sender=sender, now=now)


def _told(scope: Scope, run: MatchRun, *, sender: Sender, now: datetime) -> Told:
    if run.kind == "match":
        return Told()
    return repairs.preview_cancellations(scope.session, run, sender=sender, now=now)


def _invites(
    scope: Scope,
    run: MatchRun,
    seats: Sequence[Seat],
    pairs: Sequence[Assignment],
    *,
    sender: Sender,
    now: datetime,
) -> tuple[NewInvite, ...]:
    """The mails for `pairs`, whose leaders and slots are `seats`."""
    intro = intros(scope.session, [run.cohort_id])[run.cohort_id, invites.FIRST_INVITE]
    exchange = None if run.kind == "match" else repairs.exchange_of(scope.session, run, now=now)
    return _in_order(
        _invite(
            leader.id,
            invites.preview_details(
                leader,
                slot,
                pair.rank,
                sender=sender,
                now=now,
                reason=exchange.why_made(leader.id, slot.id) if exchange else "",
                intro=intro,
            ),
        )
        for pair, (leader, slot) in zip(pairs, seats, strict=True)
    )


def _in_order(mails: Iterable[NewInvite]) -> tuple[NewInvite, ...]:
    """Mails by the leaders' names and the days' starts."""
    return tuple(
        sorted(mails, key=lambda mail: (mail.details.attendee.name.casefold(), mail.details.starts_at))
    )


def _invite(leader_id: int, details: InviteDetails) -> NewInvite:
    try:
        check_details(details)
    except PlacementError as refused:
        return NewInvite(leader_id, details, str(refused.facts.get("reason") or refused))
    return NewInvite(leader_id, details, "")
