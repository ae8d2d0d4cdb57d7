"""Moving a cohort's sheets in time by whole weeks, so that a demonstration is never in the past."""

from dataclasses import replace
from datetime import date, timedelta

from placement.domain.sheets.dates import local_to_utc
from placement.domain.sheets.rows import CohortSheets, PreferenceRow, SlotRow

WEEKS_AHEAD = 6


def shifted(sheets: CohortSheets, *, today: date) -> CohortSheets:
    """`sheets` with every date moved by the same whole weeks, on the same days of the week.

    The first slot then lies at least six weeks and less than seven after `today`; local hours stay what
    they are. Sheets without slots come back as they are.
    """
    if not sheets.slots:
        return sheets
    first = min(row.day for row in sheets.slots)
    missing = (today + timedelta(weeks=WEEKS_AHEAD) - first).days
    by = timedelta(weeks=-(-missing // 7))
    return replace(
        sheets,
        slots=tuple(_slot(row, by) for row in sheets.slots),
        preferences=tuple(_answer(row, by) for row in sheets.preferences),
    )


def _slot(row: SlotRow, by: timedelta) -> SlotRow:
    day = row.day + by
    starts_at, ends_at = local_to_utc(day, row.start), local_to_utc(day, row.end)
    return replace(row, day=day, starts_at=starts_at, ends_at=ends_at)


def _answer(row: PreferenceRow, by: timedelta) -> PreferenceRow:
    return replace(
        row,
        cannot_do=tuple(day + by for day in row.cannot_do),
        if_need_be=tuple(day + by for day in row.if_need_be),
        submitted_at=row.submitted_at + by if row.submitted_at else None,
    )
