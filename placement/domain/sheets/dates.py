"""Days, times of day and moments as people write them in the United Kingdom: the day comes first."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from placement.domain.errors import CellUnreadable, LocalTimeMissing, LocalTimeTwice
from placement.domain.sheets.cells import shown, text_of
from placement.domain.sheets.tables import Cell
from placement.domain.text import DAY_NAMES, london_to_utc

FIRST_YEAR, LAST_YEAR = 2000, 2099

# A spreadsheet counts days from here, so that 1 March 1900 is day 61.
_DAY_ZERO = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = (date(year, 1, 1) - _DAY_ZERO for year in (FIRST_YEAR, LAST_YEAR + 1))

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = (
    r"(?:(?P<weekday>mon|tue|wed|thu|fri|sat|sun)"
    r"(?:day|s|sday|nes|nesday|r|rs|rsday|urday)?\b\.?,?\s*)?"
)
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?P<day>\d{1,2})(?:st|[nr]d|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?)?"
_END = r"(?![\w/])"
_FORMS = tuple(
    re.compile(_WEEKDAY + form + _END, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?P<dash>[-/.])(?P<month>\d{1,2})(?P=dash)(?P<day>\d{1,2})" + _MIDNIGHT,
        rf"(?P<day>\d{{1,2}})(?P<dash>[-/.])(?P<month>\d{{1,2}})(?P=dash){_YEAR}{_MIDNIGHT}",
        rf"{_DAY}(?:\s+of)?[\s\-./]*{_MONTH}[\s\-./']*{_YEAR}",
        rf"{_MONTH}\s*{_DAY},?\s+(?P<year>\d{{4}})",
        r"(?P<year>20\d{2})(?P<month>\d{2})(?P<day>\d{2})",
        r"(?P<serial>\d{5})(?:\.0+)?",
    )
)
_BETWEEN = re.compile(r"(?:[\s,;|&+.]|\band\b)*", re.IGNORECASE)
_TOKEN = re.compile(r"[^,;|]+")

_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?:(?:\s*[:.h]\s*(?P<minute>\d{2}))(?::\d{2}(?:\.\d+)?)?)?\s*(?P<half>[ap]\.?m?\.?)?",
    re.IGNORECASE | re.ASCII,
)
_FOUR_FIGURES = re.compile(
    r"(?P<hour>\d{1,2})(?P<minute>\d{2})\s*(?P<half>[ap]\.?m?\.?)?(?:\s*h(?:rs|ours)?)?", re.I
)
_NAMED_TIMES = {
    **dict.fromkeys(("noon", "midday", "12 noon", "12noon", "12 midday"), time(12)),
    "midnight": time(0),
}


def read_date(cell: Cell) -> date | None:
    """One day, from a date cell, a text or a spreadsheet's day number."""
    if isinstance(cell, date):
        return _plausible(cell.date() if isinstance(cell, datetime) else cell, text_of(cell))
    text = text_of(cell)
    if not text:
        return None
    days = _days_in(text)
    if len(days) != 1:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is more than one date", remedy="Write one date in the cell"
        )
    return days[0]


def read_dates(cell: Cell) -> tuple[date, ...]:
    """Any number of days, in order and each once, with spaces, commas, semicolons or lines between them."""
    if isinstance(cell, date):
        return tuple(filter(None, [read_date(cell)]))
    text = text_of(cell)
    return () if text in {"-", "–", "none", "None", "n/a"} else tuple(sorted(set(_days_in(text))))


def _days_in(text: str) -> list[date]:
    return list(_each_day(text))


def _each_day(text: str) -> Iterator[date]:
    position = _end_of(_BETWEEN.match(text))
    while position < len(text):
        found = next((match for form in _FORMS if (match := form.match(text, position))), None)
        if found is None:
            token = _TOKEN.match(text, position)
            raise _not_a_date(token[0].strip() if token else text[position:])
        yield _day_of(found)
        position = _end_of(_BETWEEN.match(text, found.end()))


def _end_of(match: re.Match[str] | None) -> int:
    return match.end() if match else 0


def _day_of(found: re.Match[str]) -> date:
    parts = found.groupdict()
    if parts.get("serial"):
        return _from_serial(int(parts["serial"]), found[0])
    try:
        day = date(_year(parts["year"]), _month(parts["month"]), int(parts["day"]))
    except ValueError:
        raise _not_a_date(found[0]) from None
    weekday = parts["weekday"]
    if weekday and not DAY_NAMES[day.weekday()].casefold().startswith(weekday.casefold()):
        raise CellUnreadable(
            problem=f"'{shown(found[0])}' is a {DAY_NAMES[day.weekday()]}",
            remedy="Correct the day of the week or the date",
        )
    return _plausible(day, found[0])


def _from_serial(number: int, text: str) -> date:
    if not _FIRST_SERIAL.days <= number < _LAST_SERIAL.days:
        raise _not_a_date(text)
    return _DAY_ZERO + timedelta(days=number)


def _year(figures: str) -> int:
    return int(figures) if len(figures) == 4 else 2000 + int(figures)


def _month(word: str) -> int:
    return int(word) if word.isdigit() else _MONTHS.index(word[:3].casefold()) + 1


def _plausible(day: date, text: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellUnreadable(
            problem=f"'{shown(text)}' is in the year {day.year}",
            remedy=f"Write a date from {FIRST_YEAR} to {LAST_YEAR}",
        )
    return day


def _not_a_date(text: str) -> CellUnreadable:
    return CellUnreadable(
        problem=f"'{shown(text)}' is not a date",
        remedy="Write the day, the month and the year, for example 03/02/2027 or 3 Feb 2027",
    )


def read_time(cell: Cell) -> time | None:
    """A time of day, from a time cell, a text such as "9.30am", or a spreadsheet's fraction of a day."""
    if isinstance(cell, datetime):
        return _to_minute(cell.time())
    if isinstance(cell, time):
        return _to_minute(cell)
    if isinstance(cell, timedelta):
        return _from_minutes(cell / timedelta(minutes=1), text_of(cell))
    if isinstance(cell, float) and 0 < cell < 1:
        return _from_minutes(cell * 24 * 60, text_of(cell))
    text = text_of(cell)
    if not text:
        return None
    return _time_in(text, is_figure=isinstance(cell, float))


def _to_minute(at: time) -> time:
    """A spreadsheet's fraction of a day can end a split second beside the minute that was typed."""
    return _from_minutes(at.hour * 60 + at.minute + (at.second + at.microsecond / 1e6) / 60, f"{at:%H:%M:%S}")


def _from_minutes(minutes: float, text: str) -> time:
    whole = round(minutes)
    if not 0 <= whole < 24 * 60:
        raise _not_a_time(text)
    return time(*divmod(whole, 60))


def _time_in(text: str, *, is_figure: bool) -> time:
    word = text.casefold().strip()
    if word in _NAMED_TIMES:
        return _NAMED_TIMES[word]
    if re.fullmatch(r"0\.\d{3,17}", word):
        return _from_minutes(float(word) * 24 * 60, text)
    if re.fullmatch(r"\d{1,2}\.[1234]", word):
        word += (
            "0"  # 9.30 typed as a number loses its last nought; 9.5 may mean half past nine, so is refused
        )
    found = _CLOCK.fullmatch(word)
    if found is None or (is_figure and found["minute"] == "50"):
        found = _FOUR_FIGURES.fullmatch(word)
    if found is None:
        raise _not_a_time(text)
    return _clock_time(found, text)


def _clock_time(found: re.Match[str], text: str) -> time:
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    half = (found["half"] or "")[:1]
    if half:
        if not 1 <= hour <= 12:
            raise _not_a_time(text)
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        raise _not_a_time(text)
    return time(hour, minute)


def _not_a_time(text: str) -> CellUnreadable:
    return CellUnreadable(
        problem=f"'{shown(text)}' is not a time of day",
        remedy="Write hours and minutes, for example 09:30 or 9.30am",
    )


def read_moment(cell: Cell) -> datetime | None:
    """A day with a time, as UTC: what says no zone is in Europe/London; a day alone is its first minute."""
    if isinstance(cell, datetime):
        return _in_utc(cell)
    text = text_of(cell)
    if not text:
        return None
    try:
        return _in_utc(datetime.fromisoformat(text))
    except ValueError:
        day, at = (cell, time(0)) if isinstance(cell, date) else _day_and_time(text)
        return _in_utc(datetime.combine(day, at))


def _day_and_time(text: str) -> tuple[date, time]:
    if in_figures := re.fullmatch(r"(\d{5})(\.\d{1,17})", text, re.ASCII):
        return _from_serial(int(in_figures[1]), text), _from_minutes(float(in_figures[2]) * 24 * 60, text)
    found = next((match for form in _FORMS if (match := form.match(text))), None)
    if found is None:
        raise _not_a_date(text)
    rest = re.sub(r"(?i)^[\s,]*(?:at\s+)?", "", text[found.end() :])
    return _day_of(found), _time_in(rest, is_figure=False) if rest else time(0)


def _in_utc(moment: datetime) -> datetime:
    _plausible(moment.date(), moment.isoformat(sep=" "))
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    return local_to_utc(moment.date(), moment.time())


def local_to_utc(day: date, at: time) -> datetime:
    """The moment when it is `at` on `day` in Europe/London; none or two of them are a fault of the cell."""
    try:
        return london_to_utc(day, at)
    except (LocalTimeMissing, LocalTimeTwice) as error:
        problem, _, remedy = str(error).partition(". ")
        raise CellUnreadable(problem=problem, remedy=remedy.rstrip(".")) from None
