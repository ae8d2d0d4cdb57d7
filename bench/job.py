"""Does the main job of one cohort step by step, as often as asked, and says how long each step takes."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from bench.limits import Taken, bare_insert, bare_sending, kept_sending, one_stage, timed
from bench.sink import open_sink
from placement.adapters.postcodes import sector_centres
from placement.adapters.sheets import read_folder
from placement.app import create_base
from placement.config import Config, sqlite_url
from placement.db import db, reading, unit_of_work
from placement.db.schema import upgrade
from placement.domain.matching import Objective, Problem
from placement.domain.sender import Sender
from placement.domain.sheets.understand import understand
from placement.domain.states import OBJECTIVES
from placement.services import match_runs
from placement.services.confirmations import Confirmation, confirm_run
from placement.services.imports import apply_import, plan_import
from placement.services.invites import sender_of
from placement.services.reports.runs import run_report
from placement.services.scope import Scope
from placement.worker.mail import send_due
from placement.worker.solve import solve_here

NAME = "Bench"
SOLVER_SECONDS = 60.0
DEAD_PORT = 1  # nothing answers there
ROWS_PER_PLACEMENT = 3  # placement, invite, message


@dataclass
class Matched:
    """The runs of one objective: what each took, and how many of its stages are proven."""

    taken: list[Taken] = field(default_factory=list)
    stages: int = 0
    proven: int = 0


@dataclass
class Figures:
    """All that was measured on one cohort; each list has one entry per repetition."""

    name: str
    leaders: int = 0
    slots: int = 0
    imported: list[Taken] = field(default_factory=list)
    matched: dict[Objective, Matched] = field(default_factory=dict)
    one_stage: list[Taken] = field(default_factory=list)
    placements: int = 0
    mails: int = 0
    confirmed: list[Taken] = field(default_factory=list)
    bare_insert: list[Taken] = field(default_factory=list)
    sent: list[Taken] = field(default_factory=list)
    bare_sending: list[Taken] = field(default_factory=list)
    kept_sending: list[Taken] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)

    def rate(self, of: list[Taken]) -> float:
        """Mails per second, by the median of what handing over all of them took."""
        return self.mails / wall(of)


def wall(taken: list[Taken]) -> float:
    """The median of the seconds on the clock."""
    return median(one.wall for one in taken)


def cpu(taken: list[Taken]) -> float:
    """The median of the seconds of computing, which neighbours on the machine change less."""
    return median(one.cpu for one in taken)


@dataclass(frozen=True)
class Job:
    """One cohort's sheets and a folder to work in."""

    sheets: Path
    folder: Path
    repeats: int

    def measure(self, name: str) -> Figures:
        """Import, match by each objective, confirm and send, each `repeats` times."""
        figures = Figures(name)
        database = self._import_all(figures)
        run_id = self._match_all(database, figures)
        confirmed = self._confirm_all(database, run_id, figures)
        for repeat in range(self.repeats):
            self._send(replaced(self.folder / f"sent-{repeat}.sqlite3", confirmed), figures)
        return figures

    def config(self, database: Path, *, port: int = DEAD_PORT) -> Config:
        """Settings with `database`, and a mail server on `port` of this machine."""
        return Config(
            database_url=sqlite_url(database),
            data_folder=self.folder,
            secret_key="a-secret-to-measure-with-0123456789",
            public_base_url="http://127.0.0.1:8000",
            mail_server="127.0.0.1",
            mail_port=port,
            mail_sender="Placement <placements@placement.example>",
            solver_seconds=SOLVER_SECONDS,
        )

    def _import_all(self, figures: Figures) -> Path:
        for repeat in range(self.repeats):
            database = self.folder / f"imported-{repeat}.sqlite3"
            with opened(self.config(database)):
                upgrade()
                figures.imported.append(timed(partial(import_sheets, self.sheets))[1])
        return database

    def _match_all(self, database: Path, figures: Figures) -> int:
        """Run each objective; returns the run of the first one, which is the default."""
        runs: list[int] = []
        with opened(self.config(database)):
            for objective in OBJECTIVES:
                matched = figures.matched.setdefault(objective, Matched())
                for _ in range(self.repeats):
                    run_id, taken = timed(partial(match, objective))
                    runs.append(run_id)
                    matched.taken.append(taken)
                    figures.one_stage.append(one_stage(frozen(runs[-1])))
                note(figures, matched, runs[-1])
        return runs[0]

    def _confirm_all(self, database: Path, run_id: int, figures: Figures) -> Path:
        """Confirm in one process that goes on, as a site does, each time in a fresh copy of `database`."""
        copy = self.folder / "confirmed.sqlite3"
        with opened(config := self.config(copy)):
            for _ in range(self.repeats):
                db.engine.dispose()
                replaced(copy, database)
                done, taken = timed(partial(confirm, run_id, sender_of(config)))
                figures.placements = done.made
                figures.mails = done.made + done.partners
                figures.confirmed.append(taken)
                rows = ROWS_PER_PLACEMENT * figures.placements + done.partners
                figures.bare_insert.append(bare_insert(self.folder, rows))
        return copy

    def _send(self, database: Path, figures: Figures) -> None:
        with open_sink() as sink, opened(config := self.config(database, port=sink.port)):
            figures.sent.append(timed(partial(send_due, config))[1])
        figures.arrived.append(sink.mails)
        with closing(sqlite3.connect(database)) as connection:
            mails = [octets for (octets,) in connection.execute("SELECT octets FROM written_mail")]
        envelope = (config.sender_address, "leader@bench.example")
        with open_sink() as sink:
            figures.bare_sending.append(bare_sending(sink.port, mails, *envelope))
            figures.kept_sending.append(kept_sending(self.folder, sink.port, mails, *envelope))


def replaced(file: Path, by: Path) -> Path:
    """Make `file` a copy of the database `by`, to neither of which anybody is connected."""
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()
    shutil.copy(by, file)
    return file


@contextmanager
def opened(config: Config) -> Iterator[None]:
    """An application context; all connections are closed at its end, so that the file can be copied."""
    app = create_base(config)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def import_sheets(folder: Path) -> None:
    """Import the sheets of a folder, as `placement cohort import` does."""
    sheets = understand(read_folder(folder), sector_centres())
    with unit_of_work() as session:
        scope = Scope.system(session, label="bench")
        apply_import(scope, plan_import(scope, sheets, name=NAME), now=now())


def match(objective: Objective) -> int:
    """Freeze, solve, check and store, as `placement match run` does; returns the run's id."""
    with unit_of_work() as session:
        scope = Scope.system(session, label="bench")
        run_id = match_runs.request_run(
            scope, scope.cohort_named(NAME).id, seconds=SOLVER_SECONDS, now=now(), objective=objective
        )
    solve_here(run_id)
    return run_id


def confirm(run_id: int, sender: Sender) -> Confirmation:
    """Confirm a run, as `placement match confirm` does."""
    with unit_of_work() as session:
        return confirm_run(Scope.system(session, label="bench"), run_id, sender=sender, now=now())


def frozen(run_id: int) -> Problem:
    """The problem that a run was made from."""
    with reading() as session:
        return Problem.from_json(match_runs.load_run(Scope.system(session), run_id).problem)


def note(figures: Figures, matched: Matched, run_id: int) -> None:
    """Keep what a run says of its stages, and the size of its problem."""
    with reading() as session:
        solution = run_report(Scope.system(session), run_id).solution
    if solution is not None:
        matched.stages = len(solution["stages"])
        matched.proven = sum(stage["proven"] for stage in solution["stages"])
    problem = frozen(run_id)
    figures.leaders, figures.slots = len(problem.leaders), len(problem.slots)


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)
