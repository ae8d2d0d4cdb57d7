"""Measures what comes in: the costliest mails that anybody can write, and how many true ones go through.

Writes its part of the page; `--quick` reads each once and writes nothing.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.document import write_part
from bench.goals import Goal
from bench.limits import Taken
from bench.machine import Load, machine
from bench.report import goals_table, table
from placement.adapters.replies import read_reply
from placement.app import create_base
from placement.db import unit_of_work
from placement.db.schema import ensure_schema
from placement.services import replies
from placement.services.scope import Scope
from tests.databases import dispose, settings
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.replies import LEADER, SERVER, UID, calendar, event, mail, part, parts, text
from tests.factories.reply_samples import HOSTILE
from tests.factories.worst_replies import WORST

ROOT = Path(__file__).resolve().parents[1]
TITLE = "Replies"
SLOWEST = 2.0  # seconds of computing for one mail
LARGEST = 200 * 1024 * 1024  # octets more than before for one mail
LEAST_RATE = 100.0  # replies a second of one core's computing
SHOWN = 12
REPLIES = 500
FIRST = datetime(2020, 1, 1, tzinfo=UTC)

INTRODUCTION = """\
Each costly mail is read in a process of its own, which the kernel keeps within two seconds of computing and
200 MB beyond what it had (`tests/faults/scales.py`). True answers are read and decided on one by one, each in
a transaction of its own, on an SQLite file that is on disk for certain; the rate is per second of computing,
which neighbours on the machine change less, beside that by the clock.

Taken on {day}: {machine}. Load of the machine: {load}.
"""


def weighed(folder: Path) -> dict[str, dict[str, float]]:
    """What each hostile mail costs, by its name: seconds of computing, and octets."""
    octets = {name: make() for name, make in WORST.items()}
    octets |= {name: sample.octets for name, sample in HOSTILE.items()}
    files = [folder / f"{place}.eml" for place in range(len(octets))]
    for file, one in zip(files, octets.values(), strict=True):
        file.write_bytes(one)
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.scales"],
        cwd=ROOT,
        input="".join(f"{file}\n" for file in files),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(octets, map(json.loads, done.stdout.splitlines()), strict=True))


def answers(number: int) -> list[bytes]:
    """So many answers of one leader, each newer than the one before."""
    found = []
    for place in range(number):
        stamp = FIRST + timedelta(minutes=place)
        attendee = f"ATTENDEE;PARTSTAT={('ACCEPTED', 'DECLINED')[place % 2]}:mailto:{LEADER}"
        lines = event(sequence="SEQUENCE:0", attendees=[attendee], stamp=f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}")
        inner = parts(text(), part(calendar(lines)), kind="alternative")
        found.append(mail(inner, message_id=f"<{place}@trust.example>"))
    return found


def _invite() -> None:
    """The invite that is answered."""
    with unit_of_work() as session:
        slot = make_slot(session)
        cohort = slot.opportunity.partner.cohort
        leader = make_leader(session, cohort=cohort, user=make_user(session, email=LEADER))
        placement = make_placement(session, leader=leader, slot=slot)
        make_invite(session, placement=placement, uid=UID, state="sent")


def _take_in(octets: bytes) -> None:
    """What a door does with a mail."""
    mail_read = read_reply(octets, authserv_id=SERVER)
    with unit_of_work() as session:
        found = replies.ingest(Scope.system(session), mail_read, now=datetime.now(UTC))
    assert found.verdict.action == "applied", found.verdict


def ingested(folder: Path, octets: list[bytes]) -> Taken:
    """What it takes to take all of them in."""
    app = create_base(settings(f"sqlite:///{folder / 'replies.sqlite3'}", folder))
    with app.app_context():
        ensure_schema()
        _invite()
        for one in octets[:10]:  # what is prepared once is prepared now
            _take_in(one)
        begun, computed = time.perf_counter(), time.process_time()
        for one in octets[10:]:
            _take_in(one)
        taken = Taken(time.perf_counter() - begun, time.process_time() - computed)
    dispose(app)
    return taken


def main() -> int:
    """Measure, print, write; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once, nothing written")
    quick = parser.parse_args().quick
    busy, number = Load(), REPLIES // 10 if quick else REPLIES
    with tempfile.TemporaryDirectory() as name:
        costs = weighed(Path(name))
        taken = ingested(Path(name), answers(number + 10))
    goals = _goals(costs, taken, number)
    words = INTRODUCTION.format(
        day=datetime.now(UTC).date().isoformat(), machine=machine(), load=busy.shown()
    )
    page = "\n".join([words, goals_table(goals), _costliest(costs), _through(taken, number)])
    print(page)
    if not quick:
        write_part(TITLE, page)
    return int(any(goal.reached is False for goal in goals))


def _goals(costs: dict[str, dict[str, float]], taken: Taken, number: int) -> list[Goal]:
    read = [cost for cost in costs.values() if "cpu" in cost]
    slowest, largest = max(cost["cpu"] for cost in read), max(cost["peak"] for cost in read)
    rate = number / taken.cpu
    return [
        Goal("hostile mails read to the end", f"{len(costs)}", f"{len(read)}", len(read) == len(costs)),
        Goal("the slowest of them", f"≤ {SLOWEST:.0f} s", f"{slowest:.2f} s", slowest <= SLOWEST),
        Goal("the largest of them", "≤ 200 MB", f"{largest / 2**20:.0f} MB", largest <= LARGEST),
        Goal("true answers taken in", f"≥ {LEAST_RATE:.0f} /s", f"{rate:.0f} /s", rate >= LEAST_RATE),
    ]


def _costliest(costs: dict[str, dict[str, float]]) -> str:
    slowest = sorted(costs.items(), key=lambda cost: -cost[1].get("cpu", SLOWEST))[:SHOWN]
    rows = [
        (
            name,
            str(cost.get("reason", "did not end")),
            f"{cost['cpu']:.2f} s",
            f"{cost['peak'] / 2**20:.0f} MB",
        )
        for name, cost in slowest
    ]
    return "### The costliest mails\n\n" + table(("mail", "what became of it", "computing", "memory"), rows)


def _through(taken: Taken, number: int) -> str:
    rows = [(f"{number}", f"{number / taken.cpu:.0f} a second", f"{number / taken.wall:.0f} a second")]
    return "### True answers\n\n" + table(("answers", "per second of computing", "by the clock"), rows)


if __name__ == "__main__":
    sys.exit(main())
