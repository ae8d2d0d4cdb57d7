"""The demonstration's outbox: what it shows, to whom, and that mail cannot harm the page it stands in."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from placement.adapters.kept_mail import read_kept
from placement.adapters.mail import open_courier
from placement.adapters.messages import render_invite, render_letter
from placement.config import Config
from placement.db import unit_of_work
from placement.domain.invites import Mailbox
from tests.databases import dispose
from tests.factories.clock import NOON
from tests.factories.outbox import make_message
from tests.unit.adapters.samples import make_details
from tests.web.browsing import Browser
from tests.web.conftest import MakeSite
from tests.web.page import check_page, record_unknown_names

OUTBOX = "/demo/outbox"
LINK = "http://127.0.0.1:8000/sign-in/link/abc"


@pytest.fixture
def demo(config: Config, make_site: MakeSite) -> Iterator[Flask]:
    """The site as a demonstration."""
    app = make_site(replace(config, demo=True))
    yield app
    dispose(app)


@pytest.fixture
def person(demo: Flask) -> Browser:
    return Browser(demo)


def keep(app: Flask, **facts: Any) -> int:
    """Put a mail into the outbox; its id."""
    with app.app_context(), unit_of_work() as session:
        return make_message(session, **facts).id


def letter(message_id: str = "<letter@demo.example>") -> bytes:
    return render_letter(
        "sign_in",
        {"link": LINK, "code": "123456", "minutes": 15},
        sender=Mailbox("Placement demo", "placements@demo.example"),
        recipient=Mailbox("Ada Field", "ada@people.example"),
        message_id=message_id,
        date=NOON,
    )


def test_an_empty_outbox_says_what_causes_mail(demo: Flask, person: Browser) -> None:
    unknown = record_unknown_names(demo)
    page = check_page(person.get(OUTBOX))
    assert (page.h1, page.status, unknown) == ("Demo outbox", 200, [])
    assert "No mail yet." in page.text


def test_mails_are_listed_newest_first_with_subject_recipient_and_state(demo: Flask, person: Browser) -> None:
    unknown = record_unknown_names(demo)
    keep(demo, octets=render_invite(make_details(), now=NOON), status="sent", kind="placement_confirmed")
    keep(demo, kind="sign_in", recipient="ada@people.example", recipient_name="Ada Field")
    page = check_page(person.get(OUTBOX))
    newest, oldest = page.rows()[1:]
    assert newest == ["Sign-in link", "Ada Field, ada@people.example", newest[2], "Waiting"]
    assert newest[2] == "Tuesday 12 January 2027, 12pm (midday)"
    assert oldest[3] == "Sent"
    assert "Sign-in link" not in oldest[0]
    assert unknown == []


def test_a_mail_is_shown_as_text_html_and_calendar_part(demo: Flask, person: Browser) -> None:
    unknown = record_unknown_names(demo)
    number = keep(demo, octets=render_invite(make_details(), now=NOON), status="sent")
    answer = person.get(f"{OUTBOX}/{number}")
    page = check_page(answer)
    assert "BEGIN:VCALENDAR" in page.text
    assert "METHOD:REQUEST" in page.text
    assert "Message-ID:" in page.text
    (frame,) = page.root.iter("iframe")
    assert (frame.get("src"), frame.get("sandbox")) == (f"{OUTBOX}/{number}/html", "")
    assert "frame-src 'self'" in answer.headers["Content-Security-Policy"]
    assert unknown == []


def test_the_html_of_a_mail_is_shut_in_by_a_policy_of_its_own(demo: Flask, person: Browser) -> None:
    number = keep(demo, octets=render_invite(make_details(), now=NOON), status="sent")
    answer = person.get(f"{OUTBOX}/{number}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert policy.endswith("; sandbox")
    assert "script-src" not in policy
    assert "<html" in answer.get_data(as_text=True)


def test_text_of_a_mail_is_escaped_and_its_links_can_be_followed(demo: Flask, person: Browser) -> None:
    octets = letter().replace(b"Ada Field", b"<script>alert(1)</script>")
    number = keep(demo, octets=octets, recipient_name="<script>alert(1)</script>")
    answer = person.get(f"{OUTBOX}/{number}")
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert check_page(answer).links[LINK] == LINK


def test_a_secret_mail_that_is_no_longer_kept_is_read_from_its_copy(
    demo: Flask, person: Browser, config: Config
) -> None:
    message_id = "<secret@demo.example>"
    with open_courier(config) as courier:
        courier.send(letter(message_id), "placements@demo.example", "ada@people.example")
    number = keep(demo, message_id=message_id, octets=None, status="sent")
    assert "123456" in check_page(person.get(f"{OUTBOX}/{number}")).text


def test_a_mail_that_is_not_written_yet_says_so(demo: Flask, person: Browser) -> None:
    number = keep(demo)
    assert "has not been put into words yet" in check_page(person.get(f"{OUTBOX}/{number}")).text
    assert person.get(f"{OUTBOX}/{number}/html").get_data() == b""


def test_long_outboxes_are_shown_page_by_page(demo: Flask, person: Browser) -> None:
    numbers = [keep(demo) for _ in range(51)]
    first = check_page(person.get(OUTBOX))
    assert len(first.rows()) == 51
    second = check_page(person.get(first.links["Older mails"]))
    assert [row[0] for row in second.rows()[1:]] == ["Sign-in link"]
    assert second.links["Sign-in link"] == f"{OUTBOX}/{numbers[0]}"
    assert "Older mails" not in second.links


@pytest.mark.parametrize("before", ["x", "0", "-5", str(10**30), str(-(10**30))])
def test_an_odd_page_address_does_no_harm(demo: Flask, person: Browser, before: str) -> None:
    keep(demo)
    assert person.get(f"{OUTBOX}?before={before}").status_code == 200


def test_every_page_of_a_demonstration_leads_to_the_outbox(person: Browser) -> None:
    assert check_page(person.get("/")).links["Demo outbox"] == OUTBOX


def test_other_machines_find_no_outbox(demo: Flask) -> None:
    number = keep(demo, octets=letter())
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    client = demo.test_client()
    for path in (OUTBOX, f"{OUTBOX}/{number}", f"{OUTBOX}/{number}/html"):
        assert client.get(path, environ_base=elsewhere).status_code == 404
    assert b"Demo outbox" not in client.get("/", environ_base=elsewhere).get_data()


def test_a_real_installation_has_no_outbox_pages(site: Flask) -> None:
    number = keep(site, octets=letter())
    person = Browser(site)
    for path in (OUTBOX, f"{OUTBOX}/{number}", f"{OUTBOX}/{number}/html"):
        assert person.get(path).status_code == 404
    assert "Demo outbox" not in check_page(person.get("/")).links


def test_mails_that_never_were_are_not_there(person: Browser) -> None:
    assert person.get(f"{OUTBOX}/{2**31 - 1}").status_code == 404
    assert person.get(f"{OUTBOX}/{10**20}").status_code == 404


def test_a_copy_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_kept(tmp_path / "nowhere", "<letter@demo.example>") is None
