"""Writing leaders and what they answered."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete, select

from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Comparison, Values, Wanted
from placement.domain.sheets.tables import Kind
from placement.models import DateAnswer, Leader, Preference, User
from placement.services import access
from placement.services.imports.offers import Offer, merged, renamed
from placement.services.imports.writing import Ids, Line, Writing, in_groups

_COLUMNS = {
    "name": "name",
    "sector": "sector",
    "role": "role",
    "pay_band": "pay_band",
    "gender": "gender",
    "base_postcode": "base_postcode",
    "dbs": "check_held",
    "travel": "travel",
    "max_km": "max_km",
    "days": "days",
}
_ANSWERS = {"cannot_do": "cannot", "if_need_be": "if_need_be"}


@dataclass(frozen=True)
class Belongings:
    """Ids of what leaders belong to: users by e-mail address, organisations and teams by `sameness`."""

    users: Ids
    organisations: Ids
    teams: Ids

    def of(self, values: Values, columns: Collection[str]) -> dict[str, int | None]:
        """The columns of a leader that point to an organisation or a team."""
        found: dict[str, int | None] = {}
        if "organisation" in columns:
            found["organisation_id"] = self.organisations.get(sameness(cast("str", values["organisation"])))
        if "place_team" in columns:
            found["team_id"] = self.teams.get(sameness(cast("str", values["place_team"])))
        return found


def write_leaders(writing: Writing, leaders: Comparison, belongings: Belongings) -> Ids:
    """Write leaders with their access needs; the ids of all leaders of the cohort by e-mail address."""
    added = [
        Line(
            row.row,
            {"user_id": belongings.users[row.key], **_values(row.values, tuple(row.values), belongings)},
        )
        for row in leaders.added
    ]
    writing.insert(Kind.LEADERS, Leader, added)
    changed = [
        Line(
            each.wanted.row,
            {"id": each.stored.id, **_values(each.wanted.values, each.columns, belongings)},
        )
        for each in leaders.changed
    ]
    writing.update(Kind.LEADERS, Leader, [line for line in changed if len(line.values) > 1])
    ids = _ids(writing)
    _write_needs(writing, leaders, ids)
    return ids


def _values(values: Values, columns: Collection[str], belongings: Belongings) -> dict[str, Any]:
    found = {**renamed(values, _COLUMNS, columns), **belongings.of(values, columns)}
    if "position" in columns:
        latitude, longitude = cast("tuple[float, float] | None", values["position"]) or (None, None)
        found |= {"latitude": latitude, "longitude": longitude}
    return found


def _ids(writing: Writing) -> Ids:
    rows = writing.session.execute(
        select(User.email, Leader.id)
        .join(User, User.id == Leader.user_id)
        .where(Leader.cohort_id == writing.cohort_id)
    )
    return {row[0]: row[1] for row in rows}


def _write_needs(writing: Writing, leaders: Comparison, ids: Ids) -> None:
    rows = [row for row in leaders.added if row.values["access_needs"]]
    rows += [each.wanted for each in leaders.changed if each.has("access_needs")]
    needs = {ids[row.key]: cast("str", row.values["access_needs"]) for row in rows}
    with writing.session.no_autoflush:
        for group in in_groups(list(needs)):
            for leader in writing.session.scalars(select(Leader).where(Leader.id.in_(group))):
                access.record_need(writing.session, leader, needs[leader.id])
    writing.session.flush()


def write_answers(
    writing: Writing, answers: Comparison, leaders: Ids, offers: Mapping[str, Offer], *, now: datetime
) -> None:
    """Write rankings and date answers; a changed answer replaces the one before as a whole.

    A leader whose sheet gives no time counts as having answered `now`.
    """
    _forget(writing, [each.stored.id for each in answers.changed])
    given: list[tuple[Wanted, Values]] = [(row, row.values) for row in answers.added]
    given += [(each.wanted, merged(each)) for each in answers.changed]
    choices = [
        Line(row.row, {"leader_id": leaders[row.key], "opportunity_id": opportunity_id, "rank": rank})
        for row, values in given
        for rank, opportunity_id in enumerate(_choices(values, offers), start=1)
    ]
    writing.insert(Kind.PREFERENCES, Preference, choices)
    days = [
        Line(row.row, {"leader_id": leaders[row.key], "date": day, "answer": answer})
        for row, values in given
        for column, answer in _ANSWERS.items()
        for day in cast("tuple[Any, ...]", values[column])
    ]
    writing.insert(Kind.PREFERENCES, DateAnswer, days)
    submitted = [
        Line(row.row, {"id": leaders[row.key], "submitted_at": values["submitted_at"] or now})
        for row, values in given
    ]
    writing.update(Kind.PREFERENCES, Leader, submitted)


def _choices(values: Values, offers: Mapping[str, Offer]) -> Iterable[int]:
    references = cast("tuple[str, ...]", values["choices"])
    return (offers[sameness(reference)].opportunity_id for reference in references)


def _forget(writing: Writing, leader_ids: list[int]) -> None:
    for group in in_groups(leader_ids):
        writing.session.execute(delete(Preference).where(Preference.leader_id.in_(group)))
        writing.session.execute(delete(DateAnswer).where(DateAnswer.leader_id.in_(group)))
