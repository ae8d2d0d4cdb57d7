"""The report in words: what its tables are called, what each figure means, what is hidden and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from placement.adapters.sheets.to_write import WrittenSheet
from placement.services.reports.funnel import STAGES
from placement.services.reports.season import DAYS, DAYS_ACCEPTED, LATER_CHOICE, Gift, SeasonReport
from placement.web.presenters import Tone, choice, moment, percent

HIDDEN = "hidden"
CSV_HEAD = ("Table", "Group", "Figure", "Number")
DAY_LABELS = {DAYS: "Days given", DAYS_ACCEPTED: "Said yes"}
GIFT_HEAD = ("Theme", "Partners", "Days offered", "Hours", "Places offered", "Places filled")
EXPLAINED = (
    ("Organisation, sector, pay band", "As the list of leaders has them."),
    ("Area", "The first half of the postcode where somebody is based."),
    ("Days given", "Confirmed days of leaders. Somebody with two days counts twice."),
    ("Which choice", "The place that the day had in the leader’s own order of choices."),
    ("Days offered, hours", "The days that partners of a theme offer, and how long they are together."),
    ("Places offered, places filled", "How many leaders those days take, and how many are confirmed."),
)


@dataclass(frozen=True)
class Table:
    """One table as it is shown: a number that is hidden is a word."""

    title: str
    group: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    note: str = ""


@dataclass(frozen=True)
class TotalRow:
    """One figure of everybody, with its share of all leaders for a bar."""

    label: str
    number: str
    percent: float
    tone: Tone = "main"


def totals(found: SeasonReport) -> list[TotalRow]:
    """How far the leaders have come, from those invited on."""
    numbers = [found.totals[stage.word] for stage in STAGES]
    everybody = numbers[0] or 0
    return [
        TotalRow(stage.label, shown(number), percent(number or 0, everybody))
        for stage, number in zip(STAGES, numbers, strict=True)
    ]


def tables(found: SeasonReport) -> list[Table]:
    """All tables of groups in their order."""
    return [_choices(found), _gifts(found), *_people(found)]


def meanings() -> list[tuple[str, str]]:
    """What each figure means."""
    return [*((stage.label, stage.meaning) for stage in STAGES), *EXPLAINED]


def hiding(found: SeasonReport) -> str:
    """What is hidden and why."""
    most = found.threshold - 1
    return (
        f"Numbers from 1 to {most} are hidden, because they may tell of single people. So is a number "
        f"that would leave a rest of 1 to {most} people, and what would let somebody find a hidden number "
        "from the others. Numbers of all leaders together are shown, unless they are as small themselves."
    )


def shown(number: int | None) -> str:
    """A number, or that it is hidden."""
    return HIDDEN if number is None else str(number)


def csv_rows(found: SeasonReport) -> Iterator[Sequence[str | int]]:
    """Each figure in a row of its own, with its date and what it means at the end."""
    for row in totals(found):
        yield "All leaders", "All", row.label, _number(row.number)
    for table in tables(found):
        for group, numbers in table.rows:
            for label, number in zip(table.head, numbers, strict=True):
                yield table.title, group, label, _number(number)
    yield "About", "", "Figures as they stood on", moment(found.at)
    yield "About", "", "What is hidden", hiding(found)
    for label, meaning in meanings():
        yield "What it means", "", label, meaning


def sheets(found: SeasonReport) -> Iterator[WrittenSheet]:
    """The report as the sheets of a workbook."""
    rows = [(row.label, _number(row.number)) for row in totals(found)]
    yield WrittenSheet("All leaders", ("Figure", "Number"), rows)
    for table in tables(found):
        numbers = [(group, *(_number(number) for number in row)) for group, row in table.rows]
        yield WrittenSheet(table.title, (table.group, *table.head), numbers)
    about = [
        ("Cohort", found.cohort),
        ("Programme", found.programme),
        ("Figures as they stood on", moment(found.at)),
        ("What is hidden", hiding(found)),
        *meanings(),
    ]
    yield WrittenSheet("What it means", ("Figure", "Meaning"), about)


def _people(found: SeasonReport) -> Iterator[Table]:
    for table in found.tables:
        rows = tuple(
            (line.group, tuple(shown(line.numbers[stage.word]) for stage in STAGES)) for line in table.lines
        )
        head = tuple(stage.label for stage in STAGES)
        yield Table(table.title, table.word.capitalize(), head, rows)


def _choices(found: SeasonReport) -> Table:
    rows = tuple(
        (_choice(line.group), tuple(shown(line.numbers[word]) for word in DAY_LABELS))
        for line in found.choices.lines
    )
    return Table(found.choices.title, "Choice", tuple(DAY_LABELS.values()), rows)


def _choice(group: str) -> str:
    if group == "none":
        return "Not on their list"
    words = choice(int(group))
    return f"{words} or later" if group == str(LATER_CHOICE) else words


def _gifts(found: SeasonReport) -> Table:
    rows = tuple((gift.theme, _gift(gift)) for gift in found.gifts)
    return Table("What partners gave, by theme", GIFT_HEAD[0], GIFT_HEAD[1:], rows)


def _gift(gift: Gift) -> tuple[str, ...]:
    return (str(gift.partners), str(gift.offered), f"{gift.hours:g}", str(gift.places), shown(gift.days))


def _number(text: str) -> str | int:
    """A number of the page as a number of a file."""
    return int(text) if text.isdigit() else text
