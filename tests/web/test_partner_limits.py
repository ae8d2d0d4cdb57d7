"""The pages of a partner's limits, and what they say elsewhere."""

from collections.abc import Callable
from datetime import timedelta

from placement.db import unit_of_work
from placement.models import Opportunity
from tests.factories.people import make_coordinator, make_leader
from tests.web.browsing import Browser
from tests.web.page import check_page
from tests.web.partners import JUNE, Partners, partner

__all__ = ["partner"]  # the fixture


def test_limits_are_set_changed_and_taken_away(partner: Partners) -> None:
    assert f"{partner.url}limits" in partner.get().links.values()
    for most, rest in (("6", "2"), ("", "")):
        form = partner.get("limits").form_to(f"{partner.url}limits")
        answer = partner.browser.post(
            f"{partner.url}limits", {**form.values, "capacity_overall": most, "rest_days": rest}
        )
        assert (answer.status_code, answer.location) == (303, partner.url)
        assert "The limits are saved." in partner.get().text
        shown = partner.get("limits").form_to(f"{partner.url}limits").values
        assert (shown["capacity_overall"], shown["rest_days"]) == (most, rest)


def test_wrong_limits_are_named_at_their_field_and_stay(partner: Partners) -> None:
    slot_id = partner.make_day()
    for _ in range(2):
        partner.place(slot_id)
    seen = partner.get("limits").form_to(f"{partner.url}limits").values["seen"]
    for typed, said in (
        ("1", "2 places at this partner are given already."),
        ("six", "Enter a whole number, like 6"),
        ("0", "Enter a number from 1 to 1000"),
    ):
        page = partner.post("limits", {"seen": seen, "capacity_overall": typed, "rest_days": ""})
        assert page.status == 422
        assert said in page.errors["capacity_overall"]
        assert page.form_to(f"{partner.url}limits").values["capacity_overall"] == typed


def test_an_old_tab_is_shown_the_newer_limits(partner: Partners) -> None:
    old = partner.get("limits").form_to(f"{partner.url}limits").values
    partner.browser.post(f"{partner.url}limits", {**old, "capacity_overall": "6"})
    page = partner.post("limits", {**old, "capacity_overall": "9"})
    assert (page.status, "Nothing was saved" in page.text) == (409, True)
    assert page.form_to(f"{partner.url}limits").values["capacity_overall"] == "6"


def test_a_day_inside_the_rest_is_refused_with_where_to_change_it(partner: Partners) -> None:
    partner.make_day(starts_at=JUNE - timedelta(days=1))
    form = partner.get("limits").form_to(f"{partner.url}limits").values
    partner.browser.post(f"{partner.url}limits", {**form, "rest_days": "1"})
    page = partner.checked(partner.add(step="check"))
    assert "you ask for 1 day between two of your days." in page.errors["day-day"]
    assert "“Your limits”" in page.errors["day-day"]


def test_a_coordinator_sets_the_limits_and_readiness_names_days_that_are_too_near(
    partner: Partners, visit: Callable[..., Browser]
) -> None:
    with partner.app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Opportunity, partner.opportunity_id).partner.cohort
        make_leader(session, cohort=cohort)
        email, cohort_id = make_coordinator(session, cohort=cohort).user.email, cohort.id
    for days in (0, 2):
        partner.make_day(starts_at=JUNE + timedelta(days=days))
    coordinator, start = visit(email=email), f"/coordinator/{cohort_id}"
    url = f"{start}/partners/{partner.id}/limits"
    form = check_page(coordinator.get(url)).form_to(url).values
    coordinator.post(url, {**form, "rest_days": "2", "capacity_overall": "5"})
    page = check_page(coordinator.get(f"{start}/readiness"))
    assert "Days closer together than their partner wants" in page.text
    assert url in page.links.values()
    assert partner.get("limits").form_to(f"{partner.url}limits").values["capacity_overall"] == "5"
