"""Invites to test with: one plain, and the ways in which names and titles are awkward."""

from datetime import UTC, datetime
from typing import Any

from placement.domain.invites import InviteDetails, Mailbox, invite_uid, message_id_for

DOMAIN = "placement.example"
UID = invite_uid("0123456789abcdef0123456789abcdef", DOMAIN)

PLAIN: dict[str, Any] = {
    "uid": UID,
    "sequence": 0,
    "revision": 0,
    "method": "REQUEST",
    "partstat": "NEEDS-ACTION",
    "dtstamp": datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
    "created_at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC),
    "starts_at": datetime(2027, 1, 12, 9, 30, tzinfo=UTC),
    "ends_at": datetime(2027, 1, 12, 15, 0, tzinfo=UTC),
    "title": "Sorting and handing out food parcels",
    "partner": "Seaport Food Bank",
    "address": "21 James Road, Seaport",
    "postcode": "FY1 1PR",
    "latitude": 53.82052,
    "longitude": -3.04316,
    "contact_name": "Kate Hooper",
    "contact_phone": "01632 960575",
    "what_to_know": "Wear flat shoes.\nBring a packed lunch; the kettle is always on.",
    "choice_sentence": "This was your 2nd choice.",
    "cohort": "Fylde Coast 2027",
    "programme": "100 System Leaders",
    "organizer": Mailbox("100 System Leaders", "placements@placement.example"),
    "attendee": Mailbox("Zoe Okafor", "zoe.okafor@trust.example"),
    "page_url": "https://placement.example/my-placement",
}

AWKWARD_TEXTS = (
    'Okafor, Zoë "Zed" O’Kafor-Ñandú',
    "👩🏽‍🍳 Soup & bread 🥕; every Tuesday: all, welcome",
    "Łukasz <b>Żółć</b> {{ 7 * 7 }} {% raw %} %s {0}",
    r"C:\New\network \N \n \, \; ^n ^' =?utf-8?q?no?=",
    "Sorting, packing and handing out food parcels " * 6 + "and, at the end of it all, a cup of tea",
    "W" * 300,
    "é" * 300,
    "A very long name, with commas, " * 8,
    "From: nobody\r\nBcc: everybody@example.example\r\n\r\nEND:VEVENT\r\nBEGIN:VEVENT",
    ".\r\n.leading dots\r\n..",
)


def make_details(**changes: Any) -> InviteDetails:
    """An invite with `changes`, and with the Message-ID that belongs to it."""
    facts = PLAIN | changes
    facts.setdefault(
        "message_id",
        message_id_for(facts["uid"], facts["revision"], facts["method"], facts["attendee"].address, DOMAIN),
    )
    return InviteDetails(**facts)


def make_cancellation(**changes: Any) -> InviteDetails:
    """The cancellation of the plain invite."""
    defaults: dict[str, Any] = {
        "method": "CANCEL",
        "sequence": 1,
        "revision": 1,
        "dtstamp": datetime(2026, 12, 2, 9, 0, tzinfo=UTC),
    }
    return make_details(**(defaults | changes))
