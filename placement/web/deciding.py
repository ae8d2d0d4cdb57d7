"""How places are decided, in words: what each objective promises, a worked example, a cohort's own rules."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from placement.domain.states import Objective
from placement.services.reports.rules import CohortRules
from placement.web.presenters import count, listed, ordinal


@dataclass(frozen=True)
class ObjectiveWords:
    """An objective: what it is called, and what it promises."""

    name: str
    promise: str


OBJECTIVE_WORDS: dict[Objective, ObjectiveWords] = {
    "generous": ObjectiveWords(
        "Nobody fares much worse than need be",
        "As many people as possible get a day. Then as few as possible get a day that they did not choose, "
        "then as few as possible their last choice, then the one before it, and so on.",
    ),
    "rank-maximal": ObjectiveWords(
        "As many 1st choices as possible",
        "As many people as possible get a day. Then as many as possible get their 1st choice, then as many "
        "as possible their 2nd, and so on. A few may fare badly, so that more get their 1st choice.",
    ),
    "total-rank": ObjectiveWords(
        "The best choices on average",
        "As many people as possible get a day. Then the choice numbers of all are added up (1 for a "
        "1st choice, 2 for a 2nd), and the sum is kept as low as possible.",
    ),
    "lottery": ObjectiveWords(
        "Lottery order",
        "Everybody is put into an order by lot. One after the other, each gets the best choice still free. "
        "This leaves the least room for tricks, but fewer people may get a day, and more a low choice.",
    ),
}

EXAMPLE_SEED = "Spring cohort"
EXAMPLE_LISTS: Mapping[str, tuple[str, ...]] = {
    "A": ("Food bank", "Night shelter", "Garden", "Café", "Choir"),
    "B": ("Night shelter", "Garden", "Choir", "Food bank", "Café"),
    "C": ("Garden", "Café", "Choir", "Night shelter", "Food bank"),
    "D": ("Café", "Choir", "Garden", "Food bank", "Night shelter"),
    "E": ("Food bank", "Night shelter", "Café", "Garden", "Choir"),
}
"""Five leaders, each with five placements of one day and one seat, in their order."""

EXAMPLE_RESULTS: Mapping[Objective, str] = {
    "generous": "22221",
    "rank-maximal": "51111",
    "total-rank": "23111",
    "lottery": "41121",
}
"""The choice that each leader of the example gets, A to E. Tests ask the matching engine for the same."""


def objective_name(word: str) -> str:
    """An objective by its name: "as many 1st choices as possible"."""
    return next((words.name for known, words in OBJECTIVE_WORDS.items() if known == word), word)


def objective_rows() -> list[tuple[str, str]]:
    """Each objective's name with what it promises."""
    return [(words.name, words.promise) for words in OBJECTIVE_WORDS.values()]


def example_rows() -> list[list[str]]:
    """What each leader of the example gets by each objective, a row for each objective."""
    return [[objective_name(word), *map(_ordinals, result)] for word, result in EXAMPLE_RESULTS.items()]


def worked_promises() -> dict[str, str]:
    """What each objective promises, by its word, with what comes of it in the example."""
    return {word: f"{words.promise} {_outcome(word)}" for word, words in OBJECTIVE_WORDS.items()}


def example_lists() -> list[list[str]]:
    """Each leader of the example with their list."""
    return [[leader, *wanted] for leader, wanted in EXAMPLE_LISTS.items()]


def lottery_number(seed: str, own_id: str) -> str:
    """The number by which somebody is put into the lottery's order: the smallest comes first."""
    return hashlib.sha256(f"{seed}|{own_id}".encode()).hexdigest()


def shell_line(seed: str, own_id: str) -> str:
    """A command that works out `lottery_number`, for a terminal."""
    quoted = f"{seed}|{own_id}".replace("'", "'\\''")
    return f"printf '%s' '{quoted}' | sha256sum"


def python_lines(seed: str, ids: Sequence[str]) -> str:
    """A program that prints the lottery's order of `ids`, first of all whoever chooses first."""
    return "\n".join(
        (
            "import hashlib",
            "",
            f"seed = {_literal(seed)}",
            f"ids = [{', '.join(map(_literal, ids))}]",
            "",
            "def number(one):",
            '    return hashlib.sha256(f"{seed}|{one}".encode()).hexdigest()',
            "",
            "print(*sorted(ids, key=number))",
        )
    )


def rule_sentences(rules: CohortRules) -> list[str]:
    """The rules that a cohort may set, each as it is set there."""
    least = count(rules.choices_minimum, "placement")
    return [
        f"Each leader chooses at least {least}, or all where fewer are offered.",
        _unranked(rules),
        *_mixing(rules),
        *_several_days(rules),
        *_partner_limits(rules),
    ]


def promise_of(word: str) -> str:
    """What an objective promises."""
    return next((words.promise for known, words in OBJECTIVE_WORDS.items() if known == word), "")


def _outcome(word: Objective) -> str:
    """How the five leaders of the example fare: "In the example 4 people get their 1st choice, ..."."""
    ranks = sorted(Counter(EXAMPLE_RESULTS[word]).items())
    (first, number), *others = ranks
    start = f"{count(number, 'person gets', 'people get')} their {_ordinals(first)} choice"
    return f"In the example {listed([start, *(f'{many} their {_ordinals(rank)}' for rank, many in others)])}."


def _unranked(rules: CohortRules) -> str:
    if rules.place_unranked:
        return "Who can be given none of their choices gets another day that they can do, where one is free."
    return "Nobody gets a day that they did not choose, also if that leaves them without one."


def _mixing(rules: CohortRules) -> Iterator[str]:
    if rules.max_same_organisation is not None:
        people = count(rules.max_same_organisation, "person", "people")
        yield f"No more than {people} of one organisation on the same day of a placement."
    if rules.min_sectors is not None:
        yield (
            f"People of at least {rules.min_sectors} sectors on each day of a placement, or as many sectors "
            "as there are people."
        )
    if rules.teams == "spread":
        yield "No two people of one team on the same day of a placement."
    if rules.teams == "together":
        yield "People of one team are kept together, where each has one day."


def _several_days(rules: CohortRules) -> Iterator[str]:
    if rules.max_per_partner is not None:
        yield f"Nobody gets more than {count(rules.max_per_partner, 'day')} with the same partner."
    if rules.gap_minutes:
        yield f"Between two days of one person lie at least {count(rules.gap_minutes, 'minute')}."


def _partner_limits(rules: CohortRules) -> Iterator[str]:
    for partner, most in rules.partner_limits:
        yield f"No more than {count(most, 'place')} are given at {partner}, over all its days."


def _ordinals(rank: str) -> str:
    return ordinal(int(rank))


def _literal(text: str) -> str:
    """`text` as Python would write it, in double quotes where that needs no escape."""
    return f'"{text}"' if text.isprintable() and not set('"\\') & set(text) else repr(text)
