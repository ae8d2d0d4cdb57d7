"""Answers to invites: held in one way, however they come, and undone one by one.

The newest answer to the present SEQUENCE of an invite counts. A decline opens a task and ends nothing; the
task closes by itself when the answer becomes another one.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import AnswerChanged, AnswerClosed, DayMoved
from placement.domain.answers import LONGEST_NOTE, GivenAnswer, LinkFacts
from placement.domain.errors import NotFound
from placement.domain.text import clean_text, shorten
from placement.models import Event, HeldAnswer, Invite, Leader
from placement.services import audit, limits
from placement.services.limits import Limit
from placement.services.scope import Scope
from placement.services.tasks import tend_task

OF_ONE_INVITE = Limit("answer_link", 30, timedelta(hours=1))
MISSES = Limit("answer_link_miss", 30, timedelta(hours=1))


def hold_answer(scope: Scope, invite: Invite, given: GivenAnswer, *, now: datetime) -> HeldAnswer:
    """Hold an answer to the present SEQUENCE of `invite`, which is locked until the transaction ends.

    The one door for all ways; what was held before stays in the history, and can be put back. The same
    again, by the same way, is not written down twice.
    """
    session, before = scope.session, counting_answer(scope.session, invite)
    if before is not None and given.reply_id is None and _same(before, given, scope):
        return before
    answer = HeldAnswer(
        cohort_id=invite.cohort_id,
        invite_id=invite.id,
        reply_id=given.reply_id,
        partstat=given.partstat,
        sequence=invite.sequence,
        way=given.way,
        actor=scope.actor.label,
        note=given.note,
        given_at=given.given_at,
        held_at=now,
    )
    session.add(answer)
    session.flush()
    _count(session, invite, answer, now=now)
    return answer


def record_answer(
    scope: Scope, cohort_id: int, placement_id: int, given: GivenAnswer, *, seen: int, now: datetime
) -> HeldAnswer:
    """Write down what a leader of a cohort that the actor coordinates has said in another way.

    `seen` is the SEQUENCE that was shown. Raises `DayMoved`, `AnswerClosed`.
    """
    cohort = scope.cohort(cohort_id)
    invite = invite_of(scope.session, placement_id, cohort_id=cohort.id)
    return _answer(scope, invite, given, "record_answer", seen=seen, now=now)


def record_event_answer(
    scope: Scope,
    cohort_id: int,
    event_id: int,
    leader_id: int,
    given: GivenAnswer,
    *,
    seen: int,
    now: datetime,
) -> HeldAnswer:
    """Write down what somebody who is invited to an event has said in another way, as `record_answer` does.

    Raises `DayMoved`, `AnswerClosed`; and `NotFound` for somebody who was never invited.
    """
    cohort = scope.cohort(cohort_id)
    event, leader = scope.event_in(cohort, event_id), scope.leader_of(cohort, leader_id)
    invite = event_invite(scope.session, event, leader)
    return _answer(scope, invite, given, "record_answer", seen=seen, now=now)


def give_answer(
    scope: Scope, leader_id: int, placement_id: int, given: GivenAnswer, *, seen: int, now: datetime
) -> HeldAnswer:
    """Answer for a day of one's own. Raises `DayMoved`, `AnswerClosed`."""
    leader = scope.leader(leader_id)
    invite = invite_of(scope.session, placement_id, cohort_id=leader.cohort_id, leader_id=leader.id)
    return _answer(scope, invite, given, "give_answer", seen=seen, now=now)


def answer_by_link(
    scope: Scope, facts: LinkFacts, given: GivenAnswer, *, seen: int, now: datetime
) -> HeldAnswer:
    """Answer by the signed link of an invite, signed in or not. Raises `DayMoved`, `AnswerClosed`."""
    invite = linked_invite(scope.session, facts)
    limits.count(scope.session, OF_ONE_INVITE, facts.uid, now=now)
    return _answer(scope, invite, given, "answer_by_link", seen=seen, now=now)


def count_miss(session: Session, *, remote: str, now: datetime) -> None:
    """Count one more wrong answer link from one place; raises `TooManyRequests` beyond the limit."""
    limits.count(session, MISSES, limits.origin(remote), now=now)


def undo_answer(scope: Scope, cohort_id: int, answer_id: int, *, now: datetime) -> HeldAnswer:
    """Take back the answer that counts, as if it had not come: the one before it counts again.

    Raises `AnswerChanged` for any other answer, also when the day has moved since.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    answer = session.scalars(
        select(HeldAnswer).where(HeldAnswer.id == answer_id, HeldAnswer.cohort_id == cohort.id)
    ).one_or_none()
    if answer is None:
        raise NotFound(thing="answer")
    take_back(scope, answer, now=now)
    return answer


def take_back(scope: Scope, answer: HeldAnswer, *, now: datetime) -> None:
    """Undo `answer`, of a cohort that the actor was found to coordinate. Raises as `undo_answer` does."""
    session = scope.session
    invite = _locked(session, answer.invite_id)
    session.refresh(answer)
    if counting_answer(session, invite) is not answer:
        raise AnswerChanged
    answer.undone_at = now
    session.flush()
    before = counting_answer(session, invite)
    _count(session, invite, before, now=now)
    audit.record(
        scope,
        "undo_answer",
        f"invite:{invite.id}",
        at=now,
        cohort_id=invite.cohort_id,
        answer=answer.id,
        before=answer.partstat,
        after=invite.partstat,
    )


def counting_answer(session: Session, invite: Invite) -> HeldAnswer | None:
    """The answer that counts: the newest to the present SEQUENCE that was not undone."""
    return session.scalars(_standing_answers(invite).order_by(HeldAnswer.id.desc()).limit(1)).first()


def invite_of(session: Session, placement_id: int, *, cohort_id: int, leader_id: int | None = None) -> Invite:
    """The invite of a placement of a cohort, and of one leader where that is said. Raises `NotFound`."""
    query = select(Invite).where(Invite.placement_id == placement_id, Invite.cohort_id == cohort_id)
    if leader_id is not None:
        query = query.where(Invite.leader_id == leader_id)
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(thing="day with an invite")
    return found


def event_invite(session: Session, event: Event, leader: Leader) -> Invite:
    """The newest invite of somebody to an event: one who is invited again has another. Raises `NotFound`."""
    query = select(Invite).where(Invite.event_id == event.id, Invite.leader_id == leader.id)
    found = session.scalars(query.order_by(Invite.id.desc()).limit(1)).first()
    if found is None:
        raise NotFound(thing="event with an invite")
    return found


def linked_invite(session: Session, facts: LinkFacts) -> Invite:
    """The invite that a signed link names. Raises `NotFound`."""
    found = session.scalars(select(Invite).where(Invite.uid == facts.uid)).one_or_none()
    if found is None or facts.sequence > found.sequence:
        raise NotFound(thing="invite")
    return found


def closed_words(invite: Invite, *, now: datetime) -> str:
    """Why an invite takes no answer, as the end of "This day …"; empty where it takes one."""
    if "cancelled" in {invite.state, invite.day.status}:
        return "has been cancelled"
    return "has begun or is over" if invite.day.starts_at <= now else ""


def _answer(
    scope: Scope, invite: Invite, given: GivenAnswer, verb: str, *, seen: int, now: datetime
) -> HeldAnswer:
    """Hold an answer that somebody gives now, to the day as they have seen it."""
    invite = _locked(scope.session, invite.id)
    if state := closed_words(invite, now=now):
        raise AnswerClosed(state=state)
    if seen != invite.sequence:
        raise DayMoved
    before = invite.partstat
    told = replace(given, note=shorten(clean_text(given.note), LONGEST_NOTE))
    answer = hold_answer(scope, invite, told, now=now)
    audit.record(
        scope,
        verb,
        f"invite:{invite.id}",
        at=now,
        cohort_id=invite.cohort_id,
        answer=answer.id,
        before=before,
        after=answer.partstat,
    )
    return answer


def _locked(session: Session, invite_id: int) -> Invite:
    """An invite, held fast until the transaction ends, with what stands now."""
    query = select(Invite).where(Invite.id == invite_id).with_for_update()
    invite = session.scalars(query.execution_options(populate_existing=True)).one()
    session.refresh(invite.day)
    return invite


def _same(before: HeldAnswer, given: GivenAnswer, scope: Scope) -> bool:
    """Whether an answer says what the one that counts says, by the same way: a second press of a button."""
    counts = (before.partstat, before.note, before.way, before.actor)
    return counts == (given.partstat, given.note, given.way, scope.actor.label)


def _count(session: Session, invite: Invite, answer: HeldAnswer | None, *, now: datetime) -> None:
    """Let `answer` be the one that counts; None where no answer is held any more."""
    if answer is None:
        invite.partstat, invite.partstat_stamp, invite.partstat_seq = "NEEDS-ACTION", None, None
    else:
        # A later mail must be newer than every answer there was: devices' clocks may be ahead of ours.
        given = session.scalars(_standing_answers(invite).with_only_columns(HeldAnswer.given_at))
        invite.partstat, invite.partstat_seq = answer.partstat, answer.sequence
        invite.partstat_stamp = max(given)
        if invite.state == "undelivered" and answer.way != "coordinator":
            invite.state = "sent"  # whoever answers has it
    session.flush()
    tend_task(session, invite, answer, now=now)


def _standing_answers(invite: Invite) -> Select[HeldAnswer]:
    return select(HeldAnswer).where(
        HeldAnswer.invite_id == invite.id,
        HeldAnswer.sequence == invite.sequence,
        HeldAnswer.undone_at.is_(None),
    )
