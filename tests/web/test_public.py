"""Public pages: for anyone, complete, and without a database."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from placement import web
from placement.app import create_app
from placement.config import Config
from placement.db import unit_of_work
from tests.databases import settings
from tests.factories.outbox import make_message
from tests.factories.work import make_schedule, make_worker
from tests.web.gallery import PUBLIC_PAGES, gallery_app
from tests.web.page import check_page, record_unknown_names


@pytest.fixture(scope="module")
def app_without_database(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return gallery_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def client(app_without_database: Flask) -> FlaskClient:
    return app_without_database.test_client()


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_public_pages_keep_the_rules_of_every_page_and_set_no_cookie(
    app_without_database: Flask, client: FlaskClient, address: str
) -> None:
    unknown = record_unknown_names(app_without_database)
    answer = client.get(address)
    assert check_page(answer).status == 200
    assert unknown == []
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_every_page_leads_to_help_and_to_the_statements_and_names_the_source_of_its_data(
    client: FlaskClient, address: str
) -> None:
    page = check_page(client.get(address))
    names = ["Help", "How places are decided", "Accessibility", "Privacy", "Cookies"]
    for name in names:
        assert client.get(page.links[name]).status_code == 200
    assert "Contains OS data © Crown copyright" in "".join(page.one("footer").itertext())


@pytest.mark.parametrize("address", ["/help", "/accessibility", "/privacy", "/how-places-are-decided"])
def test_a_person_can_be_written_to(client: FlaskClient, address: str) -> None:
    page = check_page(client.get(address))
    assert page.links["placements@placement.example"] == "mailto:placements@placement.example"


def test_the_header_names_who_is_signed_in_and_lets_them_out(client: FlaskClient) -> None:
    page = check_page(client.get("/gallery?signed-in"))
    assert "Ada Field, Bay Trust" in "".join(page.one("header").itertext())
    assert page.form_to("/sign-out").buttons == ["Sign out"]
    assert page.form_to("/sign-out").method == "post"
    current = [a for a in page.root.iter("a") if a.get("aria-current") == "page"]
    assert ["".join(a.itertext()) for a in current] == ["My choices"]


def test_the_first_link_skips_to_the_content(client: FlaskClient) -> None:
    page = check_page(client.get("/help"))
    assert next(iter(page.links.items())) == ("Skip to main content", "#maincontent")


def test_no_page_shows_the_mark_of_the_nhs(client: FlaskClient) -> None:
    for address in PUBLIC_PAGES:
        header = check_page(client.get(address)).one("header")
        assert [i.get("alt") for i in header.iter("img")] == ["Placement"]
        assert not any(e.get("class") == "nhsuk-header__logo" for e in header.iter())


def test_health_is_answered_without_a_database(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")


def ready(app: Flask) -> tuple[int, dict[str, Any], str]:
    """What a monitor is answered: the status, the parts, and the whole text."""
    answer = app.test_client().get("/readyz")
    return answer.status_code, json.loads(answer.text), answer.text


def test_a_monitor_is_told_whether_work_is_done_in_figures_without_names(app: Flask, config: Config) -> None:
    web.init_web(app, config)
    now = datetime.now(UTC)
    status, told, _ = ready(app)
    assert (status, told["ready"]) == (200, True), "a new site that owes nothing"
    assert told["worker"] == {"well": True, "running": 0, "engines": [], "seen_seconds": None}
    with unit_of_work() as session:
        make_message(session, due_at=now - timedelta(minutes=10), recipient="ada@people.example", attempts=2)
        make_schedule(session, name="retention", last_error="no room for ada@people.example")
    status, told, late = ready(app)
    assert (status, told["worker"]["well"]) == (503, False)
    assert told["work"]["oldest_mail_seconds"] >= 600
    assert (told["work"]["mails"]["todo"], told["work"]["attempts"]) == (1, 2)
    assert told["periodic"] == {"failed": ["retention"]}
    with unit_of_work() as session:
        make_worker(session, name="host-of-ours", started_at=now, seen_at=now)
    status, told, begun = ready(app)
    assert (status, told["worker"]["running"]) == (200, 1), "it has just been started"
    assert not any(word in late + begun for word in ("ada", "host-of-ours", "room"))


def test_a_monitor_is_told_that_the_database_is_away(tmp_path: Path) -> None:
    app = create_app(settings("postgresql+psycopg://nobody@127.0.0.1:1/absent", tmp_path))
    assert ready(app)[:2] == (503, {"ready": False, "database": {"well": False}})
