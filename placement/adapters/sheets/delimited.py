"""Text with separators: CSV and its relatives, in the encodings and with the separators that people have."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator

from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.headings import known_headings
from placement.domain.sheets.tables import Kind, RawRow

SEPARATORS = (",", ";", "\t", "|")

_ROWS_TO_TRY = 15
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Stands behind the last row; if a quotation mark is still open there, it ends up inside that row's last cell.
_LAST = "\ue000the last row\ue000"


def read_delimited(data: bytes, *, file: str, kind: Kind) -> Iterator[RawRow]:
    """The rows of a text file, numbered as a spreadsheet numbers them.

    A line break within quotation marks does not begin a row, and an empty line is a row. The separator is
    the one by which most headings of a `kind` sheet are found.
    """
    text, separator = _without_separator_line(decoded(data, file=file))
    if separator is None:
        separator = max(SEPARATORS, key=lambda tried: _headings_found(text, tried, kind))
    yield from _rows(text, separator, file)


def decoded(data: bytes, *, file: str) -> str:
    """The text in `data`: by its byte-order mark, else UTF-8, line by line Windows-1252 where it is not.

    A byte that stands for nothing in Windows-1252 becomes U+FFFD, which is a fault of its cell.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _by_mark(data[len(mark) :], encoding, file)
    if sixteen := _sixteen_bits(data):
        return data.decode(sixteen, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "\n".join(_line(line) for line in data.split(b"\n"))


def _by_mark(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return "\n".join(_line(line) for line in data.split(b"\n"))
        raise SheetUnreadable(
            file=file,
            problem="the file is damaged: its text cannot be decoded",
            remedy="Save it again as CSV UTF-8 or as .xlsx",
        ) from None


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _sixteen_bits(data: bytes) -> str | None:
    """UTF-16 without a byte-order mark: every other byte of a Western text is nought."""
    start = data[:400]
    half = len(start) // 2
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        if half >= 4 and start[first::2].count(0) > 0.8 * half and start[1 - first :: 2].count(0) == 0:
            return encoding
    return None


def _without_separator_line(text: str) -> tuple[str, str | None]:
    """A first line "sep=;" is for the spreadsheet program, which does not count it."""
    line, _, rest = text.partition("\n")
    told = line.strip("\r ").strip('"')
    if told[:4].lower() == "sep=" and told[4:] in SEPARATORS:
        return rest, told[4:]
    return text, None


def _headings_found(text: str, separator: str, kind: Kind) -> tuple[int, int]:
    try:
        rows = list(_first_rows(text, separator))
    except csv.Error:
        return 0, 0
    return max(
        ((known_headings(kind, row), len(row.cells)) for row in rows if not row.is_blank), default=(0, 0)
    )


def _first_rows(text: str, separator: str) -> Iterable[RawRow]:
    # A heading row ends long before this; a longer start would be parsed once for each separator.
    reader = csv.reader(io.StringIO(text[:20_000], newline=""), delimiter=separator)
    for number, cells in zip(range(1, _ROWS_TO_TRY + 1), reader, strict=False):
        yield RawRow(number, tuple(cells))


def _rows(text: str, separator: str, file: str) -> Iterator[RawRow]:
    whole = io.StringIO(f"{text}\n{_LAST}", newline="")
    number = 0
    try:
        for number, cells in enumerate(csv.reader(whole, delimiter=separator), start=1):
            if cells == [_LAST]:
                return
            if cells and cells[-1].endswith(_LAST):
                raise _open_quotation(file, number)
            yield RawRow(number, tuple(cells))
    except csv.Error as error:
        raise _unparsed(file, number + 1, error) from None


def _open_quotation(file: str, number: int) -> SheetUnreadable:
    return SheetUnreadable(
        file=file,
        row=number,
        problem="a quotation mark is opened in this row and never closed",
        remedy="Close it or take it away, then save the file again",
    )


def _unparsed(file: str, number: int, error: csv.Error) -> SheetUnreadable:
    if "field larger" in str(error):
        return SheetUnreadable(
            file=file,
            row=number,
            problem=f"a cell has more than {csv.field_size_limit():,} characters",
            remedy="Look for a quotation mark that is opened and not closed, or shorten the text",
        )
    return SheetUnreadable(
        file=file,
        row=number,
        problem=f"the row cannot be read ({error})",
        remedy="Save the file again as CSV UTF-8 or as .xlsx",
    )
