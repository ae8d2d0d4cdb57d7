"""Text that leaves the service: cleaned of controls, with days and hours in words as people here say them.

Times are kept in UTC everywhere else; this module is where they become Europe/London.
"""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from placement.domain.errors import LocalTimeMissing, LocalTimeTwice

London = ZoneInfo("Europe/London")

# Written out, because strftime follows the machine's locale.
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# VT, FF, FS, GS, RS, NEL and the Unicode separators all start a new line somewhere downstream
# (str.splitlines, word processors, mail programs), so each is treated as one here.
_LINE_BREAK = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# C0 and C1 controls without tab and line feed; overrides and isolates of writing direction, which can
# make an address read as another; the byte-order mark; lone surrogates, which UTF-8 cannot carry.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_WHITE_SPACE = re.compile(r"\s+")


def clean_line(text: str) -> str:
    """`text` on one line: no controls, each run of white space one space, none at the ends."""
    if text.isprintable() and "  " not in text:  # as nearly every text is: nothing below would find anything
        return text.strip()
    return _WHITE_SPACE.sub(" ", clean_text(text)).strip()


def clean_text(text: str) -> str:
    r"""`text` without controls; every kind of line break becomes ``\n``, tabs become spaces."""
    with_breaks = _LINE_BREAK.sub("\n", text)
    return _UNWANTED.sub("", with_breaks).replace("\t", " ").strip()


def shorten(text: str, longest: int) -> str:
    """`text`, or its first words and an ellipsis where it has more than `longest` characters."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    space = cut.rfind(" ", longest // 2)
    return cut[: space if space > 0 else None].rstrip() + "…"


def day_in_words(moment_utc: datetime) -> str:
    """The day in the United Kingdom at `moment_utc` (aware): "Tuesday 12 January 2027"."""
    return date_in_words(to_london(moment_utc).date())


def date_in_words(day: date) -> str:
    """A date by itself: "Tuesday 12 January 2027"."""
    return f"{DAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def time_in_words(moment_utc: datetime) -> str:
    """The time in the United Kingdom at `moment_utc` (aware): "9:30am", "3pm", "12pm (midday)"."""
    local = to_london(moment_utc)
    minutes = f":{local.minute:02}" if local.minute else ""
    words = f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"
    return words + {time(0): " (midnight)", time(12): " (midday)"}.get(local.time(), "")


def hours_in_words(start: datetime, end: datetime) -> str:
    """The hours from `start` to `end` (aware): "9:30am to 3pm", with the day where they end on another."""
    nights = (to_london(end).date() - to_london(start).date()).days
    ending = {0: "", 1: " the next day"}.get(nights, f" on {day_in_words(end)}")
    return f"{time_in_words(start)} to {time_in_words(end)}{ending}"


def to_london(moment_utc: datetime) -> datetime:
    """`moment_utc`, which must know its zone, as local time in the United Kingdom."""
    if moment_utc.tzinfo is None:
        raise ValueError("a time without zone cannot be told in local time")
    return moment_utc.astimezone(London)


def london_to_utc(day: date, at: time) -> datetime:
    """The instant, in UTC, when it is `at` on `day` in the United Kingdom.

    Raises
    ------
    LocalTimeMissing
        The clocks go forward over that time: it does not exist.
    LocalTimeTwice
        The clocks go back over that time: it happens twice, and nobody could say which is meant.

    """
    wall = datetime.combine(day, at)
    first, second = (wall.replace(tzinfo=London, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    facts = {"day": day_in_words(first), "time": f"{at:%H:%M}"}
    if first.astimezone(London).replace(tzinfo=None) != wall:
        raise LocalTimeMissing(**facts)
    raise LocalTimeTwice(**facts)


def is_told_twice(moment_utc: datetime) -> bool:
    """Whether the clock shows the local time of `moment_utc` a second time within the hour around it."""
    local = to_london(moment_utc)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
