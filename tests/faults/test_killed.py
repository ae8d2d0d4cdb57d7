"""A process that is killed between any two steps loses nothing: started again, it ends the same."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from placement.services import confirmations, slot_changes
from placement.services.invites import sender_of
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.conftest import NOON, Server
from tests.databases import dispose, settings
from tests.faults.nursing import Nursery, nursery
from tests.services.repairing import confirmed_cohort as confirmed_cohort_in
from tests.services.repairing import solved_repair
from tests.services.small_cohort import NEXT_JUNE, make_small_cohort, solved_run
from tests.smtp_sink import Sink

__all__ = ["nursery"]

LEADERS = 4
MAILS = LEADERS + 2  # each partner is told who is coming
STEPS_AT_MOST = 400
REPAIR = 2
STRIDE = 7


@contextmanager
def solved_cohort(server: Server, folder: Path) -> Iterator[Config]:
    """A database with one solved run, number 1."""
    with server.database() as url:
        config = settings(url, folder)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            solved_run(session, make_small_cohort(session, first_day=NEXT_JUNE).cohort)
        dispose(app)
        yield config


@contextmanager
def confirmed_cohort(server: Server, folder: Path) -> Iterator[Config]:
    """A database whose run 1 is confirmed and whose invites are owed."""
    with solved_cohort(server, folder) as config:
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            confirmations.confirm_run(
                Scope.system(session), 1, sender=sender_of(config), now=datetime.now(UTC)
            )
        dispose(app)
        yield config


@contextmanager
def repaired_cohort(server: Server, folder: Path) -> Iterator[Config]:
    """A database with two people at a day that is to take one, and the repair of that, run 2, solved."""
    with server.database() as url:
        config = settings(url, folder)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            small = confirmed_cohort_in(session, first_day=NEXT_JUNE)
            slot_changes.change_slot(
                Scope.system(session),
                small.cohort.id,
                small.slots[0].id,
                change=SlotChange(capacity=1),
                sender=sender_of(config),
                now=NOON,
            )
            assert solved_repair(session, small).repair == REPAIR
        dispose(app)
        yield config


def rows(config: Config) -> dict[str, int]:
    """How many rows each table of the confirmation has."""
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("placement", "invite", "message")
        }
        found["taken"] = connection.execute(text("SELECT sum(taken) FROM slot")).scalar_one()
        found["confirmed"] = connection.execute(
            text("SELECT count(*) FROM match_run WHERE status = 'confirmed'")
        ).scalar_one()
    engine.dispose()
    return found


def statuses(config: Config) -> Counter[str]:
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = Counter(connection.execute(text("SELECT status FROM message")).scalars())
    engine.dispose()
    return found


NOTHING = {"placement": 0, "invite": 0, "message": 0, "taken": 0, "confirmed": 0}
EVERYTHING = {"placement": LEADERS, "invite": LEADERS, "message": MAILS, "taken": LEADERS, "confirmed": 1}


@pytest.mark.timeout(300)
def test_a_confirmation_killed_at_any_step_is_whole_or_not_at_all(
    nursery: Nursery, server: Server, tmp_path: Path
) -> None:
    # Each kind of database goes through the same code; one of them is enough for every single step.
    stride = 1 if type(server).__name__ == "SqliteServer" else 3
    with solved_cohort(server, tmp_path) as config:
        seen = []
        for die_at in range(1, STEPS_AT_MOST, stride):
            answer = nursery.raise_one(config, "match", "confirm", "1", die_at=die_at)
            found = rows(config)
            assert found in (NOTHING, EVERYTHING)
            seen.append(found == EVERYTHING)
            if not answer["killed"]:
                assert answer["exit"] == 0
                break
        assert rows(config) == EVERYTHING
        assert seen.count(False) > 20 / stride, "the confirmation was killed in the middle of its work"
        assert nursery.raise_one(config, "match", "confirm", "1")["exit"] == 0
        assert rows(config) == EVERYTHING


def what_stands(config: Config) -> dict[str, int]:
    """What confirming a repair changes: placements, invites and mails by state, seats, runs."""
    counted = {
        "live": "SELECT count(*) FROM placement WHERE status = 'confirmed'",
        "ended": "SELECT count(*) FROM placement WHERE status = 'cancelled'",
        "taken": "SELECT sum(taken) FROM slot",
        "waiting for a repair": "SELECT count(*) FROM slot WHERE wanted_capacity IS NOT NULL",
        "cancelled invites": "SELECT count(*) FROM invite WHERE state = 'cancelled'",
        "owed": "SELECT count(*) FROM message WHERE status = 'todo'",
        "confirmed runs": "SELECT count(*) FROM match_run WHERE status = 'confirmed'",
    }
    engine = create_engine(config.database_url)
    with engine.connect() as connection:
        found = {name: connection.execute(text(asked)).scalar_one() for name, asked in counted.items()}
    engine.dispose()
    return found


@pytest.mark.timeout(300)
def test_a_repair_killed_while_it_is_confirmed_is_whole_or_not_at_all(
    nursery: Nursery, server: Server, tmp_path: Path
) -> None:
    with repaired_cohort(server, tmp_path) as config:
        before = what_stands(config)
        after = before | {
            "ended": 1,
            "waiting for a repair": 0,
            "cancelled invites": 1,
            "owed": 2 + 2,  # both partners are told
            "confirmed runs": before["confirmed runs"] + 1,
        }
        cut_short = 0
        for die_at in range(STRIDE, STEPS_AT_MOST, STRIDE):
            answer = nursery.raise_one(config, "match", "confirm", str(REPAIR), die_at=die_at)
            assert what_stands(config) in (before, after)
            cut_short += what_stands(config) == before
            if not answer["killed"]:
                assert answer["exit"] == 0
                break
        assert what_stands(config) == after
        assert cut_short > 5, "the repair was killed in the middle of its work"
        assert nursery.raise_one(config, "match", "confirm", str(REPAIR))["exit"] == 0
        assert what_stands(config) == after


@pytest.mark.timeout(600)
def test_a_sender_killed_at_any_step_loses_no_mail_and_repeats_at_most_one(
    nursery: Nursery, server: Server, tmp_path: Path, smtp_sink: Sink
) -> None:
    stride = 1 if type(server).__name__ == "SqliteServer" else 9
    repeats = 0
    with confirmed_cohort(server, tmp_path) as made:
        for die_at in range(1, STEPS_AT_MOST, stride):
            smtp_sink.received.clear()
            with server.copy_of(made.database_url) as url:
                config = replace(made, database_url=url, mail_port=smtp_sink.port)
                killed = nursery.raise_one(config, "outbox", "send", die_at=die_at)["killed"]
                assert nursery.raise_one(config, "outbox", "send")["exit"] == 0
                assert statuses(config) == {"sent": MAILS}
            repeats += everybody_got_the_same_mail(smtp_sink)
            if not killed:
                break
    assert not killed, "the command ends within the steps that were tried"
    assert repeats > 0, "one of the kills came after the server had taken a mail"


def everybody_got_the_same_mail(sink: Sink) -> int:
    """Check that everybody got one mail, or the same octets twice; returns the number of repeats."""
    by_recipient: dict[str, list[bytes]] = {}
    for mail in sink.received:
        by_recipient.setdefault(mail.recipients[0], []).append(mail.octets)
    assert len(by_recipient) == MAILS
    assert all(len(set(octets)) == 1 for octets in by_recipient.values())
    repeats = sum(len(octets) - 1 for octets in by_recipient.values())
    assert repeats <= 1
    return repeats
