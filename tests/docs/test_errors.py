"""docs/errors.md says of every error when it happens and what to do."""

import importlib
import pkgutil
from collections import Counter
from collections.abc import Iterator

import placement
from placement.domain.errors import PlacementError
from tests.docs.markdown import code, page, rows

TABLE = {code(row[0])[0]: row[1:] for row in rows(page("docs/errors.md").prose)}


def rules(above: type[PlacementError] = PlacementError) -> Iterator[type[PlacementError]]:
    """Every error that stands for one rule: those that others only build on are left out."""
    for error in above.__subclasses__():
        if error.__module__.startswith("placement."):
            yield from rules(error) if error.__subclasses__() else [error]


def all_rules() -> list[type[PlacementError]]:
    for module in pkgutil.walk_packages(placement.__path__, "placement."):
        importlib.import_module(module.name)
    return list(rules())


def test_every_error_is_in_the_table_and_no_other() -> None:
    assert sorted(error.code for error in all_rules()) == sorted(TABLE)


def test_no_two_errors_share_a_code() -> None:
    counted = Counter(error.code for error in all_rules())
    assert [name for name, number in counted.items() if number > 1] == []


def test_each_error_has_words_of_its_own() -> None:
    silent = [error.code for error in all_rules() if error.message == PlacementError.message]
    assert silent == []


def test_the_table_says_when_and_what_to_do() -> None:
    assert [name for name, cells in TABLE.items() if len(cells) != 2 or not all(cells)] == []
