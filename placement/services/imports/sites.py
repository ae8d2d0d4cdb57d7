"""The sites of a cohort's opportunities while an import gives each opportunity its own."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from sqlalchemy import select

from placement.domain.geo import Position
from placement.domain.sheets.differences import Values, Wanted
from placement.domain.sheets.tables import Kind
from placement.models import Opportunity, Site
from placement.services.imports.writing import Line, Writing


class SiteKey(NamedTuple):
    """What makes a site: two opportunities of a partner at one address share it."""

    partner_id: int
    address: str
    postcode: str


@dataclass
class Sites:
    """The sites of a cohort while opportunities are given theirs."""

    ids: dict[SiteKey, int]
    positions: dict[SiteKey, Position | None]
    users: Counter[int]
    added: dict[SiteKey, Line] = field(default_factory=dict)
    changed: list[Line] = field(default_factory=list)

    @classmethod
    def read(cls, writing: Writing) -> "Sites":
        """The sites that are stored, and how many opportunities use each."""
        rows = writing.session.execute(
            select(
                Site.id, Site.partner_id, Site.address, Site.postcode, Site.latitude, Site.longitude
            ).where(Site.cohort_id == writing.cohort_id)
        ).all()
        used = writing.session.scalars(
            select(Opportunity.site_id).where(Opportunity.cohort_id == writing.cohort_id)
        )
        keys = {SiteKey(row.partner_id, row.address, row.postcode): row for row in rows}
        return cls(
            {key: row.id for key, row in keys.items()},
            {
                key: None if row.latitude is None else Position(row.latitude, row.longitude)
                for key, row in keys.items()
            },
            Counter(used),
        )

    def give(self, wanted: Wanted, values: Values, partner_id: int, *, old: int | None) -> SiteKey:
        """The site for an opportunity: a known one, else its `old` one if unshared, else a new one."""
        key = SiteKey(partner_id, cast("str", values["address"]), cast("str", values["postcode"]))
        position = cast("Position | None", values["position"])
        if key in self.positions:
            self._correct(wanted, key, position)
        elif old is not None and self.users[old] == 1 and self._partner_of(old) == partner_id:
            self._move(wanted, key, position, old)
        else:
            self.added[key] = Line(wanted.row, {**key._asdict(), **_degrees(position)})
        self.positions[key] = position if position is not None else self.positions.get(key)
        return key

    def _correct(self, wanted: Wanted, key: SiteKey, position: Position | None) -> None:
        known = self.positions[key]
        if position in (None, known) or (wanted.derived and known is not None):
            return
        if key in self.added:
            self.added[key].values.update(_degrees(position))
        else:
            self.changed.append(Line(wanted.row, {"id": self.ids[key], **_degrees(position)}))

    def _move(self, wanted: Wanted, key: SiteKey, position: Position | None, old: int) -> None:
        place = {"address": key.address, "postcode": key.postcode}
        self.changed.append(Line(wanted.row, {"id": old, **place, **_degrees(position)}))
        before = next(known for known, row_id in self.ids.items() if row_id == old)
        del self.ids[before], self.positions[before]
        self.ids[key] = old

    def _partner_of(self, site_id: int) -> int | None:
        return next((key.partner_id for key, row_id in self.ids.items() if row_id == site_id), None)

    def write(self, writing: Writing) -> dict[SiteKey, int]:
        """Write what was added and changed; the ids of all sites."""
        writing.update(Kind.OPPORTUNITIES, Site, self.changed)
        writing.insert(Kind.OPPORTUNITIES, Site, list(self.added.values()))
        return Sites.read(writing).ids


def _degrees(position: Position | None) -> dict[str, float | None]:
    if position is None:
        return {"latitude": None, "longitude": None}
    return {"latitude": position.latitude, "longitude": position.longitude}
