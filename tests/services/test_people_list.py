"""The list of people, and what is done for several of them at once."""

from datetime import timedelta
from typing import Any

import pytest

from placement.domain.errors import NotFound
from placement.models import Cohort, Leader, Message
from placement.services import bulk
from placement.services.reports.people import ListedPerson, people_list
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.letters import make_opt_out
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_leader, make_partner, make_user
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.season import LINKS


def filled(scope: Scope) -> Cohort:
    """Ada has answered and has a day; Ben and Cyd are silent; Dee has left; the food bank offers a day."""
    session = scope.session
    cohort = make_cohort(session)
    hospital = make_organisation(session, cohort=cohort, name="Hospital")
    partner = make_partner(session, cohort=cohort, name="Food bank", contact_name="")
    slot = make_slot(session, opportunity=make_opportunity(session, partner=partner))
    ada = make_leader(session, cohort=cohort, name="Ada", organisation_id=hospital.id, submitted_at=NOON)
    make_placement(session, leader=ada, slot=slot)
    for name in ("cyd", "Ben"):
        user = make_user(session, email=f"{name.lower()}@people.example")
        make_leader(session, cohort=cohort, name=name, user=user)
    make_leader(session, cohort=cohort, name="Dee", withdrawn_at=NOON)
    return cohort


def by_name(scope: Scope, cohort: Cohort) -> dict[str, ListedPerson]:
    return {person.name: person for person in people_list(scope, cohort.id).people}


def mail(scope: Scope, cohort: Cohort, name: str, **facts: Any) -> Message:
    to = by_name(scope, cohort)[name].email
    return make_message(scope.session, cohort_id=cohort.id, recipient=to, **facts)


def test_leaders_and_partners_stand_in_one_list_by_name(scope: Scope) -> None:
    cohort = filled(scope)
    people = by_name(scope, cohort)
    assert list(people) == ["Ada", "Ben", "cyd", "Dee", "Food bank"]
    assert (people["Ada"].organisation, people["Ada"].days, people["Ada"].unplaced) == ("Hospital", 1, False)
    assert (people["Ben"].silent, people["Ben"].unplaced) == (True, True)
    assert (people["Dee"].silent, people["Dee"].left_at) == (False, NOON)
    assert (people["Food bank"].kind, people["Food bank"].days) == ("partner", 1)


def test_the_last_mail_is_the_newest_that_left_for_this_cohort(scope: Scope) -> None:
    cohort = filled(scope)
    mail(scope, cohort, "Ben", status="sent", sent_at=NOON - timedelta(days=3))
    mail(scope, cohort, "Ben", status="sent", sent_at=NOON - timedelta(days=1))
    mail(scope, cohort, "Ben", status="todo")
    mail(scope, cohort, "cyd", status="failed")
    other = make_cohort(scope.session)
    make_message(
        scope.session, cohort_id=other.id, recipient="ben@people.example", status="sent", sent_at=NOON
    )
    people = by_name(scope, cohort)
    assert people["Ben"].last_mail_at == NOON - timedelta(days=1)
    assert people["cyd"].last_mail_at is None


def told(found: tuple[bulk.Affected, ...]) -> dict[str, str]:
    return {one.person.name: one.reason for one in found}


def test_a_reminder_reaches_those_chosen_who_have_not_answered_and_says_why_not_the_rest(
    scope: Scope,
) -> None:
    cohort = filled(scope)
    people = by_name(scope, cohort)
    keys = {person.key for person in people.values() if person.name != "cyd"}
    found = bulk.preview(scope, cohort.id, "remind", keys, now=NOON)
    assert told(found.affected) == {"Ben": ""}
    assert told(found.left_out) == {
        "Ada": "has sent choices",
        "Dee": "has left the cohort",
        "Food bank": "is a partner: only leaders are reminded",
    }
    assert bulk.act(scope, cohort.id, "remind", keys, links=LINKS, now=NOON) == 1
    again = bulk.preview(scope, cohort.id, "remind", keys, now=NOON)
    assert told(again.left_out)["Ben"] == "had a reminder today, or wants none by e-mail"
    assert bulk.act(scope, cohort.id, "remind", keys, links=LINKS, now=NOON) == 0


def test_nobody_is_reminded_against_their_will_or_after_the_deadline(scope: Scope) -> None:
    cohort = filled(scope)
    people = by_name(scope, cohort)
    make_opt_out(scope.session, user=scope.session.get_one(Leader, people["Ben"].id).user)
    assert bulk.act(scope, cohort.id, "remind", {people["Ben"].key}, links=LINKS, now=NOON) == 0
    cohort.preferences_close_at = NOON - timedelta(days=1)
    scope.session.flush()
    found = bulk.preview(scope, cohort.id, "remind", {people["cyd"].key}, now=NOON)
    assert told(found.left_out) == {"cyd": "choices are closed"}


def test_mails_are_held_and_let_go_for_those_chosen_alone(scope: Scope) -> None:
    cohort = filled(scope)
    waiting = mail(scope, cohort, "Ben", status="todo")
    sent = mail(scope, cohort, "Ben", status="sent", sent_at=NOON)
    others = mail(scope, cohort, "cyd", status="todo")
    people = by_name(scope, cohort)
    keys = {people["Ben"].key, people["Ada"].key}
    found = bulk.preview(scope, cohort.id, "hold", keys, now=NOON)
    assert (found.mails, told(found.affected)) == (1, {"Ben": ""})
    assert told(found.left_out) == {"Ada": "no mail waits for them"}
    assert bulk.act(scope, cohort.id, "hold", keys, links=LINKS, now=NOON) == 1
    assert [waiting.status, sent.status, others.status] == ["held", "sent", "todo"]
    assert bulk.act(scope, cohort.id, "hold", keys, links=LINKS, now=NOON) == 0
    assert bulk.act(scope, cohort.id, "release", keys, links=LINKS, now=NOON) == 1
    assert (waiting.status, waiting.due_at) == ("todo", NOON)


def test_keys_that_mean_nobody_do_nothing(scope: Scope) -> None:
    cohort = filled(scope)
    other = make_leader(scope.session)
    found = bulk.preview(scope, cohort.id, "remind", {f"leader:{other.id}", "leader:x", ""}, now=NOON)
    assert (found.affected, found.left_out) == ((), ())
    with pytest.raises(NotFound):
        bulk.bulk_action("erase")
