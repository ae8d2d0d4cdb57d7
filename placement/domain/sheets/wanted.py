"""Rows of the sheets in the shape in which they are compared with stored rows.

Names of partners, organisations and teams, and references, are the same when they differ only in case,
spaces or the kind of quotation marks. `Spelling` gives each the spelling that is stored, or the first in
the sheets, so that plain comparison does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Wanted
from placement.domain.sheets.headings import COLUMNS
from placement.domain.sheets.rows import CohortSheets, Row
from placement.domain.sheets.tables import Kind

AnyRow = TypeVar("AnyRow", bound=Row)

_POSITION_COLUMNS = frozenset({"postcode", "base_postcode", "lat", "lon"})


@dataclass(frozen=True)
class Spelling:
    """How names are spelled, by what they have in common with other spellings."""

    known: Mapping[str, str]

    @classmethod
    def of(cls, *names: Iterable[str]) -> "Spelling":
        """Spellings in order of precedence."""
        known: dict[str, str] = {}
        for name in (name for group in names for name in group):
            known.setdefault(sameness(name), name)
        return cls(known)

    def __call__(self, name: str) -> str:
        """The spelling of `name`; its own where it is not known."""
        return self.known.get(sameness(name), name)


def partners_wanted(sheets: CohortSheets, spelling: Spelling) -> list[Wanted]:
    """Each partner by its name."""
    said = _said(sheets, Kind.PARTNERS)
    return [
        Wanted(
            key=sameness(row.partner),
            name=spelling(row.partner),
            row=row.row,
            said=said,
            values={
                "email": row.email,
                "theme": row.theme,
                "contact": row.contact,
                "phone": row.phone,
                "website": row.website,
                "about": row.about,
            },
        )
        for row in _whole(sheets.partners)
    ]


def opportunities_wanted(sheets: CohortSheets, references: Spelling, partners: Spelling) -> list[Wanted]:
    """Each opportunity by its reference, with its site."""
    said = _said(sheets, Kind.OPPORTUNITIES)
    return [
        Wanted(
            key=sameness(row.ref),
            name=references(row.ref),
            row=row.row,
            said=said,
            derived=not row.given,
            values={
                "partner": partners(row.partner),
                "title": row.title,
                "dbs": row.check,
                "step_free": row.step_free,
                "women_only": row.women_only,
                "address": row.address,
                "postcode": row.postcode,
                "position": row.position,
            },
        )
        for row in _whole(sheets.opportunities)
    ]


def slots_wanted(sheets: CohortSheets, references: Spelling, opportunities: Spelling) -> list[Wanted]:
    """Each slot by its reference, with its hours in local time."""
    said = _said(sheets, Kind.SLOTS)
    return [
        Wanted(
            key=sameness(row.slot),
            name=references(row.slot),
            row=row.row,
            said=said,
            values={
                "opportunity": opportunities(row.opportunity),
                "date": row.day,
                "start": row.start,
                "end": row.end,
                "capacity": row.capacity,
                "minimum": row.minimum,
            },
        )
        for row in _whole(sheets.slots)
    ]


def leaders_wanted(sheets: CohortSheets, organisations: Spelling, teams: Spelling) -> list[Wanted]:
    """Each leader by their e-mail address."""
    said = _said(sheets, Kind.LEADERS) | {"name"}
    return [
        Wanted(
            key=row.email,
            name=row.email,
            row=row.row,
            said=said,
            derived=not row.given,
            postcode="base_postcode",
            values={
                "name": row.name,
                "organisation": organisations(row.organisation),
                "sector": row.sector,
                "role": row.role,
                "pay_band": row.pay_band,
                "gender": row.gender,
                "base_postcode": row.postcode,
                "position": row.position,
                "dbs": row.check,
                "access_needs": row.access_needs,
                "travel": row.travel,
                "max_km": row.max_km,
                "days": row.days,
                "place_team": teams(row.team),
            },
        )
        for row in _whole(sheets.leaders)
    ]


def answers_wanted(sheets: CohortSheets, opportunities: Spelling) -> list[Wanted]:
    """Each answer by the leader's e-mail address; rows in which a leader said nothing are left out."""
    shown = sheets.shown.get(Kind.PREFERENCES, {})
    choices = {"choices"} if any(column.startswith("choice_") for column in shown) else set()
    said = frozenset({*_said(sheets, Kind.PREFERENCES), *choices})
    return [
        Wanted(
            key=row.email,
            name=row.email,
            row=row.row,
            said=said if row.submitted_at else said - {"submitted_at"},
            values={
                "choices": tuple(map(opportunities, row.choices)),
                "cannot_do": row.cannot_do,
                "if_need_be": row.if_need_be,
                "submitted_at": row.submitted_at,
            },
        )
        for row in _whole(sheets.preferences)
        if row.is_answer
    ]


def _said(sheets: CohortSheets, kind: Kind) -> frozenset[str]:
    columns = {column.name for column in COLUMNS[kind]} & set(sheets.shown.get(kind, {}))
    position = {"position"} if columns & _POSITION_COLUMNS else set()
    return frozenset(columns | position)


def _whole(rows: Iterable[AnyRow]) -> list[AnyRow]:
    """The rows without a fault in any of their cells."""
    return [row for row in rows if not row.unread]
