"""Programs that read calendars, made by others and on other grounds than what writes ours.

Each gets every calendar with its time zone renamed, so that the rules that were sent are all it can go by.
"""

import ctypes
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import vobject

from tests.browser.browser import chromium

FOLDER = Path(__file__).parent
READ_MJS, ICAL_JS = FOLDER / "read.mjs", FOLDER / "icaljs" / "ical.min.js"
LIBICAL = "libical.so.3"
NO_SCRIPT = "ical.js (neither Node nor Chromium found)"
_fresh = count()


@dataclass(frozen=True)
class Seen:
    """What a program makes of one calendar."""

    method: str
    uid: str
    sequence: int
    stamp: datetime
    status: str
    summary: str
    location: str
    organizer: str
    attendees: tuple[str, ...]
    starts: datetime
    ends: datetime
    events: int = 1


Reader = Callable[[Sequence[bytes]], list[Seen]]


class ReaderMissing(Exception):
    """The program is not on this machine; the message names it."""


def renamed(calendar: bytes) -> bytes:
    """The same calendar with a time zone of a name that nobody has ever heard."""
    return calendar.replace(b"Europe/London", b"Renamed/Zone-%d" % next(_fresh))


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def by_vobject(calendars: Sequence[bytes]) -> list[Seen]:
    """As vobject reads them."""
    return [_by_vobject(vobject.readOne(renamed(octets).decode())) for octets in calendars]


def _by_vobject(calendar: Any) -> Seen:
    event = calendar.vevent
    return Seen(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        stamp=event.dtstamp.value.astimezone(UTC),
        status=event.status.value,
        summary=event.summary.value,
        location=event.location.value,
        organizer=event.organizer.value,
        attendees=tuple(attendee.value for attendee in event.attendee_list),
        starts=event.dtstart.value.astimezone(UTC),
        ends=event.dtend.value.astimezone(UTC),
        events=len(calendar.vevent_list),
    )


def by_ical_js(calendars: Sequence[bytes]) -> list[Seen]:
    """As ical.js (of Thunderbird) reads them, in Node or else in the system's Chromium."""
    texts = json.dumps([renamed(octets).decode() for octets in calendars])
    run = _in_node if shutil.which("node") else _in_chromium
    found: list[dict[str, Any]] = json.loads(run(texts))
    return [
        Seen(
            **one
            | {name: moment(one[name]) for name in ("stamp", "starts", "ends")}
            | {"attendees": tuple(one["attendees"])}
        )
        for one in found
    ]


def _in_node(texts: str) -> str:
    program = (
        f"import {{ read }} from {json.dumps(READ_MJS.as_uri())};"
        "import { readFileSync } from 'fs';"
        "process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(read)));"
    )
    return subprocess.run(
        ["node", "--input-type=module", "-e", program],
        input=texts,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout


def _in_chromium(texts: str) -> str:
    """The same in a page: both modules become one script, and the answer stands in the page."""
    browser = chromium()
    if browser is None:
        raise ReaderMissing(NO_SCRIPT)
    library = ICAL_JS.read_text(encoding="utf-8").replace("export{Yt as default}", "ICAL=Yt")
    ours = READ_MJS.read_text(encoding="utf-8")
    ours = ours.replace('import ICAL from "./icaljs/ical.min.js";', "").replace("export function", "function")
    safe = texts.replace("<", "\\u003c")
    answer = "document.body.textContent = encodeURIComponent(JSON.stringify(texts.map(read)));"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(
            "<meta charset=utf-8><body><script>let ICAL;\n"
            f"{library}\n{ours}\nconst texts = {safe};\n{answer}</script>",
            encoding="utf-8",
        )
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile"]
        printed = subprocess.run(
            [browser, *options, "--dump-dom", page.as_uri()],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
    return unquote(printed.partition("<body>")[2].partition("</body>")[0].strip())


class _Time(ctypes.Structure):
    """libical's `icaltimetype`."""

    _fields_ = (
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    )


@cache
def _libical() -> ctypes.CDLL:
    """The C library of Evolution, KOrganizer and Cyrus, with the types of what is called here."""
    try:
        library = ctypes.CDLL(LIBICAL)
    except OSError:
        raise ReaderMissing(f"libical ({LIBICAL} not found; on Debian: libical3 or libical3t64)") from None
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    for name, result, *arguments in (
        ("icalparser_parse_string", pointer, text),
        ("icalcomponent_free", None, pointer),
        ("icalcomponent_count_errors", number, pointer),
        ("icalcomponent_count_components", number, pointer, number),
        ("icalcomponent_string_to_kind", number, text),
        ("icalcomponent_get_first_component", pointer, pointer, number),
        ("icalcomponent_get_method", number, pointer),
        ("icalproperty_method_to_string", text, number),
        ("icalcomponent_get_uid", text, pointer),
        ("icalcomponent_get_sequence", number, pointer),
        ("icalcomponent_get_status", number, pointer),
        ("icalproperty_status_to_string", text, number),
        ("icalcomponent_get_summary", text, pointer),
        ("icalcomponent_get_location", text, pointer),
        ("icalcomponent_get_dtstamp", _Time, pointer),
        ("icalcomponent_get_dtstart", _Time, pointer),
        ("icalcomponent_get_dtend", _Time, pointer),
        ("icaltime_as_timet_with_zone", ctypes.c_long, _Time, pointer),
        ("icaltimezone_get_utc_timezone", pointer),
        ("icalproperty_string_to_kind", number, text),
        ("icalcomponent_get_first_property", pointer, pointer, number),
        ("icalcomponent_get_next_property", pointer, pointer, number),
        ("icalproperty_get_value_as_string", text, pointer),
    ):
        function = getattr(library, str(name))
        function.restype, function.argtypes = result, arguments
    return library


def by_libical(calendars: Sequence[bytes]) -> list[Seen]:
    """As libical reads them."""
    library = _libical()
    return [_by_libical(library, renamed(octets)) for octets in calendars]


def _by_libical(library: Any, octets: bytes) -> Seen:
    calendar = library.icalparser_parse_string(octets)
    try:
        assert library.icalcomponent_count_errors(calendar) == 0
        kind = library.icalcomponent_string_to_kind(b"VEVENT")
        event = library.icalcomponent_get_first_component(calendar, kind)
        return Seen(
            method=_text(library.icalproperty_method_to_string(library.icalcomponent_get_method(calendar))),
            uid=_text(library.icalcomponent_get_uid(event)),
            sequence=library.icalcomponent_get_sequence(event),
            stamp=_instant(library, library.icalcomponent_get_dtstamp(event)),
            status=_text(library.icalproperty_status_to_string(library.icalcomponent_get_status(event))),
            summary=_text(library.icalcomponent_get_summary(event)),
            location=_text(library.icalcomponent_get_location(event)),
            organizer=_values(library, event, b"ORGANIZER")[0],
            attendees=_values(library, event, b"ATTENDEE"),
            starts=_instant(library, library.icalcomponent_get_dtstart(event)),
            ends=_instant(library, library.icalcomponent_get_dtend(event)),
            events=library.icalcomponent_count_components(calendar, kind),
        )
    finally:
        library.icalcomponent_free(calendar)


def _text(found: bytes) -> str:
    return found.decode()


def _instant(library: Any, time: _Time) -> datetime:
    assert time.zone, "the zone that was sent is not known"
    return moment(library.icaltime_as_timet_with_zone(time, time.zone))


def _values(library: Any, event: int, name: bytes) -> tuple[str, ...]:
    kind = library.icalproperty_string_to_kind(name)
    found, values = library.icalcomponent_get_first_property(event, kind), []
    while found:
        values.append(_text(library.icalproperty_get_value_as_string(found)))
        found = library.icalcomponent_get_next_property(event, kind)
    return tuple(values)


READERS: dict[str, Reader] = {"vobject": by_vobject, "ical.js": by_ical_js, "libical": by_libical}


def missing_readers() -> list[str]:
    """What of these is not on this machine."""
    missing = [] if shutil.which("node") or chromium() else [NO_SCRIPT]
    try:
        _libical()
    except ReaderMissing as absent:
        missing.append(str(absent))
    return missing
