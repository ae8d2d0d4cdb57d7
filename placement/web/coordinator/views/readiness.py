"""Whether a cohort is ready for a match: who could not be placed, and why."""

from flask import request
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.readiness import LONGER_SECONDS, SECONDS, readiness
from placement.web import auth
from placement.web.coordinator.words import diagnosis as words
from placement.web.coordinator.words.diagnosis import Naming
from placement.web.explaining import Speech
from placement.web.rendering import render_page


def show_readiness(cohort_id: int) -> ResponseReturnValue:
    """What a match would run into as things stand."""
    with reading() as session:
        seconds = LONGER_SECONDS if request.args.get("longer") else SECONDS
        found = readiness(auth.scope_of(session), cohort_id, now=auth.now(), seconds=seconds)
    naming = Naming(Speech(found.slots, several_days=found.several_days), found.people)
    return render_page(
        "coordinator/readiness.html",
        found=found,
        words=words,
        conflicts=words.conflicts(found.conflicts, naming, found.barriers),
        idle=words.idle_rows(found.idle, naming),
        newest=next((run.id for run in found.cohort.runs if run.proof in {"optimal", "feasible"}), None),
    )
