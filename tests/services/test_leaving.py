"""A leader leaves one day and stays in the cohort."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import TaskClosed
from placement.domain.errors import NotFound, SlotOver
from placement.domain.text import to_london
from placement.models import AuditEvent, DateAnswer
from placement.services import leaving
from placement.services.scope import Scope
from placement.services.seats import request_seat
from tests.factories.people import make_coordinator
from tests.factories.placements import placement_of
from tests.services.answering import SOON, Asked, asked
from tests.services.repairing import counts, live, owed, solve_run
from tests.services.small_cohort import SENDER


@pytest.fixture
def one(session: Session) -> Asked:
    return asked(session)


def leave(one: Asked, *, bar_date: bool = True) -> None:
    leaving.leave_day(
        Scope.system(one.session),
        one.cohort_id,
        one.placement_id,
        bar_date=bar_date,
        sender=SENDER,
        now=SOON,
    )


def dates(one: Asked) -> list[tuple[object, str]]:
    rows = one.session.scalars(select(DateAnswer).where(DateAnswer.leader_id == one.leader.id))
    return [(row.date, row.answer) for row in rows]


def test_leaving_a_day_ends_that_placement_tells_the_leader_and_keeps_them_in_the_cohort(one: Asked) -> None:
    before = live(one.session)
    pair = (one.leader.id, placement_of(one.invite).slot_id)
    leave(one)
    assert live(one.session) == before - {pair}
    assert one.leader.withdrawn_at is None
    assert owed(one.session, one.leader)[-1] == ("placement_cancelled", "todo", "CANCEL", 1)
    assert dates(one) == [(to_london(placement_of(one.invite).starts_at).date(), "cannot")]
    (event,) = one.session.scalars(select(AuditEvent).where(AuditEvent.verb == "leave_day"))
    assert event.facts == {"leader": one.leader.id, "mails": 1, "date_barred": True, "partners": 1}
    with pytest.raises(TaskClosed):
        leave(one)


def test_the_date_is_barred_only_when_asked(one: Asked) -> None:
    leave(one, bar_date=False)
    assert dates(one) == []


def test_the_preview_says_it_and_changes_nothing(one: Asked) -> None:
    before = counts(one.session)
    effect = leaving.preview_leaving(
        Scope.system(one.session), one.cohort_id, one.placement_id, bar_date=True, sender=SENDER, now=SOON
    )
    assert [mail.news for mail in effect.mails] == ["cancelled"]
    assert f"{one.leader.name} does not come" in effect.sentences[0]
    one.session.flush()
    assert counts(one.session) == before


def test_the_seat_can_be_given_to_somebody_in_the_same_step(one: Asked) -> None:
    slot, follower = one.small.slots[0], one.follower
    leave(one)
    run_id = request_seat(
        Scope.system(one.session), one.cohort_id, slot.id, follower.id, seconds=20, now=SOON
    )
    run = solve_run(one.session, run_id)
    proposed = {(pair.leader_id, pair.slot_id) for pair in run.assignments}
    assert (follower.id, slot.id) in proposed
    assert (one.leader.id, slot.id) not in proposed, "they said that they cannot come on that date"


def test_a_day_that_has_begun_is_left_by_nobody_and_strangers_leave_none(one: Asked) -> None:
    with pytest.raises(SlotOver):
        leaving.leave_day(
            Scope.system(one.session),
            one.cohort_id,
            one.placement_id,
            bar_date=True,
            sender=SENDER,
            now=placement_of(one.invite).starts_at,
        )
    stranger = make_coordinator(one.session)
    with pytest.raises(NotFound):
        leaving.leave_day(
            Scope.of_user(one.session, stranger.user_id),
            stranger.cohort_id,
            one.placement_id,
            bar_date=True,
            sender=SENDER,
            now=SOON,
        )
