"""Looking into .xlsx and .ods files, which are zip archives of XML, before anything else reads them.

A small archive can claim to be huge. Each part is unpacked here under a limit, and the parts are put into a
new archive without compression: what was looked at is what is read later.
"""

import io
import zipfile
import zlib

from placement.adapters.sheets.limits import MOST_BYTES_UNPACKED
from placement.domain.errors import SheetUnreadable

_PARTS_THAT_COUNT = (".xml", ".rels", "mimetype")
_MOST_PARTS = 2_000
_ENCRYPTED = 0x1


def unpack(data: bytes, *, file: str) -> dict[str, bytes]:
    """The XML parts of the archive `data` by name; pictures, macros and the like are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _parts(archive, file)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise SheetUnreadable(
            file=file, problem="the file is damaged", remedy="Open it, save it again, and import that"
        ) from error
    _refuse_declarations(parts, file)
    return parts


def _parts(archive: zipfile.ZipFile, file: str) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if member.filename.endswith(_PARTS_THAT_COUNT)]
    if len(members) > _MOST_PARTS:
        raise _too_big(file)
    parts: dict[str, bytes] = {}
    left = MOST_BYTES_UNPACKED
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise protected(file)
        with archive.open(member) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise _too_big(file)
        parts[member.filename] = content
    return parts


def _too_big(file: str) -> SheetUnreadable:
    return SheetUnreadable(
        file=file,
        problem=f"the file unpacks to more than {MOST_BYTES_UNPACKED // 1_000_000} MB",
        remedy="Copy the rows that are needed into a new file and save that",
    )


def protected(file: str) -> SheetUnreadable:
    """The refusal of a file that asks for a password."""
    return SheetUnreadable(
        file=file,
        problem="the file is protected by a password",
        remedy="Open it, take the protection away, save it again, and import that",
    )


def _refuse_declarations(parts: dict[str, bytes], file: str) -> None:
    """A document type can define entities that blow up when they are read; no spreadsheet needs one."""
    if any(b"<!DOCTYPE" in content or b"<!ENTITY" in content for content in parts.values()):
        raise entities_declared(file)


def entities_declared(file: str) -> SheetUnreadable:
    """The refusal of a file whose XML defines entities."""
    return SheetUnreadable(
        file=file,
        problem="the file declares XML entities, which no spreadsheet program writes",
        remedy="Open it, save it again, and import that",
    )


def repack(parts: dict[str, bytes]) -> bytes:
    """An archive of `parts`, uncompressed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()
