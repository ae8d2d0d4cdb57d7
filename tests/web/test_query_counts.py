"""How often a page asks the database does not go by how many rows there are."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from placement.db import db, unit_of_work
from placement.models import (
    FixedPair,
    ImportBatch,
    Leader,
    Message,
    Opportunity,
    Slot,
    SwapRequest,
    WrittenMail,
)
from placement.services import access, kept
from tests.databases import SqliteServer, dispose, settings
from tests.factories.attendance import make_feedback
from tests.factories.conflicts import make_conflict
from tests.factories.fixing import make_fixing_step
from tests.factories.imports import make_import_row
from tests.factories.letters import make_opt_out
from tests.factories.lists import make_audit_check
from tests.factories.opportunities import make_activity
from tests.factories.outbox import make_delivery_try
from tests.factories.people import make_partner
from tests.factories.preferences import make_date_answer, make_previous_ranking, make_refusal
from tests.factories.programmes import make_team
from tests.web.conftest import MakeSite
from tests.web.coordinator_desk import queries_of
from tests.web.crowd import Crowd, make_crowd
from tests.web.multitude import counts, multiply, propose
from tests.web.route_table import ROUTES
from tests.web.test_route_matrix import OWN_COHORT, SAFE, Matrix

pytestmark = pytest.mark.timeout(400)  # two whole cohorts are made, and every page of each is opened

FEW, MANY = 10, 1_000
BATCHES = 6
"""What belongs to many rows is read for 500 of them at a time."""
A_ROW = 200
"""Octets, at least, of a row on a page."""
SESSION = re.compile(r"\bsigned_in\b|^BEGIN")
"""That somebody is seen is written down once a minute."""
FEW_BY_NATURE = frozenset(
    {
        *("programme", "cohort", "match_stamp", "calendar_version", "wording", "schedule", "worker"),
        *(
            "mailbox_position",
            "sign_in_link",
            "signed_in",
            "second_step",
            "recovery_code",
            "hit",
            "feed",
            "import_upload",
            "interrupted_form",
        ),
    }
)
"""Tables of which a cohort or a person has one row, or of which no page shows any."""
LISTS = frozenset(
    f"coordinator.{name}"
    for name in (
        *("start", "show_people", "show_answers", "list_days", "list_events", "list_fixed", "list_invites"),
        *("list_opportunities", "list_replies", "list_tasks", "list_batches", "show_attendance", "show_log"),
        *("show_attendance_people", "show_conflicts", "show_day", "show_day_attendance", "show_event"),
        *("show_feedback", "show_leaders", "show_days", "show_person", "show_pictures", "show_run"),
        *("show_run_map", "show_sending", "show_sheet", "show_waiting_list", "show_data", "show_repairs"),
        *(
            "list_organisations",
            "download_organisations",
            "list_swaps",
            "ask_confirmation",
            "ask_dates",
            "ask_leaving",
            "ask_withdrawal",
            "ask_undo",
            "plan_event",
        ),
        *("download_people", "download_roster", "download_invites", "download_log", "download_leaders"),
    )
) | frozenset(
    {
        *("home.tasks", "report.show", "demo_outbox.list_mails", "feed.read"),
        *("leader.start", "leader.browse", "leader.show_choices", "leader.show_dates", "leader.show_events"),
        *("leader.show_placement", "leader.show_conflicts", "leader.show_data", "leader.download_json"),
        *("partner.start", "partner.list_sites", "partner.show_coming", "partner.show_day"),
        *("partner.show_sheet", "partner.show_attendance_form", "partner.ask_withdrawal"),
        *("partner.ask_message", "partner.show_data"),
    }
)
"""Pages that list what is copied."""


def complete(session: Session, crowd: Crowd) -> None:
    """One row of each kind that the crowd has none of."""
    leader = session.get_one(Leader, crowd.own["leader_id"])
    slot = session.get_one(Slot, crowd.own["slot_id"])
    leader.team_id = make_team(session, cohort=leader.cohort).id
    access.record_need(session, leader, "A hearing loop, please", shared=True)
    batch = session.get_one(ImportBatch, crowd.own["batch_id"])
    make_import_row(session, leader=leader, batch_id=batch.id, sealed=access.seal(session, "[null, {}]"))
    make_conflict(session, leader=leader, partner=make_partner(session, cohort=leader.cohort))
    make_date_answer(session, leader=leader, answer="if_need_be")
    make_previous_ranking(session, leader=leader)
    make_refusal(session, leader=leader, opportunity=session.get_one(Opportunity, slot.opportunity_id))
    make_opt_out(session, user=leader.user)
    make_activity(session, opportunity=slot.opportunity)
    make_feedback(session, slot=slot, leader=leader)
    message = session.get_one(Message, crowd.own["message_id"])
    message.written = WrittenMail(octets=b"Subject: Your day")
    make_delivery_try(session, message=message)
    make_fixing_step(session, pair=session.get_one(FixedPair, crowd.own["pair_id"]))
    make_audit_check(session)
    session.get_one(SwapRequest, crowd.own["request_id"]).wish = [slot.reference]


@dataclass(frozen=True)
class View:
    """What a page asked the database, and how long it is."""

    queries: Counter[str]
    octets: int


Views = dict[tuple[str, str], View]
"""By endpoint and visitor."""


def viewed(matrix: Matrix) -> Views:
    """Each page, as everybody of the cohort who may see it."""
    found = {}
    kept.forget()
    browsers = {who: matrix.browser_of(who) for who in matrix.crowd.emails}
    for rule, method in matrix.calls():
        for who in sorted(ROUTES[rule.endpoint].visitors & OWN_COHORT) if method in SAFE else ():
            path = matrix.path(rule, matrix.crowd.own)
            with queries_of(matrix.app) as said:
                answer = browsers[who].get(path)
            assert answer.status_code < 500, path
            asked = Counter(one for one in said if not SESSION.search(one))
            found[rule.endpoint, who] = View(asked, len(answer.data))
    return found


def peopled(server: SqliteServer, make_site: MakeSite, folder: Path, copies: int) -> Iterator[Matrix]:
    with server.database() as url:
        app = make_site(replace(settings(url, folder), demo=True))
        with app.app_context():
            with unit_of_work() as session:
                crowd = make_crowd(session)
                complete(session, crowd)
            with db.engine.begin() as connection:
                multiply(connection, crowd.own, copies=copies)
            with unit_of_work() as session:
                propose(session, crowd.own["run_id"])
        yield Matrix(app, crowd)
        dispose(app)


@pytest.fixture(scope="module")
def few(
    sqlite_server: SqliteServer, make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    yield from peopled(sqlite_server, make_site, tmp_path_factory.mktemp("few"), FEW)


@pytest.fixture(scope="module")
def many(
    sqlite_server: SqliteServer, make_site: MakeSite, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Matrix]:
    yield from peopled(sqlite_server, make_site, tmp_path_factory.mktemp("many"), MANY)


@pytest.fixture(scope="module")
def views(few: Matrix, many: Matrix) -> tuple[Views, Views]:
    """Every page where there are ten rows of each kind, and where there are a thousand."""
    return viewed(few), viewed(many)


def test_a_page_asks_as_often_at_a_thousand_rows_as_at_ten(views: tuple[Views, Views]) -> None:
    before, after = views
    grown = []
    for page, view in after.items():
        more = view.queries - before[page].queries
        if view.queries.total() > before[page].queries.total() + BATCHES:
            (said, times), *_ = more.most_common(1)
            grown.append(f"{page[0]} as {page[1]}: {times} times more: {said}")
    assert grown == []


def test_pages_that_list_rows_have_more_of_them_to_show(views: tuple[Views, Views]) -> None:
    """Else a page could pass because its rows were not there."""
    before, after = views
    longer = {page for page, view in after.items() if view.octets > before[page].octets + A_ROW}
    assert LISTS - {endpoint for endpoint, _ in longer} == set()


def test_every_kind_of_row_is_there_a_thousand_times(many: Matrix) -> None:
    with many.app.app_context(), db.engine.connect() as connection:
        found = counts(connection, many.crowd.own["cohort_id"])
    few_rows = {name for name, number in found.items() if number < MANY}
    assert few_rows == FEW_BY_NATURE
