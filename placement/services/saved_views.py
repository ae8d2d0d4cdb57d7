"""Parts of lists that coordinators keep under a name, for themselves or for all who run the cohort."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import or_, select

from placement.domain.errors import NotFound
from placement.domain.list_errors import TooManyViews, ViewNameUnusable
from placement.domain.states import LIST_PAGES, ListPage
from placement.domain.text import clean_line
from placement.models import SavedView
from placement.services import audit
from placement.services.scope import Scope

LONGEST_NAME = 60
LONGEST_VALUE = 60
MOST_VIEWS = 30
KEPT = ("show", "search", "sort")
"""What of a list's address is kept; the page of a long list is not."""


@dataclass(frozen=True)
class View:
    """A saved view as somebody finds it; `owner` is whose it is, empty for their own."""

    id: int
    name: str
    query: str
    shared: bool
    owner: str


def list_page(word: str) -> ListPage:
    """The list that an address names. Raises `NotFound`."""
    found = next((page for page in LIST_PAGES if page == word), None)
    if found is None:
        raise NotFound(thing="page")
    return found


def views_of(scope: Scope, cohort_id: int, page: ListPage) -> tuple[View, ...]:
    """The views of one list that the actor finds: their own, and those shared by others, by name."""
    user_id = scope.actor.user_id
    rows = scope.session.scalars(
        select(SavedView)
        .where(SavedView.cohort_id == scope.cohort(cohort_id).id, SavedView.page == page)
        .where(or_(SavedView.user_id == user_id, SavedView.shared))
    )
    found = [
        View(
            row.id,
            row.name,
            row.query,
            row.shared,
            "" if row.user_id == user_id else row.owner.name or row.owner.email,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda view: (view.name.casefold(), view.id)))


def save_view(
    scope: Scope, cohort_id: int, page: ListPage, *, name: str, query: str, shared: bool, now: datetime
) -> View:
    """Keep a view under a name; one of the actor's own with that name is replaced.

    Raises `ViewNameUnusable`, `TooManyViews`.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    if scope.actor.user_id is None:
        raise NotFound(thing="user")
    name, query = clean_line(name), usual_query(query)
    if not 0 < len(name) <= LONGEST_NAME:
        raise ViewNameUnusable(most=LONGEST_NAME)
    own = session.scalars(
        select(SavedView).where(
            SavedView.cohort_id == cohort.id,
            SavedView.user_id == scope.actor.user_id,
            SavedView.page == page,
        )
    ).all()
    row = next((one for one in own if one.name == name), None)
    if row is None:
        if len(own) >= MOST_VIEWS:
            raise TooManyViews(most=MOST_VIEWS)
        row = SavedView(
            cohort_id=cohort.id, user_id=scope.actor.user_id, page=page, name=name, created_at=now
        )
        session.add(row)
    row.query, row.shared = query, shared
    session.flush()
    audit.record(scope, "save_view", f"saved_view:{row.id}", at=now, cohort_id=cohort.id, shared=shared)
    return View(row.id, row.name, row.query, row.shared, "")


def remove_view(scope: Scope, cohort_id: int, view_id: int, *, now: datetime) -> ListPage:
    """Remove a view of the actor's own; says of which list it was. Raises `NotFound`."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = session.scalars(
        select(SavedView).where(
            SavedView.id == view_id,
            SavedView.cohort_id == cohort.id,
            SavedView.user_id == scope.actor.user_id,
        )
    ).one_or_none()
    if row is None:
        raise NotFound(thing="saved view")
    session.delete(row)
    audit.record(scope, "remove_view", f"saved_view:{view_id}", at=now, cohort_id=cohort.id)
    return list_page(row.page)


def usual_query(query: str) -> str:
    """What is kept of the part of an address after the ?."""
    given: Mapping[str, str] = dict(parse_qsl(query[:2000]))
    kept = {name: clean_line(given[name])[:LONGEST_VALUE] for name in KEPT if given.get(name)}
    return urlencode(kept)
