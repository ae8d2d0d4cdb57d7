"""Components: what every page is made of keeps the rules that hold for every page."""

from collections.abc import Iterator, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from tests.web.gallery import gallery_app
from tests.web.page import check_page, faults, parse, parse_text, record_unknown_names

TYPED = {
    "full_name": "<b>Ada</b> & Co",
    "email": "ada@bay.example",
    "places": "eight",
    "starts": "25:99",
    "day-day": "31",
    "day-month": "feb",
    "day-year": "2027",
    "about": "Sorting <tins>",
    "site": "2",
    "answer": "if_need_be",
    "check": "yes",
    "needs": ["bus"],
    "agree": "y",
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return gallery_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


def send(client: FlaskClient, typed: Mapping[str, object]) -> Response:
    token = parse(client.get("/gallery")).form_to("/gallery").values["csrf_token"]
    return client.post("/gallery", data={"csrf_token": token, **typed})


@pytest.mark.parametrize("address", ["/gallery", "/gallery?signed-in", "/gallery?waiting"])
def test_every_component_keeps_the_rules_of_every_page(client: FlaskClient, address: str) -> None:
    assert check_page(client.get(address)).h1 == "Every component on one page"


def test_no_component_prints_a_name_that_nobody_set(app: Flask, client: FlaskClient) -> None:
    unknown = record_unknown_names(app)
    check_page(client.get("/gallery?signed-in&waiting"))
    send(client, {})
    assert unknown == []


def test_a_name_that_nobody_set_is_found_out(app: Flask) -> None:
    unknown = record_unknown_names(app)
    with app.test_request_context():
        app.jinja_env.get_template("errors/rule.html").render(title="That cannot be done")
    assert unknown == ["errors/rule.html: message"]


def test_a_form_with_errors_says_so_in_title_summary_and_status(client: FlaskClient) -> None:
    page = check_page(send(client, {}))
    assert page.status == 422
    assert page.title == "Error: Every component on one page – Placement"
    assert page.errors == {
        "full_name": "Enter your full name",
        "places": "Enter how many places there are",
        "day-day": "Enter the date",
        "site": "Not a valid choice.",
        "answer": "Say whether you can come",
    }


def test_what_was_typed_comes_back_as_typed(client: FlaskClient) -> None:
    page = check_page(send(client, TYPED))
    values = page.form_to("/gallery").values
    assert page.errors.keys() == {"places", "starts", "day-day"}
    assert values["full_name"] == "<b>Ada</b> & Co"
    assert values["places"] == "eight"
    assert values["starts"] == "25:99"
    assert [values[f"day-{part}"] for part in ("day", "month", "year")] == ["31", "feb", "2027"]
    assert values["about"] == "Sorting <tins>"
    assert [values[name] for name in ("answer", "check", "needs", "agree")] == [
        "if_need_be",
        "yes",
        "bus",
        "y",
    ]


def test_a_good_form_is_answered_with_a_redirect_and_one_message(client: FlaskClient) -> None:
    good = {**TYPED, "places": "8", "starts": "9:30am", "day-day": "28"}
    assert send(client, good).status_code == 302
    page = check_page(client.get("/gallery"))
    assert "Success Your answers are saved." in page.text
    assert "Your answers are saved" not in check_page(client.get("/gallery")).text


def test_each_choice_can_be_moved_by_a_button_that_names_it(client: FlaskClient) -> None:
    page = check_page(client.get("/gallery"))
    ranking = page.form_to("/rank")
    assert "Up Dementia café" in ranking.buttons
    answer = client.post("/rank", data={"csrf_token": ranking.values["csrf_token"], "up": "4"})
    assert answer.headers["Location"] == "/gallery#up-4"
    assert check_page(client.get("/gallery")).one("p").text == "up 4"


def test_buttons_that_would_do_nothing_say_so_and_stay_in_reach(client: FlaskClient) -> None:
    page = check_page(client.get("/gallery"))
    moves = {b.get("id"): b for b in page.by_class("app-move")}
    idle = {name for name, b in moves.items() if b.get("aria-disabled") == "true"}
    assert idle == {"up-7", "down-4"}
    assert all(b.get("disabled") is None for b in moves.values())


def test_a_table_names_its_rows_and_keeps_its_cells(client: FlaskClient) -> None:
    page = check_page(client.get("/gallery"))
    assert ["Ada Field", "Bay Trust", "1", "Accepted"] in page.rows()
    assert ["2nd choice", "21", ""] in page.rows()


def test_pictures_stand_beside_the_number_that_they_show(client: FlaskClient) -> None:
    page = check_page(client.get("/gallery"))
    assert all(e.get("aria-hidden") == "true" for e in page.root.iter("svg") if "app-" in e.get("class", ""))
    words = [e.text for e in page.by_class("app-pips__words")]
    assert words == ["3 of 8", "3 of 8", "26 of 40", "0 of 3"]


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ("<h1>A</h1><h3>B</h3>", "an h3 follows an h1"),
        ("<h1>A</h1><p id=x></p><p id=x></p>", "id 'x' stands 2 times"),
        ("<h1>A</h1><input name=n>", "field 'n' has no label"),
        ("<h1>A</h1><form method=post action=/a></form>", "the form to '/a' has no CSRF token"),
        ("<h1>A</h1><img src=/a.svg>", "picture '/a.svg' has no alternative text"),
        ("<h1>A</h1><a href=/x></a>", "a <a> says nothing (/x)"),
        (
            "<h1>A</h1><p style='width:1px'>x</p>",
            "<p> has a style attribute, which the security policy blocks",
        ),
        ("<h1>A</h1><script>x</script>", "an inline <script> that the security policy blocks"),
        ("<h1>A</h1><p>None</p>", "'None' is shown in <p>"),
        ("<h1>B</h1>", "title 'A – Placement' is not h1 'B'"),
        ("<h1>A</h1><p></b></p>", "line 1: unexpected-end-tag"),
        ("<h1>A</h1><a href='#gone'>x</a>", "link 'x' leads to '#gone', which is not there"),
    ],
)
def test_the_check_finds_what_it_is_for(html: str, fault: str) -> None:
    whole = f"<!DOCTYPE html><html lang=en><title>A – Placement</title><main>{html}</main></html>"
    assert fault in faults(parse_text(whole))
