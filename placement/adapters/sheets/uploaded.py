"""Files as they are sent to a page: whether each can be one of the five sheets at all."""

from collections.abc import Mapping
from pathlib import Path

from placement.adapters.sheets.folder import TEXT_ENDINGS, WORKBOOK_ENDINGS, kind_named
from placement.adapters.sheets.limits import MOST_BYTES
from placement.adapters.sheets.workbooks import is_workbook
from placement.domain.sheets.faults import Fault
from placement.domain.sheets.tables import Kind

MOST_FILES = 10
_LEFT_OUT = frozenset({".xls"})


def why_refused(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Why files are not looked at any further, a sentence for each; empty where nothing is wrong so far."""
    if len(files) > MOST_FILES:
        return (f"Send at most {MOST_FILES} files at once.",)
    return tuple(why for name, data in files.items() if (why := _why(name, data)))


def _why(name: str, data: bytes) -> str | None:
    ending = Path(name).suffix.lower()
    if ending not in TEXT_ENDINGS | WORKBOOK_ENDINGS - _LEFT_OUT:
        return f"{name} is not a spreadsheet that can be read. Save it as .csv, .xlsx or .ods."
    if len(data) > MOST_BYTES:
        size, most = len(data) / 1e6, MOST_BYTES // 1_000_000
        return (
            f"{name} has {size:.1f} MB, and at most {most} MB can be read. Take out pictures and formatting."
        )
    if not data.strip():
        return f"{name} is empty."
    if not is_workbook(data) and kind_named(Path(name).stem)[0] is None:
        *kinds, last = Kind
        return (
            f"It is not clear which sheet {name} is. Name the file after what it holds: "
            f"{', '.join(kinds)} or {last}."
        )
    return None


def nothing_found(files: Mapping[str, bytes]) -> Fault:
    """The fault of files none of which holds one of the five sheets."""
    *kinds, last = Kind
    return Fault(
        ", ".join(files),
        0,
        "",
        "none of the sheets has a name that is known",
        f"Name each sheet after what it holds: {', '.join(kinds)} or {last}",
    )
