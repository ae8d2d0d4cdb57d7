"""Why a run gives what it gives: all leaders who miss a better choice, one of them, each partner."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.errors import NotFound
from placement.services.reports.board import fixed_of
from placement.services.reports.explanations import (
    ExplainedLeader,
    RunExplanations,
    explanations,
    explanations_of,
)
from placement.services.reports.review import review
from placement.web import auth
from placement.web.coordinator.words import board as board_words
from placement.web.coordinator.words import runs as run_words
from placement.web.coordinator.words import why as words
from placement.web.lists import Filter, announce, listing
from placement.web.rendering import render_page


def _ends_in(word: str) -> Filter[ExplainedLeader]:
    return Filter(word, words.OUTCOMES[word], lambda row: words.outcome(row.better[0].fact) == word)


FILTERS = (Filter[ExplainedLeader]("all", "All", lambda _: True), *map(_ends_in, words.OUTCOMES))


def show_why(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Everybody for whom something better was wanted, with what that would have cost."""
    found = _explanations(cohort_id, run_id)
    shown = listing(found.leaders, FILTERS, _text)
    announce(shown, "leader")
    return render_page(
        "coordinator/why.html",
        found=found,
        run=found.run,
        shown=shown,
        words=words,
        not_known=words.missing_words(found, now=auth.now()),
        speech=words.speech_of(found),
    )


def show_leader(cohort_id: int, run_id: int, leader_id: int) -> ResponseReturnValue:
    """What a run gives one leader, with each choice that would have been better and who would have moved."""
    with reading() as session:
        scope = auth.scope_of(session)
        whole = review(scope, cohort_id, run_id)
        fixed = fixed_of(scope, cohort_id, leader_id)
    leader = next((row for row in whole.leaders if row.id == leader_id), None)
    if leader is None:
        raise NotFound(thing="leader in this run")
    found = explanations_of(whole)
    row = next((row for row in found.leaders if row.leader.id == leader_id), ExplainedLeader(leader, ()))
    return render_page(
        "coordinator/why_leader.html",
        found=found,
        run=found.run,
        row=row,
        leader=leader,
        fixed=fixed,
        board_words=board_words,
        choices=words.choices_of(row, words.speech_of(found)),
        words=words,
        not_known=words.missing_words(found, now=auth.now()),
        run_words=run_words,
    )


def show_partners(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Each partner with why these people come."""
    found = _explanations(cohort_id, run_id)
    return render_page(
        "coordinator/partners.html",
        found=found,
        run=found.run,
        words=words,
        not_known=words.missing_words(found, now=auth.now()),
    )


def _explanations(cohort_id: int, run_id: int) -> RunExplanations:
    with reading() as session:
        return explanations(auth.scope_of(session), cohort_id, run_id)


def _text(row: ExplainedLeader) -> str:
    return f"{row.leader.name} {row.leader.organisation} {row.leader.email}"
