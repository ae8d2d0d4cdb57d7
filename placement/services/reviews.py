"""Replies that a person has to look at: who may see which, and what they make of them.

A reply of a known cohort is for its coordinators. One whose cohort nobody can tell goes by its sender: to the
cohorts of a leader with that address; where there is none, to those with a leader at the same domain, unless
that is a domain at which anybody can have a mailbox. What is left is for operators.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import ReplySettled
from placement.domain.answers import GivenAnswer
from placement.domain.errors import NotFound
from placement.domain.replies import domain_of
from placement.domain.states import AnswerWord, ReplyOutcome
from placement.models import Cohort, HeldAnswer, Leader, Reply, User, UserAlias
from placement.services import answers, audit
from placement.services.scope import Scope

OPEN_TO_ALL = frozenset(
    {
        *(
            "gmail.com",
            "googlemail.com",
            "outlook.com",
            "hotmail.com",
            "hotmail.co.uk",
            "live.com",
            "live.co.uk",
        ),
        *(
            "msn.com",
            "yahoo.com",
            "yahoo.co.uk",
            "icloud.com",
            "me.com",
            "mac.com",
            "aol.com",
            "btinternet.com",
        ),
        *(
            "proton.me",
            "protonmail.com",
            "gmx.com",
            "gmx.co.uk",
            "sky.com",
            "talktalk.net",
            "virginmedia.com",
        ),
    }
)
"""Domains of providers: two people there have nothing to do with each other."""


def take_reply(
    scope: Scope,
    cohort_id: int,
    reply_id: int,
    *,
    placement_id: int,
    word: AnswerWord,
    now: datetime,
) -> HeldAnswer:
    """Settle a reply as the answer `word` of the leader who has a placement; the mail itself is deleted.

    Raises `ReplySettled`, `AnswerClosed`.
    """
    cohort = scope.cohort(cohort_id)
    reply = _unsettled(scope, cohort, reply_id)
    invite = answers.invite_of(scope.session, placement_id, cohort_id=cohort.id)
    reply.cohort_id, reply.invite_id = cohort.id, invite.id
    scope.session.flush()  # an answer is only ever made of a reply of its own cohort
    given = GivenAnswer(partstat=word, way="coordinator", given_at=now, note=reply.comment, reply_id=reply.id)
    answer = answers.record_answer(scope, cohort.id, placement_id, given, seen=invite.sequence, now=now)
    _settle(scope, cohort, reply, "taken", now=now)
    return answer


def settle_reply(scope: Scope, cohort_id: int, reply_id: int, *, now: datetime) -> None:
    """Settle a reply with which nothing is to be done; the mail itself is deleted. Raises `ReplySettled`."""
    cohort = scope.cohort(cohort_id)
    reply = _unsettled(scope, cohort, reply_id)
    reply.cohort_id = cohort.id
    _settle(scope, cohort, reply, "nothing", now=now)


def reopen_reply(scope: Scope, cohort_id: int, reply_id: int, *, now: datetime) -> None:
    """Undo what was made of a reply: it waits again, without its text, and its answer is taken back.

    Raises `ReplySettled` where it waits already, `AnswerChanged` where its answer counts no more.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    reply = reply_of(scope, cohort, reply_id)
    session.refresh(reply, with_for_update=True)
    if reply.settled_at is None:
        raise ReplySettled
    if reply.outcome == "taken":
        _take_back(scope, reply, now=now)
    reply.settled_at, reply.settled_by, reply.outcome = None, None, None
    session.flush()
    audit.record(scope, "reopen_reply", f"reply:{reply.id}", at=now, cohort_id=cohort.id)


def reply_of(scope: Scope, cohort: Cohort, reply_id: int) -> Reply:
    """One reply that is, or was, for the coordinators of `cohort`, which the actor was found to be."""
    query = select(Reply).where(Reply.id == reply_id, for_cohort(scope.session, cohort))
    found = scope.session.scalars(query).one_or_none()
    if found is None:
        raise NotFound(thing="reply")
    return found


def for_cohort(session: Session, cohort: Cohort) -> ColumnElement[bool]:
    """Which replies to be reviewed the coordinators of a cohort see."""
    exact, domains = _addresses_of(cohort), _domains_of(session, cohort)
    sender = func.lower(Reply.sender)
    known_elsewhere = or_(
        sender.in_(select(User.email).join(Leader, Leader.user_id == User.id)),
        sender.in_(select(UserAlias.email)),
    )
    same_domain = or_(false(), *(sender.endswith(f"@{domain}", autoescape=True) for domain in domains))
    nobody_knows = and_(
        Reply.cohort_id.is_(None), or_(sender.in_(exact), and_(same_domain, ~known_elsewhere))
    )
    return and_(Reply.action == "review", or_(Reply.cohort_id == cohort.id, nobody_knows))


def _addresses_of(cohort: Cohort) -> Select[str]:
    """The addresses of a cohort's leaders, with their further ones."""
    own = select(User.email).join(Leader, Leader.user_id == User.id).where(Leader.cohort_id == cohort.id)
    further = (
        select(UserAlias.email)
        .join(Leader, Leader.user_id == UserAlias.user_id)
        .where(Leader.cohort_id == cohort.id)
    )
    return own.union(further)  # type: ignore[return-value]  # a union is selected from like a select


def _domains_of(session: Session, cohort: Cohort) -> Collection[str]:
    """The domains of a cohort's leaders that are not open to all."""
    emails = session.scalars(
        select(User.email).join(Leader, Leader.user_id == User.id).where(Leader.cohort_id == cohort.id)
    )
    return sorted({domain_of(email) for email in emails} - OPEN_TO_ALL)


def _unsettled(scope: Scope, cohort: Cohort, reply_id: int) -> Reply:
    """A reply that waits, held fast until the transaction ends."""
    reply = reply_of(scope, cohort, reply_id)
    scope.session.refresh(reply, with_for_update=True)
    if reply.settled_at is not None:
        raise ReplySettled
    return reply


def _settle(scope: Scope, cohort: Cohort, reply: Reply, outcome: ReplyOutcome, *, now: datetime) -> None:
    reply.settled_at, reply.settled_by, reply.outcome = now, scope.actor.label, outcome
    reply.octets = None
    scope.session.flush()
    audit.record(scope, "settle_reply", f"reply:{reply.id}", at=now, cohort_id=cohort.id, outcome=outcome)


def _take_back(scope: Scope, reply: Reply, *, now: datetime) -> None:
    """Take back the answer that was made of a reply, if that was not done in another place."""
    answer = scope.session.scalars(
        select(HeldAnswer)
        .where(HeldAnswer.reply_id == reply.id, HeldAnswer.undone_at.is_(None))
        .order_by(HeldAnswer.id.desc())
        .limit(1)
    ).first()
    if answer is not None:
        answers.take_back(scope, answer, now=now)
