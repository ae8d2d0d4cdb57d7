"""One served site whose database is exchanged for a prepared file of any state."""

import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from werkzeug.routing import Rule

from placement.db import unit_of_work
from placement.services import sign_in
from placement.services.mail_links import MailLinks
from placement.services.scope import Scope
from placement.web.auth import SENDER
from placement.web.sign_in import DEMO
from tests.browser.browser import make_app, served
from tests.browser.states import ROLES, STATES, People
from tests.databases import SqliteServer, dispose, settings
from tests.web.browsing import Browser
from tests.web.route_table import ROUTES

ID = re.compile(r".*_id")


@dataclass(frozen=True)
class Scene:
    """One state: its people at their browsers, and what the addresses of its pages hold."""

    state: str
    people: People
    browsers: Mapping[str, Browser]
    tokens: Mapping[str, str]

    def path(self, app: Flask, rule: Rule) -> str | None:
        """The address of `rule` in this state; None where there is nothing that it could name."""
        example = dict(ROUTES[rule.endpoint].example)
        if "token" in example and rule.endpoint in self.tokens:
            example["token"] = self.tokens[rule.endpoint]
        names = {name for name in rule.arguments if ID.fullmatch(name)}
        if not names <= self.people.ids.keys():
            return None
        values = example | {name: self.people.ids[name] for name in names}
        return app.url_map.bind("127.0.0.1").build(rule.endpoint, values)


@dataclass(frozen=True)
class Answer:
    """What the site says at one address, kept small."""

    status: int
    mimetype: str
    leads_on: bool
    packed: bytes

    @property
    def html(self) -> str:
        """The page."""
        return zlib.decompress(self.packed).decode()


@dataclass(eq=False)
class Stage:
    """The served site."""

    app: Flask
    address: str
    file: Path
    folder: Path
    scenes: dict[str, Scene] = field(default_factory=dict)
    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)

    def put_on(self, state: str) -> Scene:
        """Let the site be in `state`, as it was made; made when it is wanted first."""
        if state not in self.scenes:
            self._exchange(self.folder / "migrated.sqlite3")
            self.scenes[state] = self._make(state)
            dispose(self.app)
            shutil.copy(self.file, self._kept(state))
        else:
            self._exchange(self._kept(state))
        return self.scenes[state]

    def answer(self, scene: Scene, role: str, path: str) -> Answer:
        """What the site, which is in this state, says to somebody; asked once, for all tests that want it."""
        key = (scene.state, role, path)
        if key not in self.answers:
            told = scene.browsers[role].get(path)
            packed = zlib.compress(told.get_data() if told.mimetype == "text/html" else b"", 1)
            self.answers[key] = Answer(told.status_code, told.mimetype or "", bool(told.location), packed)
        return self.answers[key]

    def page(self, chromium: Chromium, scene: Scene, role: str) -> Page:
        """A browser of its own for somebody in this state."""
        page = chromium.new_context(locale="en-GB", timezone_id="Europe/London").new_page()
        self.enter(page, scene, role)
        return page

    def enter(self, page: Page, scene: Scene, role: str) -> None:
        """Be somebody in this state, and nobody else any more. The site keeps nothing but its cookie."""
        page.context.clear_cookies()
        if cookie := scene.browsers[role].client.get_cookie("placement"):
            page.context.add_cookies([{"name": "placement", "value": cookie.value, "url": self.address}])

    def _kept(self, state: str) -> Path:
        return self.folder / f"{state.replace(' ', '-')}.sqlite3"

    def _exchange(self, file: Path) -> None:
        dispose(self.app)
        for leftover in self.file.parent.glob(f"{self.file.name}-*"):
            leftover.unlink()
        shutil.copy(file, self.file)

    def _make(self, state: str) -> Scene:
        with self.app.app_context(), unit_of_work() as session:
            people = STATES[state](session)
        self.app.extensions[DEMO] = {"leader": people.emails["leader"]}
        browsers = {role: Browser(self.app, email=people.emails.get(role)) for role in ROLES}
        for browser in browsers.values():
            browser.csrf_token()  # stands in the cookie from now on
        return Scene(state, people, browsers, self._tokens(people))

    def _tokens(self, people: People) -> dict[str, str]:
        """What the links of mails hold, by the endpoint that they lead to."""
        links = MailLinks(self.app.extensions[SENDER], str(self.app.secret_key))
        with self.app.app_context(), unit_of_work() as session:
            scope, now = Scope.system(session), datetime.now(UTC)
            partner = scope.partner(people.ids["partner_id"])
            found = {
                "mail_links.show_subscription": links.unsubscribe(partner.user_id, "reminders"),
                "mail_links.show_offers": links.renewal(partner.id, now=now),
                # Of a moment to come, so that it is not over before a slow machine has come to its page.
                "sign_in.look_at_link": sign_in.one_time_link(
                    scope, people.emails["leader"], now=now + timedelta(hours=3)
                ),
            }
            if "offer_id" in people.ids:
                found["seat_link.show"] = links.seat_offer(people.ids["offer_id"])
        tokens = {name: urlsplit(link).path.rpartition("/")[2] for name, link in found.items()}
        return tokens | {WRITES[name]: token for name, token in tokens.items() if name in WRITES}


WRITES = {
    "mail_links.show_offers": "mail_links.renew_offers",
    "mail_links.show_subscription": "mail_links.unsubscribe",
    "seat_link.show": "seat_link.give",
    "sign_in.look_at_link": "sign_in.spend_link",
}


@contextmanager
def raised(server: SqliteServer, folder: Path) -> Iterator[Stage]:
    """The site until the block ends."""
    with server.database() as url:
        file = Path(url.removeprefix("sqlite:///"))
        shutil.copy(file, folder / "migrated.sqlite3")
        app = make_app(replace(settings(url, folder), demo=True))
        with served(app) as address:
            yield Stage(app, address, file, folder)
        dispose(app)
