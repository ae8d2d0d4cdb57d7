"""Headers: what every answer carries, and how long it may be kept."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from flask import Flask, redirect
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue

from placement.config import STATIC_FOLDER
from placement.web.compression import padded_gzip
from placement.web.headers import no_referrer
from tests.web.gallery import gallery_app
from tests.web.page import parse

PAGES = ["/help", "/gallery", "/gallery?signed-in", "/no-such-page", "/healthz", "/assets/site.css"]
FIRST_VISIT = 60_000  # octets of a first page with all that it fetches


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    app = gallery_app(tmp_path_factory.mktemp("gallery"))

    @app.route("/link/<token>", methods=["GET", "POST"])
    @no_referrer
    def link(token: str) -> ResponseReturnValue:
        return redirect(f"/{token}")

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_allows_only_what_comes_from_here(client: FlaskClient, address: str) -> None:
    headers = client.get(address, buffered=True).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["script-src"])
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_the_page_uses_the_nonce_of_its_own_answer_and_each_answer_a_new_one(client: FlaskClient) -> None:
    answers = [client.get("/help") for _ in range(2)]
    nonces = [_nonce(answer.text) for answer in answers]
    assert nonces[0] != nonces[1]
    for answer, nonce in zip(answers, nonces, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]


def _nonce(html: str) -> str:
    return str(re.findall(r'<script nonce="([^"]+)">', html)[0])


@pytest.mark.parametrize("address", ["/help", "/gallery?signed-in", "/no-such-page", "/healthz"])
def test_no_cache_keeps_a_page(client: FlaskClient, address: str) -> None:
    assert client.get(address, buffered=True).headers["Cache-Control"] == "no-store"


def test_only_a_site_reached_by_https_tells_browsers_to_stay_with_https(tmp_path: Path) -> None:
    plain = gallery_app(tmp_path).test_client().get("/help")
    base_url = "https://placement.example"
    secure = gallery_app(tmp_path, base_url=base_url).test_client().get("/help", base_url=base_url)
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_with_a_token_in_its_address_gives_no_referrer_even_when_refused(
    client: FlaskClient, method: str
) -> None:
    assert client.open("/link/abc", method=method).headers["Referrer-Policy"] == "no-referrer"


def token_and_form(client: FlaskClient) -> dict[str, str]:
    return {"csrf_token": parse(client.get("/gallery")).form_to("/rank").values["csrf_token"], "up": "7"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8001"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
    ],
)
def test_a_form_sent_from_another_site_is_refused_even_with_a_token(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert client.post("/rank", data=token_and_form(client), headers=headers).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://127.0.0.1:8000"},
        {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_form_sent_from_here_is_taken_also_from_a_page_without_referrer(
    client: FlaskClient, headers: dict[str, str]
) -> None:
    assert client.post("/rank", data=token_and_form(client), headers=headers).status_code == 302


def fetched_by(html: str) -> list[str]:
    return sorted(set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', html)))


def test_browsers_keep_what_a_page_fetches_for_good(client: FlaskClient) -> None:
    addresses = fetched_by(client.get("/help").text)
    assert len(addresses) == 6
    for address in addresses:
        assert (
            client.get(address, buffered=True).headers["Cache-Control"]
            == "public, max-age=31536000, immutable"
        )


@pytest.mark.parametrize("address", ["/assets/site.css", "/assets/site.css?v=000000000000"])
def test_an_address_without_the_right_digest_is_asked_for_again(client: FlaskClient, address: str) -> None:
    assert client.get(address, buffered=True).headers["Cache-Control"] == "public, max-age=3600"


def test_static_files_travel_compressed_and_come_out_the_same(client: FlaskClient) -> None:
    for name in ("site.css", "site.js", "images/placement-logo.svg", "nhsuk-frontend-10.6.1.min.css"):
        answer = client.get(f"/assets/{name}", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert gzip.decompress(answer.data) == (STATIC_FOLDER / name).read_bytes()


def test_a_browser_that_takes_no_compression_gets_the_plain_file(client: FlaskClient) -> None:
    answer = client.get("/assets/site.css", buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC_FOLDER / "site.css").read_bytes()


def test_a_file_that_did_not_change_is_not_sent_again(client: FlaskClient) -> None:
    for encoding in ("gzip", "identity"):
        first = client.get("/assets/site.css", headers={"Accept-Encoding": encoding}, buffered=True)
        again = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": encoding}
        assert client.get("/assets/site.css", headers=again, buffered=True).status_code == 304


def test_pages_travel_compressed_and_come_out_the_same(client: FlaskClient) -> None:
    plain, packed = client.get("/help"), client.get("/help", headers={"Accept-Encoding": "gzip, br"})
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    nonce = re.compile(rb'nonce="[^"]*"')
    assert nonce.sub(b"", gzip.decompress(packed.data)) == nonce.sub(b"", plain.data)
    assert len(packed.data) < len(plain.data) / 2


def test_the_length_of_a_compressed_page_is_no_measure_of_what_is_in_it() -> None:
    page = b"<p>the same words</p>" * 50
    packed = [padded_gzip(page) for _ in range(200)]
    assert {gzip.decompress(one) for one in packed} == {page}
    assert len({len(one) for one in packed}) > 50


@pytest.mark.parametrize("address", ["/sign-in/link/x", "/answer/x", "/still-true/x", "/unsubscribe/x"])
def test_pages_whose_address_holds_a_token_are_never_compressed(client: FlaskClient, address: str) -> None:
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.data
    assert "Content-Encoding" not in answer.headers


def test_a_first_visit_stays_below_sixty_kilobytes(client: FlaskClient) -> None:
    page = client.get("/help")
    fetched = [
        client.get(a, headers={"Accept-Encoding": "gzip"}, buffered=True).data for a in fetched_by(page.text)
    ]
    assert len(page.data) + sum(map(len, fetched)) < FIRST_VISIT


def test_the_style_sheet_fetches_nothing_from_other_hosts_and_brings_no_typeface() -> None:
    for css in STATIC_FOLDER.glob("*.css"):
        text = css.read_text()
        assert "@font-face" not in text
        for address in re.findall(r"url\(([^)]*)\)", text):
            assert (STATIC_FOLDER / address.removeprefix("/assets/")).is_file()


def test_vendored_files_are_those_that_the_note_names() -> None:
    note = (STATIC_FOLDER / "VENDORED.md").read_text()
    named = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", note))
    assert len(named) == 6
    for name, digest in named.items():
        assert hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest() == digest
