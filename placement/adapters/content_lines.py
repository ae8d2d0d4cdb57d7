"""The lines of calendar objects (RFC 5545 §3.1 to §3.3): escaped once, folded on whole characters.

Whoever calls has cleaned the texts of controls (`placement.domain.text`), so that nothing in them can begin a
line. Written here because a general calendar library takes ten times as long for the same octets; the tests
read everything back with such libraries.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from placement.domain.text import to_london

LONGEST = 75  # octets of a line, without its end
_CONTINUED = "\r\n "


def text(value: str) -> str:
    """`value` as TEXT: what stands behind the colon of SUMMARY, DESCRIPTION and their like."""
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def quoted(value: str) -> str:
    """`value`, one line, as a quoted parameter, such as CN.

    What cannot stand there is written as RFC 6868 says, but for a double quote, which some programs would
    show as ``^'``: it becomes a single one.
    """
    escaped = value.replace("^", "^^").replace('"', "'")
    return f'"{escaped}"'


def utc(moment: datetime) -> str:
    """`moment`, which knows its zone, in UTC; parts of a second are left out."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def local(moment: datetime) -> str:
    """`moment`, which knows its zone, by the clock of the United Kingdom; parts of a second are left out."""
    return f"{to_london(moment):%Y%m%dT%H%M%S}"


def degrees(value: float) -> str:
    """Latitude or longitude with the six places that the format asks for, never in powers of ten."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def octets(lines: Iterable[str]) -> bytes:
    """The `lines` in UTF-8 with their ends, each of at most 75 octets, folded between characters."""
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _folded(line: str) -> str:
    if not line.isascii():
        return _folded_between_characters(line.encode())
    if len(line) <= LONGEST:
        return line
    # The space that marks a continued line counts as one of its octets.
    rest = range(LONGEST, len(line), LONGEST - 1)
    return _CONTINUED.join([line[:LONGEST], *(line[start : start + LONGEST - 1] for start in rest)])


def _folded_between_characters(encoded: bytes) -> str:
    pieces, start, room = [], 0, LONGEST
    while len(encoded) - start > room:
        end = start + room
        while encoded[end] & 0xC0 == 0x80:  # the middle of a character
            end -= 1
        pieces.append(encoded[start:end].decode())
        start, room = end, LONGEST - 1
    return _CONTINUED.join([*pieces, encoded[start:].decode()])
