"""Calendar feeds as calendar programs read them, without signing in."""

import gzip
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from placement.db import Base, db, reading, unit_of_work
from placement.models import (
    Cohort,
    Coordinator,
    Feed,
    Hit,
    Invite,
    Leader,
    Opportunity,
    Organisation,
    Partner,
    Placement,
    Site,
    Slot,
)
from placement.services import feeds
from placement.services.scope import Scope
from tests.conftest import server
from tests.factories.clock import NOON
from tests.web.coordinator_desk import queries_of
from tests.web.feed_people import PURPOSES, SOON, FeedPeople, make_feed_people

__all__ = ["server"]  # on both kinds of database

NEW_EACH_TIME = re.compile(r'nonce="[^"]*"')
PLANTED = "planted-token-of-somebody"


@pytest.fixture
def people(site: Flask) -> FeedPeople:
    return make_feed_people(site)


def seen(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """All that somebody sees of an answer, but for the words that are new each time."""
    headers = [(name, value) for name, value in answer.headers if name != "Content-Security-Policy"]
    return answer.status_code, NEW_EACH_TIME.sub("", answer.get_data(as_text=True)), headers


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_feed_is_a_calendar_that_only_its_reader_keeps_and_asks_for_again(
    people: FeedPeople, purpose: str
) -> None:
    answer = people.read(people.make(purpose))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert re.fullmatch(r'"[0-9a-f]{64}"', answer.headers["ETag"])
    assert answer.last_modified is not None
    assert "Set-Cookie" not in answer.headers
    event = vobject.readOne(answer.text).vevent
    assert "Food parcels" in event.summary.value


def test_a_leader_finds_the_entry_of_the_mail(people: FeedPeople) -> None:
    event = vobject.readOne(people.read(people.make("leader")).text).vevent
    assert (event.uid.value, event.sequence.value) == (people.invite_uid, "2")
    assert event.url.value == f"http://127.0.0.1:8000{people.pages['leader']}placement"


def test_a_partner_finds_who_comes_and_no_addresses_or_needs(people: FeedPeople) -> None:
    text = people.read(people.make("partner")).text.replace("\r\n ", "")
    assert "Ada Field\\, Bay Trust" in text
    assert people.emails["leader"] not in text
    assert "mailto:" not in text
    assert "planted" not in text


def test_links_in_a_feed_lead_to_pages_of_its_owner(people: FeedPeople) -> None:
    for purpose in PURPOSES:
        event = vobject.readOne(people.read(people.make(purpose)).text).vevent
        path = event.url.value.removeprefix("http://127.0.0.1:8000")
        assert people.browser(purpose).get(path).status_code == 200


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_program_that_has_the_newest_days_is_told_so_and_nothing_is_made(
    people: FeedPeople, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    path = people.make("partner")
    first = people.read(path, Accept_Encoding=encoding)
    monkeypatch.setattr("placement.adapters.feed.build", None)  # whoever calls it fails
    again = people.read(path, Accept_Encoding=encoding, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Referrer-Policy"):
        assert again.headers[name] == first.headers[name]
    for asked in ("*", f'"other", {first.headers["ETag"]}', f"W/{first.headers['ETag']}"):
        assert people.read(path, If_None_Match=asked).status_code == 304


def test_a_change_is_sent_to_a_program_that_has_older_days(people: FeedPeople) -> None:
    path = people.make("leader")
    first = people.read(path)
    with people.app.app_context(), unit_of_work() as session:
        session.query(Opportunity).one().title = "Food and clothes"
    again = people.read(path, If_None_Match=first.headers["ETag"])
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]
    assert "Food and clothes" in again.text


LATER = SOON + timedelta(days=3)
SHOWN: tuple[tuple[type[Base], dict[str, object], tuple[str, ...]], ...] = (
    (Opportunity, {"title": "Food and clothes"}, PURPOSES),
    (Opportunity, {"what_to_know": "Bring gloves."}, ("leader",)),
    (Partner, {"name": "Harbour Food Bank"}, PURPOSES),
    (Partner, {"contact_name": "Kit Moor"}, ("leader",)),
    (Partner, {"phone": "01632 960099"}, ("leader",)),
    (Site, {"address": "2 Low Street"}, PURPOSES),
    (Site, {"postcode": "FY4 4ZZ"}, PURPOSES),
    (Site, {"latitude": 50.5}, PURPOSES),
    (Site, {"longitude": -2.5}, PURPOSES),
    (Slot, {"starts_at": LATER, "ends_at": LATER + timedelta(hours=2)}, PURPOSES),
    (Slot, {"capacity": 9}, ("coordinator",)),
    (Leader, {"name": "Adela Field"}, ("partner",)),
    (Organisation, {"name": "Cliff Trust"}, ("partner",)),
    (Leader, {"organisation_id": None}, ("partner",)),
    (Cohort, {"name": "Autumn cohort"}, PURPOSES),
    (Invite, {"uid": "another@placement.example"}, ("leader",)),
    (Invite, {"sequence": 7}, ("leader",)),
    (Invite, {"revision": 9}, ("partner", "coordinator")),
    (Invite, {"dtstamp": SOON}, PURPOSES),
    (Invite, {"created_at": NOON + timedelta(days=2)}, ("leader",)),
    (Placement, {"confirmed_at": NOON + timedelta(days=1)}, ("partner", "coordinator")),
    (Placement, {"status": "cancelled", "cancelled_at": datetime.now(UTC)}, PURPOSES),
)
"""Everything that feeds show, and which of them."""


def test_whatever_is_shown_gives_a_new_tag_when_it_changes(people: FeedPeople) -> None:
    paths = {purpose: people.make(purpose) for purpose in PURPOSES}
    before = {purpose: people.read(path) for purpose, path in paths.items()}
    for model, values, purposes in SHOWN:
        with people.app.app_context(), unit_of_work() as session:
            session.execute(update(model).values(**values))
        after = {purpose: people.read(path) for purpose, path in paths.items()}
        for purpose, path in paths.items():
            said = (model.__name__, values, purpose)
            changed = after[purpose].data != before[purpose].data
            assert changed == (purpose in purposes), said
            old, new = before[purpose].headers["ETag"], after[purpose].headers["ETag"]
            assert not changed or old != new, said
            assert people.read(path, If_None_Match=new).status_code == 304, said
            assert people.read(path, If_None_Match=old).status_code == (304 if old == new else 200), said
        before = after


def test_the_time_of_the_last_change_alone_is_never_taken_for_unchanged(people: FeedPeople) -> None:
    path = people.make("leader")
    last = people.read(path).headers["Last-Modified"]
    assert people.read(path, If_Modified_Since=last).status_code == 200


def test_a_feed_travels_compressed_where_that_is_taken(people: FeedPeople) -> None:
    path = people.make("coordinator")
    plain, zipped = people.read(path), people.read(path, Accept_Encoding="gzip, br")
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(zipped.data) == plain.data
    assert zipped.headers["ETag"] != plain.headers["ETag"], "other octets need another strong tag"
    assert people.read(path, Accept_Encoding="gzip").data == zipped.data


def test_head_gives_the_headers_alone(people: FeedPeople) -> None:
    path = people.make("partner")
    whole, head = people.read(path), people.app.test_client().head(path)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


def test_reading_is_noted_once_in_a_while_and_writes_nothing_else(people: FeedPeople) -> None:
    path = people.make("partner")
    people.read(path)
    with queries_of(people.app) as asked:
        people.read(path)
    assert not [statement for statement in asked if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
    with people.app.app_context(), reading() as session:
        assert session.query(Feed).one().last_used_at is not None


def test_wrong_revoked_and_foreign_tokens_get_the_same_answer(people: FeedPeople) -> None:
    browser = people.browser("leader")
    revoked = people.make("leader", browser)
    people.make("leader", browser)
    coordinators = people.make("coordinator")
    with people.app.app_context(), unit_of_work() as session:
        session.query(Coordinator).one().role = "viewer"  # no longer theirs to read
    asked = (
        revoked,
        coordinators,
        f"/feed/{PLANTED}.ics",
        "/feed/x.ics",
        revoked.replace(".ics", "A.ics"),
        f"/feed/{'y' * 3000}.ics",
        "/feed/%00%C3%A9.ics",
    )
    answers = [seen(people.read(path)) for path in asked]
    assert {status for status, _, _ in answers} == {404}
    assert [answer for answer in answers if answer != answers[0]] == []


def test_a_signed_in_visitor_sees_no_more_of_a_wrong_address_than_anybody(people: FeedPeople) -> None:
    path = f"/feed/{PLANTED}.ics"
    assert seen(people.browser("leader").get(path)) == seen(people.read(path))


def test_a_feed_opens_nothing_but_itself(people: FeedPeople) -> None:
    token = people.make("leader").removeprefix("/feed/").removesuffix(".ics")
    client = people.app.test_client()
    assert client.get(f"/sign-in/link/{token}").status_code == 410
    assert client.get(people.feed_page("leader")).status_code == 303


def test_who_tries_addresses_is_stopped_while_those_who_have_one_read_on(people: FeedPeople) -> None:
    path = people.make("leader")
    answers = [people.read(f"/feed/{number}.ics").status_code for number in range(feeds.MISSES.most + 5)]
    assert answers == [404] * feeds.MISSES.most + [429] * 5
    assert people.read(path).status_code == 200
    elsewhere = people.app.test_client().get(
        f"/feed/{PLANTED}.ics", environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )
    assert elsewhere.status_code == 404
    with people.app.app_context(), reading() as session:
        assert session.scalar(select(func.sum(Hit.count))) == feeds.MISSES.most + 1


def test_a_token_stands_in_no_log_whatever_goes_wrong(
    people: FeedPeople, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = people.make("leader")
    token = path.removeprefix("/feed/").removesuffix(".ics")
    people.read(path)
    people.read(f"/feed/{PLANTED}.ics")
    monkeypatch.setattr("placement.adapters.feed.build", None)
    assert people.read(path).status_code == 500
    logging.getLogger("waitress").error("Exception while serving %s", path)
    logging.getLogger("gunicorn.access").warning('"GET %(path)s HTTP/1.1"', {"path": path})
    assert caplog.text.count("/feed/***") == 3
    assert token not in caplog.text
    assert PLANTED not in caplog.text


def test_a_sign_in_link_stands_in_no_log_either(
    people: FeedPeople, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("placement.services.sign_in.look_at_link", None)
    assert people.app.test_client().get(f"/sign-in/link/{PLANTED}").status_code == 500
    assert "/sign-in/link/***" in caplog.text
    assert PLANTED not in caplog.text


def test_a_token_stands_nowhere_in_the_database(people: FeedPeople) -> None:
    path = people.make("coordinator")
    people.read(path)
    token = path.removeprefix("/feed/").removesuffix(".ics")
    with people.app.app_context(), reading() as session:
        for table in db.metadata.sorted_tables:
            assert token not in repr(session.execute(select(table)).all())


def test_a_feed_made_elsewhere_is_stopped_with_its_owner_s_role(people: FeedPeople) -> None:
    """The token says who asks, not what they may see: that is asked each time."""
    with people.app.app_context(), unit_of_work() as session:
        leader = session.query(Leader).one()
        scope = Scope.of_user(session, leader.user_id)
        path = feeds.make_feed(scope, "leader", leader.id, seen=0, now=NOON)
        coordinator = session.query(Coordinator).one()
        leader.user_id = coordinator.user_id
    assert people.read(path).status_code == 404
