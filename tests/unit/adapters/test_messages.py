"""Whole mails: what people read and what machines rely on."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jinja2 import UndefinedError

from placement.adapters import ics, messages
from placement.domain.answers import PREVIEW, links
from placement.domain.errors import AddressUnusable, InviteUnsendable
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.text import clean_line, london_to_utc
from tests.unit.adapters.checklist import Wire, all_defects, breaches, display_name, shape
from tests.unit.adapters.samples import AWKWARD_TEXTS, DOMAIN, make_cancellation, make_details
from tests.unit.adapters.test_checklist import expected_of
from tests.unit.adapters.test_ics import SHAPE, details_with_any_texts
from tests.unit.adapters.test_ics import shape as components

NOW = datetime(2026, 12, 1, 9, 1, tzinfo=UTC)
HEADERS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]
SENDER = Mailbox("Placement", "placements@placement.example")
SIGN_IN = {"link": "https://placement.example/sign-in/abc?x=1&y=2", "code": "123 456", "minutes": 15}


def letter(name: str = "sign_in", facts: dict[str, Any] | None = None, **changes: Any) -> bytes:
    given_facts = SIGN_IN if facts is None else facts
    told: dict[str, Any] = {
        "sender": SENDER,
        "recipient": Mailbox("Zoe Okafor", "zoe.okafor@trust.example"),
        "message_id": "<letter@placement.example>",
        "date": NOW,
    }
    return messages.render_letter(name, given_facts, **(told | changes))


def seasons() -> Iterator[InviteDetails]:
    """The life of an invite, for each awkward text, near each change of the clocks."""
    days = (date(2026, 3, 28), date(2026, 10, 26), date(2027, 3, 29), date(2027, 10, 30))
    for number, text in enumerate(AWKWARD_TEXTS):
        start = london_to_utc(days[number % 4], time(9, 30))
        facts: dict[str, Any] = {
            "title": text,
            "partner": f"{text} Food Bank",
            "attendee": Mailbox(text, "zoe.okafor@trust.example"),
            "organizer": Mailbox(f"{text} Leaders", "placements@placement.example"),
            "starts_at": start,
            "ends_at": start + timedelta(hours=5, minutes=30),
        }
        yield make_details(**facts)
        for revision in (1, 2, 3):
            facts["starts_at"] = start + timedelta(days=revision)
            facts["ends_at"] = facts["starts_at"] + timedelta(hours=3)
            stamp = datetime(2026, 12, 1 + revision, tzinfo=UTC)
            yield make_details(**facts, sequence=revision, revision=revision, dtstamp=stamp)
        yield make_cancellation(**facts, sequence=4, revision=4, dtstamp=datetime(2026, 12, 9, tzinfo=UTC))


@pytest.mark.parametrize("details", list(seasons()))
def test_every_message_of_a_season_keeps_the_whole_checklist(details: InviteDetails) -> None:
    octets = messages.render_invite(details, now=NOW)
    expected = replace(expected_of(details), title=clean_line(details.title))
    assert breaches(octets, expected, DOMAIN) == []


@settings(deadline=None)
@given(details_with_any_texts())
def test_no_text_adds_a_header_a_part_or_a_recipient(details: InviteDetails) -> None:
    wire = Wire(messages.render_invite(details, now=NOW), expected_of(details), DOMAIN)
    assert [name for name, _ in wire.mail.raw_items()] == HEADERS
    assert wire.addresses("To") == [details.attendee.address]
    assert wire.addresses("From") == [details.organizer.address]
    assert [part.get_content_type() for part in wire.leaves] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert all_defects(wire.mail) == []
    assert components(wire.calendar) == SHAPE


@settings(deadline=None)
@given(details_with_any_texts())
def test_names_and_subject_are_read_as_they_were_meant(details: InviteDetails) -> None:
    octets = messages.render_invite(details, now=NOW)
    assert display_name(octets, "To") == clean_line(details.attendee.name)
    assert display_name(octets, "From") == clean_line(details.organizer.name)
    mail = message_from_bytes(octets, policy=policy.default)
    assert str(mail["Subject"]) == messages.preview(details).subject


def test_equal_facts_give_equal_octets(details: InviteDetails) -> None:
    assert messages.render_invite(details, now=NOW) == messages.render_invite(details, now=NOW)
    assert letter() == letter()


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_the_preview_is_what_is_sent(method: str) -> None:
    details = make_details() if method == "REQUEST" else make_cancellation()
    answers = links("https://placement.example", PREVIEW)
    read = messages.read_back(messages.render_invite(details, now=NOW, answers=answers))
    shown = messages.preview(details)
    assert (method == "REQUEST") == (answers.cannot in shown.text) == (answers.cannot in shown.html)
    assert (read.subject, read.text, read.html) == (shown.subject, shown.text, shown.html)
    assert read.calendar == shown.calendar.replace("\r\n", "\n")
    assert [name for name, _ in read.headers] == HEADERS
    assert dict(read.headers)["To"] == "Zoe Okafor <zoe.okafor@trust.example>"


def test_both_texts_tell_everything_a_leader_needs(details: InviteDetails) -> None:
    shown = messages.preview(details)
    for text in (shown.text, shown.html):
        for told in (
            "Zoe Okafor",
            "You have a place",
            "Sorting and handing out food parcels",
            "Seaport Food Bank",
            "Tuesday 12 January 2027",
            "9:30am to 3pm",
            "21 James Road, Seaport, FY1 1PR",
            "Kate Hooper, 01632 960575",
            "This was your 2nd choice.",
            "Bring a packed lunch; the kettle is always on.",
            "tell us as soon as you can",
            "https://placement.example/my-placement",
            "100 System Leaders",
            "Fylde Coast 2027",
        ):
            assert told in text


def test_subjects_say_what_happened_and_when() -> None:
    subjects = [
        messages.preview(details).subject.partition(":")[0]
        for details in (
            make_details(),
            make_details(revision=1),
            make_details(sequence=1, revision=1),
            make_cancellation(),
        )
    ]
    assert subjects == [
        "Your day on Tuesday 12 January 2027",
        "More about your day on Tuesday 12 January 2027",
        "Changed",
        "Cancelled",
    ]


def test_what_is_not_known_is_not_promised() -> None:
    shown = messages.preview(
        make_details(contact_name="", contact_phone="", what_to_know="", choice_sentence="")
    )
    for text in (shown.text, shown.html):
        assert "Contact" not in text
        assert "ring" not in text.replace("bring", "")
        assert "ask us" in text
    assert "\n\n\n" not in shown.text


def test_a_cancellation_says_not_to_go_and_asks_for_nothing() -> None:
    shown = messages.preview(make_cancellation())
    for text in (shown.text, shown.html):
        assert "Please do not go." in text
        assert "Tuesday 12 January 2027" in text
        assert "9:30am to 3pm" in text
        assert "Please answer" not in text


def test_a_cancellation_and_a_change_say_why_in_every_form() -> None:
    why = "Seaport Food Bank cannot host anybody on this day."
    cancelled = messages.preview(make_cancellation(reason=why))
    for form in (cancelled.text, cancelled.html, cancelled.calendar.replace("\r\n ", "")):
        assert why in form
    moved = messages.preview(make_details(sequence=1, revision=1, reason="Before, it was on Monday."))
    for form in (moved.text, moved.html):
        assert "Before, it was on Monday." in form


def test_who_has_heard_of_no_earlier_time_is_told_of_no_change() -> None:
    shown = messages.preview(make_details(sequence=0, revision=3, unheard=True))
    assert shown.subject.startswith("Your day on")
    assert "You have a place" in shown.text


def test_text_from_people_is_never_html(details: InviteDetails) -> None:
    shown = messages.preview(
        replace(details, title="<script>x</script>", what_to_know="<img src=x> & {{ 7*7 }}")
    )
    assert "<script" not in shown.html
    assert "<img" not in shown.html
    assert "&lt;img src=x&gt; &amp; {{ 7*7 }}" in shown.html
    assert "<img src=x> & {{ 7*7 }}" in shown.text


def test_an_invite_too_large_for_gateways_is_refused(
    details: InviteDetails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "LARGEST_INVITE", 5000)
    with pytest.raises(InviteUnsendable, match="too long"):
        messages.render_invite(details, now=NOW)


def test_the_longest_texts_stay_within_what_gateways_take(details: InviteDetails) -> None:
    longest = replace(details, title="🥕" * 300, partner="é" * 300, what_to_know="🥕" * 10_000)
    assert len(messages.render_invite(longest, now=NOW)) <= 100_000


def test_an_address_that_cannot_be_written_is_refused(details: InviteDetails) -> None:
    for address in ("josé@trust.example", "a b@trust.example", "a@b@c", "", "x" * 250 + "@trust.example"):
        with pytest.raises(AddressUnusable):
            messages.render_invite(replace(details, attendee=Mailbox("Zoe", address)), now=NOW)


def test_a_letter_has_both_texts_and_the_headers_of_a_machine() -> None:
    octets = letter()
    mail = message_from_bytes(octets, policy=policy.default)
    assert shape(mail) == ["text/plain", "text/html"]
    assert [name for name, _ in mail.raw_items()] == HEADERS
    assert all_defects(mail) == []
    assert octets.isascii()
    assert b"\n" not in octets.replace(b"\r\n", b"")
    read = messages.read_back(octets)
    assert "https://placement.example/sign-in/abc?x=1&y=2\n" in read.text
    assert 'href="https://placement.example/sign-in/abc?x=1&amp;y=2"' in read.html
    assert "123 456" in read.text
    assert "15 minutes" in read.text
    assert read.calendar == ""


def test_a_fact_that_a_letter_needs_must_be_given() -> None:
    with pytest.raises(UndefinedError, match="code"):
        letter(facts={"link": "https://placement.example", "minutes": 15})


def test_letters_of_another_folder_are_cleaned_before_they_are_filled(tmp_path: Path) -> None:
    folder = tmp_path / "email" / "note"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("About {{ what }}\n")
    (folder / "body.txt").write_text("{{ what }} for {{ recipient_name }}, {{ number }}\n")
    (folder / "body.html").write_text("<p>{{ what }}</p>\n")
    octets = letter("note", {"what": "a\r\nBcc: b\0\x85<c>", "number": 3}, templates=tmp_path)
    read = messages.read_back(octets)
    assert [name for name, _ in read.headers] == HEADERS
    assert read.subject == "About a Bcc: b <c>"
    assert read.text == "a\nBcc: b\n<c> for Zoe Okafor, 3\n"
    assert read.html == "<p>a\nBcc: b\n&lt;c&gt;</p>\n"


@pytest.mark.parametrize(
    "name",
    [
        "Okafor, Zoë",
        'Zoe "Zed" Okafor',
        "A, very long name with, commas and no accents " * 3,
        "=?utf-8?q?x?=",
        "a\\b",
    ],
)
def test_a_name_never_becomes_a_second_recipient(name: str) -> None:
    octets = letter(recipient=Mailbox(name, "z@trust.example"))
    (recipient,) = message_from_bytes(octets, policy=policy.default)["To"].addresses
    assert recipient.addr_spec == "z@trust.example"
    assert display_name(octets, "To") == clean_line(name)


def test_an_international_domain_is_written_in_its_ascii_form(details: InviteDetails) -> None:
    octets = messages.render_invite(replace(details, attendee=Mailbox("Zoe", "z@bücher.example")), now=NOW)
    assert b"<z@xn--bcher-kva.example>" in octets
    assert b"mailto:z@xn--bcher-kva.example" in ics.build(
        replace(details, attendee=Mailbox("Zoe", "z@bücher.example"))
    )


def test_octets_that_are_no_mail_of_ours_are_shown_as_far_as_they_go() -> None:
    read = messages.read_back(b"Subject: =?utf-8?q?Zo=C3=AB?=\r\n\r\nplain \xff\r\n")
    assert (read.subject, read.html, read.calendar) == ("Zoë", "", "")
    assert read.text.startswith("plain")
