"""Measures one worker: mails a second from stored octets, and building on the fly, against bare smtplib.

`--quick` does each once and writes nothing. With PLACEMENT_BENCH_POSTGRES_URL set to an empty database, that
is measured as well.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from bench.document import write_part
from bench.goals import Goal
from bench.limits import Taken, bare_sending, kept_sending, timed
from bench.machine import Load, machine
from bench.report import goals_table, table
from bench.sink import open_sink
from placement.adapters.messages import render_invite
from placement.app import create_base
from placement.config import Config, sqlite_url
from placement.db import db, unit_of_work
from placement.db.schema import upgrade
from placement.domain.invites import InviteDetails, Mailbox
from placement.domain.letters import Letter, freeze
from placement.services import outbox
from placement.worker.mail import send_due

MAILS = 1_000
REPEATS = 5
LEAST_STORED = 0.50  # of bare smtplib, whose 2,987 a second on a quiet machine stand for 1,500
LEAST_BUILT = 0.067  # of the same, which stands for 200
PART = "Sending"
TEXT = """\
One worker, {mails} mails, medians of {repeats} repetitions. The sink is a process of its own on the same
machine, which takes everything and keeps nothing; it offers PIPELINING, as mail servers do.

Taken on {day}: {machine}. Load of the machine: {load}.

- **smtplib alone**: octets that are made already, over one connection, nothing recorded.
- **smtplib and a commit**: the same, with one row on disk for certain after each mail.
- **From stored octets**: ours claims, sends, and records each mail with its history before the next.
- **Building on the fly**: ours also makes each mail with its calendar part, and stores it.
"""


@dataclass
class Figures:
    """What handing over all mails took, each time."""

    database: str
    bare: list[Taken] = field(default_factory=list)
    kept: list[Taken] = field(default_factory=list)
    stored: list[Taken] = field(default_factory=list)
    built: list[Taken] = field(default_factory=list)
    arrived: set[int] = field(default_factory=set)

    def ratio(self, ours: list[Taken]) -> float:
        """Our rate against bare smtplib's: the median over the pairs, each taken right after the other."""
        return median(bare.wall / own.wall for bare, own in zip(self.bare, ours, strict=True))


def rate(taken: list[Taken]) -> float:
    """Mails a second."""
    return MAILS / median(one.wall for one in taken)


def details(number: int) -> InviteDetails:
    """A day as a leader is told of it."""
    now = datetime(2027, 1, 12, 12, tzinfo=UTC)
    return InviteDetails(
        uid=f"{number:08}@placement.example",
        sequence=0,
        revision=0,
        method="REQUEST",
        partstat="NEEDS-ACTION",
        dtstamp=now,
        created_at=now,
        starts_at=datetime(2027, 3, 2, 9, 30, tzinfo=UTC),
        ends_at=datetime(2027, 3, 2, 15, tzinfo=UTC),
        title="A day at the food bank: sorting, packing, talking",
        partner="Fylde food bank",
        address="1 High Street, Blackpool",
        postcode="FY1 1AA",
        latitude=53.8,
        longitude=-3.05,
        contact_name="Pat Example",
        contact_phone="01632 960000",
        what_to_know="Wear closed shoes. Ring at the side door.",
        choice_sentence="This was your 2nd choice.",
        cohort="Spring",
        programme="Leading together",
        organizer=Mailbox("Placement", "placements@placement.example"),
        attendee=Mailbox(f"Leader {number}", f"leader{number}@people.example"),
        page_url="https://placement.example/leader/1/placement",
        message_id=f"<{number}@placement.example>",
        reason="",
    )


def owe(*, stored: bool) -> list[bytes]:
    """Owe all mails, with their octets where they are to be `stored`; returns the octets."""
    now = datetime.now(UTC)
    made = []
    with unit_of_work() as session:
        for number in range(MAILS):
            told = details(number)
            letter = Letter(
                kind="placement_confirmed",
                subject=f"{number}",
                recipient=told.attendee,
                message_id=told.message_id,
                payload=freeze(told),
            )
            message = outbox.new_message(letter, now=now)
            if stored:
                message.octets = render_invite(told, now=now)
                made.append(message.octets)
            session.add(message)
    return made


def measure(url: str, folder: Path, repeats: int) -> Figures:
    """All figures on the database at `url`."""
    figures = Figures(url.partition(":")[0].partition("+")[0])
    for repeat in range(repeats):
        here = url.format(repeat=repeat)
        with open_sink() as sink, opened(here, folder, sink.port) as config:
            octets = owe(stored=True)
            envelope = (config.sender_address, "leader@people.example")
            figures.bare.append(bare_sending(sink.port, octets, *envelope))
            figures.stored.append(timed(partial(send_due, config))[1])
            figures.kept.append(kept_sending(folder, sink.port, octets, *envelope))
        figures.arrived.add(sink.mails - 2 * MAILS)
        with open_sink() as sink, opened(here, folder, sink.port) as config:
            owe(stored=False)
            figures.built.append(timed(partial(send_due, config))[1])
        figures.arrived.add(sink.mails)
    return figures


@contextmanager
def opened(url: str, folder: Path, port: int) -> Iterator[Config]:
    """An application on empty tables."""
    config = Config(
        database_url=url,
        data_folder=folder,
        secret_key="a-secret-to-measure-with-0123456789",
        public_base_url="http://127.0.0.1:8000",
        mail_port=port,
        mail_sender="Placement <placements@placement.example>",
    )
    with create_base(config).app_context():
        upgrade()
        with unit_of_work() as session:
            for name in ("delivery_try", "written_mail", "message"):
                session.execute(db.metadata.tables[name].delete())
        yield config
        db.session.remove()
        db.engine.dispose()


def goals(figures: Figures) -> Iterator[Goal]:
    """What must be reached on one database."""
    for what, taken, least in (
        ("from stored octets", figures.stored, LEAST_STORED),
        ("building on the fly", figures.built, LEAST_BUILT),
    ):
        ratio = figures.ratio(taken)
        name = f"{figures.database}: rate {what} against smtplib alone"
        yield Goal(name, f"≥ {least:.2f}", f"{ratio:.2f}", ratio >= least)
    exact = figures.arrived == {MAILS}
    shown = ", ".join(map(str, sorted(figures.arrived)))
    yield Goal(f"{figures.database}: mails that arrived", f"{MAILS}", shown, exact)


def rates_table(all_figures: list[Figures]) -> str:
    """Mails a second."""
    heading = (
        "database",
        "smtplib alone",
        "smtplib and a commit",
        "from stored octets",
        "building on the fly",
        "computing for a stored mail",
    )
    rows = [
        (
            figures.database,
            *(f"{rate(taken):.0f}" for taken in (figures.bare, figures.kept, figures.stored, figures.built)),
            f"{median(one.cpu for one in figures.stored) / MAILS * 1e3:.2f} ms",
        )
        for figures in all_figures
    ]
    return "### Mails a second\n\n" + table(heading, rows)


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once, nothing written")
    quick = parser.parse_args().quick
    repeats = 1 if quick else REPEATS
    busy = Load()
    with tempfile.TemporaryDirectory() as name:
        urls = [sqlite_url(Path(name) / "sent-{repeat}.sqlite3")]
        if server := os.environ.get("PLACEMENT_BENCH_POSTGRES_URL"):
            urls.append(server.replace("postgresql://", "postgresql+psycopg://"))
        found = [measure(url, Path(name), repeats) for url in urls]
    judged = [goal for figures in found for goal in goals(figures)]
    intro = TEXT.format(
        mails=MAILS,
        repeats=repeats,
        day=datetime.now(UTC).date().isoformat(),
        machine=machine(f"SQLite {sqlite3.sqlite_version}"),
        load=busy.shown(),
    )
    text = "\n".join([intro, goals_table(judged), rates_table(found)])
    print(text)
    if not quick:
        write_part(PART, text)
    return 0 if all(goal.reached is not False for goal in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
