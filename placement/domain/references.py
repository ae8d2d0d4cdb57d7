"""Short names of rows that people read and write in spreadsheets: "OPP17", "SLOT038"."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<digits>[0-9]+)", re.S)


def next_reference(taken: Iterable[str], *, own: Iterable[str], first: str) -> str:
    """The reference that follows those `taken` in a cohort, in the pattern of those that are `own`.

    The pattern is a stem ("SLOT") with the digits of its highest number: the stem that most of a partner's
    `own` references have, else one that more than half of all `taken` have; `first` where there is none.
    The answer differs from all that are taken by more than upper and lower case.

    >>> next_reference(["FOOD-1", "FOOD-2", "CARE-1"], own=["FOOD-1"], first="OPP01")
    'FOOD-3'
    >>> next_reference(["SLOT009", "SLOT037", "extra"], own=[], first="SLOT001")
    'SLOT038'
    >>> next_reference(["FOOD-1", "CARE-1"], own=[], first="OPP01")
    'OPP01'
    """
    used = list(taken)
    known = {reference.casefold() for reference in used}
    stem, number, width = _pattern(used, _stems(own), first)
    while True:
        number += 1
        reference = f"{stem}{number:0{width}}"
        if reference.casefold() not in known:
            return reference


def _stems(references: Iterable[str]) -> list[str]:
    return [match["stem"] for reference in references if (match := _NUMBERED.fullmatch(reference))]


def _pattern(taken: Sequence[str], own_stems: Sequence[str], first: str) -> tuple[str, int, int]:
    """Stem, highest number so far, and how many digits numbers have at least."""
    stem = _most_frequent(own_stems, more_than=0) or _most_frequent(_stems(taken), more_than=len(taken) / 2)
    numbered = [found for each in taken if (found := _NUMBERED.fullmatch(each))]
    digits = [found["digits"] for found in numbered if found["stem"] == stem]
    if stem is None or not digits:
        start = _NUMBERED.fullmatch(first)
        assert start is not None  # noqa: S101  # written in the code, and ends in a number
        return start["stem"], int(start["digits"]) - 1, len(start["digits"])
    highest = max(digits, key=int)
    return stem, int(highest), len(highest)


def _most_frequent(stems: Sequence[str], *, more_than: float) -> str | None:
    """The stem that occurs most, if it occurs more than so often."""
    often = Counter(stems)
    stem = max(often, key=lambda each: (often[each], each), default=None)
    return stem if stem is not None and often[stem] > more_than else None
