"""Sends a thousand mails to a server that fails in many ways, and counts what arrived by Message-ID.

Prints which repeats no sender could avoid (the server had taken the mail and its answer was lost); exits 1 if
a mail is lost, differs, overtakes, or comes again without need. `--seed` repeats a mix.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bench.wicked_sink import Fault, WickedSink, open_wicked_sink
from placement.app import create_base
from placement.config import Config, sqlite_url
from placement.db import reading, unit_of_work
from placement.db.schema import upgrade
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.models import Message
from placement.services import mail_holding, outbox
from placement.services.scope import Scope
from placement.worker.mail import send_due

RECIPIENTS = 1_000
TURNS_AT_MOST = 500
MIX: tuple[tuple[str, float, Fault | None], ...] = (
    ("taken", 0.70, None),
    ("delayed", 0.06, Fault("data", delay=0.02)),
    ("451 after the mail", 0.06, Fault("end", "451 Come back later")),
    ("421 at MAIL", 0.03, Fault("mail", "421 Too busy")),
    ("552 after the mail", 0.03, Fault("end", "552 Too large for us")),
    ("reset before the data", 0.03, Fault("data", hang_up=True)),
    ("reset in the data", 0.02, Fault("middle", hang_up=True)),
    ("answer lost", 0.03, Fault("end", hang_up=True)),
    ("recipient refused", 0.04, Fault("rcpt", "550 No such person")),
)


@dataclass(frozen=True)
class Outcome:
    """What became of all mails."""

    lost: int
    refused: int
    differing: int
    repeats: int
    unavoidable: int
    most_copies: int

    @property
    def breaches(self) -> list[str]:
        """What must not have happened, in words."""
        found = {
            f"{self.lost} mails were lost": self.lost,
            f"{self.differing} repeats differ": self.differing,
            f"{self.repeats - self.unavoidable} repeats could have been avoided": max(
                0, self.repeats - self.unavoidable
            ),
            f"one mail came {self.most_copies} times": self.most_copies > 2,
        }
        return [said for said, wrong in found.items() if wrong]


def main() -> int:
    """Send, count, print; 1 on a breach."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which mix (default 1)")
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    told = parser.parse_args()
    planned: Counter[str] = Counter()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as name, open_wicked_sink() as sink:
        make_trouble(sink, random.Random(told.seed), planned, told.recipients)
        refused = send_all(config_for(Path(name), sink.port), sink, told.recipients)
    outcome = judge(sink, told.recipients, refused)
    show(outcome, planned, seconds=time.monotonic() - begun)
    return 1 if outcome.breaches else 0


def make_trouble(sink: WickedSink, choose: random.Random, planned: Counter[str], until: int) -> None:
    """Let the first `until` tries meet the mix; then calm returns."""
    names = [name for name, _, _ in MIX]
    weights = [weight for _, weight, _ in MIX]
    faults = {name: fault for name, _, fault in MIX}

    def plan(number: int) -> Fault | None:
        if number > until:
            return None
        (name,) = choose.choices(names, weights)
        planned[name] += 1
        return faults[name]

    sink.plan = plan


def config_for(folder: Path, port: int) -> Config:
    """Settings of an installation that sends to the sink."""
    return Config(
        database_url=sqlite_url(folder / "chaos.sqlite3"),
        data_folder=folder,
        secret_key="a-secret-to-measure-with-0123456789",
        public_base_url="http://127.0.0.1:8000",
        mail_port=port,
        mail_timeout=2.0,
        mail_sender="Placement <placements@placement.example>",
    )


def send_all(config: Config, sink: WickedSink, recipients: int) -> set[str]:
    """Owe a mail to each recipient and send until nothing is owed; returns which were given up."""
    with create_base(config).app_context():
        upgrade()
        with unit_of_work() as session:
            session.add_all([message(number) for number in range(1, recipients + 1)])
        for _ in range(TURNS_AT_MOST):
            send_due(config)
            with unit_of_work() as session:
                scope = Scope.system(session, label="bench")
                # What waits for its next try is tried at once, as `placement outbox send --now` does.
                mail_holding.make_all_due(scope, now=datetime.now(UTC))
                counts = outbox.counts(scope)
            if not counts["todo"] + counts["sending"]:
                with reading() as session:
                    given_up = select(Message.message_id).where(Message.status == "failed")
                    return set(session.scalars(given_up))
    raise SystemExit(f"After {TURNS_AT_MOST} turns mail is still owed; {sink.tries} tries were made.")


def message(number: int) -> Message:
    """A mail that is due, with its octets."""
    name = f"<{number}@placement.example>"
    letter = Letter(
        kind="reminder",
        subject=str(number),
        recipient=Mailbox("", f"leader{number}@people.example"),
        message_id=name,
        payload={},
    )
    row = outbox.new_message(letter, now=datetime.now(UTC) - timedelta(minutes=1))
    row.octets = f"Message-ID: {name}\r\nSubject: {number}\r\n\r\nA day.\r\n".encode() + b".x\r\n" * 50
    return row


def judge(sink: WickedSink, recipients: int, refused: set[str]) -> Outcome:
    """Count by Message-ID what the sink took."""
    copies = Counter(mail.message_id for mail in sink.taken)
    octets = {(mail.message_id, mail.octets) for mail in sink.taken}
    return Outcome(
        lost=recipients - len(refused | set(copies)),
        refused=len(refused),
        differing=len(octets) - len(copies),
        repeats=copies.total() - len(copies),
        unavoidable=sum(not mail.acknowledged for mail in sink.taken),
        most_copies=max(copies.values()),
    )


def show(outcome: Outcome, planned: Counter[str], *, seconds: float) -> None:
    """Print the mix that was met, and what came of it."""
    for name, _, _ in MIX:
        print(f"{name:24} {planned[name]:6}")
    print()
    for name, value in vars(outcome).items():
        print(f"{name.replace('_', ' '):24} {value:6}")
    print(f"{'seconds':24} {seconds:6.1f}")
    print("; ".join(outcome.breaches) or "Nothing was lost, and no repeat could have been avoided.")


if __name__ == "__main__":
    sys.exit(main())
