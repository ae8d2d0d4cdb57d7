"""The report of a season for boards and evaluators: figures alone, small ones hidden, and no names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.suppression import THRESHOLD, Figures, Line, Measure, Unit, protect
from placement.models import Cohort, Invite, Leader, Opportunity, Organisation, Partner, Placement, Slot, Team
from placement.services.reports.funnel import STAGES, reached_by
from placement.services.scope import Scope

DAYS, DAYS_ACCEPTED = "days", "days accepted"
OF_PEOPLE: Mapping[str, str] = {
    "organisation": "By organisation",
    "sector": "By sector",
    "area": "By area",
    "team": "By team",
    "pay band": "By pay band",
}
NOT_STATED = "Not stated"
LATER_CHOICE = 6
"""From this choice on, choices are counted together."""
DAY_MEASURES = (Measure(DAYS), Measure(DAYS_ACCEPTED, DAYS))


@dataclass(frozen=True)
class Gift:
    """What the partners of one theme gave; `days` are those that leaders have there, None where hidden."""

    theme: str
    partners: int
    offered: int
    hours: float
    places: int
    days: int | None


@dataclass(frozen=True)
class ReportTable:
    """One table of the report: the numbers of each group by measure."""

    word: str
    title: str
    lines: tuple[Line, ...]

    @property
    def hides(self) -> bool:
        """Whether any number of it is hidden."""
        return any(line.hides for line in self.lines)


@dataclass(frozen=True)
class SeasonReport:
    """All figures of a cohort as they stood at `at`; a number that is None is hidden, because it is small."""

    cohort_id: int
    cohort: str
    programme: str
    at: datetime
    threshold: int
    totals: Mapping[str, int | None]
    tables: tuple[ReportTable, ...]
    choices: ReportTable
    gifts: tuple[Gift, ...]
    runs_here: bool

    @property
    def hides(self) -> bool:
        """Whether anything is hidden."""
        return (
            None in self.totals.values()
            or any(table.hides for table in (*self.tables, self.choices))
            or any(gift.days is None for gift in self.gifts)
        )


def season_report(scope: Scope, cohort_id: int, *, now: datetime) -> SeasonReport:
    """The report of a cohort whose figures the actor may see."""
    session, cohort = scope.session, scope.figures_of(cohort_id)
    people, days = _people(session, cohort), _days(session, cohort)
    tables = [word for word in OF_PEOPLE if any(unit.groups[word] != NOT_STATED for unit in people)]
    measures = [Measure(stage.word, stage.whole) for stage in STAGES]
    of_people = protect(people, tables, measures)
    of_days = protect(days, ("choice", "theme"), DAY_MEASURES)
    return SeasonReport(
        cohort_id=cohort.id,
        cohort=cohort.name,
        programme=cohort.programme.name,
        at=now,
        threshold=THRESHOLD,
        totals={**of_people.totals, **of_days.totals},
        tables=tuple(ReportTable(word, OF_PEOPLE[word], of_people.tables[word]) for word in tables),
        choices=ReportTable("choice", "Which choice leaders got", of_days.tables["choice"]),
        gifts=_gifts(session, cohort, of_days),
        runs_here=scope.everything or _coordinates(scope, cohort.id),
    )


def _coordinates(scope: Scope, cohort_id: int) -> bool:
    return scope.session.scalar(scope.cohorts().where(Cohort.id == cohort_id)) is not None


def _people(session: Session, cohort: Cohort) -> list[Unit]:
    """The leaders of a cohort with the groups that each is counted in."""
    rows = session.execute(
        select(Leader.id, Organisation.name, Leader.sector, Leader.base_postcode, Team.name, Leader.pay_band)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .outerjoin(Team, Team.id == Leader.team_id)
        .where(Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None))
        .order_by(Leader.id)
    )
    reached = reached_by(session, cohort.id)
    return [
        Unit(
            {
                "organisation": organisation or NOT_STATED,
                "sector": sector or NOT_STATED,
                "area": postcode.split(" ")[0] or NOT_STATED,
                "team": team or NOT_STATED,
                "pay band": band or NOT_STATED,
            },
            frozenset(reached[leader_id]),
        )
        for leader_id, organisation, sector, postcode, team, band in rows
    ]


def _days(session: Session, cohort: Cohort) -> list[Unit]:
    """The confirmed days of leaders, with the choice that each is and the theme of its partner."""
    rows = session.execute(
        select(Placement.rank, Partner.theme, Invite.partstat)
        .join(Slot, Slot.id == Placement.slot_id)
        .join(Partner, Partner.id == Slot.partner_id)
        .outerjoin(Invite, Invite.placement_id == Placement.id)
        .where(Placement.cohort_id == cohort.id, Placement.status == "confirmed")
        .order_by(Placement.id)
    )
    return [
        Unit(
            {"choice": _choice(rank), "theme": theme or NOT_STATED},
            frozenset({DAYS, DAYS_ACCEPTED} if partstat == "ACCEPTED" else {DAYS}),
        )
        for rank, theme, partstat in rows
    ]


def _choice(rank: int | None) -> str:
    """A choice as a group, named so that the groups stand in order."""
    return "none" if rank is None else str(min(rank, LATER_CHOICE))


def _gifts(session: Session, cohort: Cohort, of_days: Figures) -> tuple[Gift, ...]:
    """What partners offered by theme: facts about organisations, beside the days that leaders have there."""
    taken = {line.group: line.numbers[DAYS] for line in of_days.tables["theme"]}
    rows = session.execute(
        select(Partner.id, Partner.theme, Slot.starts_at, Slot.ends_at, Slot.capacity, Slot.wanted_capacity)
        .join(Opportunity, Opportunity.partner_id == Partner.id)
        .join(Slot, (Slot.opportunity_id == Opportunity.id) & (Slot.status == "open"))
        .where(Partner.cohort_id == cohort.id)
    ).all()
    by_theme: defaultdict[str, list[tuple[int, timedelta, int]]] = defaultdict(list)
    for partner_id, theme, starts_at, ends_at, capacity, wanted in rows:
        places = capacity if wanted is None else wanted
        by_theme[theme or NOT_STATED].append((partner_id, ends_at - starts_at, places))
    return tuple(
        _gift(theme, by_theme[theme], taken.get(theme, 0))
        for theme in sorted({*by_theme, *taken}, key=str.casefold)
    )


def _gift(theme: str, offered: Sequence[tuple[int, timedelta, int]], days: int | None) -> Gift:
    return Gift(
        theme=theme,
        partners=len({partner_id for partner_id, _, _ in offered}),
        offered=len(offered),
        hours=_hours(length for _, length, _ in offered),
        places=sum(places for _, _, places in offered),
        days=days,
    )


def _hours(lengths: Iterable[timedelta]) -> float:
    return round(sum(lengths, timedelta()) / timedelta(hours=1), 1)
