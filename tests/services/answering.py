"""A confirmed cohort whose leaders answer, and what is held of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.answers import GivenAnswer, LinkFacts
from placement.domain.states import AnswerWord
from placement.models import AuditEvent, HeldAnswer, Invite, Leader, Task
from placement.services import answers
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.placements import placement_of
from tests.services.repairing import at, confirmed_cohort, invite_of
from tests.services.small_cohort import SmallCohort

SOON = NOON + timedelta(hours=1)


@dataclass(frozen=True)
class Asked:
    """A leader of a confirmed cohort, and the invite to their day."""

    session: Session
    small: SmallCohort
    leader: Leader
    invite: Invite

    @property
    def cohort_id(self) -> int:
        return self.small.cohort.id

    @property
    def placement_id(self) -> int:
        return placement_of(self.invite).id

    @property
    def held(self) -> str:
        self.session.expire_all()
        return self.invite.partstat

    def record(self, word: AnswerWord, *, note: str = "", now: datetime = SOON) -> HeldAnswer:
        """The coordinator writes an answer down."""
        given = GivenAnswer(partstat=word, way="coordinator", given_at=now, note=note)
        return answers.record_answer(
            Scope.system(self.session),
            self.cohort_id,
            self.placement_id,
            given,
            seen=self.invite.sequence,
            now=now,
        )

    def by_link(self, word: AnswerWord, *, note: str = "", now: datetime = SOON) -> HeldAnswer:
        """The leader answers by the link in their mail."""
        facts = LinkFacts(self.invite.uid, self.invite.sequence)
        given = GivenAnswer(partstat=word, way="link", given_at=now, note=note)
        scope = Scope.system(self.session, label="visitor")
        return answers.answer_by_link(scope, facts, given, seen=self.invite.sequence, now=now)

    def by_mail(self, word: AnswerWord, *, at: datetime) -> HeldAnswer:
        """A mail that passed every test."""
        given = GivenAnswer(partstat=word, way="mail", given_at=at)
        return answers.hold_answer(Scope.system(self.session), self.invite, given, now=SOON)

    @property
    def follower(self) -> Leader:
        """Somebody who wanted the food bank most, and has another day."""
        there = at(self.session, self.small.slots[0])
        return next(leader for leader in self.small.leaders[:3] if leader not in there)

    def undo(self, answer: HeldAnswer, *, now: datetime = SOON) -> None:
        """The coordinator takes an answer back."""
        answers.undo_answer(Scope.system(self.session), self.cohort_id, answer.id, now=now)

    def tasks(self) -> list[tuple[str, str | None]]:
        """The tasks of the placement: the answer of each, and how it was closed."""
        self.session.expire_all()
        rows = self.session.scalars(
            select(Task).where(Task.placement_id == self.placement_id).order_by(Task.id)
        )
        return [(task.answer.partstat, task.outcome) for task in rows]

    def verbs(self) -> list[str]:
        """What was audited."""
        return list(self.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def asked(session: Session) -> Asked:
    """A leader who has had their invite to the food bank, where another one goes too."""
    small = confirmed_cohort(session)
    leader = at(session, small.slots[0])[0]
    return Asked(session, small, leader, invite_of(session, leader))
