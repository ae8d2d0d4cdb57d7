"""The coordinator's first page: what needs them, the figures, capacity against demand, the runs."""

from flask import request
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.audit_chain import last_check
from placement.services.reports.answers import waiting_for
from placement.services.reports.cohort import cohort_report, newest_changes
from placement.services.reports.funnel import funnel
from placement.services.reports.hosting import withdrawn_days
from placement.services.reports.sign_offs import lists_to_sign_off
from placement.services.reports.standing import standing
from placement.services.reports.swaps import swaps_waiting
from placement.services.reports.waiting_list import seats_to_offer
from placement.web import auth
from placement.web.coordinator.words import cohort as words
from placement.web.coordinator.words import repair as repair_words
from placement.web.coordinator.words import runs as run_words
from placement.web.downloads import csv_file
from placement.web.presenters import bars
from placement.web.rendering import render_page

MOST_DEMANDED = 25
"""How many opportunities stand in the table of demand unless all are asked for."""


def start(cohort_id: int) -> ResponseReturnValue:
    """How the cohort stands, with the next step."""
    with reading() as session:
        scope, now = auth.scope_of(session), auth.now()
        cohort = cohort_report(scope, cohort_id, now=now)
        changes = newest_changes(scope, cohort, now=now)
        waiting = waiting_for(scope, cohort_id, now=now)
        broken = standing(scope, cohort_id, now=now).broken if cohort.placed else ()
        free_again = seats_to_offer(scope, cohort_id, now=now)
        withdrawn = withdrawn_days(scope, cohort_id)
        swaps = swaps_waiting(scope, cohort_id, now=now)
        lists = lists_to_sign_off(scope, cohort_id)
        chain = last_check(session)
        steps = funnel(scope, cohort_id).steps
    demand = words.demand_rows(cohort)
    return render_page(
        "coordinator/start.html",
        cohort=cohort,
        changes=changes,
        attention=words.attention(
            cohort, changes, broken, waiting, chain, free_again, withdrawn, swaps, lists
        ),
        steps=words.next_steps(cohort, changes),
        demand=demand if request.args.get("demand") == "all" else demand[:MOST_DEMANDED],
        opportunities=len(demand),
        funnel=bars((step.label, step.number) for step in steps),
        words=run_words,
        repair_words=repair_words,
    )


def download_funnel(cohort_id: int) -> ResponseReturnValue:
    """How far the leaders have come, as a file."""
    with reading() as session:
        found = funnel(auth.scope_of(session), cohort_id)
    return csv_file(
        "how-far-leaders-are", ("Step", "Leaders"), [(row.label, row.number) for row in found.steps]
    )
