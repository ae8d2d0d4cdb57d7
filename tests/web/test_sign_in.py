"""Signing in as people do it: by the pages, with the mail that is owed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from placement.config import Config
from placement.db import reading, unit_of_work
from placement.models import Message, SignedIn, User
from placement.web.auth import NEXT, TOKEN, safe_path, trusted_hosts
from placement.web.sign_in import DEMO
from tests.conftest import server
from tests.databases import dispose
from tests.factories.people import make_leader, make_partner, make_user
from tests.factories.signing_in import make_second_step
from tests.web.browsing import Browser
from tests.web.conftest import MakeSite
from tests.web.open_redirects import AWAY
from tests.web.page import check_page

__all__ = ["server"]  # on both kinds of database

ADA = "ada@people.example"
UNKNOWN = "bob@people.example"
CHECK = "/sign-in/check-your-email"
NEW_EACH_TIME = re.compile(r'nonce="[^"]*"|nonce-[\w-]+|name="csrf_token" value="[^"]*"')


@pytest.fixture
def ada(site: Flask) -> int:
    """A leader with the address `ADA`; the leader's id."""
    with site.app_context(), unit_of_work() as session:
        return make_leader(session, user=make_user(session, email=ADA, name="Ada Field")).id


@pytest.fixture
def person(site: Flask, ada: int) -> Browser:
    return Browser(site)


class Mail(NamedTuple):
    """What tests look at in a mail that is owed."""

    recipient: str
    payload: dict[str, object]


def mails(site: Flask) -> list[Mail]:
    with site.app_context(), reading() as session:
        rows = session.execute(select(Message.recipient, Message.payload).order_by(Message.id))
        return [Mail(*row) for row in rows]


def link_in(mail: Mail) -> str:
    return str(mail.payload["link"]).removeprefix("http://127.0.0.1:8000")


def asked(person: Browser, email: str = ADA) -> Mail:
    """The mail of a request by the pages."""
    assert person.post("/sign-in", {"email": email}).headers["Location"] == CHECK
    return mails(person.app)[-1]


def seen(answer: TestResponse) -> str:
    return NEW_EACH_TIME.sub("", answer.get_data(as_text=True))


def is_signed_in(person: Browser) -> bool:
    return person.get("/home").status_code == 200


def test_somebody_asks_opens_the_link_presses_the_button_and_signs_out(person: Browser) -> None:
    page = check_page(person.get("/sign-in"))
    assert page.labels["email"] == "E-mail address"
    link = link_in(asked(person))
    check_page(person.get(CHECK))
    assert check_page(person.get(link)).form_to(link).buttons == ["Sign in"]
    answer = person.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")
    home = check_page(person.get("/home"))
    assert "Ada Field" in "".join(home.one("header").itertext())
    assert person.post("/sign-out").headers["Location"] == "/"
    assert person.get("/home").headers["Location"] == "/sign-in?next=/home"


def test_somebody_types_the_code_where_they_asked(person: Browser) -> None:
    code = str(asked(person).payload["code"])
    answer = person.post(CHECK, {"code": f" {code[:3]} {code[3:]} "})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")
    assert is_signed_in(person)


def test_the_code_field_suits_phones_and_lets_people_paste(person: Browser) -> None:
    asked(person)
    (field,) = (e for e in check_page(person.get(CHECK)).root.iter("input") if e.get("name") == "code")
    assert (field.get("inputmode"), field.get("autocomplete"), field.get("type")) == (
        "numeric",
        "one-time-code",
        "text",
    )
    assert field.get("maxlength") is None


def test_a_known_and_an_unknown_address_get_the_same_bytes(site: Flask, ada: int) -> None:
    def journey(email: str) -> list[tuple[int, dict[str, str], str]]:
        person = Browser(site)
        answers = [person.post("/sign-in", {"email": email}), person.get(CHECK)]
        answers += [person.post(CHECK, {"code": "no"}), person.post(CHECK, {"code": "0000000"})]
        hidden = {"Set-Cookie", "Content-Security-Policy"}
        return [
            (a.status_code, {k: v for k, v in a.headers.items() if k not in hidden}, seen(a)) for a in answers
        ]

    assert len(ADA) == len(UNKNOWN)
    assert journey(ADA) == journey(UNKNOWN)
    assert [mail.recipient for mail in mails(site)] == [ADA]


def test_wrong_codes_are_answered_alike_until_a_new_mail_is_needed(site: Flask, ada: int) -> None:
    def tries(email: str) -> list[tuple[int, str]]:
        person = Browser(site)
        person.post("/sign-in", {"email": email})
        right = mails(site)[-1].payload["code"]
        wrong = "111111" if right != "111111" else "222222"
        return [(a.status_code, seen(a)) for a in (person.post(CHECK, {"code": wrong}) for _ in range(6))]

    known = tries(ADA)
    assert [status for status, _ in known] == [422, 422, 422, 422, 410, 410]
    assert "Tries left: 4" in known[0][1]
    assert "Send a new link" in known[5][1]
    assert [status for status, _ in tries(UNKNOWN)] == [422, 422, 422, 422, 410, 410]


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345x", "１２３４５６", "123456\n7"])
def test_what_cannot_be_a_code_is_said_to_be_wrong_and_costs_no_try(person: Browser, code: str) -> None:
    right = str(asked(person).payload["code"])
    for _ in range(6):
        answer = person.post(CHECK, {"code": code})
        assert list(check_page(answer).errors) == ["code"]
    assert person.post(CHECK, {"code": right}).headers["Location"] == "/home"


@pytest.mark.parametrize(
    "email", ["", "ada", "ada@people", "ada@people.example, bob@people.example", "a b@x.example"]
)
def test_what_is_no_address_is_an_error_beside_its_field(person: Browser, email: str) -> None:
    answer = person.post("/sign-in", {"email": email})
    page = check_page(answer)
    assert (page.status, list(page.errors)) == (422, ["email"])
    assert mails(person.app) == []


def test_the_sixth_request_in_an_hour_is_told_to_wait(person: Browser) -> None:
    for _ in range(5):
        asked(person)
    answer = person.post("/sign-in", {"email": ADA})
    assert answer.status_code == 429
    assert "minutes, then try again" in check_page(answer).text


def test_scanners_that_open_a_link_twenty_times_do_not_spend_it(site: Flask, person: Browser) -> None:
    link = link_in(asked(person))
    scanner = site.test_client()
    for _ in range(20):
        assert scanner.get(link, headers={"Sec-Purpose": "prefetch"}).status_code == 200
        assert scanner.head(link).status_code == 200
    assert person.post(link).headers["Location"] == "/home"


def test_a_used_link_offers_a_new_one(person: Browser) -> None:
    link = link_in(asked(person))
    person.post(link)
    for answer in (person.get(link), Browser(person.app).post(link), person.get("/sign-in/link/invented")):
        page = check_page(answer)
        assert (page.status, page.links["Send a new link"]) == (410, "/sign-in")


def test_pages_with_a_token_in_their_address_tell_it_to_nobody(person: Browser) -> None:
    link = link_in(asked(person))
    for answer in (person.get(link), person.post(link)):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_session_copied_before_signing_out_is_dead_afterwards(site: Flask, person: Browser) -> None:
    person.post(link_in(asked(person)))
    copied = person.in_session(TOKEN)
    person.post("/sign-out")
    thief = Browser(site)
    thief.put_into_session(TOKEN, copied or "")
    assert copied
    assert not is_signed_in(thief)
    assert thief.in_session(TOKEN) is None


def test_signing_in_leaves_nothing_of_the_session_before_it(person: Browser) -> None:
    person.put_into_session(TOKEN, "planted")
    person.put_into_session("also", "planted")
    person.post(link_in(asked(person)))
    token, csrf = person.in_session(TOKEN), person.in_session("csrf_token")
    assert token not in {None, "planted"}
    assert (person.in_session("also"), csrf) == (None, None)
    person.post(link_in(asked(person)))
    assert person.in_session(TOKEN) != token


def test_an_idle_session_asks_to_sign_in_again(site: Flask, person: Browser) -> None:
    person.post(link_in(asked(person)))
    age_session(site, timedelta(minutes=31))
    assert person.get("/home").headers["Location"] == "/sign-in?next=/home"


def test_being_seen_is_written_at_most_once_a_minute(site: Flask, person: Browser) -> None:
    person.post(link_in(asked(person)))
    first = age_session(site, timedelta(seconds=30))
    assert is_signed_in(person)
    assert age_session(site, timedelta(seconds=30)) == first - timedelta(seconds=30)
    assert is_signed_in(person)
    assert age_session(site, timedelta(0)) > first


def age_session(site: Flask, by: timedelta) -> datetime:
    """Let `by` pass since the only session was seen; returns when it was seen, as it is now."""
    with site.app_context(), unit_of_work() as session:
        seen_at = session.scalars(select(SignedIn.seen_at)).one() - by
        session.execute(update(SignedIn).values(seen_at=seen_at))
    return seen_at


def test_people_come_back_to_the_page_that_they_were_going_to(person: Browser, ada: int) -> None:
    answer = person.get(f"/leader/{ada}/choices?theme=food")
    assert answer.headers["Location"].startswith("/sign-in?next=/leader/")
    person.get(answer.headers["Location"])
    asked(person)
    code = mails(person.app)[-1].payload["code"]
    assert person.post(CHECK, {"code": code}).headers["Location"] == f"/leader/{ada}/choices?theme=food"


@pytest.mark.parametrize("payload", AWAY)
def test_no_address_leads_anywhere_else_after_signing_in(payload: str) -> None:
    assert safe_path(payload) is None


def test_an_address_of_another_site_is_dropped_at_sign_in(person: Browser) -> None:
    for payload in AWAY[:8]:
        person.get("/sign-in?next=/home?x=1")
        person.client.get("/sign-in", query_string={"next": payload})
        assert person.in_session(NEXT) is None
    person.put_into_session(NEXT, "//evil.test")
    assert person.post(link_in(asked(person))).headers["Location"] == "/home"


@pytest.mark.parametrize(
    "path", ["/", "/home", "/leader/3/choices", "/coordinator/4/runs/5?page=2&sort=a.b-c_d", "/a/"]
)
def test_pages_of_this_site_are_kept(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.test"}, {"Host": "127.0.0.1.evil.test"}, {"Host": "evil.test:8000"}]
)
def test_a_foreign_host_gets_no_page_and_no_mail_is_owed(
    site: Flask, person: Browser, headers: dict[str, str]
) -> None:
    for answer in (
        person.client.get("/", headers=headers),
        person.client.get("/no-such-page", headers=headers),
        person.client.post("/sign-in", data={"email": ADA}, headers=headers),
    ):
        assert answer.status_code == 400
        assert "evil" not in answer.get_data(as_text=True)
    assert mails(site) == []


def test_links_in_mails_lead_to_the_public_address_whatever_the_request_said(person: Browser) -> None:
    person.client.post(
        "/sign-in",
        data={"email": ADA, "csrf_token": person.csrf_token()},
        headers={"Host": "localhost:1234", "X-Forwarded-Host": "evil.test", "X-Forwarded-Proto": "https"},
    )
    (mail,) = mails(person.app)
    assert str(mail.payload["link"]).startswith("http://127.0.0.1:8000/sign-in/link/")


def test_only_the_hosts_of_the_public_address_are_answered() -> None:
    assert trusted_hosts("https://placement.example") == ["placement.example"]
    assert trusted_hosts("https://placement.example:8443/path") == ["placement.example"]
    assert (
        trusted_hosts("http://127.0.0.1:8000")
        == trusted_hosts("http://localhost")
        == ["127.0.0.1", "localhost"]
    )


def cookie_set_at(app: Flask, base_url: str) -> str:
    return app.test_client().get("/sign-in", base_url=base_url).headers["Set-Cookie"]


def test_the_cookie_is_bound_to_a_secure_site_and_out_of_reach_of_scripts(
    config: Config, make_site: MakeSite
) -> None:
    app = make_site(replace(config, public_base_url="https://placement.example"))
    cookie = cookie_set_at(app, "https://placement.example")
    dispose(app)
    name, _, rest = cookie.partition("=")
    assert name == "__Host-placement"
    assert set(rest.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_on_this_machine_alone_the_cookie_needs_no_https(site: Flask) -> None:
    name, _, rest = cookie_set_at(site, "http://127.0.0.1:8000").partition("=")
    assert name == "placement"
    assert set(rest.split("; ")[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}


@pytest.fixture
def demo(config: Config, make_site: MakeSite, tmp_path: Path) -> Iterator[Flask]:
    app = make_site(replace(config, demo=True))
    with app.app_context(), unit_of_work() as session:
        make_leader(session, user=make_user(session, email=ADA, name="Ada Field"))
        make_partner(session, user=make_user(session, email="bank@partners.example"))
    app.extensions[DEMO] = {"leader": ADA, "partner": "bank@partners.example"}
    yield app
    dispose(app)


def test_the_demo_lets_people_look_around_with_one_press(demo: Flask) -> None:
    person = Browser(demo)
    page = check_page(person.get("/"))
    assert page.form_to("/demo/sign-in/leader").buttons == ["Look around as a leader"]
    assert [form.action for form in page.forms] == ["/demo/sign-in/leader", "/demo/sign-in/partner"]
    assert person.post("/demo/sign-in/leader").headers["Location"] == "/home"
    assert "Ada Field" in "".join(check_page(person.get("/home")).one("header").itertext())
    assert mails(demo) == []


@pytest.mark.parametrize("remote", ["192.0.2.1", "2001:db8::1", "10.0.0.1"])
def test_the_demo_lets_nobody_in_from_elsewhere(demo: Flask, remote: str) -> None:
    person = Browser(demo)
    person.client.environ_base["REMOTE_ADDR"] = remote
    assert check_page(person.get("/")).forms == []
    assert person.post("/demo/sign-in/leader").status_code == 404


def test_one_press_in_the_demo_asks_for_no_second_step(demo: Flask) -> None:
    with demo.app_context(), unit_of_work() as session:
        make_second_step(session, user=session.scalars(select(User).where(User.email == ADA)).one())
    person = Browser(demo)
    assert person.post("/demo/sign-in/leader").headers["Location"] == "/home"
    assert is_signed_in(person)


def test_the_demo_has_only_the_users_that_it_was_given(demo: Flask) -> None:
    assert Browser(demo).post("/demo/sign-in/coordinator").status_code == 404


def test_without_the_demo_there_is_no_such_way_in(site: Flask, person: Browser) -> None:
    site.extensions[DEMO] = {"leader": ADA}
    assert "demo.enter" not in site.view_functions
    assert person.post("/demo/sign-in/leader").status_code == 404
