"""What a calendar object must keep (C and Z), checked on the octets with a reader of its own.

Written from RFC 5545 and 5546 and from what calendar programs stumble over; shares no code with the writer.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from io import StringIO
from itertools import count
from zoneinfo import ZoneInfo

import vobject
from dateutil.tz import tzical  # type: ignore[import-untyped]  # has no types

LONDON = ZoneInfo("Europe/London")
LOCAL_TIME = re.compile(r"\d{8}T\d{6}")
UTC_TIME = re.compile(r"\d{8}T\d{6}Z")
CONTENT_LINE = re.compile(
    r'(?P<name>[A-Z0-9-]+)(?P<params>(?:;[A-Z0-9-]+=(?:"[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*))*):(?P<value>.*)',
    re.DOTALL,
)
PARAM = re.compile(r';([A-Z0-9-]+)=(?:"([^"]*)"|([^;:]*))')
ESCAPED_TEXT = re.compile(r"(?:[^\\;,]|\\[\\;,nN])*", re.DOTALL)
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION")
_fresh = count()


@dataclass(frozen=True)
class Expected:
    """What the message is meant to say."""

    method: str
    recipient: str
    title: str
    link: str
    starts_at: datetime
    ends_at: datetime
    older: "Calendar | None" = None


@dataclass(frozen=True)
class Line:
    """One unfolded content line and the components around it, the outermost first."""

    name: str
    params: dict[str, str]
    value: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class Calendar:
    """A calendar object as octets, and as lines."""

    octets: bytes
    broken: list[str] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[Line]:
        """The content lines; what does not parse goes to `broken`."""
        lines: list[Line] = []
        path: list[str] = []
        for text in self.unfolded:
            if match := CONTENT_LINE.fullmatch(text):
                params = {name: quoted or bare for name, quoted, bare in PARAM.findall(match["params"])}
                name, value = match["name"], match["value"]
                if name == "END" and path:
                    path.pop()
                lines.append(Line(name, params, value, tuple(path)))
                if name == "BEGIN":
                    path.append(value)
            else:
                self.broken.append(text)
        return lines

    @cached_property
    def unfolded(self) -> list[str]:
        text = self.octets.decode("utf-8", "replace").removesuffix("\r\n")
        return text.replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")

    def all(self, name: str, component: str = "VEVENT") -> list[Line]:
        """The lines called `name` directly inside a `component`."""
        return [line for line in self.lines if line.name == name and line.path[-1:] == (component,)]

    def value(self, name: str, component: str = "VEVENT") -> str:
        """The value of the one line called `name`, empty where there is none or several."""
        found = self.all(name, component)
        return found[0].value if len(found) == 1 else ""

    def components(self, name: str) -> int:
        return sum(line.name == "BEGIN" and line.value == name for line in self.lines)

    @cached_property
    def zone(self) -> str:
        """The VTIMEZONE alone."""
        text = self.octets.decode("utf-8", "replace")
        start, end = text.find("BEGIN:VTIMEZONE"), text.find("END:VTIMEZONE")
        return text[start : end + len("END:VTIMEZONE\r\n")] if 0 <= start < end else ""


def unescaped(text: str) -> str:
    """The TEXT that was meant, by RFC 5545 §3.3.11."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


def instants_by_another_reader(calendar: Calendar) -> tuple[datetime, datetime]:
    """Start and end as vobject reads them from the sent VTIMEZONE alone, which is renamed for that."""
    name = f"Renamed/Zone-{next(_fresh)}"
    text = calendar.octets.decode().replace("Europe/London", name)
    event = vobject.readOne(text).vevent
    return event.dtstart.value.astimezone(UTC), event.dtend.value.astimezone(UTC)


def zone_agrees(calendar: Calendar, *, years: int = 5) -> bool:
    """Whether the VTIMEZONE alone tells the same time as the tz database, hours around each change too."""
    return _agrees(calendar.zone, calendar.value("DTSTART")[:8], years)


@cache  # the same zone and day need no second look
def _agrees(sent: str, day: str, years: int) -> bool:
    zone = tzical(StringIO(sent)).get()
    first = datetime.strptime(day, "%Y%m%d").replace(hour=12)  # noqa: DTZ007
    days = [first + timedelta(days=10 * step) for step in range(years * 36)]
    for year in range(first.year, first.year + years + 1):
        for month in (3, 10):
            last = datetime(year, month, 31, 3, 0)  # noqa: DTZ001
            sunday = last - timedelta(days=(last.weekday() + 1) % 7)
            days += [sunday, sunday - timedelta(hours=2, minutes=30), sunday + timedelta(days=1)]
    return all(
        moment.replace(tzinfo=zone).utcoffset() == moment.replace(tzinfo=LONDON).utcoffset()
        for moment in days
    )


def _local(calendar: Calendar, name: str, expected: datetime) -> bool:
    """A local time with its zone named, at the instant meant."""
    lines = calendar.all(name)
    meant = expected.astimezone(LONDON).strftime("%Y%m%dT%H%M%S")
    return [(line.params, line.value) for line in lines] == [({"TZID": "Europe/London"}, meant)]


def _is_utf8(octets: bytes) -> bool:
    """Whether `octets`, one folded line, are whole characters."""
    return octets.decode("utf-8", "ignore").encode() == octets


def _sides(calendar: Calendar, name: str) -> list[str]:
    return sorted(
        line.value
        for line in calendar.lines
        if line.name == name and line.path[-1:] in {("STANDARD",), ("DAYLIGHT",)}
    )


def _attendees(calendar: Calendar) -> list[str]:
    return [line.value.casefold() for line in calendar.all("ATTENDEE")]


def _texts(calendar: Calendar) -> list[str]:
    return [line.value for line in calendar.lines if line.name in TEXTS]


def _newer(calendar: Calendar, expected: Expected) -> bool:
    older = expected.older
    return older is None or calendar.value("DTSTAMP") > older.value("DTSTAMP")


def _cancels(calendar: Calendar, expected: Expected) -> bool:
    """A CANCEL outranks what came before and names the same entry at the same times."""
    older = expected.older
    if expected.method != "CANCEL" or older is None:
        return expected.method != "CANCEL" or int(calendar.value("SEQUENCE")) > 0
    same = all(calendar.value(name) == older.value(name) for name in ("UID", "DTSTART", "DTEND"))
    return same and int(calendar.value("SEQUENCE")) > int(older.value("SEQUENCE"))


def _people_are_bare(calendar: Calendar, name: str) -> bool:
    lines = calendar.all(name)
    return len(lines) == 1 and bool(re.fullmatch(r"mailto:[^\s<>\"]+@[^\s<>\"]+", lines[0].value))


def _alarms(calendar: Calendar) -> bool:
    needed = ("ACTION", "DESCRIPTION", "TRIGGER")
    number = calendar.components("VALARM")
    return all(len(calendar.all(name, "VALARM")) == number for name in needed)


def _zones_defined_once(calendar: Calendar) -> bool:
    used = {line.params["TZID"] for line in calendar.lines if "TZID" in line.params}
    defined = [line.value for line in calendar.all("TZID", "VTIMEZONE")]
    return used <= set(defined) and len(defined) == len(set(defined))


def _attendee_params(calendar: Calendar) -> bool:
    fixed = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "RSVP": "TRUE"}
    known = {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"}
    lines = calendar.all("ATTENDEE")
    return bool(lines) and all(
        fixed.items() <= line.params.items() and line.params.get("PARTSTAT") in known for line in lines
    )


Rule = Callable[[Calendar, Expected], bool]

RULES: dict[str, Rule] = {
    "C1": lambda c, _: c.octets.endswith(b"\r\n") and not re.search(rb"(?<!\r)\n|\r(?!\n)", c.octets),
    "C2": lambda c, _: all(len(line) <= 75 for line in c.octets.split(b"\r\n")),
    "C3": lambda c, _: all(
        "\ufffd" not in line.decode("utf-8", "replace") for line in c.octets.split(b"\r\n")
    ),
    "C4": lambda c, _: not any(CONTROLS.search(line) for line in c.unfolded),
    "C5": lambda c, _: bool(c.lines) and not c.broken and c.lines[-1].path == (),
    "C6": lambda c, _: c.value("VERSION", "VCALENDAR") == "2.0" and bool(c.value("PRODID", "VCALENDAR")),
    "C7": lambda c, _: c.value("CALSCALE", "VCALENDAR") == "GREGORIAN",
    "C8": lambda c, e: c.value("METHOD", "VCALENDAR") == e.method,
    "C9": lambda c, _: c.components("VEVENT") == 1,
    "C10": lambda c, _: bool(re.fullmatch(r"[0-9a-f-]{36}@[a-z0-9.-]+", c.value("UID"))),
    "C11": lambda c, e: bool(UTC_TIME.fullmatch(c.value("DTSTAMP"))) and _newer(c, e),
    "C12": lambda c, _: c.value("SEQUENCE").isdigit(),
    "C13": lambda c, e: _local(c, "DTSTART", e.starts_at),
    "C14": lambda c, e: _local(c, "DTEND", e.ends_at),
    "C15": lambda c, e: e.title in unescaped(c.value("SUMMARY")),
    "C16": lambda c, _: all(ESCAPED_TEXT.fullmatch(text) for text in _texts(c)),
    "C17": lambda c, e: c.value("STATUS") == {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}[e.method],
    "C18": _cancels,
    "C19": lambda c, _: all(UTC_TIME.fullmatch(c.value(name)) for name in ("CREATED", "LAST-MODIFIED")),
    "C20": lambda c, _: _people_are_bare(c, "ORGANIZER") and bool(c.all("ORGANIZER")[0].params.get("CN")),
    "C21": lambda c, _: _people_are_bare(c, "ATTENDEE"),
    "C22": lambda c, _: _attendee_params(c),
    "C23": lambda c, e: f"mailto:{e.recipient}".casefold() in _attendees(c),
    "C24": lambda c, _: c.value("ORGANIZER").casefold() not in _attendees(c),
    "C26": lambda c, _: bool(c.value("TRANSP")) and bool(c.value("CLASS")),
    "C27": lambda c, e: e.method == "CANCEL" or e.link in unescaped(c.value("DESCRIPTION")),
    "C28": lambda c, _: not c.all("METHOD"),
    "C29": lambda c, _: _alarms(c),
    "C30": lambda c, _: _zones_defined_once(c),
    "Z1": lambda c, _: (
        c.components("STANDARD") == c.components("DAYLIGHT") == 1
        and all(re.search("BYMONTH=.*BYDAY=|BYDAY=.*BYMONTH=", rule) for rule in _sides(c, "RRULE"))
        and len(_sides(c, "RRULE")) == 2
        and not _sides(c, "RDATE")
    ),
    "Z2": lambda c, _: c.value("TZID", "VTIMEZONE") == "Europe/London",
    "Z4": lambda c, e: instants_by_another_reader(c) == (e.starts_at, e.ends_at) and zone_agrees(c, years=5),
}


def breaches(calendar: Calendar, expected: Expected) -> list[str]:
    """The rules that `calendar` breaks; Z4 is judged only where the lines themselves are sound."""
    broken = [name for name, kept in RULES.items() if name != "Z4" and not kept(calendar, expected)]
    return broken if broken or RULES["Z4"](calendar, expected) else ["Z4"]
