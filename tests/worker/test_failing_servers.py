"""A mail server that fails in every way: afterwards everything is delivered that was not refused for good."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from bench.wicked_sink import Fault, Stage, WickedSink, open_wicked_sink
from placement.app import create_base
from placement.config import Config
from placement.db import reading, unit_of_work
from placement.models import DeliveryTry, Message
from placement.worker.mail import send_due
from tests.databases import dispose
from tests.factories.outbox import make_message

TIME_OUT = 0.3
STAGES: tuple[Stage, ...] = ("mail", "rcpt", "data", "end")
PASSING = tuple(Fault(stage, "451 Come back later") for stage in STAGES)
FOR_GOOD = tuple(Fault(stage, "550 Not here") for stage in STAGES)
DROPPED = tuple(Fault(stage, hang_up=True) for stage in (*STAGES[:3], "middle"))
SILENT = tuple(Fault(stage, silent=True) for stage in STAGES[:3])
LOST = (Fault("end", hang_up=True), Fault("end", silent=True))
FAULTS: tuple[Fault | None, ...] = (
    None,
    *PASSING,
    *FOR_GOOD,
    *DROPPED,
    *SILENT,
    *LOST,
    Fault("data", delay=0.05),
)
OF_CONNECTIONS = (
    *(Fault("connect", reply) for reply in ("421 Busy", "554 Go away")),
    *(Fault("helo", reply) for reply in ("421 Busy", "554 Go away")),
    Fault("connect", hang_up=True),
    Fault("helo", hang_up=True),
    Fault("connect", silent=True),
)


@pytest.fixture
def sink(request: pytest.FixtureRequest) -> Iterator[WickedSink]:
    with open_wicked_sink(pipelining=getattr(request, "param", True)) as made:
        yield made


@pytest.fixture
def owing(config: Config, sink: WickedSink) -> Iterator[Config]:
    """An installation that owes one mail for each fault."""
    told = replace(config, mail_backend="smtp", mail_port=sink.port, mail_timeout=TIME_OUT)
    app: Flask = create_base(told)
    with app.app_context():
        with unit_of_work() as session:
            now = datetime.now(UTC)
            for number, _ in enumerate(FAULTS):
                name = f"<{number}@placement.example>"
                octets = f"Message-ID: {name}\r\nSubject: {number}\r\n\r\n.A day\r\n".encode()
                make_message(
                    session, message_id=name, octets=octets, kind="reminder", due_at=now, created_at=now
                )
        yield told
    dispose(app)


def statuses() -> Counter[str]:
    with reading() as session:
        return Counter(session.scalars(select(Message.status)))


def an_hour_passes() -> None:
    with unit_of_work() as session:
        session.execute(update(Message).values(due_at=datetime.now(UTC) - timedelta(hours=1)))


@pytest.mark.parametrize("sink", [True, False], ids=["pipelining", "one by one"], indirect=True)
def test_what_was_not_refused_for_good_arrives_when_calm_returns(owing: Config, sink: WickedSink) -> None:
    sink.plan = lambda number: FAULTS[number - 1] if number <= len(FAULTS) else None
    sink.plan_of_connection = lambda number: (
        OF_CONNECTIONS[number // 2 % len(OF_CONNECTIONS)] if sink.tries < len(FAULTS) and number % 2 else None
    )
    turns = 0
    while statuses()["todo"]:
        send_due(owing)
        turns += 1
        assert turns < 100, f"the worker gets on ({sink.tries} {sink.connections} {statuses()} {told()})"
        if sink.tries >= len(FAULTS):
            an_hour_passes()
    assert statuses() == {"sent": len(FAULTS) - len(FOR_GOOD), "failed": len(FOR_GOOD)}
    arrived = Counter(mail.message_id for mail in sink.taken)
    lost = {mail.message_id for mail in sink.taken if not mail.acknowledged}
    assert len(lost) == len(LOST)
    assert arrived == {
        f"<{number}@placement.example>": 2 if fault in LOST else 1
        for number, fault in enumerate(FAULTS)
        if fault not in FOR_GOOD
    }, "only where the answer was lost, nobody could avoid a repeat"
    assert {mail.octets for mail in sink.taken if mail.message_id == "<0@placement.example>"} == {
        b"Message-ID: <0@placement.example>\r\nSubject: 0\r\n\r\n.A day\r\n"
    }
    history = told()
    unsure = history.pop(("put_off", "")) + history.pop(("unknown", ""))
    # When the line is cut in the middle of a mail, the sender may or may not have said all of it.
    assert unsure == len(DROPPED) + len(SILENT) + len(LOST)
    assert history == {
        ("sent", "250"): len(FAULTS) - len(FOR_GOOD),
        ("put_off", "451"): len(PASSING),
        ("refused", "550"): len(FOR_GOOD),
    }


def told() -> Counter[tuple[str, str]]:
    """What the histories say: outcome and the first word of what was said, where the server spoke."""
    with reading() as session:
        rows = session.execute(select(DeliveryTry.outcome, DeliveryTry.said)).all()
    return Counter((outcome, said[:3] if said[:1].isdigit() else "") for outcome, said in rows)


def test_a_server_that_takes_anything_gets_no_empty_mail(owing: Config, sink: WickedSink) -> None:
    sink.gullible = True
    sink.plan = lambda number: Fault("mail", "550 Not you") if number == 1 else None
    assert send_due(owing) == {"failed": 1, "sent": len(FAULTS) - 1}
    assert len(sink.taken) == len(FAULTS) - 1
    assert "" not in {mail.message_id for mail in sink.taken}


def test_a_worker_that_is_told_to_stop_gives_the_rest_back(owing: Config, sink: WickedSink) -> None:
    assert send_due(owing, stop=lambda: len(sink.taken) >= 3) == {"sent": 3}
    assert statuses() == {"sent": 3, "todo": len(FAULTS) - 3}
    with reading() as session:
        assert set(session.scalars(select(Message.attempts).where(Message.status == "todo"))) == {0}
    assert send_due(owing) == {"sent": len(FAULTS) - 3}


def test_two_workers_together_keep_the_limit_of_a_minute(owing: Config, sink: WickedSink) -> None:
    limited = replace(owing, mail_per_minute=5)
    assert send_due(limited) == {"sent": 5}
    assert send_due(limited) == {}
    assert statuses()["todo"] == len(FAULTS) - 5
    assert send_due(owing)["sent"] == len(FAULTS) - 5
