"""Writing what partners offer: partners, opportunities with their sites, and slots."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from placement.domain.activities import lowest_check
from placement.domain.sheets.cells import sameness
from placement.domain.sheets.differences import Changed, Comparison, Values, Wanted
from placement.domain.sheets.tables import Kind
from placement.domain.states import check_suffices
from placement.domain.text import london_to_utc
from placement.models import Activity, Opportunity, Partner, Slot
from placement.services.imports.sites import SiteKey, Sites
from placement.services.imports.writing import Ids, Line, Writing

_PARTNER_COLUMNS = {
    "theme": "theme",
    "contact": "contact_name",
    "phone": "phone",
    "website": "website",
    "about": "about",
}
_OPPORTUNITY_COLUMNS = {
    "title": "title",
    "dbs": "check_required",
    "step_free": "step_free",
    "women_only": "women_only",
}
_SLOT_COLUMNS = {"capacity": "capacity", "minimum": "minimum"}
_SITE = ("partner", "address", "postcode", "position")
_WHEN = ("opportunity", "date", "start", "end")

# Slots that take each other's starts wait here, an hour for each, until all the old starts are free.
_PARKING = datetime(9000, 1, 1, tzinfo=UTC)


class Offer(NamedTuple):
    """An opportunity's id and its partner's, which its slots carry."""

    opportunity_id: int
    partner_id: int


def renamed(values: Values, columns: Mapping[str, str], only: Iterable[str]) -> dict[str, Any]:
    """Those of `values` that are in `columns` and in `only`, under their names in the database."""
    wanted = set(only)
    return {stored: values[column] for column, stored in columns.items() if column in wanted}


def merged(change: Changed) -> Values:
    """What a changed row will say: the stored values, with those of the sheet where they change."""
    return {**change.stored.values, **{column: change.wanted.values[column] for column in change.columns}}


def write_partners(writing: Writing, partners: Comparison, users: Ids) -> Ids:
    """Write partners; the ids of all partners of the cohort by `sameness` of their names."""

    def values(wanted: Wanted, columns: Iterable[str]) -> dict[str, Any]:
        user = {"user_id": users[cast("str", wanted.values["email"])]} if "email" in columns else {}
        return {**user, **renamed(wanted.values, _PARTNER_COLUMNS, columns)}

    added = [Line(row.row, {"name": row.name, **values(row, row.values)}) for row in partners.added]
    writing.insert(Kind.PARTNERS, Partner, added)
    changed = [
        Line(each.wanted.row, {"id": each.stored.id, **values(each.wanted, each.columns)})
        for each in partners.changed
    ]
    writing.update(Kind.PARTNERS, Partner, changed)
    return {sameness(name): row_id for name, row_id in writing.ids(Partner, Partner.name).items()}


def write_opportunities(writing: Writing, opportunities: Comparison, partners: Ids) -> dict[str, Offer]:
    """Write opportunities and their sites; all offers of the cohort by `sameness` of their references."""
    sites = Sites.read(writing)
    added = [(row, _site(sites, row, row.values, partners)) for row in opportunities.added]
    moved = {
        each.stored.id: _site(
            sites, each.wanted, merged(each), partners, old=cast("int", each.stored.values["site_id"])
        )
        for each in opportunities.changed
        if each.has(*_SITE)
    }
    ids = sites.write(writing)
    lines = [Line(row.row, _opportunity(row, row.values, _at(ids, key))) for row, key in added]
    writing.insert(Kind.OPPORTUNITIES, Opportunity, lines)
    changed = [
        Line(
            each.wanted.row,
            {
                "id": each.stored.id,
                **(_at(ids, moved[each.stored.id]) if each.stored.id in moved else {}),
                **renamed(each.wanted.values, _OPPORTUNITY_COLUMNS, each.columns),
            },
        )
        for each in opportunities.changed
    ]
    writing.update(Kind.OPPORTUNITIES, Opportunity, [line for line in changed if len(line.values) > 1])
    _keep_checks(writing)
    return _offers(writing)


def _keep_checks(writing: Writing) -> None:
    """Let no sheet ask for a lower check than what visitors do needs."""
    rows = writing.session.scalars(
        select(Opportunity)
        .where(
            Opportunity.cohort_id == writing.cohort_id,
            Opportunity.id.in_(select(Activity.opportunity_id)),
        )
        .options(selectinload(Opportunity.activities))
        .execution_options(populate_existing=True)
    )
    for row in rows:
        lowest = lowest_check(row.kinds)
        if not check_suffices(row.check_required, lowest):
            row.check_required = lowest


def _site(sites: Sites, wanted: Wanted, values: Values, partners: Ids, *, old: int | None = None) -> SiteKey:
    partner_id = partners[sameness(cast("str", values["partner"]))]
    return sites.give(wanted, values, partner_id, old=old)


def _at(ids: Mapping[SiteKey, int], key: SiteKey) -> dict[str, Any]:
    return {"partner_id": key.partner_id, "site_id": ids[key]}


def _opportunity(wanted: Wanted, values: Values, site: dict[str, Any]) -> dict[str, Any]:
    return {"reference": wanted.name, **site, **renamed(values, _OPPORTUNITY_COLUMNS, values)}


def _offers(writing: Writing) -> dict[str, Offer]:
    rows = writing.session.execute(
        select(Opportunity.reference, Opportunity.id, Opportunity.partner_id).where(
            Opportunity.cohort_id == writing.cohort_id
        )
    )
    return {sameness(reference): Offer(row_id, partner_id) for reference, row_id, partner_id in rows}


def write_slots(writing: Writing, slots: Comparison, offers: Mapping[str, Offer]) -> None:
    """Write slots. Where some take each other's starts, all that move are parked in between."""
    moved = [each for each in slots.changed if each.has(*_WHEN)]
    if {_start(each.wanted.values) for each in moved} & {_start(each.stored.values) for each in moved}:
        writing.update(Kind.SLOTS, Slot, [_parked(each, place) for place, each in enumerate(moved)])
    changed = [
        Line(
            each.wanted.row,
            {
                "id": each.stored.id,
                **(_when(merged(each), offers) if each.has(*_WHEN) else {}),
                **renamed(each.wanted.values, _SLOT_COLUMNS, each.columns),
                **({"wanted_capacity": None} if each.has("capacity") else {}),  # the sheet has the last word
            },
        )
        for each in slots.changed
    ]
    writing.update(Kind.SLOTS, Slot, changed)
    added = [Line(row.row, _slot(row, offers)) for row in slots.added]
    writing.insert(Kind.SLOTS, Slot, added)


def _slot(wanted: Wanted, offers: Mapping[str, Offer]) -> dict[str, Any]:
    facts = renamed(wanted.values, _SLOT_COLUMNS, _SLOT_COLUMNS)
    return {"reference": wanted.name, **_when(wanted.values, offers), **facts}


def _start(values: Values) -> tuple[object, ...]:
    return values["opportunity"], values["date"], values["start"]


def _parked(change: Changed, place: int) -> Line:
    start = _PARKING + timedelta(hours=place)
    ends_at = start + timedelta(minutes=1)
    return Line(change.wanted.row, {"id": change.stored.id, "starts_at": start, "ends_at": ends_at})


def _when(values: Values, offers: Mapping[str, Offer]) -> dict[str, Any]:
    """The opportunity of a slot with its partner, and its hours as moments."""
    offer = offers[sameness(cast("str", values["opportunity"]))]
    day = cast("date", values["date"])
    return {
        **offer._asdict(),
        "starts_at": london_to_utc(day, cast("time", values["start"])),
        "ends_at": london_to_utc(day, cast("time", values["end"])),
    }
