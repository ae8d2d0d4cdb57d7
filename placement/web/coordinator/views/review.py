"""One run: how it goes while it is solved, then what it found."""

from collections.abc import Sequence

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.match_runs import UNFINISHED
from placement.services.reports.board import Board, board
from placement.services.reports.explanations import explanations_of
from placement.services.reports.review import Review, changes, review
from placement.web import auth
from placement.web.coordinator.words import board as board_words
from placement.web.coordinator.words import diagnosis as findings
from placement.web.coordinator.words import runs as words
from placement.web.coordinator.words import why
from placement.web.coordinator.words.repair import run_name
from placement.web.presenters import profile_bars
from placement.web.rendering import render_page

MOST = 20
"""How many rows of a list the page shows; the whole list has a page of its own."""


def show_run(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The state of a run, or its result."""
    with reading() as session:
        scope = auth.scope_of(session)
        found = review(scope, cohort_id, run_id)
        since = changes(scope, cohort_id, run_id, now=auth.now())
        aside = board(scope, cohort_id, run_id)
    run = found.run
    if run.status in UNFINISHED:
        return render_page("coordinator/run_waiting.html", run=run, words=words, board_words=board_words)
    if run.solution is None:
        return render_page("coordinator/run_failed.html", run=run, words=words)
    if run.solution["status"] == "infeasible" and run.seat_given:
        return redirect(url_for(".show_repair", cohort_id=cohort_id, run_id=run_id))
    if run.solution["status"] == "infeasible":
        explained = explanations_of(found)
        conflicts = findings.conflicts(explained.conflicts, findings.naming_of(explained))
        return render_page("coordinator/run_infeasible.html", run=run, words=words, conflicts=conflicts)
    return _result(found, since, aside)


def _result(found: Review, since: Sequence[str], aside: Board) -> ResponseReturnValue:
    explained = explanations_of(found)
    naming = findings.naming_of(explained)
    return render_page(
        "coordinator/run.html",
        found=found,
        changes=since,
        board=aside,
        board_words=board_words,
        run=found.run,
        run_name=run_name(found.run.kind, found.run.id),
        words=words,
        most=MOST,
        explained=explained,
        why=why,
        findings=findings,
        not_known=why.missing_words(explained, now=auth.now()),
        conflicts=findings.conflicts(explained.conflicts, naming),
        what_ifs=findings.what_ifs(explained.what_ifs, naming),
        silent=sum(len(leader.given) for leader in found.leaders if not leader.answered),
        bars=profile_bars(found.profile, unplaced=sum(leader.missing for leader in found.leaders)),
    )
