"""Two thousand mails with the worker killed and the database stopped: none lost, hardly any repeated."""

import os
import random
import signal
import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bench.wicked_sink import WickedSink, open_wicked_sink
from placement.config import Config
from placement.db.brisk import UNSURE_AT_MOST
from tests.conftest import Server
from tests.databases import PostgresqlServer, settings
from tests.faults.cluster import Cluster, own_cluster
from tests.faults.many_mails import check_arrived, check_recorded, owe_many, wait_until
from tests.faults.nursing import Nursery, nursery

__all__ = ["nursery"]

MAILS = 2_000
KILLS = 10
FEWER = 600
STOPS = 2
CRASHES = 1
CUTS = 3


@pytest.mark.timeout(300)
def test_ten_kills_lose_nothing_and_repeat_at_most_one_mail_each(
    nursery: Nursery, server: Server, tmp_path: Path
) -> None:
    with server.database() as url, open_wicked_sink() as sink:
        config = replace(settings(url, tmp_path), mail_backend="smtp", mail_port=sink.port)
        owed = owe_many(config, MAILS)
        kill_on_the_way(nursery, config, sink, "outbox", "send")
        assert nursery.raise_one(config, "outbox", "send")["exit"] == 0
        check_arrived(owed, sink.taken, repeats_at_most=KILLS)
        check_recorded(config, MAILS)
    assert sink.connections == KILLS + 1, "one connection serves each worker"


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_ten_kills_of_a_worker_with_the_queue_lose_nothing_and_repeat_at_most_one_mail_each(
    nursery: Nursery, postgresql: PostgresqlServer, tmp_path: Path
) -> None:
    with postgresql.database() as url, open_wicked_sink() as sink:
        told = settings(url, tmp_path)
        config = replace(told, engine="procrastinate", mail_backend="smtp", mail_port=sink.port)
        owed = owe_many(config, MAILS)
        kill_on_the_way(nursery, config, sink, "worker")
        pid = nursery.begin(config, "worker")
        wait_until(partial(all_sent, config))
        os.kill(pid, signal.SIGTERM)
        assert nursery.wait()["exit"] == 0
        check_arrived(owed, sink.taken, repeats_at_most=KILLS)
        check_recorded(config, MAILS)


@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_a_database_that_is_stopped_and_cut_off_loses_nothing(nursery: Nursery, tmp_path: Path) -> None:
    with own_cluster() as cluster, open_wicked_sink() as sink:
        server = PostgresqlServer(cluster.url, tmp_path)
        with server.database() as url:
            config = replace(settings(url, tmp_path), mail_backend="smtp", mail_port=sink.port)
            owed = owe_many(config, FEWER)
            troubles = [
                *[partial(stop_and_start, cluster, "fast")] * STOPS,
                *[partial(stop_and_start, cluster, "immediate")] * CRASHES,
                *[partial(cut_sessions, cluster)] * CUTS,
            ]
            threading.Thread(target=make_trouble, args=(sink, troubles), daemon=True).start()
            raised = 0
            while len({mail.message_id for mail in sink.taken}) < FEWER or not all_sent(config):
                nursery.raise_one(config, "outbox", "send")  # as a supervisor does
                raised += 1
                assert raised < 200, "the worker gets on"
            check_arrived(owed, sink.taken, repeats_at_most=STOPS + CUTS + CRASHES * UNSURE_AT_MOST)
            check_recorded(config, FEWER)
        server.close()


def kill_on_the_way(nursery: Nursery, config: Config, sink: WickedSink, *command: str) -> None:
    """Let the command begin again and again, and kill it at ten moments while it sends."""
    moments = random.Random(20_270_112)  # the moments need not be secret
    killed = 0
    for kill in range(1, KILLS + 1):
        pid = nursery.begin(config, *command)
        wait_until(partial(has_taken, sink, MAILS * kill // (KILLS + 1) + moments.randrange(60)))
        time.sleep(moments.random() * 0.003)
        os.kill(pid, signal.SIGKILL)
        killed += nursery.wait()["killed"]
    assert killed == KILLS


def has_taken(sink: WickedSink, number: int) -> bool:
    """Whether so many mails have arrived."""
    return len(sink.taken) >= number


def make_trouble(sink: WickedSink, troubles: "list[partial[None]]") -> None:
    """Make trouble at equal distances on the way."""
    for number, trouble in enumerate(troubles, start=1):
        at = FEWER * number // (len(troubles) + 1)
        wait_until(partial(has_taken, sink, at))
        trouble()


def stop_and_start(cluster: Cluster, how: str) -> None:
    cluster.stop(how)
    time.sleep(0.2)
    cluster.start()


def cut_sessions(cluster: Cluster) -> None:
    """End every other session on the server, in the middle of whatever it does."""
    with psycopg.connect(cluster.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def all_sent(config: Config) -> bool:
    """Whether nothing is owed any more; False while the database cannot be asked."""
    try:
        with psycopg.connect(config.database_url.replace("+psycopg", "")) as connection:
            owed = connection.execute("SELECT count(*) FROM message WHERE status <> 'sent'").fetchone()
    except psycopg.Error:
        time.sleep(0.1)
        return False
    return owed == (0,)
