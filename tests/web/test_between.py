"""Pages between a form and its deed: shown by GET, from an address that is good for one person alone."""

import random
import string
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from flask import Flask

from placement.db import reading
from placement.models import Withdrawal
from placement.services.carried_forms import seal_fields
from placement.services.scope import Scope
from placement.web.between import ARGUMENT, LONGEST
from tests.factories.people import make_partner
from tests.web.browsing import Browser
from tests.web.hosting import come, tell_partner
from tests.web.page import check_page
from tests.web.partners import JUNE, Partners, partner

__all__ = ["partner"]

SAID = {"reason": "staff", "words": "Two drivers are away & more"}


@pytest.fixture
def path(partner: Partners) -> str:
    """Of the page on which a day is withdrawn to which somebody comes."""
    slot_id = partner.make_day()
    come(partner, slot_id, "Joanne Webster")
    tell_partner(partner, slot_id)
    return f"{partner.url}days/{slot_id}/withdraw"


def address(partner: Partners, path: str, **said: str) -> str:
    """Of the page that shows what it would do."""
    answer = partner.browser.send(path, {**SAID, "step": "look", **said})
    assert answer.status_code == 303
    return str(answer.location)


def test_a_form_to_be_looked_at_leads_to_a_page_that_hides_what_was_typed(
    partner: Partners, path: str
) -> None:
    found = address(partner, path)
    assert urlsplit(found).path == path
    assert "drivers" not in found
    for _ in range(2):
        page = check_page(partner.browser.get(found))
        assert (page.status, page.h1) == (200, "What it would do")
        assert SAID["words"] in page.text
    assert partner.slot().status == "open"


def test_the_address_of_somebody_else_of_another_page_or_of_nothing_opens_the_plain_form(
    site: Flask, partner: Partners, path: str
) -> None:
    found = address(partner, path)
    sealed = found.partition("=")[2]
    other = f"{partner.url}days/{partner.make_day(starts_at=JUNE + timedelta(weeks=1))}/withdraw"
    for wrong in (f"{other}?{ARGUMENT}={sealed}", f"{path}?{ARGUMENT}={sealed[:-9]}", f"{path}?{ARGUMENT}=é"):
        page = check_page(partner.browser.get(wrong))
        assert (page.status, page.h1) == (200, "Withdraw this day")
        assert "drivers" not in page.text
    assert Browser(site).get(found).location.startswith("/sign-in")
    with site.app_context(), reading() as session:
        stranger = make_partner(session).user
        scope = Scope.of_user(session, stranger.id)
        theirs = seal_fields(scope, path, [*SAID.items(), ("step", "look")])
    assert check_page(partner.browser.get(f"{path}?{ARGUMENT}={theirs}")).h1 == "Withdraw this day"


def test_no_address_presses_the_button_that_does_it(site: Flask, partner: Partners, path: str) -> None:
    form = check_page(partner.browser.get(address(partner, path))).forms[-1]
    with site.app_context(), reading() as session:
        scope = Scope.of_user(session, Scope.system(session).partner(partner.id).user_id)
        sealed = seal_fields(scope, path, [*form.values.items(), ("step", "save")])
    page = check_page(partner.browser.get(f"{path}?{ARGUMENT}={sealed}"))
    assert page.h1 == "Withdraw this day"
    with site.app_context(), reading() as session:
        assert session.query(Withdrawal).count() == 0
    assert partner.slot().status == "open"


def test_what_no_address_can_hold_is_answered_with_the_page_itself(partner: Partners, path: str) -> None:
    noise = "".join(random.Random(1).choices(string.ascii_letters, k=2 * LONGEST))
    sent = {**SAID, "about": noise, "more": noise, "step": "look", "csrf_token": partner.browser.csrf_token()}
    page = check_page(partner.browser.client.post(path, data=sent, buffered=True))
    assert (page.status, page.h1) == (200, "What it would do")
