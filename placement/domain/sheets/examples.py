"""The five sheets to start from: each column with an example and a word of advice. All people are made up."""

from collections.abc import Mapping
from typing import NamedTuple

from placement.domain.sheets.headings import COLUMNS
from placement.domain.sheets.tables import Kind


class Advice(NamedTuple):
    """One column of a template: its heading, what stands in the example row, and what belongs there."""

    heading: str
    example: str
    says: str


_POSTCODE = "In full, as FY1 1AD. Not needed where lat and lon are given"
_DEGREES = "Degrees. Both or neither; leave empty where the postcode will do"
_CHECK = "none, basic or enhanced. Empty is none"
_YES_NO = "yes or no. Empty is no"

ADVICE: Mapping[Kind, tuple[Advice, ...]] = {
    Kind.PARTNERS: (
        Advice("partner", "Seaport Food Bank", "The name. It is how we know the partner again"),
        Advice("theme", "Food", "What the partner works for"),
        Advice("contact", "Kay Example", "Whom to ask for"),
        Advice("email", "hello@foodbank.example", "The mailbox that signs in. Each partner needs its own"),
        Advice("phone", "01632 960001", ""),
        Advice("website", "www.foodbank.example", ""),
        Advice("about", "We share food with families.", "Up to 4,000 characters"),
    ),
    Kind.OPPORTUNITIES: (
        Advice("ref", "OPP1", "A short reference of your own. It is how we know the opportunity again"),
        Advice(
            "partner", "Seaport Food Bank", "A partner of the sheet partners, or one that is here already"
        ),
        Advice("title", "Pack food parcels", "What visitors do"),
        Advice("dbs", "none", f"The check that visitors need: {_CHECK}"),
        Advice("step_free", "yes", _YES_NO),
        Advice("women_only", "no", _YES_NO),
        Advice("address", "1 High Street, Blackpool", "Where it is"),
        Advice("postcode", "FY1 1AD", _POSTCODE),
        Advice("lat", "", _DEGREES),
        Advice("lon", "", _DEGREES),
    ),
    Kind.SLOTS: (
        Advice("slot", "S1", "A short reference of your own. It is how we know the day again"),
        Advice("opportunity", "OPP1", "A reference of the sheet opportunities, or one that is here already"),
        Advice("date", "2027-03-02", "Such as 2027-03-02 or 2 March 2027, always with the year"),
        Advice("start", "09:30", "UK time"),
        Advice("end", "15:00", "UK time, on the same day"),
        Advice("capacity", "4", "The most leaders"),
        Advice("minimum", "2", "The fewest leaders for the day to run. Empty is 1"),
    ),
    Kind.LEADERS: (
        Advice("name", "Ada Example", ""),
        Advice(
            "email", "ada@hospital.example", "The address that signs in. It is how we know the leader again"
        ),
        Advice("organisation", "Seaport Hospital", "Their employer"),
        Advice("sector", "NHS acute", ""),
        Advice("role", "Matron", "Their job"),
        Advice("pay_band", "8a", ""),
        Advice("gender", "F", "F, M or other, or empty. Women-only opportunities take F only"),
        Advice("base_postcode", "FY3 8NR", "Where they start from"),
        Advice("lat", "", _DEGREES),
        Advice("lon", "", _DEGREES),
        Advice("dbs", "basic", f"The check that they hold: {_CHECK}"),
        Advice("access_needs", "", "Kept apart and encrypted. Leaders can write it themselves, too"),
        Advice("travel", "car", "car or public transport"),
        Advice("max_km", "30", "The furthest they travel, in km. Empty is no limit"),
        Advice("days", "1", "How many placement days they need. Empty is 1"),
        Advice("place_team", "Team 1", "People who are kept together, or apart"),
    ),
    Kind.PREFERENCES: (
        Advice("email", "ada@hospital.example", "A leader of the sheet leaders, or one that is here already"),
        Advice("choice_1", "OPP1", "The reference of their first choice"),
        Advice("choice_2", "", "Their second choice. Add choice_3 and so on as you need them"),
        Advice("cannot_do", "2027-03-09", "Dates on which they cannot come, with spaces between them"),
        Advice("if_need_be", "", "Dates on which they can come if need be"),
        Advice("submitted_at", "2027-01-12 09:30", "When they answered. Empty is the moment of the import"),
    ),
}

HOLDS: Mapping[Kind, str] = {
    Kind.PARTNERS: "The organisations that host leaders",
    Kind.OPPORTUNITIES: "What each partner offers, and where",
    Kind.SLOTS: "The days: date, hours and number of places",
    Kind.LEADERS: "The people who are to be placed",
    Kind.PREFERENCES: "What leaders chose, if they did not choose here",
}


def is_needed(kind: Kind, heading: str) -> bool:
    """Whether a sheet cannot do without the column."""
    return heading == "name" or any(column.name == heading and column.needed for column in COLUMNS[kind])


def template(kind: Kind) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The headings of a sheet, and its one example row."""
    advice = ADVICE[kind]
    return tuple(one.heading for one in advice), tuple(one.example for one in advice)
