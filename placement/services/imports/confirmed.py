"""What an import must not touch, because people have been told of it: confirmed placements."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import cast

from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Changed, Comparison, Difference
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.tables import Kind
from placement.services.imports.stored import StoredCohort

# What stands in the invites of a partner's and an opportunity's placements.
_INVITED_BY = ("contact", "phone")
_INVITED_TO = ("partner", "title", "address", "postcode")
_INVITED_AT = ("opportunity", "date", "start", "end")


def against_confirmed(
    sheets: CohortSheets,
    comparisons: Mapping[Kind, Comparison],
    stored: StoredCohort,
    placed: Mapping[int, int],
) -> Iterator[Fault]:
    """Every change that would make a confirmed placement or its invite untrue.

    `placed` counts the confirmed placements of each leader by leader id. What is confirmed is changed where
    the invites follow, never by an import.
    """
    for change in comparisons[Kind.SLOTS].changed:
        yield from _slot_faults(sheets, change)
    visitors = _visitors(stored)
    for change in comparisons[Kind.OPPORTUNITIES].changed:
        if taken := visitors[change.stored.name]:
            yield from _frozen(sheets, Kind.OPPORTUNITIES, change, _INVITED_TO, taken)
    visitors = _visitors_of_partners(stored)
    for change in comparisons[Kind.PARTNERS].changed:
        if taken := visitors[sameness(change.stored.name)]:
            yield from _frozen(sheets, Kind.PARTNERS, change, _INVITED_BY, taken)
    for change in comparisons[Kind.LEADERS].changed:
        days = cast("int", change.wanted.values["days"])
        if change.has("days") and placed.get(change.stored.id, 0) > days:
            yield sheets.fault(
                Kind.LEADERS,
                change.wanted.row,
                "days",
                f"{days} is fewer than the {placed[change.stored.id]} days already confirmed for this leader",
                "Cancel a placement first, or leave the number as it is",
            )


def _slot_faults(sheets: CohortSheets, change: Changed) -> Iterator[Fault]:
    taken = cast("int", change.stored.values["taken"])
    if not taken:
        return
    capacity = cast("int", change.wanted.values["capacity"])
    if change.has("capacity") and capacity < taken:
        yield sheets.fault(
            Kind.SLOTS,
            change.wanted.row,
            "capacity",
            f"{capacity} is fewer than the {_people(taken)} already confirmed",
            "Leave room for everybody confirmed, or use: placement slot change",
        )
    yield from _frozen(sheets, Kind.SLOTS, change, _INVITED_AT, taken)


def _visitors(stored: StoredCohort) -> Counter[str]:
    """How many confirmed placements each opportunity has, by its reference."""
    visitors: Counter[str] = Counter()
    for slot in stored.slots.values():
        visitors[cast("str", slot.values["opportunity"])] += cast("int", slot.values["taken"])
    return visitors


def _visitors_of_partners(stored: StoredCohort) -> Counter[str]:
    """How many confirmed placements each partner has, by its name."""
    visitors: Counter[str] = Counter()
    there = _visitors(stored)
    for offer in stored.opportunities.values():
        visitors[sameness(cast("str", offer.values["partner"]))] += there[offer.name]
    return visitors


def _frozen(
    sheets: CohortSheets, kind: Kind, change: Changed, columns: tuple[str, ...], taken: int
) -> Iterator[Fault]:
    for difference in change.differences():
        if difference.column in columns:
            yield sheets.fault(kind, change.wanted.row, difference.column, *_told(difference, taken))


def _told(difference: Difference, taken: int) -> tuple[str, str]:
    return (
        f"{_people(taken)} confirmed have been told '{difference.before}', not '{difference.after}'",
        "Put the old value back, and change it on the coordinator's page of the day: invites follow there",
    )


def _people(number: int) -> str:
    return "1 person" if number == 1 else f"{number} people"
