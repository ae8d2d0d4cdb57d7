"""Two thousand mails that are owed, written at once, and what must be true of those that arrived."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, insert, select, text

from bench.wicked_sink import Taken
from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from placement.models import DeliveryTry, Invite, Message, Placement, WrittenMail
from tests.databases import dispose
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort

PER_INVITE = 4
BODY = b"A line of a mail that has been written already.\r\n..and one with dots\r\n" * 12


@dataclass(frozen=True)
class Owed:
    """What is owed: the octets of each Message-ID, its number, and which invite it is of."""

    octets: dict[str, bytes]
    number: dict[str, int]
    invite: dict[str, int]


def owe_many(config: Config, count: int) -> Owed:
    """Owe `count` mails from stored octets, four to each invite."""
    app = create_base(config)
    with app.app_context(), unit_of_work() as session:
        cohort = make_cohort(session)
        leader, slot = make_leader(session, cohort=cohort), make_slot(session, cohort=cohort)
        now = datetime.now(UTC) - timedelta(minutes=1)
        numbers = range(1, count // PER_INVITE + 1)
        # Placements that have ended may be as many as one likes.
        ended = {
            "cohort_id": cohort.id,
            "leader_id": leader.id,
            "slot_id": slot.id,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "status": "cancelled",
            "confirmed_at": NOON,
            "cancelled_at": NOON,
        }
        session.execute(insert(Placement), [{"id": n} | ended for n in numbers])
        session.execute(
            insert(Invite),
            [
                {
                    "id": n,
                    "cohort_id": cohort.id,
                    "placement_id": n,
                    "leader_id": leader.id,
                    "uid": f"{n}@placement.example",
                    "dtstamp": NOON,
                    "created_at": NOON,
                }
                for n in numbers
            ],
        )
        mails = range(1, count + 1)
        session.execute(insert(Message), [_message(n, count, cohort.id, now) for n in mails])
        session.execute(insert(WrittenMail), [{"message_id": n, "octets": _octets(n)} for n in mails])
        whole = select(Message.message_id, Message.id, Message.invite_id, WrittenMail.octets)
        rows = session.execute(whole.join(WrittenMail)).all()
    dispose(app)
    return Owed(
        {row.message_id: row.octets for row in rows},
        {row.message_id: row.id for row in rows},
        {row.message_id: row.invite_id for row in rows},
    )


def _message(number: int, count: int, cohort_id: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "cohort_id": cohort_id,
        "invite_id": (number - 1) % (count // PER_INVITE) + 1,
        "kind": "placement_changed",
        "idem_key": f"{number:064}",
        "message_id": _message_id(number),
        "recipient": f"person{number}@people.example",
        "domain": "people.example",
        "payload": {},
        "due_at": now,
        "created_at": now,
    }


def _message_id(number: int) -> str:
    return f"<{number}@placement.example>"


def _octets(number: int) -> bytes:
    return f"Message-ID: {_message_id(number)}\r\nSubject: A day\r\n\r\n".encode() + BODY


def check_arrived(owed: Owed, taken: list[Taken], *, repeats_at_most: int) -> int:
    """None lost, each as it is stored, in order for each invite; returns how many came more than once."""
    assert {mail.message_id for mail in taken} == set(owed.octets), "none is lost, and none is made up"
    assert all(mail.octets == owed.octets[mail.message_id] for mail in taken), "repeats are byte-identical"
    order: dict[int, list[int]] = defaultdict(list)
    for mail in taken:
        order[owed.invite[mail.message_id]].append(owed.number[mail.message_id])
    assert all(numbers == sorted(numbers) for numbers in order.values()), "none overtakes an earlier one"
    repeats = len(taken) - len(owed.octets)
    assert repeats <= repeats_at_most
    return repeats


def check_recorded(config: Config, count: int) -> None:
    """Every mail is sent and has one line that says so."""
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = Counter(connection.execute(text("SELECT status FROM message")).scalars())
        sent = select(DeliveryTry.message_id).where(DeliveryTry.outcome == "sent")
        lines = Counter(connection.execute(sent).scalars())
        states = set(connection.execute(text("SELECT state FROM invite")).scalars())
    engine.dispose()
    assert found == {"sent": count}
    assert (len(lines), set(lines.values()), states) == (count, {1}, {"sent"})


def wait_until(reached: Callable[[], bool], *, seconds: float = 90.0) -> None:
    """Wait until the function `reached` says so."""
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "it takes too long"
        time.sleep(0.002)
