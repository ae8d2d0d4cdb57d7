"""What is wrong in a spreadsheet, where, and how to put it right."""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

FAULT_HEADINGS = ("file", "row", "column", "what is wrong", "what to do")

_FORMULA_STARTS = frozenset("=+-@\t\r\n")


class Fault(NamedTuple):
    """One thing to put right before anything can be imported.

    `row` is the row as the spreadsheet counts it, the heading being row 1; 0 where the whole file is meant.
    """

    file: str
    row: int
    column: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{place(self.file, self.row, self.column)}: {self.problem}. {self.remedy}."


@dataclass(frozen=True)
class Note:
    """Something worth knowing about a sheet that stops nothing."""

    file: str
    text: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        return f"{place(self.file, self.row, self.column)}: {self.text}."


def place(file: str, row: int, column: str) -> str:
    """Where something is, in words: "slots.csv, row 7, capacity"."""
    return ", ".join([file, *([f"row {row}"] if row else []), *([column] if column else [])])


def fault_cells(fault: Fault) -> tuple[str, str, str, str, str]:
    """`fault` as the five cells under `FAULT_HEADINGS`, safe to open in a spreadsheet."""
    row = str(fault.row) if fault.row else ""
    return (
        inert(fault.file),
        row,
        inert(fault.column),
        inert(f"{fault.problem}."),
        inert(f"{fault.remedy}."),
    )


def inert(text: str) -> str:
    """`text` with a leading apostrophe where a spreadsheet could take it for a formula.

    Full-width forms count as what they look like, because some programs read them so.
    """
    first = text.strip(" \u00a0\u3000")[:1]
    return f"'{text}" if unicodedata.normalize("NFKC", first) in _FORMULA_STARTS else text
