"""The words of calendar feeds, and the names of their days."""

from itertools import product

import pytest

from placement.domain import feeds


def test_each_slot_has_a_name_of_its_own_in_each_purpose() -> None:
    names = {
        feeds.slot_uid(slot_id, purpose, "placement.example")
        for slot_id, purpose in product(range(1, 30), ("partner", "coordinator"))
    }
    assert len(names) == 58
    assert all(name.endswith("@placement.example") for name in names)


def test_a_cancelled_day_says_so_in_its_line_because_some_programs_show_it_like_any_other() -> None:
    lines = (
        feeds.summary_for_leader("Food", "Bank", cancelled=True),
        feeds.summary_for_partner("Food", 0),
        feeds.summary_for_coordinator("Food", "Bank", 0, 4),
    )
    assert lines == ("Cancelled: Placement: Food, Bank", "Cancelled: Food", "Cancelled: Food, Bank")


def test_a_day_that_stands_says_how_many_come_to_those_who_host_or_plan() -> None:
    assert feeds.summary_for_leader("Food", "Bank", cancelled=False) == "Placement: Food, Bank"
    assert feeds.summary_for_partner("Food", 2) == "Placement: Food (2 coming)"
    assert feeds.summary_for_coordinator("Food", "Bank", 2, 4) == "Food, Bank (2 of 4)"


@pytest.mark.parametrize(
    ("contact", "known", "first"),
    [
        (("Sam", "01632 960000"), "", "Your contact on the day: Sam, 01632 960000"),
        (("", "01632 960000"), "", "Your contact on the day: 01632 960000"),
        (("", ""), "Flat shoes.", "Good to know:\nFlat shoes."),
        (("", ""), "", "If you cannot come, tell us as soon as you can."),
    ],
)
def test_a_leader_is_told_what_there_is_to_tell(contact: tuple[str, str], known: str, first: str) -> None:
    assert feeds.notes_for_leader(contact, known, cancelled=False)[0] == first


def test_a_leader_of_a_cancelled_day_is_told_not_to_go_and_nothing_else() -> None:
    notes = feeds.notes_for_leader(("Sam", "01632 960000"), "Flat shoes.", cancelled=True)
    assert notes == ("This day is cancelled. You do not need to go.",)


def test_a_partner_is_told_names_with_organisations_where_there_are_any() -> None:
    assert feeds.notes_for_partner([("Ada Field", "Bay Trust"), ("Ben Hill", "")]) == (
        "Who is coming:\nAda Field, Bay Trust\nBen Hill",
    )
    assert feeds.notes_for_partner([]) == feeds.notes_for_coordinator(0, 4)


def test_a_coordinator_is_told_how_full_a_day_is() -> None:
    assert feeds.notes_for_coordinator(3, 4) == ("Places filled: 3 of 4",)
