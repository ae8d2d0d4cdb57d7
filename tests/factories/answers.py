"""Answers that are held, declines that wait for somebody, further addresses."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import HeldAnswer, Invite, Task, User, UserAlias
from tests.factories.clock import NOON, next_number


def make_held_answer(session: Session, *, invite: Invite, **facts: Any) -> HeldAnswer:
    """An answer that stands in the history of `invite`; the invite itself is left as it is."""
    defaults = {
        "cohort_id": invite.cohort_id,
        "invite_id": invite.id,
        "partstat": "DECLINED",
        "sequence": invite.sequence,
        "way": "mail",
        "actor": "test",
        "given_at": NOON,
        "held_at": NOON,
    }
    answer = HeldAnswer(**(defaults | facts))
    session.add(answer)
    session.flush()
    return answer


def make_task(session: Session, *, answer: HeldAnswer, **facts: Any) -> Task:
    """A decline that waits for its coordinator."""
    defaults = {
        "cohort_id": answer.cohort_id,
        "leader_id": answer.invite.leader_id,
        "placement_id": answer.invite.placement_id,
        "answer_id": answer.id,
        "opened_at": NOON,
    }
    task = Task(**(defaults | facts))
    session.add(task)
    session.flush()
    return task


def make_user_alias(session: Session, *, user: User, **facts: Any) -> UserAlias:
    """A further address of `user`."""
    defaults = {"email": f"alias{next_number()}@people.example", "created_at": NOON}
    alias = UserAlias(**(defaults | {"user_id": user.id} | facts))
    session.add(alias)
    session.flush()
    return alias
