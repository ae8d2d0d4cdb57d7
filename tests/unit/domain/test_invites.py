"""Names of invites, addresses, and the facts that calendars would choke on."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.domain.errors import AddressUnusable, InviteUnsendable
from placement.domain.invites import (
    InviteDetails,
    Mailbox,
    ascii_address,
    check_details,
    invite_uid,
    message_id_for,
)

DETAILS = InviteDetails(
    uid="01234567-89ab-4def-8123-456789abcdef@placement.example",
    sequence=0,
    revision=0,
    method="REQUEST",
    partstat="NEEDS-ACTION",
    dtstamp=datetime(2026, 12, 1, 9, tzinfo=UTC),
    created_at=datetime(2026, 12, 1, 9, tzinfo=UTC),
    starts_at=datetime(2027, 1, 12, 9, 30, tzinfo=UTC),
    ends_at=datetime(2027, 1, 12, 15, tzinfo=UTC),
    title="Breakfast club",
    partner="Seaport Food Bank",
    address="",
    postcode="",
    contact_name="",
    contact_phone="",
    what_to_know="",
    choice_sentence="",
    cohort="Fylde Coast 2027",
    programme="100 System Leaders",
    organizer=Mailbox("Placement", "placements@placement.example"),
    attendee=Mailbox("Zoe Okafor", "zoe@trust.example"),
    page_url="https://placement.example/my-placement",
    message_id="<1@placement.example>",
)
HEX = st.text("0123456789abcdef", min_size=32, max_size=32)


@settings(deadline=None)
@given(HEX)
def test_a_uid_is_a_random_uuid_at_the_mail_domain(random_hex: str) -> None:
    uid = invite_uid(random_hex, "placement.example")
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@placement\.example", uid
    )


def test_a_message_id_is_the_same_for_the_same_facts_and_another_for_others() -> None:
    facts = ("u@placement.example", 0, "REQUEST", "zoe@trust.example")
    first = message_id_for(*facts, "placement.example")
    assert first == message_id_for(*facts, "placement.example")
    assert re.fullmatch(r"<[0-9a-f]{40}@placement\.example>", first)
    others = {
        message_id_for("v@placement.example", *facts[1:], "placement.example"),
        message_id_for(facts[0], 1, *facts[2:], "placement.example"),
        message_id_for(*facts[:2], "CANCEL", facts[3], "placement.example"),
        message_id_for(*facts[:3], "joe@trust.example", "placement.example"),
    }
    assert len(others | {first}) == 5


def test_the_same_person_in_other_capitals_gets_the_same_message_id() -> None:
    one, other = (
        message_id_for("u@p.example", 0, "REQUEST", address, "p.example")
        for address in ("Zoe@Trust.example", "zoe@trust.example")
    )
    assert one == other


@pytest.mark.parametrize(
    ("text", "mailbox"),
    [
        ("Placement <p@placement.example>", Mailbox("Placement", "p@placement.example")),
        ('"Leaders, 100" <p@placement.example>', Mailbox("Leaders, 100", "p@placement.example")),
        ("p@placement.example", Mailbox("", "p@placement.example")),
    ],
)
def test_a_mailbox_is_read_as_settings_hold_it(text: str, mailbox: Mailbox) -> None:
    assert Mailbox.from_text(text) == mailbox


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("zoe.o'kafor+day@trust.example", "zoe.o'kafor+day@trust.example"),
        (" Zoe@Trust.example ", "Zoe@Trust.example"),
        ("z@bücher.example", "z@xn--bcher-kva.example"),
    ],
)
def test_usable_addresses_are_kept(address: str, usable: str) -> None:
    assert ascii_address(address) == usable


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zoe",
        "@trust.example",
        "zoe@",
        "zoe@trust..example",
        "zoe@-trust.example",
        ".zoe@trust.example",
        "zoe@x@trust.example",
        "josé@trust.example",
        "zoe okafor@trust.example",
        "zoe@trust.example\r\nBcc: x@y.example",
        "zoe@trust.example,joe@trust.example",
        "<zoe@trust.example>",
        "z" * 250 + "@trust.example",
        "zoe@" + "x" * 64 + ".example",
    ],
)
def test_addresses_that_break_a_mail_are_refused(address: str) -> None:
    with pytest.raises(AddressUnusable):
        ascii_address(address)


def test_good_details_pass() -> None:
    check_details(DETAILS)
    check_details(replace(DETAILS, method="CANCEL", sequence=1, revision=1))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"attendee": Mailbox("Us", "Placements@placement.example")}, "attendee is the organizer"),
        ({"uid": "no domain"}, "UID"),
        ({"uid": "a\r\nb@placement.example"}, "UID"),
        ({"message_id": "1@placement.example"}, "Message-ID"),
        ({"message_id": "<1 2@placement.example>"}, "Message-ID"),
        ({"message_id": "<1@elsewhere.example>"}, "own domain placement.example"),
        ({"method": "PUBLISH"}, "not a method"),
        ({"partstat": "MAYBE"}, "not an answer"),
        ({"sequence": -1}, "SEQUENCE"),
        ({"method": "CANCEL"}, "higher SEQUENCE"),
        ({"starts_at": datetime(2027, 1, 12, 9)}, "without zone"),  # noqa: DTZ001
        ({"ends_at": DETAILS.starts_at}, "ends before it starts"),
        (
            {
                "starts_at": datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
                "ends_at": datetime(2027, 10, 31, 9, tzinfo=UTC),
            },
            "happens twice",
        ),
        ({"title": " \0\n"}, "no title"),
        ({"partner": ""}, "no partner"),
        ({"page_url": "javascript:alert(1)"}, "not a web address"),
    ],
)
def test_details_that_a_calendar_would_choke_on_are_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(InviteUnsendable, match=reason):
        check_details(replace(DETAILS, **changes))
