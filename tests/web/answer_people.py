"""A leader, their coordinator and their partner about one confirmed day, for the pages about answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from placement.adapters.replies import read_reply
from placement.db import reading, unit_of_work
from placement.domain.answers import GivenAnswer, LinkFacts, link_token
from placement.domain.states import AnswerWord
from placement.models import Cohort, HeldAnswer, Invite, Leader, Placement, Reply, Slot, Task
from placement.services import answers, replies
from placement.services.scope import Scope
from tests.databases import SECRET
from tests.factories.replies import SERVER
from tests.web.cohort_states import Found, found_in, now


@dataclass(frozen=True)
class AnsweringPeople:
    """One placement of a confirmed cohort, by ids, with what each person signs in as."""

    app: Flask
    found: Found
    leader_id: int
    leader: str
    email: str
    placement_id: int
    invite_id: int
    uid: str
    slot_id: int
    partner_id: int
    partner_email: str

    def link(self, word: str = "", *, sequence: int = 0, secret: str = SECRET) -> str:
        """The address of the signed link, as the mail holds it."""
        token = link_token(secret, LinkFacts(self.uid, sequence))
        return f"/answer/{token}/{word}".rstrip("/")

    def invite(self) -> Invite:
        """The invite as it stands."""
        with self.app.app_context(), reading() as session:
            found = session.get_one(Invite, self.invite_id)
            session.expunge_all()
            return found

    @property
    def held(self) -> str:
        return self.invite().partstat

    def history(self) -> list[tuple[str, str, str]]:
        """All answers, the oldest first: what, by which way, with which note."""
        with self.app.app_context(), reading() as session:
            rows = session.scalars(
                select(HeldAnswer).where(HeldAnswer.invite_id == self.invite_id).order_by(HeldAnswer.id)
            )
            return [(row.partstat, row.way, row.note) for row in rows]

    def change(self, act: Callable[[Any], None]) -> None:
        """Change rows."""
        with self.app.app_context(), unit_of_work() as session:
            act(session)

    def answer(self, word: AnswerWord, *, note: str = "", at: datetime | None = None) -> None:
        """A mail that passed every test."""

        def act(session: Any) -> None:
            given = GivenAnswer(partstat=word, way="mail", given_at=at or now(), note=note)
            invite = session.get_one(Invite, self.invite_id)
            answers.hold_answer(Scope.system(session), invite, given, now=now())

        self.change(act)

    def take_in(self, octets: bytes, *, authserv_id: str = SERVER) -> int:
        """A mail that came in; the id of its reply."""
        ids: list[int] = []

        def act(session: Any) -> None:
            taken = read_reply(octets, authserv_id=authserv_id)
            replies.ingest(Scope.system(session), taken, now=now())
            ids.append(session.scalars(select(Reply.id).order_by(Reply.id.desc())).first())

        self.change(act)
        return ids[0]

    def newest(self, model: type[Reply] | type[Task]) -> int:
        """The number of the reply that came in last, or of the newest task."""
        with self.app.app_context(), reading() as session:
            return session.scalars(select(model.id).order_by(model.id.desc())).first() or 0

    def begin(self) -> None:
        """Let the day have begun an hour ago."""

        def act(session: Any) -> None:
            slot = session.get_one(Slot, self.slot_id)
            slot.starts_at = now() - timedelta(hours=1)

        self.change(act)


def answering_people(app: Flask, state: str = "confirmed") -> AnsweringPeople:
    """The leader of the first placement of a new cohort, who has had their invite and not answered."""
    found = found_in(app, state)
    with app.app_context(), unit_of_work() as session:
        cohort = session.get_one(Cohort, found.cohort_id)
        row = session.scalars(
            select(Placement)
            .where(Placement.cohort_id == cohort.id, Placement.status == "confirmed")
            .order_by(Placement.starts_at, Placement.id)
        ).first()
        assert row is not None
        invite = session.scalars(select(Invite).where(Invite.placement_id == row.id)).one()
        invite.partstat, invite.state = "NEEDS-ACTION", "sent"
        leader = session.get_one(Leader, row.leader_id)
        partner = row.slot.opportunity.partner
        return AnsweringPeople(
            app,
            found,
            leader.id,
            leader.name,
            leader.user.email,
            row.id,
            invite.id,
            invite.uid,
            row.slot_id,
            partner.id,
            partner.user.email,
        )
