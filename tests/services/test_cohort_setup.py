"""Setting up a cohort: what changes, what is refused, what goes on record, and two coordinators at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain import cohort_errors as errors
from placement.domain.errors import NotFound
from placement.models import AuditEvent, Cohort
from placement.services.closing import close_preferences
from placement.services.cohort_setup import (
    CohortChange,
    change_cohort,
    change_sentences,
    facts_of,
    version_of,
)
from placement.services.preferences import window_of
from placement.services.reports.set_up import cohort_set_up
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator
from tests.factories.programmes import make_cohort
from tests.factories.runs import make_run
from tests.services.small_cohort import make_small_cohort

DAY = timedelta(days=1)
SOON = NOON + timedelta(days=1, hours=5)
SENT = "Whoever has sent their choices already need not send them again."


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session)


def change(
    scope: Scope, cohort: Cohort, *, reason: str = "", seen: str | None = None, **wanted: Any
) -> CohortChange:
    facts = replace(facts_of(cohort), **wanted)
    return change_cohort(scope, cohort.id, facts=facts, reason=reason, seen=seen, now=NOON)


def recorded(session: Session) -> list[tuple[str, dict[str, object]]]:
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "change_cohort").order_by(AuditEvent.id)
    )
    return [(row.actor, row.facts) for row in rows]


def test_what_is_set_is_kept_said_and_put_on_record_with_what_was_before(
    session: Session, cohort: Cohort
) -> None:
    user_id = make_coordinator(session, cohort=cohort).user_id
    scope = Scope.of_user(session, user_id)
    made = change(
        scope,
        cohort,
        name=" Coast\t2 ",
        preferences_close_at=SOON,
        choices_minimum=5,
        objective="lottery",
        seed="seashell",
        teams="spread",
    )
    session.refresh(cohort)
    assert (cohort.name, cohort.preferences_close_at, cohort.teams) == ("Coast 2", SOON, "spread")
    assert change_sentences(made, objective_name=str.upper) == [
        "The cohort is called “Coast 2”; imports and commands find it by this name.",
        "Leaders can choose until Wednesday 13 January 2027, 5pm.",
        f"Each leader chooses at least 5 placements. {SENT}",
        "The next match goes by: LOTTERY.",
        "The seed of the lottery is “seashell”, for everybody of the cohort to read.",
        "The next match keeps the new rules.",
    ]
    [(actor, facts)] = recorded(session)
    assert actor == f"user:{user_id}"
    assert facts == {
        "changes": {
            "name": [made.before.name, "Coast 2"],
            "preferences_close_at": [None, SOON.isoformat()],
            "choices_minimum": [3, 5],
            "objective": ["generous", "lottery"],
            "seed": ["a published seed", "seashell"],
            "teams": [None, "spread"],
        }
    }


def test_the_same_again_changes_nothing(session: Session, scope: Scope, cohort: Cohort) -> None:
    made = change(scope, cohort, seen="an old page")
    assert change_sentences(made) == ["The cohort is so already; nothing is changed."]
    assert recorded(session) == []


def test_of_two_coordinators_the_second_is_told_and_overwrites_nothing(scope: Scope, cohort: Cohort) -> None:
    seen = version_of(cohort)
    change(scope, cohort, seen=seen, choices_minimum=4)
    with pytest.raises(errors.CohortChangedMeanwhile):
        change(scope, cohort, seen=seen, choices_minimum=5)
    assert cohort.choices_minimum == 4


@pytest.mark.parametrize("role", ["viewer", "stranger"])
def test_only_coordinators_of_the_cohort_set_it_up(session: Session, cohort: Cohort, role: str) -> None:
    facts: dict[str, Any] = {"role": "viewer", "cohort": cohort} if role == "viewer" else {}
    scope = Scope.of_user(session, make_coordinator(session, **facts).user_id)
    with pytest.raises(NotFound):
        change(scope, cohort, choices_minimum=5)
    with pytest.raises(NotFound):
        cohort_set_up(scope, cohort.id, now=NOON)


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"name": " "}, errors.CohortNameUnusable),
        ({"name": "é" * 201}, errors.CohortNameUnusable),
        ({"name": "Taken"}, errors.CohortNameTaken),
        ({"seed": "\x00"}, errors.SeedUnusable),
        ({"seed": "é" * 201}, errors.SeedUnusable),
        ({"choices_minimum": 0}, errors.CohortNumberOutOfRange),
        ({"min_sectors": 4}, errors.CohortNumberOutOfRange),
        ({"preferences_close_at": NOON}, errors.DeadlineInPast),
        ({"preferences_close_at": NOON + 6 * 365 * DAY}, errors.DeadlineTooFarAhead),
        ({"preferences_close_at": FIRST_DAY}, errors.DeadlineAfterFirstDay),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    session: Session, scope: Scope, cohort: Cohort, wanted: dict[str, Any], error: type[Exception]
) -> None:
    make_cohort(session, name="Taken")
    make_slot(session, cohort=cohort, starts_at=FIRST_DAY)
    before = facts_of(cohort)
    with pytest.raises(error):
        change(scope, cohort, **wanted)
    assert facts_of(cohort) == before
    assert recorded(session) == []


def test_a_deadline_may_stand_just_before_the_first_day_or_be_taken_away(
    session: Session, scope: Scope, cohort: Cohort
) -> None:
    make_slot(session, cohort=cohort, starts_at=FIRST_DAY)
    make_slot(session, cohort=cohort, starts_at=NOON + DAY, status="withdrawn")
    change(scope, cohort, preferences_close_at=FIRST_DAY - timedelta(minutes=1))
    made = change(scope, cohort, preferences_close_at=None)
    assert change_sentences(made) == ["There is no deadline: leaders can choose until places are decided."]


def test_a_deadline_that_has_gone_by_changes_with_a_reason_and_choices_open_again(
    session: Session, scope: Scope, cohort: Cohort
) -> None:
    cohort.preferences_close_at = NOON - DAY
    session.flush()
    assert close_preferences(scope, now=NOON) == 1
    change(scope, cohort, choices_minimum=4)  # the deadline itself is left alone
    for reason in (" ", "x" * 501):
        with pytest.raises(errors.DeadlineReasonMissing):
            change(scope, cohort, preferences_close_at=SOON, reason=reason)
    assert not window_of(session, cohort, now=NOON).is_open
    made = change(scope, cohort, preferences_close_at=SOON, reason="A late organisation.\n")
    assert window_of(session, cohort, now=NOON).is_open
    assert change_sentences(made) == [
        "Leaders can choose until Wednesday 13 January 2027, 5pm. Choices are open again."
    ]
    assert recorded(session)[-1][1]["reason"] == "A late organisation."
    assert close_preferences(scope, now=SOON) == 1, "it goes by once more"


def test_once_places_are_decided_the_deadline_stays(session: Session, scope: Scope, cohort: Cohort) -> None:
    make_run(session, cohort=cohort, status="confirmed", confirmed_at=NOON - DAY)
    with pytest.raises(errors.ChoicesDecided, match="ask for a repair"):
        change(scope, cohort, preferences_close_at=SOON, reason="Please")
    change(scope, cohort, choices_minimum=4)


def test_the_seed_stays_from_the_first_run_on(session: Session, scope: Scope, cohort: Cohort) -> None:
    change(scope, cohort, seed="seashell")
    run = make_run(session, cohort=cohort, status="failed")
    with pytest.raises(errors.SeedFixed, match=f"run {run.id}"):
        change(scope, cohort, seed="another")
    assert cohort_set_up(scope, cohort.id, now=NOON).first_run == run.id


@pytest.mark.parametrize(("status", "told"), [("solved", True), ("queued", True), ("confirmed", False)])
def test_a_run_that_waits_is_said_to_be_out_of_date_when_a_rule_changes(
    session: Session, scope: Scope, status: str, told: bool
) -> None:
    cohort = make_small_cohort(session).cohort
    run = make_run(session, cohort=cohort, status=status)
    made = change(scope, cohort, choices_minimum=4)
    assert made.outdated is None
    made = change(scope, cohort, gap_minutes=60)
    assert made.outdated == (run.id if told else None)
    assert any(f"Run {run.id} was made" in said for said in change_sentences(made)) == told
