"""Adding several days in one go, copying a day, and the warning of a bank holiday."""

from datetime import date, timedelta

import pytest

from placement.adapters.holidays import bank_holiday, known_until
from placement.domain.text import to_london
from tests.web.page import check_page
from tests.web.partners import HOURS, JUNE, YEAR, Partners, partner

__all__ = ["partner"]  # the fixture

FIRST = to_london(JUNE).date()
WEEKLY = {"repeat": "weekly", "until-day": "30", "until-month": "6", "until-year": str(YEAR)}


def dates(partner: Partners) -> list[date]:
    return sorted(to_london(slot.starts_at).date() for slot in partner.slots())


def test_a_weekly_repeat_is_shown_date_by_date_and_then_saved(partner: Partners) -> None:
    check = partner.checked(partner.add(step="check", **WEEKLY))
    weeks = [FIRST + timedelta(weeks=number) for number in range(3)]
    for day in weeks:
        assert f"{day.day} June {YEAR}" in check.text
    assert partner.slots() == []
    form = check.form_to(partner.new_url)
    saved = partner.browser.post(partner.new_url, {**form.values, "step": "save"})
    assert (saved.status_code, saved.location) == (303, partner.url)
    assert dates(partner) == weeks
    assert "Your 3 days are saved. Leaders can now choose them." in partner.get().text
    partner.browser.post(partner.new_url, {**form.values, "step": "save"})
    assert "These days were on your list already" in partner.get().text
    assert dates(partner) == weeks


def test_written_dates_join_the_first_and_travel_through_every_step(partner: Partners) -> None:
    written = f"Thursday 17 June {YEAR}\n1/7/{YEAR}"
    check = partner.checked(partner.add(step="check", further=written)).form_to(partner.new_url)
    back = partner.post("days/new", {**check.values, "step": "when"}).form_to(partner.new_url)
    assert back.values["further"].splitlines() == written.splitlines()
    partner.add(further=written)
    assert dates(partner) == [FIRST, date(YEAR, 6, 17), date(YEAR, 7, 1)]


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"further": "soon"}, "further", "“soon” is no date. Write it like 12 January 2027"),
        ({"further": f"31 June {YEAR}"}, "further", "is no real date"),
        ({"further": "1 June 2020"}, "further", "Monday 1 June 2020 at 9:30am has gone by."),
        ({"further": f"10 June {YEAR}"}, "further", "is there twice. Take one of them away."),
        ({"further": f"1 July {YEAR}\n" * 10}, "further", "Write up to 9 other dates"),
        ({**WEEKLY, "repeat": "no"}, "until-day", "Say how often it comes again"),
        ({"repeat": "weekly"}, "until-day", "Enter the last date"),
        ({**WEEKLY, "until-day": "12"}, "until-day", "does not come again by this date"),
        ({**WEEKLY, "until-year": str(YEAR + 1)}, "until-day", "up to 26 go at once"),
        ({**WEEKLY, "repeat": "daily"}, "repeat", "Not a valid choice"),
    ],
)
def test_what_is_wrong_with_the_dates_is_said_at_its_field_and_nothing_is_saved(
    partner: Partners, wrong: dict[str, str], field: str, said: str
) -> None:
    for step in ("check", "save"):
        page = partner.checked(partner.add(**wrong, step=step))
        assert page.status == 422
        assert said in page.errors[field]
    assert partner.slots() == []


def test_every_date_that_cannot_be_is_named(partner: Partners) -> None:
    partner.add(further=f"1 July {YEAR}")
    page = partner.checked(
        partner.add(**{"day-day": "9"}, further=f"10 June {YEAR}\n2 July {YEAR}\n1 July {YEAR}")
    )
    assert (page.status, len(partner.slots())) == (422, 2)
    for day in (f"10 June {YEAR}", f"1 July {YEAR}"):
        assert f"{day} at 9:30am. Choose another start" in page.text


def test_the_night_on_which_the_clocks_change_is_named_among_the_repeats(partner: Partners) -> None:
    last = max(date(YEAR, 10, day) for day in range(25, 32) if date(YEAR, 10, day).weekday() == 6)
    first = last - timedelta(weeks=1)
    when = {"day-day": str(first.day), "day-month": "10", "starts": "12:15am", "ends": "1:30am"}
    until = {"until-day": str(last.day), "until-month": "10", "until-year": str(YEAR)}
    page = partner.checked(partner.add(**when, **until, repeat="weekly", step="check"))
    assert f"happens twice on Sunday {last.day} October" in page.errors["until-day"]


def test_a_bank_holiday_is_named_before_saving_and_on_its_day(partner: Partners) -> None:
    known = known_until()
    when = {"day-day": str(known.day), "day-month": str(known.month), "day-year": str(known.year)}
    check = partner.checked(partner.add(**when, step="check"))
    assert f"{known:%B} {known.year} is a bank holiday: {bank_holiday(known)}." in check.text
    answer = check_page(partner.browser.get(str(partner.add(**when).location)))
    assert f"This is a bank holiday: {bank_holiday(known)}." in answer.text
    assert "bank holiday" not in partner.checked(partner.add(step="check")).text


def test_a_day_is_copied_with_its_hours_and_numbers(partner: Partners) -> None:
    earlier = partner.make_day(capacity=7, minimum=3)
    partner.make_day(starts_at=JUNE + timedelta(days=9), capacity=2, minimum=1)
    copy = f"days/new?opportunity={partner.opportunity_id}&like={earlier}"
    assert f"{partner.url}{copy}" in [
        link.replace("&amp;", "&") for link in partner.get(f"days/{earlier}").links.values()
    ]
    values = partner.get(copy).form_to(partner.new_url).values
    assert {name: values[name] for name in ("starts", "capacity", "minimum")} == {
        "starts": HOURS["starts"],
        "capacity": "7",
        "minimum": "3",
    }
    assert values["day-day"] == ""
