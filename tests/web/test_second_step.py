"""The second step by its pages: set up, asked for after the mail, recovery codes, locked, turned off."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from time_machine import Traveller
from werkzeug.test import TestResponse

from placement.db import reading, unit_of_work
from placement.models import InterruptedForm, Message, SecondStep, User
from placement.services import recovery_codes, sign_in
from placement.services.access import cipher_for
from placement.services.scope import Scope
from placement.web.auth import HALF_WAY, NEXT, TOKEN
from tests.conftest import server
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.signing_in import app_code, make_second_step
from tests.web.browsing import Browser
from tests.web.page import Page, check_page

__all__ = ["server"]  # on both kinds of database

CAT = "cat@programme.example"
STEP = "/sign-in/second-step"
ACCOUNT = "/account"
SET_UP = f"{ACCOUNT}/second-step/set-up"
OFF = f"{ACCOUNT}/second-step/off"
CODES = f"{ACCOUNT}/second-step/codes"
BEGIN = f"{ACCOUNT}/second-step/begin"
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    """The clock of everybody, which stands still: a code is the same from the first line to the last."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def now() -> datetime:
    return datetime.now(UTC)


def right() -> str:
    return app_code(now())


def wrong() -> str:
    near = {app_code(now() + steps * HALF_MINUTE) for steps in range(-3, 4)}
    return next(code for number in range(9) if (code := str(number) * 6) not in near)


@pytest.fixture
def cat(site: Flask) -> int:
    """The user of a coordinator without a second step."""
    with site.app_context(), unit_of_work() as session:
        return make_coordinator(session, user=make_user(session, email=CAT, name="Cat Orr")).user_id


@pytest.fixture
def codes(site: Flask, cat: int) -> tuple[str, ...]:
    """The recovery codes of Cat, whose second step is on."""
    with site.app_context(), unit_of_work() as session:
        make_second_step(session, user=session.get_one(User, cat))
        return recovery_codes.make_codes(session, cat, now=now())


@pytest.fixture
def here(site: Flask, cat: int) -> Browser:
    return Browser(site, email=CAT)


def is_on(site: Flask) -> bool:
    with site.app_context(), reading() as session:
        return session.scalars(select(SecondStep).where(SecondStep.on_since.is_not(None))).first() is not None


def mails(site: Flask) -> list[str]:
    with site.app_context(), reading() as session:
        rows = session.scalars(select(Message).where(Message.kind == "second_step").order_by(Message.id))
        return [str(row.payload["heading"]) for row in rows]


def after_the_mail(site: Flask, going_to: str | None = None) -> Browser:
    """Somebody who has pressed the button of Cat's link."""
    person = Browser(site)
    if going_to:
        person.get(going_to)
        person.get(f"/sign-in?next={going_to}")
    with site.app_context(), unit_of_work() as session:
        link = sign_in.one_time_link(Scope.system(session), CAT, now=now())
    answer = person.post(link)
    assert (answer.status_code, answer.headers["Location"]) == (303, STEP)
    return person


def refused(answer: TestResponse) -> Page:
    assert answer.status_code == 422
    return check_page(answer)


def is_signed_in(person: Browser) -> bool:
    return person.get("/home").status_code == 200


def shown_codes(page: Page) -> list[str]:
    return ["".join(e.itertext()) for e in page.root.iter("code")]


def test_somebody_sets_it_up_and_is_shown_ten_recovery_codes_once(site: Flask, here: Browser) -> None:
    page = check_page(here.get(ACCOUNT))
    assert "A second step when you sign in" in page.text
    assert here.post(BEGIN, page.form_to(BEGIN).values).headers["Location"] == SET_UP
    page = check_page(here.get(SET_UP))
    (picture,) = page.by_class("app-key-picture")
    assert picture.get("role") == "img"
    assert picture.get("aria-label")
    (key,) = shown_codes(page)
    assert page.links["Open the key in the app"].startswith(
        "otpauth://totp/Placement:cat%40programme.example"
    )
    answer = here.post(SET_UP, {"code": app_code(now(), key=key.replace(" ", ""))})
    page = check_page(answer)
    assert (answer.status_code, page.h1) == (200, "Your recovery codes")
    assert answer.headers["Cache-Control"] == "no-store"
    made = shown_codes(page)
    assert len(set(made)) == 10
    saved = unquote(page.links["Save them as a text file"].partition(",")[2])
    assert saved.splitlines()[2:] == made
    page = check_page(here.get(ACCOUNT))
    assert "Recovery codes left 10" in page.text
    assert made[0] not in page.text
    assert mails(site) == ["Your second step is on"]


def test_it_is_not_on_before_a_code_was_right(site: Flask, here: Browser) -> None:
    here.post(BEGIN)
    assert refused(here.post(SET_UP, {"code": ""})).errors == {"code": "Enter the code that the app shows"}
    page = refused(here.post(SET_UP, {"code": "000000"}))
    assert page.errors["code"].startswith("That code is not right.")
    assert shown_codes(page) == shown_codes(check_page(here.get(SET_UP)))
    assert not is_on(site)
    assert is_signed_in(Browser(site, email=CAT))


def test_sending_the_first_code_again_makes_no_other_recovery_codes(site: Flask, here: Browser) -> None:
    here.post(BEGIN)
    (key,) = shown_codes(check_page(here.get(SET_UP)))
    form = {"code": app_code(now(), key=key.replace(" ", ""))}
    assert here.post(SET_UP, form).status_code == 200
    assert here.post(SET_UP, form).status_code == 409
    assert here.get(SET_UP).headers["Location"] == ACCOUNT


def test_the_mail_leads_to_the_second_step_and_its_code_to_where_they_were_going(
    site: Flask, codes: tuple[str, ...]
) -> None:
    person = after_the_mail(site, going_to=ACCOUNT)
    assert not is_signed_in(person)
    page = check_page(person.get(STEP))
    (field,) = (e for e in page.root.iter("input") if e.get("name") == "code")
    assert (field.get("inputmode"), field.get("autocomplete")) == ("numeric", "one-time-code")
    code = right()
    answer = person.post(STEP, {"code": f" {code[:3]} {code[3:]} "})
    assert (answer.status_code, answer.headers["Location"]) == (303, ACCOUNT)
    assert is_signed_in(person)
    assert person.in_session(HALF_WAY) is None


def test_the_code_of_the_mail_leads_there_too(site: Flask, codes: tuple[str, ...]) -> None:
    person = Browser(site)
    person.post("/sign-in", {"email": CAT})
    with site.app_context(), reading() as session:
        mail = session.scalars(select(Message).where(Message.kind == "sign_in")).one()
        answer_code = str(mail.payload["code"])
    answer = person.post("/sign-in/check-your-email", {"code": answer_code})
    assert answer.headers["Location"] == STEP
    assert not is_signed_in(person)


def test_a_wrong_code_is_refused_and_says_how_many_tries_are_left(
    site: Flask, codes: tuple[str, ...]
) -> None:
    person = after_the_mail(site)
    assert set(refused(person.post(STEP, {})).errors) == {"code"}
    assert set(refused(person.post(STEP, {"code": "12"})).errors) == {"code"}
    page = refused(person.post(STEP, {"code": wrong()}))
    assert page.errors["code"] == "That code is not right, or was used before. Tries left: 4."
    assert person.post(STEP, {"code": right()}).headers["Location"] == "/home"


def test_five_wrong_codes_lock_also_for_the_right_one_and_a_new_mail(
    site: Flask, codes: tuple[str, ...]
) -> None:
    person = after_the_mail(site)
    for _ in range(5):
        page = refused(person.post(STEP, {"code": wrong()}))
    assert page.errors["code"].startswith("Too many wrong codes were typed. Wait ")
    again = after_the_mail(site)
    assert "Wait" in refused(again.post(STEP, {"code": right()})).errors["code"]
    assert "Wait" in refused(again.post(STEP, {"recovery_code": codes[0]})).errors["recovery_code"]
    assert not is_signed_in(again)


def test_a_code_lets_one_browser_in(site: Flask, codes: tuple[str, ...]) -> None:
    first, second, code = after_the_mail(site), after_the_mail(site), right()
    assert first.post(STEP, {"code": code}).status_code == 303
    assert refused(second.post(STEP, {"code": code})).errors["code"].startswith("That code is not right")
    assert not is_signed_in(second)


def test_a_recovery_code_lets_in_once(site: Flask, codes: tuple[str, ...]) -> None:
    person = after_the_mail(site)
    page = refused(person.post(STEP, {"recovery_code": "lost"}))
    assert page.errors == {"recovery_code": "Enter one of the codes from your list: 16 letters and numbers"}
    (behind,) = page.by_class("nhsuk-details")
    assert behind.get("open") is not None
    assert person.post(STEP, {"recovery_code": f" {codes[0].lower()} "}).headers["Location"] == "/home"
    assert "Recovery codes left 9" in check_page(person.get(ACCOUNT)).text
    again = after_the_mail(site)
    assert "recovery_code" in refused(again.post(STEP, {"recovery_code": codes[0]})).errors
    assert mails(site) == ["A recovery code was used"]


def test_few_recovery_codes_are_pointed_out(
    site: Flask, cat: int, here: Browser, codes: tuple[str, ...]
) -> None:
    assert "few recovery codes" not in check_page(here.get(ACCOUNT)).text
    with site.app_context(), unit_of_work() as session:
        for code in codes[:8]:
            recovery_codes.use_code(session, cat, code, now=now())
    assert "few recovery codes" in check_page(here.get(ACCOUNT)).text


@pytest.mark.parametrize("how", ["opens the page", "sends a code"])
def test_who_takes_too_long_begins_again_and_still_gets_to_where_they_were_going(
    site: Flask, clock: Traveller, codes: tuple[str, ...], how: str
) -> None:
    person = after_the_mail(site, going_to=ACCOUNT)
    clock.shift(sign_in.HALF_WAY_LIFE)
    answer = person.get(STEP) if how == "opens the page" else person.post(STEP, {"code": right()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert "You took longer than 10 minutes." in check_page(person.get("/sign-in")).text
    assert not is_signed_in(person)
    assert person.in_session(NEXT) == ACCOUNT


def test_who_has_not_been_let_in_by_a_mail_is_asked_for_it(site: Flask, codes: tuple[str, ...]) -> None:
    person = Browser(site)
    assert person.get(STEP).headers["Location"] == "/sign-in"
    assert person.post(STEP, {"code": right()}).headers["Location"] == "/sign-in"
    assert not is_signed_in(person)


def test_a_cookie_that_somebody_made_up_is_nobodys(site: Flask, cat: int, codes: tuple[str, ...]) -> None:
    forged = Flask("another site")
    forged.secret_key = "another secret"
    held = {HALF_WAY: [cat, "link", now().isoformat()], TOKEN: "made up"}
    serializer = forged.session_interface.get_signing_serializer(forged)  # type: ignore[attr-defined]
    person = Browser(site)
    person.client.set_cookie(site.config["SESSION_COOKIE_NAME"], serializer.dumps(held))
    assert person.get(STEP).headers["Location"] == "/sign-in"


def test_it_is_turned_off_after_a_code(site: Flask, here: Browser, codes: tuple[str, ...]) -> None:
    assert check_page(here.get(ACCOUNT)).links["Turn it off"] == OFF
    check_page(here.get(OFF))
    assert "code" in refused(here.post(OFF, {"code": wrong()})).errors
    assert is_on(site)
    assert here.post(OFF, {"code": right()}).headers["Location"] == ACCOUNT
    page = check_page(here.get(ACCOUNT))
    assert "The second step is off." in page.text
    assert page.form_to(BEGIN).buttons == ["Set up the second step"]
    assert here.get(OFF).headers["Location"] == ACCOUNT
    assert here.post(OFF, {"code": right()}).status_code == 409
    assert mails(site) == ["Your second step is off"]


def test_new_recovery_codes_are_made_after_a_code_and_shown_once(
    site: Flask, here: Browser, codes: tuple[str, ...]
) -> None:
    check_page(here.get(CODES))
    assert "code" in refused(here.post(CODES, {"code": wrong()})).errors
    page = check_page(here.post(CODES, {"recovery_code": codes[0]}))
    made = shown_codes(page)
    assert len(set(made) - set(codes)) == 10
    assert "recovery_code" in refused(here.post(CODES, {"recovery_code": codes[1]})).errors
    assert after_the_mail(site).post(STEP, {"recovery_code": made[0]}).headers["Location"] == "/home"


def test_to_leaders_there_are_no_such_pages(site: Flask) -> None:
    with site.app_context(), unit_of_work() as session:
        email = make_leader(session).user.email
    person = Browser(site, email=email)
    assert "second step" not in check_page(person.get(ACCOUNT)).text
    assert person.post(BEGIN).status_code == 404
    for path in (SET_UP, OFF, CODES):
        assert person.get(path).status_code == 404
        assert person.post(path, {"code": "123456"}).status_code == 404


def test_after_a_change_of_the_secret_key_the_page_says_what_to_do(
    site: Flask, codes: tuple[str, ...]
) -> None:
    with site.app_context(), unit_of_work() as session:
        other = cipher_for("another secret key of this installation")
        assert other is not None
        session.scalars(select(SecondStep)).one().sealed = other.encrypt(b"the key of the app")
    person = after_the_mail(site)
    page = refused(person.post(STEP, {"code": right()}))
    assert "Use a recovery code" in page.errors["code"]
    assert person.post(STEP, {"recovery_code": codes[0]}).headers["Location"] == "/home"


def test_a_code_sent_after_the_session_ended_is_not_kept(
    site: Flask, clock: Traveller, here: Browser, codes: tuple[str, ...]
) -> None:
    clock.shift(sign_in.IDLE + timedelta(minutes=1))
    sent = {"recovery_code": codes[0], "csrf_token": here.csrf_token()}
    answer = here.client.post(OFF, data=sent, headers={"Referer": f"http://127.0.0.1{OFF}"})
    assert answer.headers["Location"].startswith("/sign-in")
    assert here.in_session(NEXT) == OFF
    with site.app_context(), reading() as session:
        assert session.scalars(select(InterruptedForm)).all() == []


def test_the_lock_opens_an_hour_after_the_first_wrong_code(
    site: Flask, clock: Traveller, codes: tuple[str, ...]
) -> None:
    person = after_the_mail(site)
    for _ in range(5):
        person.post(STEP, {"code": wrong()})
    clock.shift(timedelta(hours=1))
    assert after_the_mail(site).post(STEP, {"code": right()}).headers["Location"] == "/home"
