"""A leader who is choosing: five opportunities, each on a date of its own, and a hand that does things."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox
from placement.domain.sender import Sender
from placement.domain.states import DateAnswerWord
from placement.models import AuditEvent, Cohort, Leader, Opportunity
from placement.services import preferences
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader
from tests.factories.preferences import make_ranking
from tests.factories.programmes import make_cohort

NOON = datetime(2027, 1, 12, 12, 0, tzinfo=UTC)
DATES = [FIRST_DAY.date() + timedelta(weeks=week) for week in range(5)]
SENDER = Sender(Mailbox("Placement", "placements@placement.example"), "https://placement.example")
Outcome = TypeVar("Outcome")


@dataclass
class World:
    """One leader of a cohort with five opportunities, each on a date of its own."""

    scope: Scope
    cohort: Cohort
    leader: Leader
    offered: list[Opportunity]

    @property
    def ids(self) -> list[int]:
        return [row.id for row in self.offered]

    @property
    def ranked(self) -> list[int]:
        return list(preferences.ranking(self.scope.session, self.leader.id))

    def rank(self, *places: int) -> list[int]:
        chosen = [self.offered[place] for place in places]
        make_ranking(self.scope.session, leader=self.leader, opportunities=chosen)
        return [row.id for row in chosen]

    def do(
        self, change: Callable[..., Outcome], opportunity_id: int, seen: list[int] | None = None
    ) -> Outcome:
        seen = self.ranked if seen is None else seen
        return change(
            self.scope, leader_id=self.leader.id, opportunity_id=opportunity_id, seen=seen, now=NOON
        )

    def answer(self, seen: dict[date, DateAnswerWord], **words: DateAnswerWord) -> None:
        said = {DATES[int(name[1:])]: word for name, word in words.items()}
        preferences.answer_dates(self.scope, leader_id=self.leader.id, answers=said, seen=seen, now=NOON)

    def submit(self, *, now: datetime = NOON) -> datetime:
        slots = preferences.open_slots(self.scope.session, self.cohort.id, now=now)
        kept = preferences.date_answers(self.scope.session, self.leader.id)
        return preferences.submit_preferences(
            self.scope,
            leader_id=self.leader.id,
            seen_ranking=self.ranked,
            seen_dates=preferences.effective_answers(kept, preferences.slot_dates(slots)),  # type: ignore[arg-type]
            sender=SENDER,
            now=now,
        )

    def verbs(self) -> list[str]:
        return list(self.scope.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)))


def build(session: Session) -> World:
    cohort = make_cohort(session, preferences_close_at=NOON + timedelta(days=1))
    offered = [make_opportunity(session, cohort=cohort) for _ in DATES]
    for week, opportunity in enumerate(offered):
        make_slot(session, opportunity=opportunity, starts_at=FIRST_DAY + timedelta(weeks=week))
    leader = make_leader(session, cohort=cohort)
    return World(Scope.of_user(session, leader.user_id), cohort, leader, offered)
