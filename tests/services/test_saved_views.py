"""Views of lists that coordinators keep: their own, shared ones, and nobody else's."""

import pytest
from sqlalchemy import select

from placement.domain.errors import NotFound
from placement.domain.list_errors import TooManyViews, ViewNameUnusable
from placement.models import SavedView
from placement.services import saved_views
from placement.services.saved_views import View, list_page, remove_view, save_view, usual_query, views_of
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_user
from tests.factories.programmes import make_cohort


def two_coordinators(scope: Scope) -> tuple[int, Scope, Scope]:
    session = scope.session
    cohort = make_cohort(session)
    chloe, dan = (
        Scope.of_user(
            session, make_coordinator(session, cohort=cohort, user=make_user(session, name=name)).user_id
        )
        for name in ("Chloe", "Dan")
    )
    return cohort.id, chloe, dan


def save(
    scope: Scope, cohort_id: int, name: str, query: str = "show=silent", *, shared: bool = False
) -> View:
    return save_view(scope, cohort_id, "people", name=name, query=query, shared=shared, now=NOON)


def names(scope: Scope, cohort_id: int) -> list[tuple[str, str]]:
    return [(view.name, view.owner) for view in views_of(scope, cohort_id, "people")]


def test_a_view_is_its_owners_alone_until_it_is_shared(scope: Scope) -> None:
    cohort_id, chloe, dan = two_coordinators(scope)
    save(chloe, cohort_id, " Silent   ones ")
    save(chloe, cohort_id, "all", shared=True)
    assert names(chloe, cohort_id) == [("all", ""), ("Silent ones", "")]
    assert names(dan, cohort_id) == [("all", "Chloe")]
    assert views_of(chloe, cohort_id, "days") == ()


def test_the_same_name_again_replaces_the_view(scope: Scope) -> None:
    cohort_id, chloe, dan = two_coordinators(scope)
    first = save(chloe, cohort_id, "mine", "show=silent")
    second = save(chloe, cohort_id, "mine", "search=ada", shared=True)
    save(dan, cohort_id, "mine")
    assert (first.id, second.query) == (second.id, "search=ada")
    assert names(dan, cohort_id) == [("mine", "Chloe"), ("mine", "")]


def test_only_the_owner_removes_a_view(scope: Scope) -> None:
    cohort_id, chloe, dan = two_coordinators(scope)
    view = save(chloe, cohort_id, "mine", shared=True)
    with pytest.raises(NotFound):
        remove_view(dan, cohort_id, view.id, now=NOON)
    assert remove_view(chloe, cohort_id, view.id, now=NOON) == "people"
    assert scope.session.scalars(select(SavedView)).all() == []


def test_a_view_is_kept_with_the_filter_the_search_and_the_order_alone() -> None:
    assert usual_query("page=4&show=silent&search=a%26b&sort=mail&x=//evil.example") == (
        "show=silent&search=a%26b&sort=mail"
    )
    assert usual_query("%0d%0aLocation: x&show=") == ""
    assert len(usual_query(f"search={'é' * 5000}")) < 700


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_view_needs_a_name_that_can_be_kept(scope: Scope, name: str) -> None:
    cohort_id, chloe, _ = two_coordinators(scope)
    with pytest.raises(ViewNameUnusable):
        save(chloe, cohort_id, name)


def test_there_is_an_end_to_how_many_somebody_keeps(scope: Scope, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    cohort_id, chloe, dan = two_coordinators(scope)
    save(chloe, cohort_id, "one")
    save(chloe, cohort_id, "one", "sort=mail")
    save(dan, cohort_id, "one")
    with pytest.raises(TooManyViews):
        save(chloe, cohort_id, "two")


def test_the_service_itself_and_other_lists_keep_none(scope: Scope) -> None:
    cohort_id, _, _ = two_coordinators(scope)
    with pytest.raises(NotFound):
        save(scope, cohort_id, "mine")
    with pytest.raises(NotFound):
        list_page("sending")
