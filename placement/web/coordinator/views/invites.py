"""Who has answered their invite, the answers of one leader for one day, and writing one down for somebody."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services import answers
from placement.services.reports.answers import InviteLine, answer_history, invite_list
from placement.web import auth
from placement.web.coordinator.views import recording
from placement.web.coordinator.views.recording import Answered
from placement.web.coordinator.words import answers as words
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import day as day_words
from placement.web.presenters import moment
from placement.web.rendering import render_page

FILTERS = (
    Filter[InviteLine]("all", "All", lambda row: not row.past),
    Filter[InviteLine]("silent", "No answer", lambda row: not row.past and row.partstat == "NEEDS-ACTION"),
    Filter[InviteLine]("coming", "Coming", lambda row: not row.past and row.partstat == "ACCEPTED"),
    Filter[InviteLine]("perhaps", "Perhaps", lambda row: not row.past and row.partstat == "TENTATIVE"),
    Filter[InviteLine]("cannot", "Cannot come", lambda row: not row.past and row.partstat == "DECLINED"),
    Filter[InviteLine]("undelivered", "Not delivered", lambda row: not row.past and row.undelivered),
    Filter[InviteLine]("past", "Past days", lambda row: row.past),
)
HEAD = ("Day", "Placement", "Partner", "Name", "Organisation", "E-mail", "Answer", "Last mail")


def list_invites(cohort_id: int) -> ResponseReturnValue:
    """Who has answered, and who has not; days past are a list of their own."""
    with reading() as session:
        found = invite_list(auth.scope_of(session), cohort_id, now=auth.now())
    shown = _listing([*found.to_come, *found.past])
    announce(shown, "leader")
    return render_page("coordinator/invites.html", found=found, shown=shown, words=words)


def download_invites(cohort_id: int) -> ResponseReturnValue:
    """What the page shows, with what is on its further pages."""
    with reading() as session:
        found = invite_list(auth.scope_of(session), cohort_id, now=auth.now())
    rows = _listing([*found.to_come, *found.past]).found
    return csv_file("answers-to-invites", HEAD, [_cells(row) for row in rows])


def show_history(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """The answers of one leader for one day, and the form to write one down."""
    return recording.show_answers(_of(cohort_id, placement_id))


def record_answer(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """Write down what somebody has said."""
    return recording.record_answer(_of(cohort_id, placement_id))


def undo_answer(cohort_id: int, placement_id: int) -> ResponseReturnValue:
    """Take back the answer that counts."""
    return recording.undo_answer(_of(cohort_id, placement_id))


def _of(cohort_id: int, placement_id: int) -> Answered:
    keys: dict[str, Any] = {"cohort_id": cohort_id, "placement_id": placement_id}
    return Answered(
        cohort_id,
        read=lambda scope: answer_history(scope, cohort_id, placement_id, now=auth.now()),
        record=lambda scope, given, seen: answers.record_answer(
            scope, cohort_id, placement_id, given, seen=seen, now=auth.now()
        ),
        url=url_for(".show_history", **keys),
        undo_url=url_for(".undo_answer", **keys),
        back_url=url_for(".list_invites", cohort_id=cohort_id),
        back_text="Answers to invites",
    )


def _listing(rows: Sequence[InviteLine]) -> Listing[InviteLine]:
    return listing(rows, FILTERS, _text)


def _text(row: InviteLine) -> str:
    return f"{row.leader} {row.email} {row.organisation} {row.title} {row.partner} {day_words(row.starts_at)}"


def _cells(row: InviteLine) -> tuple[str | int, ...]:
    return (
        moment(row.starts_at),
        row.title,
        row.partner,
        row.leader,
        row.organisation,
        row.email,
        words.answer_state(row.partstat).text,
        words.mail_words(row),
    )
