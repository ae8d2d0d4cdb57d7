"""Keeping a part of a list under a name, and removing it again."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import unit_of_work
from placement.domain.list_errors import TooManyViews, ViewNameUnusable
from placement.domain.states import ListPage
from placement.services import saved_views
from placement.web import auth

LISTS: dict[ListPage, str] = {"people": ".show_people", "days": ".list_days"}
"""Where each list stands."""


def save_view(cohort_id: int, page: str) -> ResponseReturnValue:
    """Keep the list as it is shown; go back to it."""
    which, query = saved_views.list_page(page), request.form.get("query", "")
    try:
        with unit_of_work() as session:
            view = saved_views.save_view(
                auth.scope_of(session),
                cohort_id,
                which,
                name=request.form.get("name", ""),
                query=query,
                shared=request.form.get("shared") == "yes",
                now=auth.now(),
            )
        flash(f"The view “{view.name}” is saved.")
    except (TooManyViews, ViewNameUnusable) as refused:
        flash(str(refused), "notice")
    return _to(cohort_id, which, saved_views.usual_query(query))


def remove_view(cohort_id: int, view_id: int) -> ResponseReturnValue:
    """Remove a view of one's own; go back to its list."""
    with unit_of_work() as session:
        which = saved_views.remove_view(auth.scope_of(session), cohort_id, view_id, now=auth.now())
    flash("The view is removed.")
    return _to(cohort_id, which, "")


def _to(cohort_id: int, page: ListPage, query: str) -> ResponseReturnValue:
    where = url_for(LISTS[page], cohort_id=cohort_id)
    return auth.redirect_after_post(f"{where}?{query}" if query else where)
