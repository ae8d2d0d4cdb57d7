"""Finding the five sheets of a cohort among files."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from placement.adapters.sheets.delimited import read_delimited
from placement.adapters.sheets.limits import MOST_BYTES, filled_rows
from placement.adapters.sheets.workbooks import Workbook, is_workbook, open_workbook
from placement.domain.errors import SheetUnreadable
from placement.domain.sheets.faults import Fault, Note
from placement.domain.sheets.headings import plain
from placement.domain.sheets.tables import Kind, RawSheet, RawSheets

TEXT_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt"})
WORKBOOK_ENDINGS = frozenset({".xlsx", ".xlsm", ".ods", ".xls"})  # .xls to say how to mend it

_PASSED_OVER = re.compile(r"\.|~|.*#$")
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|head|meta)", re.IGNORECASE)


@dataclass(frozen=True)
class Source:
    """Where a sheet of some kind may be found. `exact` says that nothing but the kind stands in its name."""

    kind: Kind
    file: str
    exact: bool
    data: bytes
    workbook: Workbook | None = None
    sheet: str = ""


class Search:
    """Gathers the sources of each kind of sheet, and the faults and notes on the way."""

    def __init__(self) -> None:
        self.sources: dict[Kind, list[Source]] = {kind: [] for kind in Kind}
        self.faults: list[Fault] = []
        self.notes: list[Note] = []
        self.broken: set[Kind] = set()

    def refuse(self, error: SheetUnreadable, kind: Kind | None) -> None:
        """Keep why a file could not be read, and do not miss the sheet it would have held."""
        facts = error.facts
        row = facts.get("row", 0)
        self.faults.append(
            Fault(
                str(facts["file"]),
                row if isinstance(row, int) else 0,
                "",
                str(facts["problem"]),
                str(facts["remedy"]),
            )
        )
        self.broken.update([kind] if kind else Kind)


def read_folder(folder: Path) -> RawSheets:
    """Find and read the five sheets in `folder`; what is wrong with them is in the result."""
    search = Search()
    files: dict[str, bytes] = {}
    for path in sorted(folder.iterdir()):
        if _may_hold_a_sheet(path.name) and path.is_file():
            try:
                files[path.name] = _contents(path)
            except SheetUnreadable as error:
                search.refuse(error, kind_named(path.stem)[0])
    return _read(search, files, [path.name for path in folder.iterdir()])


def read_files(files: Mapping[str, bytes], *, some: bool = False) -> RawSheets:
    """Read the five sheets among uploaded `files`, by file name; what is wrong is in the result.

    With `some` only those sheets are looked for that are there.
    """
    usable = {name: data for name, data in files.items() if _may_hold_a_sheet(name)}
    search = Search()
    search.broken.update(Kind if some else ())  # what is broken is not missed either
    return _read(search, usable, list(files))


def _read(search: Search, files: Mapping[str, bytes], names: list[str]) -> RawSheets:
    for file, data in sorted(files.items()):
        kind, _ = kind_named(Path(file).stem)
        try:
            _refuse_size(file, len(data))
            for source in _sources(file, data):
                search.sources[source.kind].append(source)
        except SheetUnreadable as error:
            search.refuse(error, kind)
    sheets: dict[Kind, RawSheet] = {}
    for kind in Kind:
        chosen = _chosen(search, kind, names)
        if chosen is not None:
            try:
                sheets[kind] = _sheet(chosen)
            except SheetUnreadable as error:
                search.refuse(error, kind)
    return RawSheets(sheets, tuple(search.faults), tuple(search.notes))


def kind_named(text: str) -> tuple[Kind | None, bool]:
    """The kind of sheet that a file or sheet called `text` holds, and whether it is called just that."""
    words = plain(text)
    if words in {str(kind) for kind in Kind}:
        return Kind(words), True
    found = [kind for kind in Kind if kind in words.split()]
    return (found[0], False) if len(found) == 1 else (None, False)


def _may_hold_a_sheet(name: str) -> bool:
    ending = Path(name).suffix.lower()
    return ending in TEXT_ENDINGS | WORKBOOK_ENDINGS and not _PASSED_OVER.match(name)


def _contents(path: Path) -> bytes:
    try:
        _refuse_size(path.name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise SheetUnreadable(
            file=path.name,
            problem=f"the file cannot be opened ({error.strerror})",
            remedy="Close it in other programs and make sure that you may read it",
        ) from error


def _refuse_size(file: str, size: int) -> None:
    if size > MOST_BYTES:
        raise SheetUnreadable(
            file=file,
            problem=f"the file has {size / 1e6:.1f} MB, and at most {MOST_BYTES // 1_000_000} MB can be read",
            remedy="Copy the rows that are needed into a new file, without pictures and formatting",
        )


def _sources(file: str, data: bytes) -> Iterator[Source]:
    kind, exact = kind_named(Path(file).stem)
    if not is_workbook(data):
        if kind:
            yield Source(kind, file, exact, data)
        return
    if kind is None and Path(file).suffix.lower() not in WORKBOOK_ENDINGS:
        return
    workbook = open_workbook(data, file=file)
    if kind:
        yield Source(kind, file, exact, data, workbook, _sheet_for(workbook, kind))
        return
    for name in workbook.names:
        sheet_kind, sheet_exact = kind_named(name)
        if sheet_kind:
            yield Source(sheet_kind, f"{file} ({name})", sheet_exact, data, workbook, name)


def _sheet_for(workbook: Workbook, kind: Kind) -> str:
    """The sheet called like `kind`, else the first one."""
    named = [name for name in workbook.names if kind_named(name)[0] is kind]
    return next(iter([*named, *workbook.names]), "")


def _chosen(search: Search, kind: Kind, names: list[str]) -> Source | None:
    sources = search.sources[kind]
    best = [source for source in sources if source.exact] or sources
    if len(best) > 1:
        both = " and ".join(source.file for source in best)
        search.faults.append(
            Fault(
                best[-1].file,
                0,
                "",
                f"{both} may each be the {kind} sheet",
                f"Leave one of them named {kind}",
            )
        )
        return None
    if not best:
        if kind not in search.broken:
            _note_missing(search, kind, names)
        return None
    for other in sources:
        if other is not best[0]:
            search.notes.append(Note(other.file, f"not used, because {best[0].file} holds the {kind}"))
    return best[0]


def _note_missing(search: Search, kind: Kind, names: list[str]) -> None:
    if kind is Kind.PREFERENCES:
        search.notes.append(Note(str(kind), "there is no such sheet, so no leader has answered yet"))
        return
    alike = [
        name for name in names if kind_named(Path(name).stem)[0] is kind and not _PASSED_OVER.match(name)
    ]
    instead = f"; {alike[0]} is not a spreadsheet that can be read" if alike else ""
    search.faults.append(
        Fault(
            str(kind),
            0,
            "",
            f"there is no {kind} sheet{instead}",
            f"Put a file {kind}.csv, {kind}.xlsx or {kind}.ods into the folder",
        )
    )


def _sheet(source: Source) -> RawSheet:
    if source.workbook is not None:
        rows = source.workbook.rows(source.sheet) if source.sheet else iter(())
    elif _MARKUP.match(source.data[:200]):
        raise SheetUnreadable(
            file=source.file,
            problem="the file is a web page, not a spreadsheet",
            remedy="Open it in a spreadsheet program and save it as .xlsx, .ods or .csv",
        )
    else:
        rows = read_delimited(source.data, file=source.file, kind=source.kind)
    return RawSheet(source.kind, source.file, filled_rows(rows, file=source.file))
