"""Setting up a cohort: its name, until when leaders choose, and the rules by which its match is made."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.domain.cohort_errors import (
    ChoicesDecided,
    CohortChangedMeanwhile,
    CohortNameTaken,
    CohortNameUnusable,
    CohortNumberOutOfRange,
    DeadlineAfterFirstDay,
    DeadlineInPast,
    DeadlineReasonMissing,
    DeadlineTooFarAhead,
    SeedFixed,
    SeedUnusable,
)
from placement.domain.states import Objective, TeamRule
from placement.domain.text import clean_line, clean_text, day_in_words, time_in_words, to_london
from placement.models import Cohort, MatchRun, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.offered import on_offer
from placement.services.preferences import decided_at
from placement.services.scope import Scope
from placement.services.slots import YEARS_AHEAD

LONGEST_TEXT = 200
LONGEST_REASON = 500
LIMITS: Mapping[str, tuple[int, int]] = {
    "choices_minimum": (1, 50),
    "max_same_organisation": (1, 200),
    "min_sectors": (2, 3),
    "max_per_partner": (1, 50),
    "gap_minutes": (0, 1440),
}
"""The least and the most of each number."""
RULES = (
    *("place_unranked", "max_same_organisation", "min_sectors", "max_per_partner", "teams", "gap_minutes"),
)
"""What every list must keep. A run keeps its own objective and seed, so those make none out of date."""
AWAITED = ("queued", "solving", "solved")


@dataclass(frozen=True)
class CohortFacts:
    """What can be set about a cohort, under the names of its columns; moments are aware."""

    name: str
    preferences_close_at: datetime | None
    choices_minimum: int
    objective: Objective
    seed: str
    place_unranked: bool
    max_same_organisation: int | None
    min_sectors: int | None
    max_per_partner: int | None
    teams: TeamRule | None
    gap_minutes: int
    second_approval: bool = False


@dataclass(frozen=True)
class CohortChange:
    """What was changed. `outdated` is the run that waits, if any, but was made by the rules of before."""

    before: CohortFacts
    after: CohortFacts
    reopened: bool = False
    outdated: int | None = None

    @property
    def changed(self) -> frozenset[str]:
        """The names of what is different."""
        return frozenset(_changed(self.before, self.after))


def facts_of(cohort: Cohort) -> CohortFacts:
    """A cohort as it is set up."""
    return CohortFacts(**{name: getattr(cohort, name) for name in _NAMES})


def version_of(cohort: Cohort) -> str:
    """What a page shows of the settings; a form sends it back, so that an old page is noticed."""
    return sha256(repr(facts_of(cohort)).encode()).hexdigest()[:16]


def change_cohort(
    scope: Scope,
    cohort_id: int,
    *,
    facts: CohortFacts,
    reason: str = "",
    seen: str | None = None,
    now: datetime,
) -> CohortChange:
    """Set a cohort up another way; the same again changes nothing.

    A `reason` is needed, and goes on record, where a deadline that has gone by changes. `seen` is the
    `version_of` the cohort that the person looked at, where they looked.

    Raises
    ------
    CohortRefused
        One of its subclasses: the settings are impossible, or can no longer be changed.

    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    session.refresh(cohort)
    before, reason = facts_of(cohort), clean_text(reason)
    after = replace(facts, name=clean_line(facts.name), seed=clean_line(facts.seed))
    if after == before:
        return CohortChange(before, after)
    if seen is not None and seen != version_of(cohort):
        raise CohortChangedMeanwhile
    _refuse_texts(session, cohort, before, after)
    _refuse_numbers(before, after)
    if before.preferences_close_at != after.preferences_close_at:
        _refuse_deadline(session, cohort, after.preferences_close_at, reason=reason, now=now)
    change = CohortChange(
        before,
        after,
        reopened=_reopens(before, after, now=now),
        outdated=_outdated(session, cohort, before, after),
    )
    for name in change.changed:
        setattr(cohort, name, getattr(after, name))
    session.flush()
    _record(scope, cohort, change, reason=reason, now=now)
    return change


def first_day(session: Session, cohort_id: int, *, now: datetime) -> datetime | None:
    """When the first placement day begins that is still to come."""
    return session.scalar(
        select(func.min(Slot.starts_at)).where(
            Slot.cohort_id == cohort_id, Slot.status == "open", Slot.starts_at > now, on_offer()
        )
    )


def first_run(session: Session, cohort_id: int) -> int | None:
    """The first match run that was asked for."""
    return session.scalar(select(func.min(MatchRun.id)).where(MatchRun.cohort_id == cohort_id))


def change_sentences(change: CohortChange, *, objective_name: Callable[[str], str] = str) -> list[str]:
    """What a change means, a sentence for each thing that is different."""
    return list(_said(change, objective_name)) or ["The cohort is so already; nothing is changed."]


def until_sentence(closes_at: datetime | None) -> str:
    """Until when leaders choose."""
    if closes_at is None:
        return "There is no deadline: leaders can choose until places are decided."
    return f"Leaders can choose until {_moment(closes_at)}."


_NAMES = tuple(field.name for field in fields(CohortFacts))


def _changed(before: CohortFacts, after: CohortFacts) -> Iterator[str]:
    return (name for name in _NAMES if getattr(before, name) != getattr(after, name))


def _refuse_texts(session: Session, cohort: Cohort, before: CohortFacts, after: CohortFacts) -> None:
    if not 1 <= len(after.name) <= LONGEST_TEXT:
        raise CohortNameUnusable(most=LONGEST_TEXT)
    if session.scalar(select(Cohort.id).where(Cohort.name == after.name, Cohort.id != cohort.id)):
        raise CohortNameTaken(name=after.name)
    if before.seed == after.seed:
        return
    if not 1 <= len(after.seed) <= LONGEST_TEXT:
        raise SeedUnusable(most=LONGEST_TEXT)
    run_id = first_run(session, cohort.id)
    if run_id is not None:
        raise SeedFixed(run_id=run_id)


def _refuse_numbers(before: CohortFacts, after: CohortFacts) -> None:
    """Refuse numbers out of range; one that was so before may stay."""
    for field in _changed(before, after):
        number = getattr(after, field)
        if field in LIMITS and number is not None:
            least, most = LIMITS[field]
            if not least <= number <= most:
                raise CohortNumberOutOfRange(field=field, least=least, most=most)


def _refuse_deadline(
    session: Session, cohort: Cohort, wanted: datetime | None, *, reason: str, now: datetime
) -> None:
    decided = decided_at(session, cohort)
    if decided is not None:
        raise ChoicesDecided(when=_moment(decided))
    if wanted is not None:
        _refuse_moment(session, cohort, wanted, now=now)
    kept = cohort.preferences_close_at
    if kept is not None and kept <= now and not 1 <= len(reason) <= LONGEST_REASON:
        raise DeadlineReasonMissing(most=LONGEST_REASON)


def _refuse_moment(session: Session, cohort: Cohort, wanted: datetime, *, now: datetime) -> None:
    if wanted <= now:
        raise DeadlineInPast(when=_moment(wanted))
    if to_london(wanted).year > to_london(now).year + YEARS_AHEAD:
        raise DeadlineTooFarAhead(when=_moment(wanted))
    begins = first_day(session, cohort.id, now=now)
    if begins is not None and wanted >= begins:
        raise DeadlineAfterFirstDay(first_day=_moment(begins))


def _reopens(before: CohortFacts, after: CohortFacts, *, now: datetime) -> bool:
    kept = before.preferences_close_at
    return kept is not None and kept <= now and after.preferences_close_at != kept


def _outdated(session: Session, cohort: Cohort, before: CohortFacts, after: CohortFacts) -> int | None:
    """The newest run, where it waits to be solved or confirmed and a rule is another one now."""
    if not set(RULES) & set(_changed(before, after)):
        return None
    newest = session.execute(
        select(MatchRun.id, MatchRun.status)
        .where(MatchRun.cohort_id == cohort.id)
        .order_by(MatchRun.id.desc())
        .limit(1)
    ).one_or_none()
    return newest.id if newest is not None and newest.status in AWAITED else None


def _record(scope: Scope, cohort: Cohort, change: CohortChange, *, reason: str, now: datetime) -> None:
    changes = {
        name: [_kept(getattr(change.before, name)), _kept(getattr(change.after, name))]
        for name in sorted(change.changed)
    }
    facts: dict[str, object] = {"changes": changes}
    if reason and "preferences_close_at" in change.changed:
        facts["reason"] = reason
    audit.record(scope, "change_cohort", f"cohort:{cohort.id}", at=now, cohort_id=cohort.id, **facts)


def _kept(value: object) -> object:
    """A setting as the audit log keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value


def _said(change: CohortChange, objective_name: Callable[[str], str]) -> Iterator[str]:
    after, changed = change.after, change.changed
    if "name" in changed:
        yield f"The cohort is called “{after.name}”; imports and commands find it by this name."
    if "preferences_close_at" in changed:
        opened = " Choices are open again." if change.reopened else ""
        yield until_sentence(after.preferences_close_at) + opened
    if "choices_minimum" in changed:
        least = after.choices_minimum
        yield (
            f"Each leader chooses at least {least} placement{'s' if least > 1 else ''}. "
            "Whoever has sent their choices already need not send them again."
        )
    if "objective" in changed:
        yield f"The next match goes by: {objective_name(after.objective)}."
    if "seed" in changed:
        yield f"The seed of the lottery is “{after.seed}”, for everybody of the cohort to read."
    if changed & set(RULES):
        yield "The next match keeps the new rules."
    yield from _said_of_runs(change)


def _said_of_runs(change: CohortChange) -> Iterator[str]:
    if "second_approval" in change.changed:
        yield (
            "Before a run is confirmed, a second person approves it."
            if change.after.second_approval
            else "A run is confirmed without the approval of a second person."
        )
    if change.outdated is not None:
        yield (
            f"Run {change.outdated} was made by the rules of before, so it can no longer be confirmed. "
            "Run the match again."
        )


def _moment(at: datetime) -> str:
    return f"{day_in_words(at)}, {time_in_words(at)}"
