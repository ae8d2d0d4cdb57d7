"""The copy that leaders get of what they handed in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import TooFewChoices
from placement.domain.sending import ALL_MAIL
from placement.models import Message
from placement.services import outbox, preferences, reminder_checks
from placement.services.choices import move_choice_up
from tests.services.choosing import DATES, NOON, SENDER, World, build


@pytest.fixture
def world(session: Session) -> World:
    return build(session)


def mails(world: World) -> list[Message]:
    rows = world.scope.session.scalars(select(Message).where(Message.cohort_id == world.cohort.id))
    return list(rows)


def test_submitting_owes_one_copy_with_choices_dates_and_deadline(world: World) -> None:
    world.rank(2, 0, 1)
    world.answer(dict.fromkeys(DATES, "can"), d0="cannot", d1="if_need_be", d2="can", d3="can", d4="can")
    world.submit()
    (mail,) = mails(world)
    told: dict[str, Any] = mail.payload
    assert (mail.kind, mail.recipient, mail.status) == ("answers_received", world.leader.user.email, "todo")
    chosen = [world.offered[place] for place in (2, 0, 1)]
    assert told["choices"] == [[row.title, row.partner.name] for row in chosen]
    assert told["cannot"] == ["Wednesday 3 February 2027"]
    assert told["if_need_be"] == ["Wednesday 10 February 2027"]
    assert told["can"] == 3
    assert told["submitted"] == "Tuesday 12 January 2027, 12pm (midday)"
    assert told["closes"] == "Wednesday 13 January 2027, 12pm (midday)"
    assert told["page_url"] == SENDER.link(f"/leader/{world.leader.id}/check")


def test_submitting_again_or_changing_answers_that_are_in_owes_no_second_copy(world: World) -> None:
    world.rank(0, 1, 2)
    world.submit()
    world.submit(now=NOON + timedelta(minutes=1))
    world.do(move_choice_up, world.ids[1])
    assert len(mails(world)) == 1


def test_a_submission_that_is_refused_owes_nothing(world: World) -> None:
    world.rank(0)
    with pytest.raises(TooFewChoices):
        world.submit()
    assert mails(world) == []


@pytest.mark.parametrize("left", [True, False])
def test_the_copy_goes_unless_its_leader_has_left_meanwhile(world: World, left: bool) -> None:
    world.rank(0, 1, 2)
    world.submit()
    if left:
        world.leader.withdrawn_at = NOON
        world.scope.session.flush()
    claimed = outbox.claim_due(world.scope.session, token="t", now=NOON, rules=ALL_MAIL)
    wanted = reminder_checks.still_wanted(world.scope.session, claimed, token="t", now=NOON)
    assert [mail.kind for mail in wanted] == ([] if left else ["answers_received"])


def test_a_copy_without_a_deadline_says_until_when_all_the_same(world: World) -> None:
    world.cohort.preferences_close_at = None
    world.rank(0, 1, 2)
    world.submit()
    assert mails(world)[0].payload["closes"] == ""
    assert preferences.window_of(world.scope.session, world.cohort, now=NOON).is_open
