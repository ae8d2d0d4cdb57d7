"""Every route as every visitor, on own, another cohort's and no object at all.

Faults are gathered into one list, so that one run names every page that lets the wrong person in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from placement.db import db, reading, unit_of_work
from placement.services import sign_in
from placement.web.auth import TOKEN, now
from placement.web.compression import padded_gzip
from placement.web.sign_in import DEMO
from tests.conftest import Server, server
from tests.databases import SqliteServer, dispose, settings
from tests.web.browsing import Browser
from tests.web.conftest import MakeSite
from tests.web.crowd import NEVER_WAS, TOO_LARGE, Crowd, make_crowd
from tests.web.page import faults, parse
from tests.web.route_table import ANYONE, ROUTES, Route

__all__ = ["server"]  # on both kinds of database

pytestmark = pytest.mark.timeout(400)  # a test opens every page as everybody

SAFE = {"GET"}
OWN_COHORT = frozenset({"leader", "partner", "coordinator", "viewer"})
WITHOUT_FRAME = frozenset(
    {"public.healthz", "public.readyz", "static", "coordinator.show_html", "demo_outbox.show_html"}
)
"""Answers for programs, and the HTML of a mail, which stands in another page."""
MOST_OCTETS = 12_000
"""Of a page beside the files that all pages share, which may be 48,000, for 60,000 at the first visit."""
SIGNED_OUT = "signed out"
REFUSALS = {409, 410, 422, 429}
"""What a page may answer to somebody who may see it."""
NEW_EACH_TIME = re.compile(r'nonce="[^"]*"|nonce-[\w-]+|name="csrf_token" value="[^"]*"|data-seconds="\d+"')


@dataclass(frozen=True)
class Matrix:
    """The site with its crowd, and a session for each visitor."""

    app: Flask
    crowd: Crowd
    tokens: dict[str, str] = field(default_factory=dict)

    def calls(self) -> Iterator[tuple[Rule, str]]:
        """Each rule with each of its methods, GET first: pages are seen before forms change them."""
        calls = [
            (rule, method)
            for rule in self.app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        ]
        return iter(sorted(calls, key=lambda call: (call[1] not in SAFE, call[0].endpoint)))

    def object_calls(self) -> Iterator[tuple[Rule, str, str, str]]:
        """Those whose address names an object, with each visitor who may, and the name of each object."""
        for rule, method in self.calls():
            for who in sorted(ROUTES[rule.endpoint].visitors - {SIGNED_OUT}):
                for name in ids_in(rule):
                    yield rule, method, who, name

    def path(self, rule: Rule, ids: Mapping[str, int]) -> str:
        """The address of `rule` for these objects."""
        values = {**ROUTES[rule.endpoint].example, **{name: ids[name] for name in ids_in(rule)}}
        return self.app.url_map.bind("127.0.0.1").build(rule.endpoint, values)

    def as_visitor(self, who: str, method: str, path: str) -> TestResponse:
        """The answer to `who`, in a browser of their own, with the form's token."""
        browser = self.browser_of(who)
        return browser.get(path) if method in SAFE else browser.post(path)

    def browser_of(self, who: str) -> Browser:
        """A new browser that knows nothing but the session of `who`."""
        email = self.crowd.emails.get(who)
        if email is None:
            return Browser(self.app)
        if not self._goes_on(who):
            self.tokens[who] = Browser(self.app, email=email).in_session(TOKEN) or ""
        return Browser(self.app, token=self.tokens[who])

    def _goes_on(self, who: str) -> bool:
        """Whether the session of `who` was begun, and not ended by a page since."""
        with self.app.app_context(), reading() as session:
            return sign_in.whoami(session, self.tokens.get(who, ""), now=now()) is not None


def ids_in(rule: Rule) -> list[str]:
    """The names of objects in the address of `rule`."""
    return sorted(name for name in rule.arguments if name.endswith("_id"))


@pytest.fixture(scope="module")
def matrix(server: Server, make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    yield from peopled(server, make_site, tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="module")
def one_matrix(
    sqlite_server: SqliteServer, make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    """The same on one kind of database, for what the other has no part in."""
    yield from peopled(sqlite_server, make_site, tmp_path_factory.mktemp("one_matrix"))


def peopled(server: Server, make_site: MakeSite, folder: Path) -> Iterator[Matrix]:
    with server.database() as url:
        app = make_site(replace(settings(url, folder), demo=True))
        with app.app_context(), unit_of_work() as session:
            crowd = make_crowd(session)
        app.extensions[DEMO] = {"leader": crowd.emails["leader"]}
        yield Matrix(app, crowd)
        dispose(app)


def test_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route(one_matrix: Matrix) -> None:
    assert {rule.endpoint for rule in one_matrix.app.url_map.iter_rules()} == set(ROUTES)


def test_the_crowd_has_everybody_whom_the_table_names(one_matrix: Matrix) -> None:
    assert {SIGNED_OUT, *one_matrix.crowd.emails} == ANYONE


def test_everybody_gets_to_their_own_pages_and_to_no_others(matrix: Matrix) -> None:
    faults = []
    for rule, method in matrix.calls():
        path = matrix.path(rule, matrix.crowd.own)
        for who in sorted(ANYONE):
            answer = matrix.as_visitor(who, method, path)
            fault = _fault(answer, ROUTES[rule.endpoint], who)
            if fault:
                faults.append(f"{method} {path} ({rule.endpoint}) as {who}: {fault}")
    assert faults == []


def test_objects_of_another_cohort_are_not_there_just_as_objects_that_never_were(matrix: Matrix) -> None:
    faults = []
    for rule, method, who, name in matrix.object_calls():
        if ROUTES[rule.endpoint].all_cohorts:
            continue
        theirs, never = (
            matrix.as_visitor(who, method, matrix.path(rule, matrix.crowd.own | {name: other}))
            for other in (matrix.crowd.foreign[name], NEVER_WAS)
        )
        if (theirs.status_code, never.status_code) != (404, 404):
            faults.append(f"{method} {rule} as {who}: {name} {theirs.status} / {never.status}")
        if _seen(theirs) != _seen(never):
            faults.append(f"{method} {rule} as {who}: another's {name} looks different from none")
    assert faults == []


def test_ids_that_are_too_large_for_the_database_are_no_addresses(one_matrix: Matrix) -> None:
    faults = []
    for rule, method, who, name in one_matrix.object_calls():
        answer = one_matrix.as_visitor(
            who, method, one_matrix.path(rule, one_matrix.crowd.own | {name: TOO_LARGE})
        )
        if answer.status_code not in {404, 405}:
            faults.append(f"{method} {rule} as {who}: {name} {answer.status}")
    assert faults == []


def test_no_form_is_taken_without_its_token(one_matrix: Matrix) -> None:
    faults = []
    for rule, method in one_matrix.calls():
        if method in SAFE:
            continue
        path = one_matrix.path(rule, one_matrix.crowd.own)
        for who in sorted(ROUTES[rule.endpoint].visitors):
            client = one_matrix.browser_of(who).client
            answer = client.open(path, method=method, data={"csrf_token": "made up"})
            if answer.status_code != 400:
                faults.append(f"{method} {path} as {who}: {answer.status}")
    assert faults == []


def test_looking_at_a_page_twice_changes_nothing(matrix: Matrix) -> None:
    browsers = {who: matrix.browser_of(who) for who in matrix.crowd.emails}
    before = _row_counts(matrix.app)
    for rule, method in matrix.calls():
        if method in SAFE:
            for who in sorted(ROUTES[rule.endpoint].visitors - {SIGNED_OUT}):
                for _ in range(2):
                    browsers[who].get(matrix.path(rule, matrix.crowd.own))
    assert _row_counts(matrix.app) == before


def test_every_page_parses_strictly_keeps_what_all_pages_keep_and_is_light(one_matrix: Matrix) -> None:
    """The files that all pages share are weighed in `test_headers`."""
    found = []
    for rule, method in one_matrix.calls():
        if method not in SAFE or rule.endpoint in WITHOUT_FRAME:
            continue
        path = one_matrix.path(rule, one_matrix.crowd.own)
        for who in sorted(ROUTES[rule.endpoint].visitors & OWN_COHORT):
            answer = one_matrix.as_visitor(who, method, path)
            if answer.mimetype == "text/html" and not answer.location:
                found += [f"{path} as {who}: {fault}" for fault in faults(parse(answer))]
                if len(packed := padded_gzip(answer.data)) > MOST_OCTETS:
                    found.append(f"{path} as {who}: {len(packed)} octets")
    assert found == []


def _fault(answer: TestResponse, route: Route, who: str) -> str | None:
    """What is wrong with the answer to `who`; None when nothing is."""
    turned_away = answer.headers.get("Location", "").partition("?")[0] == "/sign-in"
    if route.by_signature:
        return None if answer.status_code in {403, 404} else answer.status
    if who in route.visitors:
        right = answer.status_code < 400 or answer.status_code in REFUSALS
        turned_away = turned_away and not route.visitors >= ANYONE
        return None if right and not turned_away else answer.status
    if who == SIGNED_OUT:
        return None if answer.status_code == 303 and turned_away else answer.status
    return None if answer.status_code == 404 else answer.status


def _seen(answer: TestResponse) -> str:
    return NEW_EACH_TIME.sub("", answer.get_data(as_text=True))


def _row_counts(app: Flask) -> dict[str, int]:
    with app.app_context(), reading() as session:
        tables = db.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
