"""Moving a demonstration in time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.sheets.rows import CohortSheets
from placement.domain.sheets.shift import shifted
from placement.domain.text import to_london
from tests.unit.domain.sheets.samples import small_cohort, understood


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_the_first_slot_is_always_six_weeks_ahead_on_its_day_of_the_week(today: date) -> None:
    before, after = understood(small_cohort()), shifted(understood(small_cohort()), today=today)
    first = min(row.day for row in after.slots)
    assert timedelta(weeks=6) <= first - today < timedelta(weeks=7)
    moved = {new.day - old.day for old, new in zip(before.slots, after.slots, strict=True)}
    assert len(moved) == 1
    assert moved.pop().days % 7 == 0


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_local_hours_stay_and_answers_move_along(today: date) -> None:
    before, after = understood(small_cohort()), shifted(understood(small_cohort()), today=today)
    by = after.slots[0].day - before.slots[0].day
    assert {to_london(row.starts_at).time() for row in after.slots} == {before.slots[0].start}
    for old, new in zip(before.preferences, after.preferences, strict=True):
        assert new.cannot_do == tuple(day + by for day in old.cannot_do)
        assert new.if_need_be == tuple(day + by for day in old.if_need_be)
        assert old.submitted_at is not None
        assert new.submitted_at == old.submitted_at + by


@pytest.mark.parametrize("today", [date(2026, 11, 22)])
def test_sheets_without_slots_stay_as_they_are(today: date) -> None:
    assert shifted(CohortSheets(), today=today) == CohortSheets()
