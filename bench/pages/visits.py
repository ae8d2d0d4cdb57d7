"""Opens every page of the site as somebody of each role and says what each took."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median, quantiles

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from bench.pages.season import EMAILS, Season
from placement.db import db
from placement.web.auth import TOKEN

LONGEST, FEWEST = 4.0, 3
"""Seconds after which a slow page is not opened again, but so many times at least."""
OF_WHO_WAITS = frozenset({"coordinator.exchange_place"})
"""Pages about somebody who has no day, but for what the newest run proposes."""
PACKED = {"Accept-Encoding": "gzip"}
NOT_PAGES = frozenset({"static", "feed.read", "demo.enter", "public.healthz", "public.readyz"})
"""Endpoints that are measured elsewhere, or are no pages."""
ASSETS = (
    *("nhsuk-frontend-10.6.1.min.css", "nhsuk-frontend-10.6.1.min.js", "site.css", "site.js", "keys.js"),
    *("images/placement-logo.svg", "images/placement-icon.svg"),
)
"""What a browser fetches with its first page."""


@dataclass(frozen=True)
class Visit:
    """One page as one role: seconds of each visit, statements to the database, octets on the wire.

    `first` are the seconds of the first view after the cohort has changed.
    """

    role: str
    endpoint: str
    first: float
    seconds: tuple[float, ...]
    queries: int
    octets: int

    @property
    def middle(self) -> float:
        """The median of the seconds."""
        return median(self.seconds)

    @property
    def high(self) -> float:
        """The time within which 95 of 100 visits are answered."""
        return quantiles(self.seconds, n=20, method="inclusive")[-1]


def visits(season: Season, *, repeats: int) -> Iterator[Visit]:
    """Each page that somebody of a role may see, with the ids of the season."""
    ids = season.ids()
    rules = sorted(season.app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
    for role in EMAILS:
        client = season.app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = season.session_of(role)
        for rule in rules:
            path = _path(season, rule, ids)
            if path and _is_page(client.get(path)):
                yield _visited(season, client, role, rule.endpoint, path, repeats)


def _is_page(answer: TestResponse) -> bool:
    """Whether somebody sees this: neither a file to take away nor another page's address."""
    return answer.status_code == 200 and answer.mimetype == "text/html"


def asset_octets(season: Season) -> int:
    """Octets on the wire of all files that pages share."""
    client = season.app.test_client()
    return sum(len(client.get(f"/assets/{name}", headers=PACKED).data) for name in ASSETS)


def _path(season: Season, rule: Rule, ids: Mapping[str, int]) -> str | None:
    """The address of a page of the season; None where it has none."""
    if rule.endpoint in NOT_PAGES or "GET" not in (rule.methods or ()) or not rule.arguments <= set(ids):
        return None
    known = {**ids, "leader_id": ids["waiting_id"]} if rule.endpoint in OF_WHO_WAITS else ids
    own = {name: known[name] for name in rule.arguments}
    return season.app.url_map.bind("127.0.0.1").build(rule.endpoint, own)


def _visited(season: Season, client: FlaskClient, role: str, endpoint: str, path: str, repeats: int) -> Visit:
    with _statements(season) as said:
        answer = client.get(path, headers=PACKED)
    octets, queries = len(answer.data), len(said)
    season.change()
    first = _seconds(client, path)
    seconds: list[float] = []
    for _ in range(repeats):
        seconds.append(_seconds(client, path))
        if sum(seconds) > LONGEST and len(seconds) >= FEWEST:
            break
    return Visit(role, endpoint, first, tuple(seconds), queries, octets)


def _seconds(client: FlaskClient, path: str) -> float:
    start = time.perf_counter()
    client.get(path, headers=PACKED)
    return time.perf_counter() - start


@contextmanager
def _statements(season: Season) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    with season.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)
