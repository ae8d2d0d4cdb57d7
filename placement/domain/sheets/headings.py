"""Which columns each sheet has, and the headings under which people keep them.

The first name of a column is its own; the others are what the same thing is called elsewhere. Case, spaces,
underscores, hyphens, question marks and what stands in brackets make no difference.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from placement.domain.errors import CellUnreadable
from placement.domain.sheets.cells import text_of
from placement.domain.sheets.tables import Cell, Kind, RawRow, RawSheet

FURTHEST_HEADING = 15


@dataclass(frozen=True)
class Column:
    """One column of a sheet: its own heading, the other headings it goes by, and what must be there.

    `needed`: the heading must stand in the sheet. `filled`: no cell below it may be empty.
    """

    name: str
    also: tuple[str, ...] = ()
    needed: bool = False
    filled: bool = False


_EMAIL = (
    *("e mail", "email address", "e mail address", "mail", "contact email", "contact e mail"),
    *("contact email address", "contact e mail address", "work email", "work e mail", "email id", "mailbox"),
    *("work email address", "leader email", "leader e mail", "your email", "your email address"),
)
_POSTCODE = ("post code", "postal code", "zip", "zip code", "pcode")
_SITE_POSTCODE = (*_POSTCODE, "site postcode", "venue postcode", "location postcode", "postcode of site")
_SITE_ADDRESS = (
    *("site address", "venue address", "full address", "site", "venue", "location", "where", "place"),
)
_LATITUDE, _LONGITUDE = ("latitude",), ("longitude", "lng", "long")
_PARTNER = (
    *("partner name", "name of partner", "host", "host organisation", "host organization", "charity"),
    *("charity name", "vcs partner", "vcse partner", "voluntary organisation", "partner organisation"),
    *(
        "partner organization",
        "organisation",
        "organization",
        "organisation name",
        "organization name",
        "org",
    ),
)
_OPPORTUNITY = (
    *("opportunity ref", "opportunity reference", "opportunity id", "opportunity code", "opportunity no"),
    *("opportunity number", "opp", "opp ref", "opp id", "opp reference"),
)
_STEP_FREE = (
    *("step free access", "stepfree", "step free entrance", "wheelchair access", "wheelchair accessible"),
    *("accessible", "level access"),
)
_WOMEN_ONLY = ("women only space", "female only", "females only", "only women", "women")
_CHECK = (
    *(
        "dbs check",
        "dbs level",
        "dbs status",
        "dbs type",
        "check",
        "criminal record check",
        "crb",
        "disclosure",
    ),
)
_TITLE = ("opportunity title", "placement title", "title of opportunity", "activity", "opportunity name")

COLUMNS: Mapping[Kind, tuple[Column, ...]] = {
    Kind.PARTNERS: (
        Column("partner", (*_PARTNER, "name"), needed=True, filled=True),
        Column("theme", ("themes", "cause", "area of work", "focus", "category")),
        Column(
            "contact", ("contact name", "contact person", "main contact", "named contact", "lead contact")
        ),
        Column("email", _EMAIL, needed=True, filled=True),
        Column(
            "phone",
            ("telephone", "tel", "phone number", "telephone number", "contact number", "mobile", "tel no"),
        ),
        Column(
            "website", ("web site", "web", "url", "web address", "website address", "homepage", "web page")
        ),
        Column("about", ("about us", "description", "what we do", "about the partner", "details", "summary")),
    ),
    Kind.OPPORTUNITIES: (
        Column("ref", ("reference", "opportunity", *_OPPORTUNITY, "id", "code"), needed=True, filled=True),
        Column("partner", _PARTNER, needed=True, filled=True),
        Column("title", (*_TITLE, "name"), needed=True, filled=True),
        Column("dbs", (*_CHECK, "dbs required", "check required", "dbs check required", "dbs needed")),
        Column("step_free", _STEP_FREE),
        Column("women_only", _WOMEN_ONLY),
        Column("address", _SITE_ADDRESS),
        Column("postcode", _SITE_POSTCODE),
        Column("lat", _LATITUDE),
        Column("lon", _LONGITUDE),
    ),
    Kind.SLOTS: (
        Column(
            "slot",
            (
                "slot ref",
                "slot reference",
                "slot id",
                "slot code",
                "slot no",
                "slot number",
                "ref",
                "reference",
                "id",
            ),
            needed=True,
            filled=True,
        ),
        Column("opportunity", _OPPORTUNITY, needed=True, filled=True),
        Column("partner", _PARTNER),
        Column("title", _TITLE),
        Column("date", ("day", "slot date", "placement date", "date of placement"), needed=True, filled=True),
        Column(
            "start",
            ("start time", "starts", "starts at", "from", "time from", "begin"),
            needed=True,
            filled=True,
        ),
        Column(
            "end",
            ("end time", "ends", "ends at", "to", "time to", "until", "finish", "finish time", "finishes"),
            needed=True,
            filled=True,
        ),
        Column(
            "capacity",
            (
                "places",
                "seats",
                "spaces",
                "max",
                "maximum",
                "max people",
                "max leaders",
                "number of places",
                "most",
            ),
            needed=True,
            filled=True,
        ),
        Column("minimum", ("min", "minimum number", "min number", "min people", "min leaders", "fewest")),
        Column("address", _SITE_ADDRESS),
        Column("postcode", _SITE_POSTCODE),
        Column("lat", _LATITUDE),
        Column("lon", _LONGITUDE),
        Column("dbs", (*_CHECK, "dbs required", "check required", "dbs check required", "dbs needed")),
        Column("step_free", _STEP_FREE),
        Column("women_only", _WOMEN_ONLY),
    ),
    Kind.LEADERS: (
        Column("name", ("full name", "leader", "leader name", "participant", "participant name", "delegate")),
        Column(
            "first name",
            ("forename", "forenames", "first names", "given name", "firstname", "christian name"),
        ),
        Column("surname", ("last name", "family name", "lastname", "second name")),
        Column("email", _EMAIL, needed=True, filled=True),
        Column(
            "organisation",
            (
                *("organization", "org", "organisation name", "organization name", "employer", "trust"),
                *("employing organisation", "company", "name of organisation"),
            ),
        ),
        Column("sector", ("organisation type", "type of organisation", "organisation sector")),
        Column("role", ("job title", "job role", "job", "position", "post", "role title")),
        Column("pay_band", ("band", "pay grade", "grade", "salary band", "afc band", "pay band or grade")),
        Column("gender", ("sex", "gender identity")),
        Column(
            "base_postcode",
            (
                *_POSTCODE,
                "postcode",
                "base post code",
                "postcode of base",
                "work postcode",
                "home postcode",
                "base",
            ),
        ),
        Column("lat", _LATITUDE),
        Column("lon", _LONGITUDE),
        Column("dbs", (*_CHECK, "dbs held", "check held", "dbs check held")),
        Column(
            "access_needs",
            (
                *("access need", "access", "access requirements", "accessibility", "accessibility needs"),
                *("adjustments", "reasonable adjustments", "additional needs", "support needs"),
            ),
        ),
        Column("travel", ("travel by", "mode of travel", "travel mode", "transport", "mode of transport")),
        Column(
            "max_km",
            (
                *("max distance", "maximum distance", "max distance km", "maximum km", "km", "furthest"),
                *("furthest travel", "max travel", "distance km", "furthest i can travel"),
            ),
        ),
        Column("days", ("number of days", "no of days", "days needed", "placement days")),
        Column("place_team", ("team", "place", "place team name", "team name")),
    ),
    Kind.PREFERENCES: (
        Column("email", _EMAIL, needed=True, filled=True),
        Column(
            "cannot_do",
            (
                *(
                    "cannot",
                    "can t do",
                    "cannot attend",
                    "cannot make",
                    "unavailable",
                    "not available",
                ),
                *("unavailable dates", "dates unavailable", "dates i cannot do", "dates i can t do"),
            ),
        ),
        Column("if_need_be", ("if needed", "if necessary", "maybe", "dates if need be", "only if need be")),
        Column(
            "submitted_at", ("submitted", "submitted on", "timestamp", "completion time", "date submitted")
        ),
    ),
}

_CHOICE = re.compile(r"(?:my )?(?:choice|preference|pref|rank) ?(?:no |number )?(\d{1,3})")
_NTH_CHOICE = re.compile(r"(?:my )?(\d{1,3})(?:st|[nr]d|th) (?:choice|preference)")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Headings:
    """Where the columns of a sheet stand: column name → position, and the heading as the file has it."""

    row: int
    width: int
    position: Mapping[str, int]
    shown: Mapping[str, str]
    twice: tuple[tuple[str, tuple[str, ...]], ...]
    missing: tuple[Column, ...]
    unknown: tuple[str, ...]


def plain(heading: str) -> str:
    """`heading` in lower case, without accents, and with one space for whatever is no letter or figure."""
    letters = unicodedata.normalize("NFKD", heading.casefold())
    return " ".join(
        re.findall(r"[a-z0-9]+", "".join(sign for sign in letters if not unicodedata.combining(sign)))
    )


def column_named(kind: Kind, heading: str) -> str | None:
    """The column of a `kind` sheet that `heading` stands for, "choice_3" for a third choice, or None."""
    for text in (heading, re.sub(r"[(\[{].*?[)\]}]", " ", heading)):
        words = plain(text)
        if found := _NAMES[kind].get(words) or (kind is Kind.PREFERENCES and _choice_named(words)):
            return found
    return None


def _choice_named(words: str) -> str | None:
    if found := _CHOICE.fullmatch(words) or _NTH_CHOICE.fullmatch(words):
        return f"choice_{int(found[1])}"
    first, _, rest = words.removeprefix("my ").partition(" ")
    if first in _ORDINALS and rest in {"choice", "preference"}:
        return f"choice_{_ORDINALS.index(first) + 1}"
    return None


def _names(columns: Sequence[Column]) -> dict[str, str]:
    also = {plain(other): column.name for column in columns for other in column.also}
    return also | {plain(column.name): column.name for column in columns}


_NAMES = {kind: _names(columns) for kind, columns in COLUMNS.items()}


def known_headings(kind: Kind, row: RawRow) -> int:
    """How many different columns of a `kind` sheet the cells of `row` name."""
    named = {column_named(kind, heading) for heading in _heading_texts(row)}
    return len(named - {None})


def heading_row(sheet: RawSheet) -> RawRow | None:
    """The row of `sheet` that holds the headings: of the first rows, the one with the most known ones."""
    filled = [row for row in sheet.rows[: 4 * FURTHEST_HEADING] if not row.is_blank][:FURTHEST_HEADING]
    return max(filled, key=lambda row: known_headings(sheet.kind, row), default=None)


def find_headings(kind: Kind, row: RawRow) -> Headings:
    """Which column stands where, by the heading row.

    Of several columns for the same thing the one with the column's own name counts; without it, or with it
    twice, the thing stands in `twice`.
    """
    texts = _heading_texts(row)
    places: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        if name := column_named(kind, text):
            places.setdefault(name, []).append(position)
    chosen = {name: _the_one(name, positions, texts) for name, positions in places.items()}
    stands = {name: one for name, one in chosen.items() if one is not None}
    doubtful = {name: where for name, where in places.items() if name not in stands}
    used = {*stands.values(), *(place for where in doubtful.values() for place in where)}
    return Headings(
        row=row.number,
        width=len(row.cells),
        position=stands,
        shown={name: texts[place] for name, place in stands.items()},
        twice=tuple((name, tuple(texts[place] for place in where)) for name, where in doubtful.items()),
        missing=_missing(kind, set(places)),
        unknown=tuple(text for place, text in enumerate(texts) if text and place not in used),
    )


def _heading_texts(row: RawRow) -> list[str]:
    return [_heading_text(cell) for cell in row.cells]


def _heading_text(cell: Cell) -> str:
    try:
        return text_of(cell)
    except CellUnreadable:
        return ""


def _the_one(name: str, positions: list[int], texts: list[str]) -> int | None:
    if len(positions) == 1:
        return positions[0]
    own = [position for position in positions if plain(texts[position]) == plain(name)]
    return own[0] if len(own) == 1 else None


def _missing(kind: Kind, present: set[str]) -> tuple[Column, ...]:
    missing = [column for column in COLUMNS[kind] if column.needed and column.name not in present]
    if kind is Kind.LEADERS and "name" not in present and not {"first name", "surname"} <= present:
        missing.insert(0, COLUMNS[kind][0])
    return tuple(missing)
