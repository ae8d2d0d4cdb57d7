"""Short names of rows that people read and write in spreadsheets: "OPP17", "SLOT038"."""

import re
from collections import Counter
from collections.abc import Iterable

_NUMBERED = re.compile(r"(?P<stem>.*?)(?P<digits>[0-9]+)", re.S)


def next_reference(taken: Iterable[str], *, first: str) -> str:
    """The reference that follows those `taken`, in their own pattern; `first` where they show none.

    The pattern is the stem ("SLOT") that most of them share, with the digits of its highest number. The
    answer differs from all that are taken by more than upper and lower case.

    >>> next_reference(["SLOT009", "SLOT037", "extra"], first="SLOT001")
    'SLOT038'
    >>> next_reference([], first="SLOT001")
    'SLOT001'
    """
    used = list(taken)
    known = {reference.casefold() for reference in used}
    stem, number, width = _last_in_pattern(used) or _before(first)
    while True:
        number += 1
        reference = f"{stem}{number:0{width}}"
        if reference.casefold() not in known:
            return reference


def _last_in_pattern(references: Iterable[str]) -> tuple[str, int, int] | None:
    """Stem, highest number and its count of digits, of the stem that occurs most; None where none occurs."""
    found = [match for reference in references if (match := _NUMBERED.fullmatch(reference))]
    if not found:
        return None
    often = Counter(match["stem"] for match in found)
    stem = max(often, key=lambda each: (often[each], each))
    digits = max((match["digits"] for match in found if match["stem"] == stem), key=int)
    return stem, int(digits), len(digits)


def _before(first: str) -> tuple[str, int, int]:
    match = _NUMBERED.fullmatch(first)
    if match is None:
        raise ValueError("a first reference must end in a number")
    return match["stem"], int(match["digits"]) - 1, len(match["digits"])
