"""Small numbers are hidden so that somebody with everything that is printed cannot work them out."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from placement.domain.suppression import Figures, Measure, Unit, is_small, protect

PEOPLE, ANSWERED, PLACED, CAME = "people", "answered", "placed", "came"
MEASURES = (Measure(PEOPLE), Measure(ANSWERED, PEOPLE), Measure(PLACED, PEOPLE), Measure(CAME, PLACED))
WHOLE = {measure.word: measure.whole for measure in MEASURES}
TABLES = ("organisation", "sector")


def unit(groups: Sequence[str], *, answered: bool = True, placed: bool = True, came: bool = True) -> Unit:
    words = {PEOPLE} | ({ANSWERED} if answered else set()) | ({PLACED} if placed else set())
    return Unit(
        dict(zip(TABLES, groups, strict=False)), frozenset(words | ({CAME} if placed and came else set()))
    )


def group(name: str, number: int, *, answered: int | None = None, sector: str = "NHS") -> list[Unit]:
    sent = number if answered is None else answered
    return [unit((name, sector), answered=position < sent) for position in range(number)]


def shown(figures: Figures, word: str, table: str = "organisation") -> dict[str, int | None]:
    return {line.group: line.numbers[word] for line in figures.tables[table]}


units = st.lists(
    st.builds(
        unit,
        st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("XYZ")),
        answered=st.booleans(),
        placed=st.integers(0, 5).map(bool),
        came=st.integers(0, 3).map(bool),
    ),
    max_size=45,
)


def test_what_is_large_enough_is_shown_as_it_is() -> None:
    figures = protect([*group("A", 9), *group("B", 7)], TABLES, MEASURES)
    assert shown(figures, PEOPLE) == {"A": 9, "B": 7}
    assert shown(figures, CAME) == {"A": 9, "B": 7}
    assert figures.totals == {PEOPLE: 16, ANSWERED: 16, PLACED: 16, CAME: 16}
    assert not any(line.hides for line in figures.tables["organisation"])


@pytest.mark.parametrize(("number", "hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_from_one_to_four_is_small(number: int, hidden: bool) -> None:
    assert is_small(number) is hidden


def test_a_small_group_is_hidden_and_so_is_another_from_which_it_could_be_taken() -> None:
    figures = protect([*group("A", 3), *group("B", 9), *group("C", 7)], ("organisation",), MEASURES)
    assert shown(figures, PEOPLE) == {"A": None, "B": 9, "C": None}
    assert figures.totals[PEOPLE] == 19


def test_groups_that_are_small_together_are_hidden_with_a_larger_one() -> None:
    units = [*group("A", 1), *group("B", 2), *group("C", 8), *group("D", 9)]
    figures = protect(units, ("organisation",), MEASURES)
    assert shown(figures, PEOPLE) == {"A": None, "B": None, "C": None, "D": 9}


def test_groups_of_one_person_each_are_hidden_with_a_larger_one() -> None:
    units = [one for name in "ABCDE" for one in group(name, 1)]
    figures = protect([*units, *group("F", 9), *group("G", 10)], ("organisation",), MEASURES)
    hidden = [name for name, number in shown(figures, PEOPLE).items() if number is None]
    assert hidden == ["A", "B", "C", "D", "E", "F"], "five people in five groups would be one in each"


def test_a_part_does_not_give_away_the_hidden_whole_that_it_belongs_to() -> None:
    units = [*group("A", 1), *group("B", 5), *group("C", 9, answered=4), *group("D", 10)]
    figures = protect(units, ("organisation",), MEASURES)
    assert shown(figures, PEOPLE) == {"A": None, "B": None, "C": 9, "D": 10}
    assert shown(figures, ANSWERED)["B"] is None, "five answers of B would leave one person for A"


def test_a_small_rest_is_hidden_too() -> None:
    units = [*group("A", 9, answered=8), *group("B", 9, answered=2), *group("C", 9), *group("D", 9)]
    figures = protect(units, ("organisation",), MEASURES)
    assert shown(figures, PEOPLE) == dict.fromkeys("ABCD", 9)
    assert shown(figures, ANSWERED) == {"A": None, "B": None, "C": 9, "D": 9}


def test_what_is_a_part_of_something_hidden_is_hidden() -> None:
    figures = protect([*group("A", 3), *group("B", 4), *group("C", 9)], ("organisation",), MEASURES)
    assert [line.numbers[CAME] for line in figures.tables["organisation"]] == [None, None, 9]


def test_a_small_total_is_hidden_with_all_its_parts() -> None:
    units = [*group("A", 9, answered=0), *group("B", 9, answered=3)]
    figures = protect(units, ("organisation",), MEASURES)
    assert figures.totals[ANSWERED] is None
    assert shown(figures, ANSWERED) == {"A": None, "B": None}


def test_a_table_of_larger_groups_does_not_give_away_the_smaller_groups_in_them() -> None:
    council = [*group("C", 8, sector="Council"), *group("D", 3, sector="Council")]
    figures = protect([*group("A", 3), *group("B", 9), *council], TABLES, MEASURES)
    assert shown(figures, PEOPLE, "sector") == {"Council": 11, "NHS": 12}
    assert set(shown(figures, PEOPLE).values()) == {None}, "A is NHS without B, D is the council without C"


def test_no_units_make_no_groups() -> None:
    figures = protect([], TABLES, MEASURES)
    assert figures.totals == dict.fromkeys(WHOLE, 0)
    assert figures.tables == {"organisation": (), "sector": ()}


@given(units)
def test_nothing_small_is_printed_and_nothing_else_is_changed(units: list[Unit]) -> None:
    figures = protect(units, TABLES, MEASURES)
    for table, word in product(TABLES, WHOLE):
        for name, number in shown(figures, word, table).items():
            there = [one for one in units if one.groups[table] == name]
            true = sum(word in one.reached for one in there)
            assert number in {None, true}
            if number is not None and (whole := WHOLE[word]):
                rest = sum(whole in one.reached for one in there) - true
                assert not is_small(rest)
            assert number is None or not is_small(number)


@settings(deadline=None, max_examples=60)
@given(units)
def test_somebody_with_a_solver_cannot_tell_a_hidden_number_of_a_table(units: list[Unit]) -> None:
    """They know all that is printed, that parts are no more than wholes, and that no group is empty."""
    figures = protect(units, ("organisation",), MEASURES)
    lines = figures.tables["organisation"]
    if not any(line.hides for line in lines) or None in figures.totals.values():
        return
    attack = Attack(figures)
    for line, word in attack.small(units):
        lowest, highest = attack.bounds(line, word)
        assert lowest < highest, f"{word} of {line} can only be {lowest}"


class Attack:
    """The printed table as an integer program: one variable for each number of it."""

    def __init__(self, figures: Figures) -> None:
        self.lines = figures.tables["organisation"]
        self.words = list(WHOLE)
        low = [
            line.numbers[word] if line.numbers[word] is not None else int(word == PEOPLE)
            for line, word in product(self.lines, self.words)
        ]
        high = [
            line.numbers[word] if line.numbers[word] is not None else figures.totals[word]
            for line, word in product(self.lines, self.words)
        ]
        self.limits = Bounds(np.array(low, float), np.array(high, float))
        rows, lower, upper = [], [], []
        for word in self.words:
            rows.append([float(other == word) for _, other in product(self.lines, self.words)])
            total = figures.totals[word]
            assert total is not None
            lower.append(float(total))
            upper.append(float(total))
        for line, (part, whole) in product(self.lines, WHOLE.items()):
            if whole:
                rows.append(self._pair(line.group, whole, part))
                lower.append(0.0)
                upper.append(np.inf)
        self.rules = LinearConstraint(np.array(rows), np.array(lower), np.array(upper))

    def small(self, units: Sequence[Unit]) -> Iterator[tuple[str, str]]:
        """The numbers that are hidden because they, or their rest, are small."""
        for line, word in product(self.lines, self.words):
            there = [one for one in units if one.groups["organisation"] == line.group]
            number = sum(word in one.reached for one in there)
            if line.numbers[word] is None and is_small(number):
                yield line.group, word

    def bounds(self, group: str, word: str) -> tuple[int, int]:
        """The least and the greatest that a number can be."""
        target = np.array(self._pair(group, word, None))
        found = [
            milp(
                sign * target,
                constraints=self.rules,
                bounds=self.limits,
                integrality=np.ones(target.size, int),
            )
            for sign in (1, -1)
        ]
        least, most = (one.fun for one in found)
        assert least is not None
        assert most is not None
        return round(least), round(-most)

    def _pair(self, group: str, plus: str, minus: str | None) -> list[float]:
        return [
            float(line.group == group) * (float(word == plus) - float(word == minus))
            for line, word in product(self.lines, self.words)
        ]


@given(units)
def test_no_sum_and_difference_of_what_two_tables_show_is_a_hidden_small_number(units: list[Unit]) -> None:
    figures = protect(units, TABLES, MEASURES)
    kinds = sorted({(one.groups["organisation"], one.groups["sector"]) for one in units})
    for word in WHOLE:
        if figures.totals[word] is None:
            continue
        known = [[Fraction(1)] * len(kinds)] + [
            held(kinds, table, name)
            for table in TABLES
            for name, number in shown(figures, word, table).items()
            if number is not None
        ]
        for table in TABLES:
            for name, number in shown(figures, word, table).items():
                true = sum(word in one.reached for one in units if one.groups[table] == name)
                if number is None and is_small(true) and not all_hidden(figures, word):
                    assert rank([*known, held(kinds, table, name)]) > rank(known), (word, table, name)


def all_hidden(figures: Figures, word: str) -> bool:
    return all(number is None for table in TABLES for number in shown(figures, word, table).values())


def held(kinds: Sequence[tuple[str, str]], table: str, name: str) -> list[Fraction]:
    return [Fraction(int(kind[TABLES.index(table)] == name)) for kind in kinds]


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        found += 1
        for row in left:
            by = row[column] / pivot[column]
            row[:] = [value - by * top for value, top in zip(row, pivot, strict=True)]
    return found
