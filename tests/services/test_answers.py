"""Answers to invites are held in one way, however they come, and each can be undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters.replies import read_reply
from placement.domain.answer_errors import AnswerChanged, AnswerClosed, DayMoved, TaskClosed
from placement.domain.answers import GivenAnswer, LinkFacts
from placement.domain.errors import NotFound, TooManyRequests
from placement.models import HeldAnswer, Leader, Message, Placement, Task
from placement.services import answers, news, replies, restoring, tasks, withdrawals
from placement.services.reports.answers import answer_history, invite_list, linked_day, waiting_for
from placement.services.reports.tasks import seat_if_left, task_details, task_list
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator
from tests.factories.placements import placement_of
from tests.factories.replies import SERVER, calendar, event, mail, part
from tests.services.answering import SOON, Asked, asked
from tests.services.small_cohort import SENDER


@pytest.fixture
def one(session: Session) -> Asked:
    return asked(session)


def test_each_way_is_held_with_who_when_and_what_they_said(one: Asked) -> None:
    one.by_mail("TENTATIVE", at=NOON)
    one.by_link("DECLINED", note="I am\x00 on call.\r\nSorry.", now=SOON)
    one.record("ACCEPTED", note="Rang to say so", now=SOON + timedelta(minutes=1))
    history = answer_history(Scope.system(one.session), one.cohort_id, one.placement_id, now=SOON)
    assert [(row.partstat, row.way, row.note, row.counts) for row in history.answers] == [
        ("ACCEPTED", "coordinator", "Rang to say so", True),
        ("DECLINED", "link", "I am on call.\nSorry.", False),
        ("TENTATIVE", "mail", "", False),
    ]
    assert one.held == "ACCEPTED"
    assert (one.invite.partstat_stamp, one.invite.partstat_seq) == (SOON + timedelta(minutes=1), 0)
    assert one.verbs()[-2:] == ["answer_by_link", "record_answer"]


def test_undoing_puts_the_answers_before_back_one_by_one(one: Asked) -> None:
    first, second = one.by_mail("ACCEPTED", at=NOON), one.record("DECLINED")
    with pytest.raises(AnswerChanged):
        one.undo(first)
    one.undo(second)
    assert (one.held, one.invite.partstat_stamp) == ("ACCEPTED", NOON)
    with pytest.raises(AnswerChanged):
        one.undo(second)
    one.undo(first)
    assert (one.held, one.invite.partstat_stamp, one.invite.partstat_seq) == ("NEEDS-ACTION", None, None)
    assert one.verbs()[-1] == "undo_answer"
    assert len(one.session.scalars(select(HeldAnswer)).all()) == 2, "the history keeps them"


def test_the_same_button_pressed_twice_is_one_answer(one: Asked) -> None:
    assert one.by_link("DECLINED") is one.by_link("DECLINED", now=SOON + timedelta(seconds=2))
    assert one.tasks() == [("DECLINED", None)]


def test_a_mail_written_before_an_answer_by_link_does_not_override_it(one: Asked) -> None:
    one.by_link("DECLINED", now=SOON)

    def reply(stamp: str, name: str) -> str:
        lines = event(
            uid=one.invite.uid,
            attendees=[f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{one.leader.user.email}"],
            sequence="SEQUENCE:0",
            stamp=f"DTSTAMP:{stamp}",
        )
        domain = one.leader.user.email.partition("@")[2]
        octets = mail(
            part(calendar(lines)),
            sender=one.leader.user.email,
            results=[f"{SERVER}; dmarc=pass header.from={domain}"],
            message_id=name,
        )
        taken = read_reply(octets, authserv_id=SERVER)
        return replies.ingest(Scope.system(one.session), taken, now=SOON).verdict.reason

    assert reply("20270112T125900Z", "<before@people.example>") == "not_newer"
    assert one.held == "DECLINED"
    assert reply("20270112T130100Z", "<after@people.example>") == "accepted"
    assert one.held == "ACCEPTED"
    assert one.tasks() == [("DECLINED", "changed")]


def test_an_answer_given_now_counts_though_a_device_was_ahead(one: Asked) -> None:
    ahead = SOON + timedelta(hours=5)
    one.by_mail("ACCEPTED", at=ahead)
    one.by_link("DECLINED", now=SOON)
    assert (one.held, one.invite.partstat_stamp) == ("DECLINED", ahead), "later mails must be newer than both"


def test_a_decline_opens_one_task_and_ends_nothing(one: Asked) -> None:
    mails = len(one.session.scalars(select(Message)).all())
    one.by_mail("DECLINED", at=NOON)
    one.by_link("DECLINED", note="I have to be in court that day")
    assert one.tasks() == [("DECLINED", None)]
    assert placement_of(one.invite).status == "confirmed"
    assert len(one.session.scalars(select(Message)).all()) == mails
    (line,) = task_list(Scope.system(one.session), one.cohort_id, now=SOON).tasks
    assert (line.leader, line.note, line.waits) == (
        one.leader.name,
        "I have to be in court that day",
        True,
    )
    assert waiting_for(Scope.system(one.session), one.cohort_id, now=SOON).tasks == 1


def test_a_task_closes_when_the_answer_changes_and_opens_again_when_that_is_undone(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    accepted = one.by_link("ACCEPTED")
    assert one.tasks() == [("DECLINED", "changed")]
    one.undo(accepted)
    assert one.tasks() == [("DECLINED", None)]


def test_keeping_a_placement_closes_its_task_until_they_decline_again(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    scope = Scope.system(one.session)
    (line,) = task_list(scope, one.cohort_id, now=SOON).tasks
    tasks.keep_placement(scope, one.cohort_id, line.id, now=SOON)
    with pytest.raises(TaskClosed):
        tasks.keep_placement(scope, one.cohort_id, line.id, now=SOON)
    assert one.tasks() == [("DECLINED", "kept")]
    one.by_link("DECLINED", note="I really cannot")
    assert one.tasks() == [("DECLINED", "kept"), ("DECLINED", None)]


@pytest.mark.parametrize("how", ["left", "moved", "past", "day withdrawn"])
def test_a_task_is_void_once_the_day_has_changed(how: str, one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    scope, later = Scope.system(one.session), SOON
    (line,) = task_list(scope, one.cohort_id, now=SOON).tasks
    if how == "left":
        withdrawals.withdraw_leader(scope, one.cohort_id, one.leader.id, sender=SENDER, now=SOON)
        restoring.restore_leader(scope, one.cohort_id, one.leader.id, now=SOON)
    elif how == "day withdrawn":
        withdrawals.withdraw_slot(scope, one.cohort_id, line.slot_id, sender=SENDER, now=SOON)
    elif how == "moved":
        news.tell_moved(one.session, [placement_of(one.invite)], sender=SENDER, now=SOON)
        one.session.flush()
    else:
        later = line.starts_at
    one.session.expire_all()
    assert task_list(scope, one.cohort_id, now=later).tasks == ()
    assert not task_details(scope, one.cohort_id, line.id, now=later).waits
    with pytest.raises(TaskClosed):
        tasks.keep_placement(scope, one.cohort_id, line.id, now=later)


def test_a_decline_of_a_day_that_moved_and_is_declined_again_is_a_new_task(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    news.tell_moved(one.session, [placement_of(one.invite)], sender=SENDER, now=SOON)
    one.session.flush()
    assert one.held == "NEEDS-ACTION"
    one.by_link("DECLINED", now=SOON)
    assert one.tasks() == [("DECLINED", "changed"), ("DECLINED", None)]


def test_who_could_take_the_seat_is_worked_out_without_whoever_declined(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    scope = Scope.system(one.session)
    (line,) = task_list(scope, one.cohort_id, now=SOON).tasks
    before = {row.id: row.status for row in one.session.scalars(select(Placement))}
    seat = seat_if_left(scope, one.cohort_id, line, seconds=20, now=SOON)
    assert seat.closed == ""
    assert one.leader.id not in {taker.own.person.leader_id for taker in seat.takers}
    first, *_ = [taker.own.person.leader_id for taker in seat.takers]
    assert first == one.follower.id
    one.session.flush()
    one.session.expire_all()
    assert {row.id: row.status for row in one.session.scalars(select(Placement))} == before
    assert one.small.slots[0].taken == 2


def test_a_day_that_moved_takes_no_answer_to_what_was_shown_before(one: Asked) -> None:
    facts = LinkFacts(one.invite.uid, 0)
    news.tell_moved(one.session, [placement_of(one.invite)], sender=SENDER, now=SOON)
    one.session.flush()
    day = linked_day(one.session, facts, now=SOON)
    assert (day.moved, day.sequence, day.closed) == (True, 1, "")
    given = GivenAnswer(partstat="ACCEPTED", way="link", given_at=SOON)
    scope = Scope.system(one.session)
    with pytest.raises(DayMoved):
        answers.answer_by_link(scope, facts, given, seen=0, now=SOON)
    answers.answer_by_link(scope, facts, given, seen=1, now=SOON)
    assert (one.held, one.invite.partstat_seq) == ("ACCEPTED", 1)


def test_a_day_that_is_cancelled_or_has_begun_takes_no_answer(one: Asked) -> None:
    starts_at = placement_of(one.invite).starts_at
    with pytest.raises(AnswerClosed, match="begun"):
        one.by_link("ACCEPTED", now=starts_at)
    withdrawals.withdraw_leader(
        Scope.system(one.session), one.cohort_id, one.leader.id, sender=SENDER, now=SOON
    )
    one.session.expire_all()
    with pytest.raises(AnswerClosed, match="cancelled"):
        one.record("ACCEPTED")


def test_links_of_no_invite_and_of_a_sequence_that_never_was_open_nothing(one: Asked) -> None:
    for facts in (LinkFacts("other@placement.example", 0), LinkFacts(one.invite.uid, 1)):
        with pytest.raises(NotFound):
            linked_day(one.session, facts, now=SOON)


def test_one_invite_takes_only_so_many_answers_by_link_in_an_hour(one: Asked) -> None:
    for number in range(answers.OF_ONE_INVITE.most):
        one.by_link("ACCEPTED" if number % 2 else "DECLINED")
    with pytest.raises(TooManyRequests):
        one.by_link("ACCEPTED")


def test_nobody_answers_for_anothers_day(one: Asked) -> None:
    given = GivenAnswer(partstat="ACCEPTED", way="page", given_at=SOON)
    other = one.follower
    stranger = make_coordinator(one.session).user
    session = one.session
    with pytest.raises(NotFound):
        answers.give_answer(
            Scope.of_user(session, other.user_id), other.id, one.placement_id, given, seen=0, now=SOON
        )
    with pytest.raises(NotFound):
        answers.record_answer(
            Scope.of_user(session, stranger.id), one.cohort_id, one.placement_id, given, seen=0, now=SOON
        )
    own = Scope.of_user(session, one.leader.user_id)
    answers.give_answer(own, one.leader.id, one.placement_id, given, seen=0, now=SOON)
    assert one.held == "ACCEPTED"


def test_the_list_counts_answers_to_days_to_come_and_names_the_last_mail(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    message = one.session.scalars(select(Message).where(Message.invite_id == one.invite.id)).one()
    message.status = "failed"
    one.session.flush()
    found = invite_list(Scope.system(one.session), one.cohort_id, now=SOON)
    assert found.counts == {"DECLINED": 1, "NEEDS-ACTION": 3, "undelivered": 1}
    (line,) = (line for line in found.to_come if line.leader_id == one.leader.id)
    assert (line.mail_kind, line.mail_status, line.undelivered) == ("placement_confirmed", "failed", True)
    later = placement_of(one.invite).starts_at
    over = invite_list(Scope.system(one.session), one.cohort_id, now=later)
    assert [len(over.to_come), len(over.past)] == [2, 2]


def test_declines_of_leaders_are_for_their_own_cohort(one: Asked) -> None:
    one.by_mail("DECLINED", at=NOON)
    other = make_coordinator(one.session)
    scope = Scope.of_user(one.session, other.user_id)
    task = one.session.scalars(select(Task)).one()
    assert task_list(scope, other.cohort_id, now=SOON).tasks == ()
    for cohort_id in (one.cohort_id, other.cohort_id):
        with pytest.raises(NotFound):
            task_details(scope, cohort_id, task.id, now=SOON)
    assert one.session.get_one(Leader, one.leader.id).withdrawn_at is None
