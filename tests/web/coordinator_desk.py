"""A coordinator at a browser, with a cohort in one of its states."""

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from placement.db import db, reading, unit_of_work
from placement.models import Cohort, MatchRun, Slot
from tests.factories.people import make_leader
from tests.web.browsing import Browser
from tests.web.cohort_states import Found, fill, found_in, solved_now
from tests.web.page import Page, check_page, record_unknown_names

PATHS = ("", "readiness", "answers", "days", "runs/new", "runs/compare", "sending", "repair")
RUN_PATHS = (
    "runs/RUN",
    "runs/RUN/leaders",
    "runs/RUN/days",
    "runs/RUN/why",
    "runs/RUN/partners",
    "runs/RUN/confirm",
)


@dataclass(frozen=True)
class Desk:
    """A coordinator at a browser."""

    app: Flask
    browser: Browser
    found: Found
    unknown_names: list[str]

    def get(self, path: str = "") -> Page:
        return self.checked(self.browser.get(self.found.url(path)))

    def post(self, path: str, form: dict[str, str] | None = None) -> TestResponse:
        return self.browser.post(self.found.url(path), form)

    def checked(self, answer: TestResponse) -> Page:
        page = check_page(answer)
        assert self.unknown_names == []
        return page

    def csv(self, path: str) -> list[list[str]]:
        answer = self.browser.get(self.found.url(path))
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))

    def change(self, act: Callable[[Any], None]) -> None:
        with self.app.app_context(), unit_of_work() as session:
            act(session)

    def count(self, model: type[Any]) -> int:
        with self.app.app_context(), reading() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def runs(self) -> list[tuple[int, str, str]]:
        with self.app.app_context(), reading() as session:
            rows = session.scalars(select(MatchRun).order_by(MatchRun.id))
            return [(run.id, run.objective, run.seed) for run in rows]


Sit = Callable[[str], Desk]


def seats(site: Flask) -> Sit:
    """`seats(site)("solved")` is a coordinator whose cohort is in that state."""
    unknown = record_unknown_names(site)

    def sitting(state: str) -> Desk:
        found = found_in(site, state)
        return Desk(site, Browser(site, email=found.email), found, unknown)

    return sitting


def add_leaders(desk: Desk, number: int, **facts: Any) -> None:
    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        for _ in range(number):
            make_leader(session, cohort=cohort, **facts)

    desk.change(act)


def shrink_first_day(session: Any) -> None:
    session.scalars(select(Slot).order_by(Slot.id)).first().capacity = 1


def matched(desk: Desk, leaders: int, *, capacity: int | None = None) -> int:
    """Fill the cohort and solve a run of it; the run's id."""

    def act(session: Any) -> None:
        cohort = session.get_one(Cohort, desk.found.cohort_id)
        fill(session, cohort, leaders=leaders)
        for slot in session.scalars(select(Slot).where(Slot.minimum == 1)):
            slot.capacity = capacity or slot.capacity
        solved_now(session, cohort)

    desk.change(act)
    return desk.runs()[-1][0]


@contextmanager
def queries_of(app: Flask) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        said.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
