"""From the values of a row to a partner, opportunity, slot, leader or preference, each in its place."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from placement.domain.errors import CellUnreadable
from placement.domain.geo import Position, is_near_home, parse_postcode, whereabouts
from placement.domain.sheets.dates import local_to_utc
from placement.domain.sheets.faults import Note
from placement.domain.sheets.reading import Record, SheetReading
from placement.domain.sheets.rows import LeaderRow, OpportunityRow, PartnerRow, PreferenceRow, SlotRow
from placement.domain.states import Check

SectorCentres = Mapping[str, Position]
"""The middle of each postcode sector, by its name: "FY1 1"."""

NO_CHECK: Check = "none"

REPEATED_COLUMNS = (
    *("partner", "title", "address", "postcode", "lat", "lon"),
    *("dbs", "step_free", "women_only"),
)

# Stand in a slot whose date or hours could not be read; such a slot is never compared or stored.
_NO_DAY, _NO_TIME, _NO_MOMENT = date.min, time.min, datetime.min.replace(tzinfo=UTC)


def partner_row(record: Record) -> PartnerRow:
    """A partner."""
    return PartnerRow(
        row=record.row,
        unread=record.unread,
        partner=record.get("partner", ""),
        theme=record.get("theme", ""),
        contact=record.get("contact", ""),
        email=record.get("email", ""),
        phone=record.get("phone", ""),
        website=record.get("website", ""),
        about=record.get("about", ""),
    )


def opportunity_row(reading: SheetReading, record: Record, centres: SectorCentres) -> OpportunityRow:
    """An opportunity; its site must have a postcode or coordinates."""
    position = _position(reading, record, "postcode", centres)
    if (
        position is None
        and record.unread.isdisjoint({"postcode", "lat", "lon"})
        and not record.has("postcode")
    ):
        reading.fault(
            record.row,
            "postcode",
            "nothing says where this is",
            "Fill in the postcode, or latitude and longitude in columns lat and lon",
        )
    return OpportunityRow(
        row=record.row,
        unread=record.unread,
        ref=record.get("ref", ""),
        partner=record.get("partner", ""),
        title=record.get("title", ""),
        check=record.get("dbs", NO_CHECK),
        step_free=record.get("step_free", False),
        women_only=record.get("women_only", False),
        address=record.get("address", ""),
        postcode=record.get("postcode", ""),
        position=position,
        given=record.has("lat"),
    )


def slot_row(reading: SheetReading, record: Record) -> SlotRow:
    """A slot, with its hours in UTC; what it repeats of its opportunity is kept to be compared."""
    day = record.get("date", _NO_DAY)
    starts_at = _moment(reading, record, day, "start")
    ends_at = _moment(reading, record, day, "end")
    unread = {column for column, at in (("start", starts_at), ("end", ends_at)) if at is _NO_MOMENT}
    return SlotRow(
        row=record.row,
        unread=record.unread | unread,
        slot=record.get("slot", ""),
        opportunity=record.get("opportunity", ""),
        day=day,
        start=record.get("start", _NO_TIME),
        end=record.get("end", _NO_TIME),
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=record.get("capacity", 1),
        minimum=max(1, record.get("minimum", 1)),
        repeats={column: record.values[column] for column in REPEATED_COLUMNS if record.has(column)},
    )


def _moment(reading: SheetReading, record: Record, day: date, column: str) -> datetime:
    if day == _NO_DAY or not record.has(column):
        return _NO_MOMENT
    try:
        return local_to_utc(day, record.get(column, _NO_TIME))
    except CellUnreadable as error:
        reading.fault(record.row, column, str(error.facts["problem"]), str(error.facts["remedy"]))
        return _NO_MOMENT


def leader_row(reading: SheetReading, record: Record, centres: SectorCentres) -> LeaderRow:
    """A leader; the name may stand in one column or in two."""
    return LeaderRow(
        row=record.row,
        unread=record.unread,
        name=_full_name(reading, record),
        email=record.get("email", ""),
        organisation=record.get("organisation", ""),
        sector=record.get("sector", ""),
        role=record.get("role", ""),
        pay_band=record.get("pay_band", ""),
        gender=record.get("gender", ""),
        postcode=record.get("base_postcode", ""),
        position=_position(reading, record, "base_postcode", centres),
        given=record.has("lat"),
        check=record.get("dbs", NO_CHECK),
        access_needs=record.get("access_needs", ""),
        travel=record.get("travel", ""),
        max_km=record.values.get("max_km"),  # type: ignore[arg-type]  # read_km gives a float or None
        days=record.get("days", 1),
        team=record.get("place_team", ""),
    )


def _full_name(reading: SheetReading, record: Record) -> str:
    first, surname = record.get("first name", ""), record.get("surname", "")
    name = record.get("name", "")
    if name and surname and not first and surname.casefold() not in name.casefold():
        first = name  # a column "Name" beside "Surname" holds the first name
    full = name if name and first != name else f"{first} {surname}".strip()
    if not full and record.unread.isdisjoint({"name", "first name", "surname"}):
        column = "name" if reading.headings and "name" in reading.headings.position else "surname"
        reading.fault(record.row, column, "is empty", "Fill it in, or delete the row")
    return full


def preference_row(reading: SheetReading, record: Record) -> PreferenceRow:
    """A leader's answer; a choice left empty lets the later ones move up, with a note."""
    columns = sorted(
        (column for column in record.values if column.startswith("choice_")),
        key=lambda column: int(column.removeprefix("choice_")),
    )
    filled = [column for column in columns if record.has(column)]
    if filled and filled != columns[: len(filled)]:
        text = "a choice is empty and a later one is filled, so the later ones move up"
        reading.notes.append(Note(reading.file, text, record.row))
    return PreferenceRow(
        row=record.row,
        unread=record.unread,
        email=record.get("email", ""),
        choices=tuple(record.get(column, "") for column in filled),
        columns=tuple(filled),
        cannot_do=record.get("cannot_do", ()),
        if_need_be=record.get("if_need_be", ()),
        submitted_at=record.values.get("submitted_at"),  # type: ignore[arg-type]  # read_moment: datetime or None
    )


def _position(
    reading: SheetReading, record: Record, postcode_column: str, centres: SectorCentres
) -> Position | None:
    """Where `record` is: by its coordinates, else by the middle of its postcode sector."""
    if not record.unread.isdisjoint({"lat", "lon", postcode_column}):
        return None
    if record.has("lat") and record.has("lon"):
        return _checked(reading, record, Position(record.get("lat", 0.0), record.get("lon", 0.0)))
    for there, missing in (("lat", "lon"), ("lon", "lat")):
        if record.has(there):
            reading.fault(
                record.row, missing, f"is empty, but {there} is filled", "Fill in both, or leave both empty"
            )
            return None
    return _by_postcode(reading, record, postcode_column, centres)


def _checked(reading: SheetReading, record: Record, position: Position) -> Position | None:
    if is_near_home(position):
        return position
    swapped = is_near_home(Position(position.longitude, position.latitude))
    reading.fault(
        record.row,
        "lat",
        f"{position.latitude:g}, {position.longitude:g} is not in Great Britain or Ireland",
        "Latitude and longitude seem to be swapped: exchange them"
        if swapped
        else "Write latitude and longitude in degrees, for example 53.8205 and -3.0432",
    )
    return None


def _by_postcode(
    reading: SheetReading, record: Record, column: str, centres: SectorCentres
) -> Position | None:
    if not record.has(column):
        return None
    postcode = parse_postcode(record.get(column, ""))
    place = whereabouts(postcode, centres)
    if place is None:
        reading.fault(
            record.row,
            column,
            f"the place of '{postcode}' is not known",
            "Check the postcode; if it is right, put latitude and longitude in columns lat and lon",
        )
        return None
    if not place.by_sector:
        text = f"the sector of '{postcode}' is not known, so the middle of {postcode.outward} is taken"
        reading.notes.append(Note(reading.file, text, record.row, column))
    return place.position
