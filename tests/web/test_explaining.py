"""Sentences about results say what the engine's facts say, in the pages' words."""

from datetime import timedelta
from typing import Any

import pytest

from placement.domain.matching.why import reasons
from placement.domain.matching.why.findings import (
    IMPOSSIBLE,
    Change,
    LeaderExplanation,
    PartnerExplanation,
    Reason,
    Shift,
    SlotExplanation,
)
from placement.services.reports.explanations import SlotName
from placement.web.explaining import (
    BARRIERS,
    Speech,
    change_words,
    day_reason,
    leader_words,
    partner_words,
    reason_words,
    slot_words,
)
from placement.web.presenters import day
from tests.factories.clock import FIRST_DAY

SLOTS = {f"s{number}": SlotName("Food", "Bank", FIRST_DAY + timedelta(days=number)) for number in range(6)}
FOOD = f"Food on {day(FIRST_DAY)}"
SPEECH, OWN = Speech(SLOTS), Speech(SLOTS, to_leader=True)
WORDS = [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"placed": -1}, "one fewer person would get a day"),
        ({"placed": 2}, "two more people would get a day"),
        ({"kept": -3}, "three fewer of the confirmed days would stay as they are"),
        ({"profile": {"2": -1, "10": 1}}, "there would be one more 10th choice and one fewer 2nd choice"),
        (
            {"profile": {"1": 2, "unranked": -2}},
            "there would be two more 1st choices and two fewer days that were not chosen",
        ),
        ({"total-rank": 4}, "the choice numbers of all, added up, would be 4 higher"),
        ({"if-need-be": -1}, "one fewer day would suit only if need be"),
        ({"distance": 0.039}, "all distances together would be 39 m longer"),
        ({"distance": -18.645}, "all distances together would be 18.6 km shorter"),
    ],
)
def test_each_step_that_can_change_has_its_words(change: Change, words: str) -> None:
    assert change_words(change, SPEECH) == words


def test_where_people_can_have_several_days_days_are_counted() -> None:
    assert change_words({"placed": -1}, Speech(SLOTS, several_days=True)) == "one fewer day would be given"


def explained(**facts: Any) -> LeaderExplanation:
    wanted: dict[str, Any] = {"leader": "ada", "wanted": "s0", "tier": 1, "cost": {}, "chain": ()}
    return LeaderExplanation(**(wanted | facts))


def test_a_choice_that_would_cost_nothing_was_settled_by_lot() -> None:
    told = leader_words(explained(), OWN)
    assert told == f"Your 1st choice, {FOOD}: the list would be just as good, and only the lottery decided."
    assert leader_words(explained(), Speech(SLOTS, drawn=True)).endswith("the lottery’s order decided.")
    assert leader_words(explained(), Speech(SLOTS, settled=False)).endswith("would be just as good.")


def test_a_choice_that_would_cost_others_says_what_and_how_they_would_move() -> None:
    shifts = (Shift(1, 2, 1), Shift("unranked", None, 1), Shift(3, 3, 1))
    fact = explained(tier=2, cost={"placed": -1}, other_leaders=3, shifts=shifts)
    told = leader_words(fact, SPEECH)
    assert told.startswith(
        f"With their 2nd choice, Food on {day(FIRST_DAY)}, one fewer person would get a day."
    )
    assert told.endswith(
        "Three other people would move: one from a 1st choice to a 2nd choice, one from a day that was not "
        "chosen to no day and one to another 3rd choice."
    )
    assert leader_words(fact, SPEECH, brief=True).endswith("Three other people would move.")


def test_one_other_person_is_not_counted_out() -> None:
    fact = explained(cost={"placed": -1}, other_leaders=1, shifts=(Shift(1, None, 1),))
    assert leader_words(fact, SPEECH).endswith("One other person would move: from a 1st choice to no day.")


def test_a_day_that_was_not_chosen_is_named_as_such() -> None:
    told = leader_words(explained(tier=None, cost={"placed": -1}), SPEECH)
    assert told.startswith("With a day that was not chosen, Food on ")


@pytest.mark.parametrize("word", WORDS)
def test_every_reason_of_the_engine_has_words_for_leaders_and_for_days(word: str) -> None:
    if word != reasons.ALL_THERE:
        assert reason_words(((word, ("s0",)),), OWN).startswith(f"Food on {day(FIRST_DAY)}: ")
    fact = SlotExplanation("s0", 0, 4, 2, "closed", 1, IMPOSSIBLE, word)
    if word in {
        *(reasons.NO_SEATS, reasons.MINIMUM_ABOVE_CAPACITY, reasons.PARTNER_LIMIT, reasons.NOBODY),
        *(reasons.TOO_FEW, reasons.ALL_THERE, reasons.RULES),
    }:
        assert day_reason(fact, SPEECH).endswith(".")


def test_a_day_that_the_coordinator_chose_is_not_said_to_be_confirmed_before() -> None:
    chosen = Speech({}, to_leader=True, fixed=("given",))
    for word in (reasons.CLASHES_WITH_PIN, reasons.PARTNER_PINNED, reasons.SEATS_PINNED):
        assert "chosen by the coordinator" in reason_words(((word, ("s0",)),), chosen)
        assert "confirmed" not in reason_words(((word, ("s0",)),), chosen)
    days: tuple[Reason, ...] = ((reasons.DAYS_PINNED, ("s0",)),)
    assert reason_words(days, chosen) == "s0: all your days were chosen by the coordinator"
    assert reason_words(days, Speech({})) == "s0: all their days were confirmed before"
    both = Speech({}, fixed=("standing", "given"))
    assert reason_words(days, both) == "s0: all their days were confirmed before or chosen by the coordinator"


def test_dates_of_one_placement_stand_together_and_many_days_are_counted() -> None:
    dates = [day(SLOTS[f"s{number}"].starts_at) for number in range(3)]
    few = reason_words(((reasons.NO_SEATS, ("s0", "s1", "s2")),), SPEECH)
    assert few == f"Food on {dates[0]}, {dates[1]} and {dates[2]}: it has no seats"
    many = reason_words(((reasons.NO_SEATS, tuple(SLOTS)),), SPEECH)
    assert many == "Food on 6 days: it has no seats"
    other = {f"t{number}": SlotName(f"Title {number}", "Bank", FIRST_DAY) for number in range(5)}
    assert reason_words(((reasons.NO_SEATS, tuple(other)),), Speech(other)).startswith("5 days: ")


def test_a_leader_reads_which_of_their_own_facts_rules_a_day_out() -> None:
    barriers = {"s0": ("cannot",), "s1": ("cannot",), "s2": ("check", "too-far")}
    told = reason_words(
        ((reasons.EXCLUDED, ("s0", "s1", "s2", "s3")),), Speech(SLOTS, to_leader=True, barriers=barriers)
    )
    first, second, third = told.split("; ")
    assert first.endswith("you cannot come then")
    assert second.endswith("it is further away than you travel and it needs a DBS check that you do not hold")
    assert third.endswith("ruled out by your dates, by what it asks for, or by the distance")
    assert set(BARRIERS) == {
        *("cannot", "event", "conflict", "too-far", "check", "step-free", "women-only"),
        "refused",
    }


def test_a_day_says_what_running_it_or_filling_one_more_seat_would_cost() -> None:
    closed = SlotExplanation("s0", 0, 4, 2, "closed", 9, {"profile": {"1": -1, "2": 1}})
    assert (
        day_reason(closed, SPEECH)
        == "If it ran, there would be one more 2nd choice and one fewer 1st choice."
    )
    open_ = SlotExplanation("s0", 2, 4, 2, "not full", 9, {})
    assert day_reason(open_, SPEECH).startswith("With one more person here, the list would be just as good")


def test_a_partner_is_told_who_comes_who_wanted_to_and_what_those_have() -> None:
    fact = PartnerExplanation(
        partner="Bank",
        leaders=4,
        given={"1": 2, "2": 1, "unranked": 1},
        ranked={"1": 3, "2": 1, "3": 2, "5": 1},
        here={"1": 2, "2": 1},
        instead={"better": 3, "missing": 1},
    )
    first, second, third = partner_words(fact)
    assert first == "Given: 2 as a 1st choice, 1 as a 2nd choice and 1 without being chosen."
    assert second.startswith("7 leaders chose it. As 1st choice: 2 of 3 come. As 2nd choice: the one comes.")
    assert second.endswith("Further down: none of 3 come.")
    assert third.startswith("Of those who do not come, 3 have only choices that they like better and 1 has ")
    nobody = PartnerExplanation("Bank", 0, {}, {}, {}, {})
    assert partner_words(nobody) == ["Nobody comes.", "Nobody chose it."]


def test_no_slot_is_no_day() -> None:
    assert slot_words(None) == "no day"
