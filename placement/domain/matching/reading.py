"""Read JSON values strictly: each reader gives back a checked value or names the place that is wrong."""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from re import compile as pattern
from typing import NoReturn

from placement.domain.errors import InvalidProblem

_DATE_TIME = pattern(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", flags=0)
_LONGEST_QUOTE = 60
_TOP = ""

_FURTHEST_KM = 1e300


class RepeatedKeys(dict[str, object]):
    """A JSON object in which a key stood twice; `repeated` is the first such key."""

    repeated: str


def parse(octets: bytes) -> object:
    """Turn the octets of a JSON file into values; objects with a repeated key become `RepeatedKeys`.

    Raises
    ------
    InvalidProblem
        Not UTF-8, not JSON (with line and column), or nested too deeply.

    """
    try:
        return json.loads(octets.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        refuse(f"byte {error.start + 1}", "not UTF-8; save the file as UTF-8")
    except json.JSONDecodeError as error:
        refuse(f"line {error.lineno} column {error.colno}", f"not JSON: {error.msg}")
    except RecursionError:
        refuse("problem", "nested too deeply")
    except ValueError:
        refuse("problem", "a whole number has too many digits")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            found = RepeatedKeys(pairs)
            found.repeated = key
            return found
        seen.add(key)
    return dict(pairs)


def refuse(place: str, fault: str) -> NoReturn:
    """Say that what stands at `place` is wrong."""
    raise InvalidProblem(place=place or "problem", fault=fault)


def quoted(text: str) -> str:
    """Give `text` in quotation marks, on one line and not too long, whatever is in it."""
    short = text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"
    return json.dumps(short, ensure_ascii=not short.isprintable())


def inside(place: str, key: str) -> str:
    """Name the place of `key` in the object at `place`."""
    return f"{place}.{key}" if place else key


def read_object(
    data: object, place: str, required: Iterable[str], optional: Iterable[str]
) -> dict[str, object]:
    """Read an object that has every required key and no key but those named."""
    found = read_mapping(data, place)
    known = (*required, *optional)
    for key in found:
        if key not in known:
            refuse(place, f"unknown key {quoted(key)}")
    for key in required:
        if key not in found:
            refuse(place, f'key "{key}" is missing')
    return found


def read_mapping(data: object, place: str) -> dict[str, object]:
    """Read an object with any keys."""
    if not isinstance(data, dict):
        refuse(place, f"must be an object, not {_kind(data)}")
    if isinstance(data, RepeatedKeys):
        refuse(place, f"key {quoted(data.repeated)} stands twice")
    for key in data:
        if not isinstance(key, str):
            refuse(place, "keys must be text")
        read_text(key, place)
    return data


def read_list(data: object, place: str) -> Iterator[tuple[object, str]]:
    """Read a list: each item with its place."""
    if not isinstance(data, (list, tuple)):
        refuse(place, f"must be a list, not {_kind(data)}")
    return ((item, f"{place}[{index}]") for index, item in enumerate(data))


def read_text(data: object, place: str) -> str:
    """Read text that can be written as UTF-8."""
    if not isinstance(data, str):
        refuse(place, f"must be text, not {_kind(data)}")
    try:
        data.encode()
    except UnicodeEncodeError:
        refuse(place, "holds half a character (a lone surrogate)")
    return data


def read_optional_text(data: object, place: str) -> str | None:
    """Read text or null."""
    return None if data is None else read_text(data, place)


def read_id(data: object, place: str) -> str:
    """Read an id: text that is not empty."""
    text = read_text(data, place)
    if not text:
        refuse(place, "must not be empty")
    return text


def read_flag(data: object, place: str) -> bool:
    """Read true or false."""
    if not isinstance(data, bool):
        refuse(place, f"must be true or false, not {_kind(data)}")
    return data


def read_whole_number(data: object, place: str, least: int, most: int | None = None) -> int:
    """Read a whole number within bounds; 2.0 is the whole number 2, as JSON has it, but true is not 1."""
    number = _number(data, place, "a whole number")
    if isinstance(number, float) and not number.is_integer():
        refuse(place, f"must be a whole number, not {number!r}")
    whole = int(number)
    if whole < least:
        refuse(place, f"must be at least {least}")
    if most is not None and whole > most:
        refuse(place, f"must be at most {most}")
    return whole


def metres_of(data: object) -> int | None:
    """Whole metres of plain kilometres that `read_metres` takes; None for what must be looked at closely."""
    if isinstance(data, float) and 0 <= data <= _FURTHEST_KM:
        return round(data * 1000)
    return None


def read_metres(data: object, place: str) -> int:
    """Read kilometres of at least 0 and give whole metres."""
    number = _number(data, place, "a number")
    if number < 0:
        refuse(place, "must be at least 0")
    if number > _FURTHEST_KM:
        refuse(place, f"must be at most {_FURTHEST_KM:.0e}, which is further than anything is")
    return round(number * 1000)


def read_choice(data: object, place: str, choices: tuple[str, ...]) -> str:
    """Read one of the texts in `choices`."""
    if not isinstance(data, str) or data not in choices:
        refuse(place, "must be one of " + ", ".join(choices))
    return data


def read_moment(data: object, place: str) -> datetime | None:
    """Read a date and time with its offset (RFC 3339) as a moment in UTC, or null."""
    text = read_optional_text(data, place)
    if text is None:
        return None
    if not text.isascii() or not _DATE_TIME.fullmatch(text):
        refuse(place, "must be a date and time with an offset, such as 2027-03-02T09:30:00+00:00")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        refuse(place, f"{quoted(text)} is not a date and time that exists")


def _number(data: object, place: str, wanted: str) -> int | float:
    if isinstance(data, bool) or not isinstance(data, (int, float)):
        refuse(place, f"must be {wanted}, not {_kind(data)}")
    if isinstance(data, float) and not math.isfinite(data):
        refuse(place, f"must be {wanted}, not {data!r}")
    return data


def _kind(data: object) -> str:
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        (str, "text"),
        ((int, float), "a number"),
        (dict, "an object"),
        ((list, tuple), "a list"),
    ]
    return "null" if data is None else next((name for kind, name in names if isinstance(data, kind)), "that")
