"""The list of people: leaders and partners, in part and in order, downloaded, acted for several at once."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services import bulk
from placement.services.reports.people import ListedPerson, people_list
from placement.services.saved_views import usual_query, views_of
from placement.web import auth
from placement.web.coordinator.words import everybody as words
from placement.web.downloads import csv_file
from placement.web.lists import Filter, Listing, Sort, announce, listing
from placement.web.mail_links import links
from placement.web.presenters import moment
from placement.web.rendering import render_page

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
FILTERS = (
    Filter[ListedPerson]("all", "All", lambda row: row.left_at is None),
    Filter[ListedPerson]("leaders", "Leaders", lambda row: row.kind == "leader" and row.left_at is None),
    Filter[ListedPerson]("partners", "Partners", lambda row: row.kind == "partner"),
    Filter[ListedPerson]("silent", "Not answered", lambda row: row.silent),
    Filter[ListedPerson]("unplaced", "Leaders without a day", lambda row: row.unplaced),
    Filter[ListedPerson](
        "unwritten", "Never had a mail", lambda row: row.last_mail_at is None and row.left_at is None
    ),
    Filter[ListedPerson]("returned", "Mail comes back", lambda row: row.returned and row.left_at is None),
    Filter[ListedPerson]("left", "Left the cohort", lambda row: row.left_at is not None),
)
SORTS = (
    Sort[ListedPerson]("name", "By name", lambda _: 0),
    Sort[ListedPerson]("organisation", "By organisation", lambda row: row.organisation.casefold()),
    Sort[ListedPerson]("mail", "Longest without a mail", lambda row: row.last_mail_at or LONG_AGO),
    Sort[ListedPerson]("answer", "Newest answer", lambda row: -(row.submitted_at or LONG_AGO).timestamp()),
)
HEAD = ("Name", "Role", "Organisation", "E-mail", "Answer", "Days", "Last mail")


def show_people(cohort_id: int) -> ResponseReturnValue:
    """Everybody, with what is known of how far they are."""
    with reading() as session:
        scope = auth.scope_of(session)
        found, views = people_list(scope, cohort_id), views_of(scope, cohort_id, "people")
    shown = _listing(found.people)
    announce(shown, "person", "people")
    return render_page("coordinator/people.html", found=found, shown=shown, words=words, views=views)


def download_people(cohort_id: int) -> ResponseReturnValue:
    """The people that the page shows, with those of its further pages."""
    with reading() as session:
        found = people_list(auth.scope_of(session), cohort_id)
    return csv_file("people", HEAD, [_cells(row) for row in _listing(found.people).found])


def check_people(cohort_id: int) -> ResponseReturnValue:
    """For whom it would be done, and for whom not and why."""
    action = bulk.bulk_action(request.args.get("do", "remind"))
    with reading() as session:
        scope = auth.scope_of(session)
        keys: Collection[str] = request.args.getlist("who")
        if request.args.get("which") == "all":
            keys = {row.key for row in _listing(people_list(scope, cohort_id).people).found}
        found = bulk.preview(scope, cohort_id, action, set(keys), now=auth.now())
    query = usual_query(request.query_string.decode())
    return render_page(
        "coordinator/people_check.html",
        found=found,
        words=words,
        query=query,
        back_url=_list_url(cohort_id, query),
        back_text="People",
    )


def act_for_people(cohort_id: int) -> ResponseReturnValue:
    """Do it, for those whom it still concerns."""
    action = bulk.bulk_action(request.form.get("do", "remind"))
    with unit_of_work() as session:
        mails = bulk.act(
            auth.scope_of(session),
            cohort_id,
            action,
            set(request.form.getlist("who")),
            links=links(),
            now=auth.now(),
        )
    flash(words.done(action, mails), "success" if mails else "notice")
    return auth.redirect_after_post(_list_url(cohort_id, usual_query(request.form.get("query", ""))))


def _list_url(cohort_id: int, query: str) -> str:
    where = url_for(".show_people", cohort_id=cohort_id)
    return f"{where}?{query}" if query else where


def _listing(rows: Sequence[ListedPerson]) -> Listing[ListedPerson]:
    return listing(rows, FILTERS, lambda row: f"{row.name} {row.organisation} {row.email}", SORTS)


def _cells(row: ListedPerson) -> tuple[str | int, ...]:
    return (
        row.name,
        row.kind.capitalize(),
        row.organisation,
        row.email,
        words.answer(row),
        row.days,
        moment(row.last_mail_at) if row.last_mail_at else "",
    )
