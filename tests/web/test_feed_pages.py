"""The page of a calendar feed: made, shown once, renewed, stopped; the same for all three roles."""

import pytest
from flask import Flask

from tests.web.feed_people import PURPOSES, FeedPeople, address_on, make_feed_people
from tests.web.page import Page, check_page, record_unknown_names

LEADS_THERE = {"leader": "placement", "partner": "", "coordinator": ""}


@pytest.fixture
def people(site: Flask) -> FeedPeople:
    return make_feed_people(site)


def shows_address(page: Page) -> bool:
    return "feed-address" in page.ids


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_feed_is_made_shown_once_renewed_and_stopped(people: FeedPeople, purpose: str) -> None:
    unknown = record_unknown_names(people.app)
    browser, url = people.browser(purpose), people.feed_page(purpose)
    empty = check_page(browser.get(url))
    assert (empty.h1, shows_address(empty)) == ("Calendar feed", False)
    form = empty.form_to(url)
    assert form.buttons == ["Make my calendar feed"]
    made = check_page(browser.post(url, form.values))
    first = address_on(made)
    assert made.links["Open it in the calendar of this device"] == first.replace("http://", "webcal://")
    assert made.links["See what is in it"] == first
    assert "Not yet" in made.text
    again = check_page(browser.get(url))
    assert not shows_address(again)
    renewed = check_page(browser.post(url, again.form_to(url).values))
    second = address_on(renewed)
    stop = renewed.form_to(f"{url}/stop")
    assert stop.buttons == ["Stop the feed"]
    assert people.read(first.partition("8000")[2]).status_code == 404
    assert people.read(second.partition("8000")[2]).status_code == 200
    assert "Not yet" not in check_page(browser.get(url)).text
    stopped = browser.post(stop.action, stop.values)
    assert (stopped.status_code, stopped.headers["Location"]) == (303, url)
    after = check_page(browser.get(url))
    assert "The feed is stopped." in after.text
    assert after.form_to(url).buttons == ["Make my calendar feed"]
    assert people.read(second.partition("8000")[2]).status_code == 404
    assert unknown == []


@pytest.mark.parametrize("purpose", PURPOSES)
def test_sending_the_form_again_makes_no_second_address(people: FeedPeople, purpose: str) -> None:
    browser, url = people.browser(purpose), people.feed_page(purpose)
    form = check_page(browser.get(url)).form_to(url)
    address = address_on(check_page(browser.post(url, form.values)))
    again = check_page(browser.post(url, form.values))
    assert (again.status, shows_address(again)) == (409, False)
    assert "nothing was changed" in again.text
    assert people.read(address.partition("8000")[2]).status_code == 200
    late = check_page(browser.post(f"{url}/stop", form.values))
    assert late.status == 409
    assert people.read(address.partition("8000")[2]).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"seen": ""}, {"seen": "x"}, {"seen": "-1"}, {"seen": "9" * 40}])
def test_a_form_that_does_not_say_what_it_saw_changes_nothing(
    people: FeedPeople, sent: dict[str, str]
) -> None:
    browser, url = people.browser("leader"), people.feed_page("leader")
    for action in (url, f"{url}/stop"):
        assert check_page(browser.post(action, sent)).status == 409


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_pages_of_each_role_lead_to_its_feed(people: FeedPeople, purpose: str) -> None:
    page = check_page(people.browser(purpose).get(people.pages[purpose] + LEADS_THERE[purpose]))
    assert people.feed_page(purpose) in page.links.values()


def test_the_page_says_honestly_what_a_feed_cannot_do(people: FeedPeople) -> None:
    text = check_page(people.browser("leader").get(people.feed_page("leader"))).text
    assert "Google shows a change after up to a day" in text
    assert "each day is shown twice" in text
    assert "Whoever has the address can read the feed without signing in" in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_page_that_shows_an_address_is_kept_by_no_cache(people: FeedPeople, purpose: str) -> None:
    browser, url = people.browser(purpose), people.feed_page(purpose)
    answer = browser.post(url, check_page(browser.get(url)).form_to(url).values)
    assert answer.headers["Cache-Control"] == "no-store"
    cookies = " ".join(answer.headers.getlist("Set-Cookie"))
    assert address_on(check_page(answer)).partition("/feed/")[2] not in cookies
