"""What the reader of workbooks does not tell: formulas without a result, error values, merged and far cells.

The XML of a sheet is read once, part by part, without building a tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from xml.parsers import expat

from placement.adapters.sheets.archive import entities_declared
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.tables import Unreadable

Place = tuple[int, int]
"""Row and column of a cell, both counted from 0."""

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_COUNT = re.compile(r"[0-9]{1,7}")

_EXTENSION = ":calcext:"
_ERROR = "error"

_NO_RESULT = Unreadable(
    "holds a formula without a stored result",
    "Open the file in a spreadsheet program, let it calculate, save it, and import that",
)


@dataclass
class Scan:
    """What was found in one sheet."""

    cells: dict[Place, Unreadable] = field(default_factory=dict)
    merged: list[tuple[Place, Place]] = field(default_factory=list)
    last_row: int = -1
    last_column: int = -1

    def reach(self, row: int, column: int) -> None:
        """A cell that holds something stands here."""
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)


def scan_xlsx_sheet(content: bytes, *, file: str) -> Scan:
    """Look through one worksheet part of an .xlsx file."""
    reader = _XlsxReader()
    _parse(content, reader, file)
    return reader.scan


def scan_ods(content: bytes, *, file: str) -> dict[str, Scan]:
    """Look through the content part of an .ods file, sheet by sheet."""
    reader = _OdsReader()
    _parse(content, reader, file)
    return reader.scans


def attributes_of(content: bytes, element: str, *, file: str) -> Iterator[dict[str, str]]:
    """The attributes of each `element` in an XML part, names without their namespace."""
    reader = _Collector(element)
    _parse(content, reader, file)
    yield from reader.found


def _parse(content: bytes, reader: "_Reader", file: str) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = partial(_refuse_declarations, file)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(content, True)  # True: this is all of it
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise SheetUnreadable(
            file=file, problem="the file is damaged", remedy="Open it, save it again, and import that"
        ) from error


def _refuse_declarations(file: str, *_declared: object) -> None:
    raise entities_declared(file)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


class _Reader:
    """Takes the events of one XML part."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, data: str) -> None:
        """Text within an element."""


class _Collector(_Reader):
    def __init__(self, element: str) -> None:
        self.element = element
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == self.element:
            self.found.append({_local(key): value for key, value in attributes.items()})


class _XlsxReader(_Reader):
    """Follows the cells of a worksheet: <row r><c r t><f/><v>…</v></c></row> and <mergeCell ref>."""

    def __init__(self) -> None:
        self.scan = Scan()
        self.row = -1
        self.column = -1
        self.kind = ""
        self.has_formula = False
        self.inside_value = False
        self.value: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self.row = _count(attributes["r"]) - 1 if "r" in attributes else self.row + 1
                self.column = -1
            case "c":
                self._begin_cell(attributes)
            case "f":
                self.has_formula = True
            case "v" | "is":
                self.inside_value = True
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.column += 1
        if "r" in attributes:
            self.row, self.column = _place(attributes["r"])
        self.kind = attributes.get("t", "")
        self.has_formula, self.value = False, []

    def text(self, data: str) -> None:
        if self.inside_value:
            self.value.append(data)

    def end(self, name: str) -> None:
        match _local(name):
            case "v" | "is":
                self.inside_value = False
            case "c":
                self._end_cell()

    def _end_cell(self) -> None:
        value = "".join(self.value)
        if not value and not self.has_formula:
            return
        place = self.row, self.column
        self.scan.reach(*place)
        if self.kind == "e":
            self.scan.cells[place] = error_value(value)
        elif not value and self.kind != "str":  # a formula may well have an empty text as its result
            self.scan.cells[place] = _NO_RESULT

    def _merge(self, reference: str) -> None:
        first, _, last = reference.partition(":")
        self.scan.merged.append((_place(first), _place(last or first)))


def error_value(text: str) -> Unreadable:
    """A cell whose formula ended in an error such as #REF!."""
    return Unreadable(f"holds the error value {text[:20]}", "Put in the value that is meant")


def _place(reference: str) -> Place:
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise _Implausible
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]) - 1, column - 1


class _Implausible(ValueError):
    """A number or reference that no spreadsheet program writes.

    Passing over it would be unsafe: the reader of workbooks might take it seriously, and memory with it.
    """


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise _Implausible
    return int(text)


class _OdsReader(_Reader):
    """Follows the cells of all tables; a row or cell may say that it is repeated."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self.scan = Scan()
        self.row = self.next_row = 0
        self.column = 0
        self.cell: dict[str, str] | None = None
        self.said: list[str] = []
        self.depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "table":
                self.depth += 1
                if self.depth == 1:
                    self._begin_table(attributes)
            case "table-row":
                self.row, self.column = self.next_row, 0
                self.next_row += _repeated(_without_namespace(attributes), "number-rows-repeated")
            case "table-cell" | "covered-table-cell":
                self.cell, self.said = _without_namespace(attributes), []

    def _begin_table(self, attributes: dict[str, str]) -> None:
        self.scan = self.scans.setdefault(_without_namespace(attributes).get("name", ""), Scan())
        self.row = self.next_row = 0

    def text(self, data: str) -> None:
        if self.cell is not None and not self.said:
            self.said.append(data)

    def end(self, name: str) -> None:
        match _local(name):
            case "table":
                self.depth -= 1
            case "table-cell" | "covered-table-cell":
                if self.cell is not None:
                    self._end_cell(self.cell)
                self.cell = None

    def _end_cell(self, cell: dict[str, str]) -> None:
        place = self.row, self.column
        times = _repeated(cell, "number-columns-repeated")
        self.column += times
        text = "".join(self.said)
        if "value-type" in cell or "formula" in cell or text:
            self.scan.reach(self.next_row - 1, self.column - 1)
        if _ERROR in cell:
            self.scan.cells[place] = error_value(text)
        elif "formula" in cell and not text and _has_no_result(cell):
            self.scan.cells[place] = _NO_RESULT
        rows, columns = _repeated(cell, "number-rows-spanned"), _repeated(cell, "number-columns-spanned")
        if rows > 1 or columns > 1:
            self.scan.merged.append((place, (self.row + rows - 1, place[1] + columns - 1)))


def _has_no_result(cell: dict[str, str]) -> bool:
    return "value-type" not in cell or (cell["value-type"] == "float" and "value" not in cell)


def _without_namespace(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes by local name; LibreOffice's own second value type only where it tells of an error."""
    plain = {_local(name): value for name, value in attributes.items() if _EXTENSION not in name}
    own = {_local(name): value for name, value in attributes.items() if _EXTENSION in name}
    return plain | ({_ERROR: ""} if own.get("value-type") == "error" else {})


def _repeated(attributes: dict[str, str], name: str) -> int:
    return max(1, _count(attributes.get(name, "1")))
