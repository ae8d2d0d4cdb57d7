"""What was said of days, and the reflections that leaders gave to coordinators."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.attendance import PROMPTS
from placement.services.reports.afterwards import (
    CohortFeedback,
    FeedbackLine,
    cohort_feedback,
    cohort_reflections,
)
from placement.web import attending, auth
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import day, moment
from placement.web.rendering import render_page

FILTERS = (
    Filter[FeedbackLine]("all", "All", lambda _: True),
    Filter[FeedbackLine]("partners", "From partners", lambda row: row.from_partner),
    Filter[FeedbackLine]("leaders", "From leaders", lambda row: not row.from_partner),
    Filter[FeedbackLine]("call", "Wish a call", lambda row: row.said.call_me),
    Filter[FeedbackLine]("badly", "Went badly", lambda row: row.said.went < 3),
)
HEAD = ("Day", "Placement", "Partner", "From", "Who", "How it went", "Host again", "Words", "Call", "Saved")


def show_feedback(cohort_id: int) -> ResponseReturnValue:
    """All feedback, the newest first."""
    found = _feedback(cohort_id)
    shown = _listing(found)
    announce(shown, "answer")
    return render_page("coordinator/feedback.html", found=found, shown=shown, words=attending)


def download_feedback(cohort_id: int) -> ResponseReturnValue:
    """The feedback that the page shows, with that of its further pages."""
    return csv_file("feedback", HEAD, [_cells(row) for row in _listing(_feedback(cohort_id)).found])


def show_reflections(cohort_id: int) -> ResponseReturnValue:
    """The reflections given to coordinators, and who has written none."""
    with reading() as session:
        found = cohort_reflections(auth.scope_of(session), cohort_id, now=auth.now())
    shown = listing(
        found.shared,
        (Filter("all", "All", lambda _: True),),
        lambda row: f"{row.name} {row.title} {row.partner}",
    )
    return render_page("coordinator/reflections.html", found=found, shown=shown, prompts=PROMPTS)


def _feedback(cohort_id: int) -> CohortFeedback:
    with reading() as session:
        return cohort_feedback(auth.scope_of(session), cohort_id)


def _listing(found: CohortFeedback) -> Listing[FeedbackLine]:
    return listing(found.lines, FILTERS, lambda row: f"{row.who} {row.title} {row.partner} {row.said.words}")


def _cells(row: FeedbackLine) -> tuple[str | int, ...]:
    said = row.said
    return (
        day(row.starts_at),
        row.title,
        row.partner,
        "Partner" if row.from_partner else "Leader",
        row.who,
        attending.WENT_WORDS[said.went],
        attending.AGAIN_WORDS[said.again] if said.again else "",
        said.words,
        row.phone or ("Yes" if said.call_me else ""),
        moment(said.saved_at),
    )
