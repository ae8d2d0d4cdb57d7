"""The report of a season: what is counted, by which groups, and who may see it."""

from datetime import timedelta

import pytest

from placement.domain.errors import NotFound
from placement.models import Cohort
from placement.services.reports.funnel import funnel
from placement.services.reports.season import ReportTable, SeasonReport, season_report
from placement.services.scope import Scope
from tests.factories.attendance import make_attendance, make_reflection
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation


def filled(scope: Scope) -> Cohort:
    """Twenty leaders: twelve of a hospital, eight of a council; fourteen placed, six of them said yes.

    Eight came, late; five have finished a reflection.
    """
    session = scope.session
    cohort = make_cohort(session)
    hospital = make_organisation(session, cohort=cohort, name="Hospital")
    council = make_organisation(session, cohort=cohort, name="Council")
    partner = make_partner(session, cohort=cohort, theme="Food")
    offer = make_opportunity(session, partner=partner)
    slot = make_slot(session, opportunity=offer, capacity=20)
    make_slot(session, opportunity=offer, capacity=3, starts_at=FIRST_DAY + timedelta(days=7))
    make_slot(
        session, opportunity=offer, capacity=9, starts_at=FIRST_DAY + timedelta(days=8), status="withdrawn"
    )
    for number in range(20):
        leader = make_leader(
            session,
            cohort=cohort,
            organisation_id=hospital.id if number < 12 else council.id,
            sector="NHS" if number < 12 else "",
            base_postcode="FY4 1AB",
            pay_band="8a" if number < 3 else "9",
            submitted_at=NOON if number < 6 else None,
        )
        if number < 14:
            placed = make_placement(session, leader=leader, slot=slot, rank=1 if number < 7 else None)
            make_invite(session, placement=placed, partstat="ACCEPTED" if number < 6 else "NEEDS-ACTION")
        if number < 9:
            make_attendance(session, slot=slot, leader=leader, state="late" if number < 8 else "absent")
        if number < 6:
            make_reflection(session, slot=slot, leader=leader, finished_at=NOON if number < 5 else None)
    make_leader(session, cohort=cohort, withdrawn_at=NOON, submitted_at=NOON)
    return cohort


def report(scope: Scope, cohort: Cohort) -> SeasonReport:
    return season_report(scope, cohort.id, now=NOON)


def table(found: SeasonReport, word: str) -> dict[str, list[int | None]]:
    shown: ReportTable = next(one for one in found.tables if one.word == word)
    return {line.group: list(line.numbers.values()) for line in shown.lines}


def test_the_whole_cohort_is_counted_step_by_step(scope: Scope) -> None:
    cohort = filled(scope)
    found = report(scope, cohort)
    steps = {"invited": 20, "answered": 6, "matched": 14, "accepted": 6, "attended": 8, "reflected": 5}
    assert found.totals == steps | {"days": 14, "days accepted": 6}
    assert {step.word: step.number for step in funnel(scope, cohort.id).steps} == steps


def test_groups_are_counted_and_small_numbers_hidden(scope: Scope) -> None:
    found = report(scope, filled(scope))
    assert table(found, "organisation") == {
        "Council": [8, 0, *[None] * 4],
        "Hospital": [12, 6, *[None] * 4],
    }
    assert table(found, "area") == {"FY4": [20, 6, 14, 6, 8, 5]}
    assert table(found, "pay band") == {"8a": [None] * 6, "9": [None] * 6}
    assert "team" not in [one.word for one in found.tables], "nobody is in a team"
    assert found.hides


def test_choices_and_what_partners_gave_are_counted_by_days(scope: Scope) -> None:
    found = report(scope, filled(scope))
    assert {line.group: line.numbers["days"] for line in found.choices.lines} == {"1": 7, "none": 7}
    (gift,) = found.gifts
    assert (gift.theme, gift.partners, gift.offered, gift.hours, gift.places, gift.days) == (
        "Food",
        1,
        2,
        13.0,
        23,
        14,
    )


def test_an_empty_cohort_has_an_empty_report(scope: Scope) -> None:
    found = report(scope, make_cohort(scope.session))
    assert (found.totals["invited"], found.tables, found.gifts, found.hides) == (0, (), (), False)


def test_coordinators_and_viewers_of_the_cohort_see_it_and_nobody_else(scope: Scope) -> None:
    cohort = filled(scope)
    session = scope.session
    viewer = Scope.of_user(session, make_coordinator(session, cohort=cohort, role="viewer").user_id)
    coordinator = Scope.of_user(session, make_coordinator(session, cohort=cohort).user_id)
    foreign = Scope.of_user(session, make_coordinator(session).user_id)
    assert (report(viewer, cohort).runs_here, report(coordinator, cohort).runs_here) == (False, True)
    with pytest.raises(NotFound):
        report(foreign, cohort)
    with pytest.raises(NotFound):
        funnel(viewer, cohort.id)
