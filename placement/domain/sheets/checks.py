"""What no single cell shows: rows that stand twice, contradict one another, or point to nothing."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from placement.domain.geo import Position, distance_km
from placement.domain.sheets.cells import sameness, shown
from placement.domain.sheets.faults import Fault, Note
from placement.domain.sheets.rows import CohortSheets, OpportunityRow, PreferenceRow, Row, SlotRow
from placement.domain.sheets.tables import Kind

SAME_PLACE_KM = 0.1

AnyRow = TypeVar("AnyRow", bound=Row)


def without_repeats(sheets: CohortSheets) -> CohortSheets:
    """`sheets` with each partner, opportunity, slot, leader and answer once.

    Of rows that are alike in everything one is kept, with a note; rows with one key and different contents
    are a fault that names both.
    """
    found: list[Fault] = []
    notes: list[Note] = []

    def once(
        kind: Kind, rows: Iterable[AnyRow], column: str, key: Callable[[AnyRow], str]
    ) -> tuple[AnyRow, ...]:
        kept, faults, more = _once(sheets, kind, rows, column, key)
        found.extend(faults)
        notes.extend(more)
        return kept

    result = replace(
        sheets,
        partners=once(Kind.PARTNERS, sheets.partners, "partner", lambda row: sameness(row.partner)),
        opportunities=once(Kind.OPPORTUNITIES, sheets.opportunities, "ref", lambda row: sameness(row.ref)),
        slots=once(Kind.SLOTS, sheets.slots, "slot", lambda row: sameness(row.slot)),
        leaders=once(Kind.LEADERS, sheets.leaders, "email", lambda row: row.email),
        preferences=once(Kind.PREFERENCES, sheets.preferences, "email", lambda row: row.email),
    )
    return replace(result, faults=(*sheets.faults, *found), notes=(*sheets.notes, *notes))


def _once(
    sheets: CohortSheets, kind: Kind, rows: Iterable[AnyRow], column: str, key: Callable[[AnyRow], str]
) -> tuple[tuple[AnyRow, ...], list[Fault], list[Note]]:
    first: dict[str, AnyRow] = {}
    faults: list[Fault] = []
    notes: list[Note] = []
    for row in rows:
        before = first.setdefault(key(row), row) if key(row) else row
        if before is row:
            continue
        if before == row and not row.unread and not before.unread:
            notes.append(Note(sheets.file(kind), f"the same as row {before.row}, so it counts once", row.row))
        else:
            text = f"'{shown(_said(row, column))}' also stands in row {before.row}"
            faults.append(
                sheets.fault(kind, row.row, column, text, "Keep one of the two rows, or correct one")
            )
    return tuple(first.values()), faults, notes


def _said(row: Row, column: str) -> str:
    return str(getattr(row, column))


def contradictions(sheets: CohortSheets, whole: Collection[Kind]) -> Iterator[Fault]:
    """Every fault between rows; sheets that are not in `whole` are not compared with."""
    partners = {sameness(row.partner) for row in sheets.partners}
    opportunities = {sameness(row.ref): row for row in sheets.opportunities}
    yield from _shared_mailboxes(sheets)
    if Kind.PARTNERS in whole:
        yield from _unknown_partners(sheets, partners)
    yield from _one_site_two_places(sheets)
    yield from _slots_alone(sheets)
    if Kind.OPPORTUNITIES in whole:
        yield from _slots_and_opportunities(sheets, opportunities)
        yield from _unknown_choices(sheets, opportunities)
    yield from _clashing_starts(sheets)
    if Kind.LEADERS in whole:
        yield from _unknown_leaders(sheets)
    yield from _answers_alone(sheets)


def _shared_mailboxes(sheets: CohortSheets) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for row in sheets.partners:
        if row.email and first.setdefault(row.email, row.row) != row.row:
            yield sheets.fault(
                Kind.PARTNERS,
                row.row,
                "email",
                f"'{row.email}' also stands in row {first[row.email]}",
                "Give each partner an e-mail address of its own: it is what a partner signs in with",
            )


def _unknown_partners(sheets: CohortSheets, partners: Collection[str]) -> Iterator[Fault]:
    for row in sheets.opportunities:
        if row.has_read("partner") and sameness(row.partner) not in partners:
            yield sheets.fault(
                Kind.OPPORTUNITIES,
                row.row,
                "partner",
                f"'{shown(row.partner)}' is not in {sheets.file(Kind.PARTNERS)}",
                "Correct the name, or add the partner",
            )


def _one_site_two_places(sheets: CohortSheets) -> Iterator[Fault]:
    """Opportunities of one partner at one address share a site, which can only be in one place."""
    first: dict[tuple[str, str, str], OpportunityRow] = {}
    for row in sheets.opportunities:
        if row.given and row.position is not None and row.has_read("partner", "address", "postcode"):
            before = first.setdefault((sameness(row.partner), row.address, row.postcode), row)
            if before.position != row.position:
                yield sheets.fault(
                    Kind.OPPORTUNITIES,
                    row.row,
                    "lat",
                    f"row {before.row} has the same address with other coordinates",
                    "Make the coordinates alike, or correct one of the addresses",
                )


def _slots_alone(sheets: CohortSheets) -> Iterator[Fault]:
    for row in sheets.slots:
        if row.has_read("date", "start", "end") and row.ends_at <= row.starts_at:
            yield sheets.fault(
                Kind.SLOTS,
                row.row,
                "end",
                f"the end ({row.end:%H:%M}) is not after the start ({row.start:%H:%M})",
                "Correct the hours; a slot ends on the day on which it starts",
            )
        if row.has_read("capacity", "minimum") and row.minimum > row.capacity:
            yield sheets.fault(
                Kind.SLOTS,
                row.row,
                "minimum",
                f"the minimum ({row.minimum}) is more than the capacity ({row.capacity})",
                "Lower the minimum or raise the capacity",
            )


def _slots_and_opportunities(
    sheets: CohortSheets, opportunities: Mapping[str, OpportunityRow]
) -> Iterator[Fault]:
    for row in sheets.slots:
        if not row.has_read("opportunity"):
            continue
        opportunity = opportunities.get(sameness(row.opportunity))
        if opportunity is None:
            yield sheets.fault(
                Kind.SLOTS,
                row.row,
                "opportunity",
                f"'{shown(row.opportunity)}' is not in {sheets.file(Kind.OPPORTUNITIES)}",
                "Correct the reference, or add the opportunity",
            )
        else:
            yield from _slot_against(sheets, row, opportunity)


def _slot_against(sheets: CohortSheets, row: SlotRow, opportunity: OpportunityRow) -> Iterator[Fault]:
    truth: dict[str, object] = {
        "partner": opportunity.partner,
        "title": opportunity.title,
        "address": opportunity.address,
        "postcode": opportunity.postcode,
        "dbs": opportunity.check,
        "step_free": opportunity.step_free,
        "women_only": opportunity.women_only,
    }
    where = f"{sheets.file(Kind.OPPORTUNITIES)}, row {opportunity.row},"
    for column, told in row.repeats.items():
        true = truth.get(column)
        if column in truth and opportunity.has_read(column) and sameness(str(told)) != sameness(str(true)):
            problem = f"'{shown(_word(told))}' contradicts {where} which says '{shown(_word(true))}'"
            yield sheets.fault(
                Kind.SLOTS, row.row, column, problem, "Make the two alike, or leave this cell empty"
            )
    if _is_elsewhere(row, opportunity):
        problem = f"the coordinates contradict {where} which puts the opportunity elsewhere"
        yield sheets.fault(
            Kind.SLOTS, row.row, "lat", problem, "Make the two alike, or leave lat and lon empty here"
        )


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _is_elsewhere(row: SlotRow, opportunity: OpportunityRow) -> bool:
    latitude, longitude = row.repeats.get("lat"), row.repeats.get("lon")
    if not (isinstance(latitude, float) and isinstance(longitude, float) and opportunity.given):
        return False
    if opportunity.position is None:
        return False
    return distance_km(Position(latitude, longitude), opportunity.position) > SAME_PLACE_KM


def _clashing_starts(sheets: CohortSheets) -> Iterator[Fault]:
    first: dict[tuple[str, object], int] = {}
    for row in sheets.slots:
        key = (sameness(row.opportunity), row.starts_at)
        if row.has_read("opportunity", "date", "start") and first.setdefault(key, row.row) != row.row:
            yield sheets.fault(
                Kind.SLOTS,
                row.row,
                "start",
                f"{row.opportunity} starts at {row.start:%H:%M} on {row.day:%d/%m/%Y} (row {first[key]})",
                "Correct the date or the start, or put both rows together with a higher capacity",
            )


def _unknown_leaders(sheets: CohortSheets) -> Iterator[Fault]:
    leaders = {row.email for row in sheets.leaders}
    for row in sheets.preferences:
        if row.has_read("email") and row.email not in leaders:
            yield sheets.fault(
                Kind.PREFERENCES,
                row.row,
                "email",
                f"'{row.email}' is not in {sheets.file(Kind.LEADERS)}",
                "Correct the address in one of the two sheets, or add the leader",
            )


def _unknown_choices(sheets: CohortSheets, opportunities: Collection[str]) -> Iterator[Fault]:
    for row in sheets.preferences:
        for column, choice in _choices(row):
            if sameness(choice) not in opportunities:
                yield sheets.fault(
                    Kind.PREFERENCES,
                    row.row,
                    column,
                    f"'{shown(choice)}' is not in {sheets.file(Kind.OPPORTUNITIES)}",
                    "Correct the reference, or add the opportunity",
                )


def _answers_alone(sheets: CohortSheets) -> Iterator[Fault]:
    for row in sheets.preferences:
        yield from _choices_twice(sheets, row)
        if both := set(row.cannot_do) & set(row.if_need_be):
            days = ", ".join(f"{day:%d/%m/%Y}" for day in sorted(both))
            yield sheets.fault(
                Kind.PREFERENCES,
                row.row,
                "if_need_be",
                f"{days} also stands in {sheets.heading(Kind.PREFERENCES, 'cannot_do')}",
                "Leave each date in one of the two cells",
            )


def _choices_twice(sheets: CohortSheets, row: PreferenceRow) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for column, choice in _choices(row):
        before = first.setdefault(sameness(choice), column)
        if before != column:
            heading = sheets.heading(Kind.PREFERENCES, before)
            problem = f"'{shown(choice)}' is {heading} already"
            yield sheets.fault(
                Kind.PREFERENCES,
                row.row,
                column,
                problem,
                "Name each opportunity once, or leave the cell empty",
            )


def _choices(row: PreferenceRow) -> Iterator[tuple[str, str]]:
    yield from zip(row.columns, row.choices, strict=True)
