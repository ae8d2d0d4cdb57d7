"""A large cohort in the middle of its season, with somebody of each role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, select, text

from bench.cohort import DOMAIN, write_cohort
from bench.job import NAME, confirm, import_sheets, match
from placement.app import create_app
from placement.config import Config, sqlite_url
from placement.db import db, unit_of_work
from placement.db.schema import upgrade
from placement.domain.sender import Sender
from placement.domain.states import CoordinatorRole
from placement.models import Placement
from placement.services import people, sign_in, swap_requests
from placement.services.invites import sender_of
from placement.services.leaving import leave_day
from placement.services.scope import Scope

EMAILS = {
    "leader": f"leader1@{DOMAIN}",
    "partner": f"partner1@{DOMAIN}",
    "coordinator": f"coordinator@{DOMAIN}",
    "viewer": f"viewer@{DOMAIN}",
}
"""Whom each role is measured as."""
LEFT = range(2, 14)
"""The placements that are left again."""
ASK = range(20, 60)
"""The placements for which their leaders ask for a swap."""
WAITS = """
SELECT min(leader_id) FROM assignment WHERE match_run_id = (SELECT max(id) FROM match_run)
AND leader_id NOT IN (SELECT leader_id FROM placement WHERE status = 'confirmed')
"""
ROLES: tuple[CoordinatorRole, ...] = ("coordinator", "viewer")


@dataclass(frozen=True)
class Season:
    """The site with one cohort: one run is confirmed, a later one waits to be."""

    app: Flask

    def session_of(self, role: str) -> str:
        """The token of a session of somebody who has that role."""
        now = datetime.now(UTC)
        with self.app.app_context(), unit_of_work() as session:
            scope = Scope.system(session, label="bench")
            return sign_in.enter_without_mail(scope, EMAILS[role], now=now)

    def ids(self) -> dict[str, int]:
        """The id of a row of each table, named as addresses name it; the newest run."""
        with self.app.app_context(), db.engine.connect() as connection:
            found = {
                f"{table}_id": connection.scalar(text(f'SELECT min(id) FROM "{table}"'))
                for table in inspect(connection).get_table_names()
                if any(column["name"] == "id" for column in inspect(connection).get_columns(table))
            }
            found["run_id"] = connection.scalar(text("SELECT max(id) FROM match_run"))
            found["request_id"] = found["swap_request_id"]
            found["waiting_id"] = connection.scalar(text(WAITS))
        return {name: number for name, number in found.items() if number is not None}

    def change(self) -> None:
        """Let the cohort be in a new state, as after any change that a match depends on."""
        with self.app.app_context(), db.engine.begin() as connection:
            connection.execute(text("UPDATE match_stamp SET stamp = lower(hex(randomblob(16)))"))


@contextmanager
def season(folder: Path, *, copies: int) -> Iterator[Season]:
    """A cohort of `copies` times a hundred leaders, imported, matched, confirmed and matched again.

    Between the two runs some have left their day.
    """
    app = create_app(_config(folder))
    with app.app_context():
        upgrade()
        import_sheets(write_cohort(folder / "sheets", copies=copies))
        with unit_of_work() as session:
            for role in ROLES:
                people.add_user(
                    Scope.system(session, label="bench"),
                    email=EMAILS[role],
                    name=f"The {role}",
                    role=role,
                    cohort_name=NAME,
                    now=datetime.now(UTC),
                )
        confirm(match("generous"), sender_of(_config(folder)))
        leave(sender_of(_config(folder)))
        ask_for_swaps()
        match("generous")
    yield Season(app)
    with app.app_context():
        db.engine.dispose()


def leave(sender: Sender) -> None:
    """Let some leaders leave their day; they need another one."""
    with unit_of_work() as session:
        scope = Scope.system(session, label="bench")
        cohort_id = scope.cohort_named(NAME).id
        for placement_id in LEFT:
            leave_day(scope, cohort_id, placement_id, bar_date=True, sender=sender, now=datetime.now(UTC))


def ask_for_swaps() -> None:
    """Let some leaders ask for another day than theirs: any of their choices would do."""
    with unit_of_work() as session:
        for placement in session.scalars(select(Placement).where(Placement.id.in_(ASK))):
            scope = Scope.of_user(session, placement.leader.user_id)
            asked = {"reason": "work", "words": "", "wish": None, "now": datetime.now(UTC)}
            swap_requests.ask_for_swap(scope, placement.leader_id, placement.id, **asked)  # type: ignore[arg-type]  # facts by name


def _config(folder: Path) -> Config:
    return Config(
        database_url=sqlite_url(folder / "pages.sqlite3"),
        data_folder=folder,
        secret_key="a-secret-to-measure-with-0123456789",
        public_base_url="http://127.0.0.1:8000",
        mail_server="127.0.0.1",
        mail_sender="Placement <placements@placement.example>",
        solver_seconds=60.0,
    )
