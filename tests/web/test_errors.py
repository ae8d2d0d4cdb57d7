"""Error pages: the same look, plain words, a way out, and the right status."""

from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask, abort, make_response, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, TooManyRequests

from placement.domain.errors import PlacementError
from placement.web.errors import STATUS_BY_CODE, TITLES, status_of
from tests.web.gallery import gallery_app
from tests.web.page import check_page, record_unknown_names

STATUSES = [400, 403, 404, 405, 410, 413, 422, 429, 500, 503]


class DatabaseGone(Exception):
    """Stands for what a database driver raises."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return failing_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def failing_app(folder: Path) -> Flask:
    app = gallery_app(folder, unavailable=(DatabaseGone,))
    app.add_url_rule("/abort/<int:status>", view_func=abort_with)
    app.add_url_rule("/rule/<code>", view_func=break_rule)
    app.add_url_rule("/bug", view_func=fail)
    app.add_url_rule("/gone", view_func=lose_database)
    app.add_url_rule("/answer", view_func=abort_with_answer)
    app.add_url_rule("/folder/", view_func=lambda: "here", endpoint="folder")
    return app


def abort_with(status: int) -> ResponseReturnValue:
    if status == 429:
        raise TooManyRequests(retry_after=90)
    if status == 405:
        raise MethodNotAllowed(valid_methods=["POST"])
    abort(status)


def abort_with_answer() -> ResponseReturnValue:
    abort(make_response(redirect("/help")))


def fail() -> ResponseReturnValue:
    raise ZeroDivisionError


def lose_database() -> NoReturn:
    raise DatabaseGone


def break_rule(code: str) -> ResponseReturnValue:
    raise rule(code)


def rule(code: str) -> PlacementError:
    """An error of that code, with a message that needs escaping."""
    made = type("MadeUp", (PlacementError,), {"code": code, "message": "Nothing <changed>: {why}."})
    error = made(why="too late")
    assert isinstance(error, PlacementError)
    return error


@pytest.mark.parametrize("status", STATUSES)
def test_each_error_has_a_page_in_the_same_look_with_a_way_out(
    app: Flask, client: FlaskClient, status: int
) -> None:
    unknown = record_unknown_names(app)
    page = check_page(client.get(f"/abort/{status}"))
    assert page.status == status
    assert page.links["Go to the start page"] == "/"
    assert page.links["get help"] == "/help"
    assert unknown == []


def test_each_error_page_says_something_of_its_own(client: FlaskClient) -> None:
    titles = {check_page(client.get(f"/abort/{status}")).h1 for status in STATUSES}
    assert len(titles) == len(STATUSES)


@pytest.mark.parametrize(("status", "like"), [(418, 400), (406, 400), (501, 500), (502, 500)])
def test_an_error_without_a_page_of_its_own_borrows_the_nearest(
    client: FlaskClient, status: int, like: int
) -> None:
    page = check_page(client.get(f"/abort/{status}"))
    assert page.status == status
    assert page.h1 == check_page(client.get(f"/abort/{like}")).h1


def test_a_bug_shows_no_detail_and_leaves_one_line_for_the_operator(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    page = check_page(client.get("/bug"))
    assert page.status == 500
    assert "ZeroDivision" not in page.text
    assert "Exception on /bug" in caplog.text


@pytest.mark.parametrize("address", ["/bug", "/gone"])
def test_the_page_for_a_failure_asks_nothing_of_the_database(tmp_path: Path, address: str) -> None:
    app = failing_app(tmp_path)
    app.context_processor(lose_database)
    assert check_page(app.test_client().get(address)).status in {500, 503}


def test_a_database_out_of_reach_says_when_to_try_again(client: FlaskClient) -> None:
    answer = client.get("/gone")
    assert check_page(answer).h1 == "The service is not available for the moment"
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_a_broken_rule_is_shown_in_its_own_words_and_escaped(app: Flask, client: FlaskClient) -> None:
    unknown = record_unknown_names(app)
    answer = client.get("/rule/made_up")
    page = check_page(answer)
    assert page.status == 422
    assert "Nothing <changed>: too late." in page.text
    assert "&lt;changed&gt;" in answer.text
    assert unknown == []


@pytest.mark.parametrize("code", sorted(STATUS_BY_CODE))
def test_a_broken_rule_has_its_status_and_a_title_for_it(client: FlaskClient, code: str) -> None:
    page = check_page(client.get(f"/rule/{code}"))
    assert page.status == STATUS_BY_CODE[code]
    assert page.h1 == TITLES[page.status]


def every_error(parent: type[PlacementError] = PlacementError) -> set[type[PlacementError]]:
    return {
        child
        for each in parent.__subclasses__()
        if each.__module__.startswith("placement.domain.")
        for child in {each, *every_error(each)}
    }


def test_the_table_of_statuses_names_only_errors_that_exist() -> None:
    assert set(STATUS_BY_CODE) <= {error.code for error in every_error()}


def test_every_status_of_a_broken_rule_has_a_title() -> None:
    assert {*STATUS_BY_CODE.values(), status_of(PlacementError())} <= set(TITLES)


def test_a_form_without_its_token_is_explained(client: FlaskClient) -> None:
    page = check_page(client.post("/rank", data={"up": "7"}))
    assert page.status == 400
    assert page.h1 == "The page was open too long"
    assert "reload" in page.text


def test_headers_that_belong_to_an_error_are_kept(client: FlaskClient) -> None:
    assert client.get("/abort/405").headers["Allow"] == "POST"
    assert client.get("/abort/429").headers["Retry-After"] == "90"
    assert client.get("/abort/404").headers["Content-Type"] == "text/html; charset=utf-8"


def test_redirects_and_ready_made_answers_pass_unchanged(client: FlaskClient) -> None:
    assert client.get("/folder").headers["Location"].endswith("/folder/")
    assert client.get("/answer").headers["Location"] == "/help"
