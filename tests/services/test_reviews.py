"""Replies that a person has to look at: who sees which, what is made of them, and undoing it."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters.replies import read_reply
from placement.domain.answer_errors import AliasTaken, AnswerClosed, ReplySettled
from placement.domain.errors import NotFound
from placement.models import AuditEvent, Invite, Reply, Task, UserAlias
from placement.services import aliases, replies, reviews
from placement.services.reports.replies import (
    replies_of,
    reply_anywhere,
    reply_details,
    waiting_everywhere,
)
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.placements import make_invite, make_placement, placement_of
from tests.factories.programmes import make_cohort
from tests.factories.replies import (
    CONFIRMED,
    LEADER,
    SEQUENCE,
    SERVER,
    UID,
    answered,
    calendar,
    mail,
    make_reply,
    part,
    text,
)
from tests.factories.reply_samples import ORDINARY


@dataclass(frozen=True)
class Desk:
    """A coordinator to whom the sample leader's replies come."""

    session: Session
    scope: Scope
    invite: Invite

    @property
    def cohort_id(self) -> int:
        return self.invite.cohort_id

    def take_in(self, octets: bytes, *, vouched: bool = False, authserv_id: str = SERVER) -> Reply:
        taken = read_reply(octets, authserv_id=authserv_id, vouched=vouched)
        replies.ingest(Scope.system(self.session), taken, now=NOON)
        self.session.expire_all()
        return self.session.scalars(select(Reply).order_by(Reply.id.desc())).first()  # type: ignore[return-value]

    def take(self, reply: Reply, word: Any = "ACCEPTED") -> None:
        reviews.take_reply(
            self.scope,
            self.cohort_id,
            reply.id,
            placement_id=placement_of(self.invite).id,
            word=word,
            now=NOON,
        )

    def waiting(self) -> list[int]:
        return [line.id for line in replies_of(self.scope, self.cohort_id).waiting]

    def settled(self) -> list[tuple[int, str]]:
        return [(line.id, line.outcome) for line in replies_of(self.scope, self.cohort_id).settled]


@pytest.fixture
def desk(session: Session) -> Desk:
    slot = make_slot(session)
    cohort = slot.opportunity.partner.cohort
    leader = make_leader(session, cohort=cohort, name="Zoe Okafor", user=make_user(session, email=LEADER))
    placement = make_placement(session, leader=leader, slot=slot)
    invite = make_invite(session, placement=placement, uid=UID, sequence=SEQUENCE, state="sent")
    coordinator = make_coordinator(session, cohort=cohort, user=make_user(session, name="Chloe"))
    return Desk(session, Scope.of_user(session, coordinator.user_id), invite)


@pytest.mark.parametrize("name", [name for name, one in ORDINARY.items() if one.action == "review"])
def test_what_is_to_be_reviewed_reaches_a_coordinator_who_can_settle_and_reopen_it(
    name: str, desk: Desk
) -> None:
    reply = desk.take_in(ORDINARY[name].octets)
    assert desk.waiting() == [reply.id]
    details = reply_details(desk.scope, desk.cohort_id, reply.id, now=NOON)
    assert details.octets == ORDINARY[name].octets
    assert details.line.checked
    reviews.settle_reply(desk.scope, desk.cohort_id, reply.id, now=NOON)
    assert (desk.waiting(), desk.settled(), reply.octets) == ([], [(reply.id, "nothing")], None)
    with pytest.raises(ReplySettled):
        desk.take(reply)
    reviews.reopen_reply(desk.scope, desk.cohort_id, reply.id, now=NOON)
    assert desk.waiting() == [reply.id]
    assert desk.invite.partstat == "NEEDS-ACTION"


def test_a_reply_taken_as_an_answer_counts_and_can_be_undone(desk: Desk) -> None:
    reply = desk.take_in(mail(text("Sorry, I cannot come.")))
    desk.take(reply, "DECLINED")
    assert (desk.invite.partstat, desk.settled(), reply.octets) == (
        "DECLINED",
        [(reply.id, "taken")],
        None,
    )
    assert desk.session.scalars(select(Task.closed_at)).all() == [None]
    (line,) = replies_of(desk.scope, desk.cohort_id).settled
    assert (line.settled_by, line.leader and line.leader.name) == ("Chloe", "Zoe Okafor")
    reviews.reopen_reply(desk.scope, desk.cohort_id, reply.id, now=NOON)
    assert (desk.invite.partstat, desk.waiting()) == ("NEEDS-ACTION", [reply.id])
    assert desk.session.scalars(select(Task.outcome)).all() == ["changed"]
    with pytest.raises(ReplySettled):
        reviews.reopen_reply(desk.scope, desk.cohort_id, reply.id, now=NOON)
    verbs = desk.session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs[1:] == ["record_answer", "settle_reply", "undo_answer", "reopen_reply"]


def test_a_mail_that_a_person_settled_is_not_decided_on_again(desk: Desk) -> None:
    octets = mail(part(calendar()), results=[])
    reply = desk.take_in(octets, authserv_id="")
    assert (reply.reason, reply.sender_check) == ("sender_unchecked", "unchecked")
    assert not reply_details(desk.scope, desk.cohort_id, reply.id, now=NOON).line.checked
    reviews.settle_reply(desk.scope, desk.cohort_id, reply.id, now=NOON)
    assert desk.take_in(octets, vouched=True, authserv_id="").outcome == "nothing"
    assert desk.invite.partstat == "NEEDS-ACTION"


def test_a_further_address_lets_the_next_mail_from_it_count(desk: Desk) -> None:
    def from_home(word: str, name: str) -> Reply:
        octets = mail(
            part(calendar(answered(word))), sender="Zoe@Trust.example", results=[CONFIRMED], message_id=name
        )
        return desk.take_in(octets)

    first = from_home("DECLINED", "<1@trust.example>")
    assert (first.action, first.reason) == ("review", "sender_colleague")
    leader = placement_of(desk.invite).leader
    assert aliases.add_alias(desk.scope, desk.cohort_id, leader.id, address=first.sender, now=NOON)
    assert not aliases.add_alias(desk.scope, desk.cohort_id, leader.id, address=first.sender, now=NOON)
    assert desk.waiting() == [first.id], "the first one still waits"
    second = from_home("ACCEPTED", "<2@trust.example>")
    assert (second.action, desk.invite.partstat) == ("applied", "ACCEPTED")
    alias = desk.session.scalars(select(UserAlias)).one()
    aliases.remove_alias(desk.scope, desk.cohort_id, leader.id, alias.id, now=NOON)
    assert from_home("TENTATIVE", "<3@trust.example>").reason == "sender_colleague"


def test_a_calendar_that_answers_for_a_further_address_counts(desk: Desk) -> None:
    leader = placement_of(desk.invite).leader
    aliases.add_alias(desk.scope, desk.cohort_id, leader.id, address="zoe@elsewhere.example", now=NOON)
    lines = answered("DECLINED")
    lines[4] = "ATTENDEE;PARTSTAT=DECLINED:mailto:zoe@elsewhere.example"
    results = [f"{SERVER}; dmarc=pass header.from=elsewhere.example"]
    reply = desk.take_in(mail(part(calendar(lines)), sender="zoe@elsewhere.example", results=results))
    assert (reply.action, reply.reason) == ("applied", "declined")


def test_an_address_of_somebody_else_is_nobodys_further_one(desk: Desk) -> None:
    leader = placement_of(desk.invite).leader
    other = make_leader(desk.session, cohort=leader.cohort)
    with pytest.raises(AliasTaken):
        aliases.add_alias(desk.scope, desk.cohort_id, leader.id, address=other.user.email, now=NOON)
    assert not aliases.add_alias(desk.scope, desk.cohort_id, leader.id, address=LEADER.upper(), now=NOON)
    with pytest.raises(NotFound):
        aliases.remove_alias(desk.scope, desk.cohort_id, other.id, 1, now=NOON)


def test_a_reply_of_no_known_cohort_goes_by_its_sender(desk: Desk) -> None:
    session = desk.session
    far = make_cohort(session)
    elsewhere = make_coordinator(session, cohort=far)
    make_leader(session, cohort=far, user=make_user(session, email="amy@trust.example"))
    other = Scope.of_user(session, elsewhere.user_id)
    make_leader(
        session, cohort=placement_of(desk.invite).leader.cohort, user=make_user(session, email="ed@gmail.com")
    )

    def seen(sender: str) -> tuple[bool, bool]:
        reply = make_reply(session, sender=sender)
        theirs = [line.id for line in replies_of(other, elsewhere.cohort_id).waiting]
        return reply.id in desk.waiting(), reply.id in theirs

    assert seen(LEADER) == (True, False), "their own leader's"
    assert seen("amy@trust.example") == (False, True), "another cohort's leader"
    assert seen("Reception@TRUST.example") == (True, True), "somebody at the same employer"
    assert seen("stranger@gmail.com") == (False, False), "a provider is no employer"
    assert seen("ed@gmail.com") == (True, False)
    assert seen("") == (False, False)
    everywhere = waiting_everywhere(Scope.system(session))
    assert len(everywhere) == 6
    assert waiting_everywhere(desk.scope) == []
    with pytest.raises(NotFound):
        reply_anywhere(desk.scope, everywhere[0].id)


def test_replies_of_others_do_not_exist(desk: Desk) -> None:
    reply = desk.take_in(ORDINARY["another time"].octets)
    stranger = make_coordinator(desk.session)
    scope = Scope.of_user(desk.session, stranger.user_id)
    for cohort_id in (desk.cohort_id, stranger.cohort_id):
        with pytest.raises(NotFound):
            reply_details(scope, cohort_id, reply.id, now=NOON)
        with pytest.raises(NotFound):
            reviews.settle_reply(scope, cohort_id, reply.id, now=NOON)


def test_the_day_that_a_reply_names_is_offered_first(desk: Desk) -> None:
    leader = placement_of(desk.invite).leader
    other = make_placement(
        desk.session,
        leader=make_leader(desk.session, cohort=leader.cohort, name="Aaron"),
        slot=make_slot(desk.session, cohort=leader.cohort),
    )
    make_invite(desk.session, placement=other)
    reply = desk.take_in(ORDINARY["another time"].octets)
    days = reply_details(desk.scope, desk.cohort_id, reply.id, now=NOON).days
    assert [(day.leader, day.likely) for day in days] == [("Zoe Okafor", True), ("Aaron", False)]
    over = reply_details(desk.scope, desk.cohort_id, reply.id, now=other.starts_at).days
    assert over == ()
    with pytest.raises(AnswerClosed):
        reviews.take_reply(
            desk.scope,
            desk.cohort_id,
            reply.id,
            placement_id=other.id,
            word="ACCEPTED",
            now=other.starts_at,
        )
