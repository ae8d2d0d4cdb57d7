"""Mails that a mail server hands over by HTTP: signed, once, and never more than 1 MB of them."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import waitress.server
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from placement.config import Config
from placement.db import UNAVAILABLE, reading, unit_of_work
from placement.domain.inbound import HEADER, sign
from placement.models import Invite, Reply
from placement.services import replies
from tests.databases import SqliteServer, dispose, settings
from tests.docs.markdown import page as markdown_page
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import LEADER, SEQUENCE, SERVER, UID, calendar, event, mail, part, text
from tests.factories.reply_samples import HOSTILE, MEGABYTE
from tests.web.conftest import MakeSite

SECRET = "a-shared-secret-for-tests-only"


def answer_given(partstat: str) -> bytes:
    """An answer that was given long ago."""
    attendee = f"ATTENDEE;PARTSTAT={partstat}:mailto:{LEADER}"
    return mail(part(calendar(event(attendees=[attendee], stamp="DTSTAMP:20200112T130000Z"))))


ACCEPTED, DECLINED = answer_given("ACCEPTED"), answer_given("DECLINED")
LARGE = mail(text("x" * 76 + "\r\n") * (2 * MEGABYTE // 100))


@pytest.fixture
def config(sqlite_server: SqliteServer, tmp_path: Path) -> Iterator[Config]:
    """SQLite alone: what the pages call is tried on both kinds of database."""
    with sqlite_server.database() as url:
        yield settings(url, tmp_path)


@pytest.fixture
def door(config: Config, make_site: MakeSite) -> Iterator[Flask]:
    """The site with its door open, and the invite that the samples answer."""
    app = make_site(replace(config, inbound_secret=SECRET, authserv_id=SERVER))
    with app.app_context(), unit_of_work() as session:
        slot = make_slot(session)
        cohort = slot.opportunity.partner.cohort
        leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
        placement = make_placement(session, leader=leader, slot=slot)
        make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
    yield app
    dispose(app)


def hand_over(
    app: Flask, octets: bytes, *, signature: str | None = None, at: datetime | None = None
) -> TestResponse:
    now = at or datetime.now(UTC)
    headers = {HEADER: signature if signature is not None else sign(octets, secret=SECRET, now=now)}
    return app.test_client().post("/inbound", data=octets, headers=headers)


def answers(app: Flask) -> list[str]:
    with app.app_context(), reading() as session:
        return list(session.scalars(select(Invite.partstat)))


def test_a_signed_mail_is_taken_in_and_the_answer_says_what_became_of_it(door: Flask) -> None:
    answer = hand_over(door, DECLINED)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {
        "action": "applied",
        "reason": "declined",
        "sentence": "The leader cannot come. The placement stands until a coordinator acts.",
        "changed": True,
    }
    assert "Set-Cookie" not in answer.headers
    assert answers(door) == ["DECLINED"]
    again = hand_over(door, DECLINED, at=datetime.now(UTC) + timedelta(seconds=2))
    assert again.json is not None
    assert (again.json["reason"], again.json["changed"]) == ("seen", False)


def test_a_mail_that_is_rejected_is_dealt_with_too(door: Flask) -> None:
    answer = hand_over(door, HOSTILE["no results"].octets)
    assert answer.json is not None
    assert (answer.status_code, answer.json["reason"]) == (200, "sender_failed")
    assert answers(door) == ["NEEDS-ACTION"]


def refusals(app: Flask) -> dict[str, TestResponse]:
    """What is answered to everything that can be wrong with a signature."""
    octets, now = ACCEPTED, datetime.now(UTC)
    good = sign(octets, secret=SECRET, now=now)
    assert hand_over(app, octets, signature=good).status_code == 200
    return {
        name: hand_over(app, octets, signature=signature)
        for name, signature in {
            "used before": good,
            "missing": "",
            "of another mail": sign(DECLINED, secret=SECRET, now=now),
            "with another secret": sign(octets, secret=SECRET + "!", now=now),
            "too old": sign(octets, secret=SECRET, now=now - timedelta(minutes=6)),
            "of the future": sign(octets, secret=SECRET, now=now + timedelta(minutes=6)),
            "in capitals": good.upper(),
            "cut off": good[:-1],
            "with the time changed": good.replace("t=", "t=1"),
            "of other digits": good.replace("t=", "t=\u0661"),
            "twice": f"{good},{good}",
        }.items()
    }


def test_whatever_is_wrong_with_a_signature_the_answer_is_the_same(door: Flask) -> None:
    found = refusals(door)
    assert {(answer.status_code, answer.content_type, answer.data) for answer in found.values()} == {
        (403, "application/problem+json", found["missing"].data)
    }
    told = json.loads(found["missing"].data)
    assert (told["code"], told["status"]) == ("inbound_refused", 403)
    with door.app_context(), reading() as session:
        assert len(session.scalars(select(Reply)).all()) == 1


def test_who_guesses_too_often_waits_and_the_mail_server_does_not(door: Flask) -> None:
    statuses = [hand_over(door, b"x", signature="t=1,v1=00").status_code for _ in range(31)]
    assert statuses == [403] * 30 + [429]
    assert hand_over(door, ACCEPTED).status_code == 200


def test_a_signature_whose_mail_was_not_taken_in_is_still_good(
    door: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = sign(ACCEPTED, secret=SECRET, now=datetime.now(UTC))

    def away(*_: object, **__: object) -> None:
        raise UNAVAILABLE[0]("SELECT 1", {}, OSError("away"))

    with monkeypatch.context() as patch:
        patch.setattr(replies, "ingest", away)
        answer = hand_over(door, ACCEPTED, signature=signature)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "60"
    assert hand_over(door, ACCEPTED, signature=signature).status_code == 200


def test_without_a_secret_there_is_no_door(site: Flask) -> None:
    answer = hand_over(site, ACCEPTED)
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_a_large_mail_is_refused_before_it_is_read(door: Flask) -> None:
    answer = hand_over(door, LARGE)
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")
    assert json.loads(answer.data)["code"] == "inbound_too_large"


def test_nothing_but_a_post_is_answered(door: Flask) -> None:
    assert door.test_client().get("/inbound").status_code == 405


# From here on over a real connection: what a client says of the length of its mail may be untrue.


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The site behind the server that `placement serve` uses; gives the port."""
    sockets: dict[Any, Any] = {}
    server = waitress.server.create_server(app, map=sockets, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.trigger.pull_trigger(server.close)
        server.task_dispatcher.shutdown()
        thread.join(timeout=10)
        for one in list(sockets.values()):
            one.close()


def spoken(port: int, *pieces: bytes) -> bytes:
    """What is answered to a request in these pieces."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        for piece in pieces:
            client.sendall(piece)
        answer = b""
        # Who sends more than was announced is hung up on, perhaps before all is out; the answer came first.
        with suppress(ConnectionResetError, BrokenPipeError):
            client.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while received := client.recv(65536):
                answer += received
    return answer


def head(octets: bytes, *fields: str) -> bytes:
    signature = sign(octets, secret=SECRET, now=datetime.now(UTC))
    lines = ["POST /inbound HTTP/1.1", "Host: 127.0.0.1", "Connection: close", f"{HEADER}: {signature}"]
    return "\r\n".join([*lines, *fields, "", ""]).encode()


def chunked(octets: bytes) -> bytes:
    pieces = [octets[at : at + 50_000] for at in range(0, len(octets), 50_000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces) + b"0\r\n\r\n"


def test_the_length_that_a_client_tells_decides_nothing(door: Flask) -> None:
    with served(door) as port:
        inside = spoken(port, head(ACCEPTED, "Transfer-Encoding: chunked"), chunked(ACCEPTED))
        large = spoken(port, head(LARGE, "Transfer-Encoding: chunked"), chunked(LARGE))
        short = spoken(port, head(ACCEPTED, "Content-Length: 100"), ACCEPTED)
        none = spoken(port, head(ACCEPTED), ACCEPTED)
    assert b" 200 OK" in inside.splitlines()[0]
    assert b'"accepted"' in inside
    assert b" 413 " in large.splitlines()[0]
    assert [answer.split(b"\r\n")[0].split()[1] for answer in (short, none)] == [b"403", b"403"]


def test_the_example_of_the_guide_hands_a_mail_over(door: Flask, tmp_path: Path) -> None:
    script = pipe_of_the_guide()
    with served(door) as port:
        script = script.replace("https://placement.example", f"http://127.0.0.1:{port}")
        (tmp_path / "pipe").write_text(script.replace("/etc/placement/inbound-secret", f"{tmp_path}/secret"))
        (tmp_path / "secret").write_text(SECRET + "\n")
        ended = subprocess.run(["sh", str(tmp_path / "pipe")], input=ACCEPTED, capture_output=True)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["reason"] == "accepted"


def pipe_of_the_guide() -> str:
    """The script in the guide for those who run the service."""
    return next(block for block in markdown_page("docs/operating.md").blocks("sh") if "/inbound" in block)
