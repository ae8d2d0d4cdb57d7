"""What erasing a leader does to the rows: each that tells who it was is removed, emptied or renamed."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, exists, false, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from placement.models import (
    AccessNeed,
    Conflict,
    Coordinator,
    DateAnswer,
    DeliveryTry,
    Feed,
    HeldAnswer,
    ImportRow,
    ImportUpload,
    InterruptedForm,
    Invite,
    Leader,
    MatchRun,
    Message,
    OptOut,
    Partner,
    PartnerMessage,
    Preference,
    PreviousRanking,
    RecoveryCode,
    Reflection,
    RefusedOpportunity,
    Reply,
    SavedView,
    SecondStep,
    SignedIn,
    SignInLink,
    User,
    UserAlias,
    Withdrawal,
    WrittenMail,
)
from placement.services.wordless import WORDLESS

NAME = "Erased person"
UNSENT = ("held", "todo", "sending")
REMOVED = (
    AccessNeed,
    Conflict,
    Preference,
    PreviousRanking,
    Reflection,
    RefusedOpportunity,
    DateAnswer,
    ImportRow,
)
"""Rows of a leader that go as a whole."""
WAYS_IN = (
    *(SignedIn, SignInLink, SecondStep, RecoveryCode),
    *(Feed, UserAlias, OptOut, InterruptedForm, SavedView, ImportUpload),
)
"""Rows of a user that go as a whole, where the user is nothing else."""
NUMBERS = ("placement", "assignment", "invite", "event_guest", "task", "seat_offer", "swap_request")
"""Tables whose rows about a leader are ids, dates and states; they stay, for the counts of the cohort."""


def erase_rows(session: Session, leader: Leader, *, now: datetime) -> None:
    """Leave nothing of `leader` that tells who it was; whoever calls holds the cohort."""
    anonymous = f"erased-{leader.id}@erased.invalid"
    names = Words((leader.user.email, leader.match_id), leader.name, anonymous)
    _empty_mails(session, leader, names)
    _empty_answers(session, leader, anonymous)
    _rename_in_runs(session, leader, names)
    _rename_in_words(session, leader, names)
    for table in REMOVED:
        session.execute(delete(table).where(table.leader_id == leader.id))
    session.execute(delete(ImportUpload).where(ImportUpload.cohort_id == leader.cohort_id))  # may name them
    for emptied, nothing in WORDLESS.items():
        session.execute(update(emptied).where(emptied.__table__.c.leader_id == leader.id).values(**nothing))
    session.execute(delete(Feed).where(Feed.purpose == "leader", Feed.subject_id == leader.id))
    _empty_leader(leader, anonymous, now=now)
    _part_with_user(session, leader, anonymous)
    session.flush()
    session.expire_all()


class Words:
    """The addresses and the name that say who it was, and what stands in their place."""

    def __init__(self, addresses: Iterable[str], name: str, anonymous: str) -> None:
        self.addresses, self.name, self.anonymous = tuple(dict.fromkeys(addresses)), name, anonymous

    def clear(self, value: Any) -> Any:
        """JSON values without the words; keys are looked at, too."""
        if isinstance(value, str):
            return self._clear_text(value)
        if isinstance(value, list):
            return [self.clear(one) for one in value]
        if isinstance(value, dict):
            return {self.clear(key): self.clear(one) for key, one in value.items()}
        return value

    def in_text(self, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Whether JSON text may hold one of the words."""
        text = cast(column, Text)
        words = (*self.addresses, self.name)
        held = [text.contains(json.dumps(word)[1:-1], autoescape=True) for word in words if word]
        held += [text.contains(word, autoescape=True) for word in words if word]
        return or_(false(), *held)

    def _clear_text(self, text: str) -> str:
        for address in self.addresses:
            text = _replaced(text, address, self.anonymous)
        return _replaced(text, self.name, NAME)


def mails_to(leader: Leader) -> ColumnElement[bool]:
    """The mails of a leader's cohort that went, or are to go, to them; those of no cohort let them in."""
    invites = select(Invite.id).where(Invite.leader_id == leader.id)
    return or_(
        Message.invite_id.in_(invites),
        and_(Message.recipient == leader.user.email, Message.cohort_id == leader.cohort_id),
    )


def replies_from(leader: Leader) -> ColumnElement[bool]:
    """The mails that came from a leader, or about an invite of theirs."""
    invites = select(Invite.id).where(Invite.leader_id == leader.id)
    sent = and_(Reply.sender == leader.user.email, _of_cohort(Reply.cohort_id, leader))
    return or_(Reply.invite_id.in_(invites), sent)


def is_elsewhere(session: Session, leader: Leader) -> bool:
    """Whether the same person is something else as well: another leader, a partner, a coordinator."""
    user_id = leader.user_id
    other = exists().where(Leader.user_id == user_id, Leader.id != leader.id, Leader.erased_at.is_(None))
    roles = (exists().where(table.user_id == user_id) for table in (Partner, Coordinator))
    return bool(session.scalar(select(or_(other, *roles))))


def _of_cohort(column: InstrumentedAttribute[Any], leader: Leader) -> ColumnElement[bool]:
    return or_(column == leader.cohort_id, column.is_(None))


def _replaced(text: str, word: str, by: str) -> str:
    """`text` with `by` in the place of `word`, where it is not a piece of a longer word."""
    return re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", by, text) if word and word in text else text


def _empty_mails(session: Session, leader: Leader, names: Words) -> None:
    """Mails to the person keep kind and times; mails to others lose the words that name the person."""
    own = mails_to(leader)
    if not is_elsewhere(session, leader):
        own = or_(own, and_(Message.recipient == leader.user.email, Message.cohort_id.is_(None)))
    ids = list(session.scalars(select(Message.id).where(own)))
    others = select(Message).where(Message.cohort_id == leader.cohort_id, names.in_text(Message.payload))
    for mail in session.scalars(others.where(Message.id.not_in(ids))):
        mail.payload = names.clear(mail.payload)
        if mail.status not in UNSENT:
            session.execute(delete(WrittenMail).where(WrittenMail.message_id == mail.id))
    session.execute(delete(WrittenMail).where(WrittenMail.message_id.in_(ids)))
    session.execute(update(DeliveryTry).where(DeliveryTry.message_id.in_(ids)).values(said=""))
    unsent = and_(Message.id.in_(ids), Message.status.in_(UNSENT))
    session.execute(update(Message).where(unsent).values(status="cancelled"))
    session.execute(
        update(Message)
        .where(Message.id.in_(ids))
        .values(recipient=names.anonymous, recipient_name="", domain="", payload={}, last_error=None)
    )


def _empty_answers(session: Session, leader: Leader, anonymous: str) -> None:
    invites = select(Invite.id).where(Invite.leader_id == leader.id)
    session.execute(update(HeldAnswer).where(HeldAnswer.invite_id.in_(invites)).values(note=""))
    emptied: dict[str, object] = {"sender": anonymous, "comment": "", "octets": None}
    session.execute(update(Reply).where(replies_from(leader)).values(**emptied))


def _rename_in_runs(session: Session, leader: Leader, names: Words) -> None:
    """Runs keep what they decided for a number; where that person lives goes."""
    query = select(MatchRun).where(
        MatchRun.cohort_id == leader.cohort_id,
        or_(names.in_text(MatchRun.frozen_input), names.in_text(MatchRun.result)),
    )
    for run in session.scalars(query).unique():
        frozen = names.clear(json.loads(run.frozen_input))
        for one in frozen.get("leaders", ()):
            if one["id"] == names.anonymous:
                one["distance_km"] = {}
        run.frozen_input = json.dumps(frozen, sort_keys=True)
        run.result = json.dumps(names.clear(json.loads(run.result))) if run.result else run.result
        run.settings = names.clear(run.settings)


def _rename_in_words(session: Session, leader: Leader, names: Words) -> None:
    """What partners wrote to everybody, and to coordinators, stays without the words that name the person."""
    for row in session.scalars(select(PartnerMessage).where(PartnerMessage.cohort_id == leader.cohort_id)):
        row.text = names.clear(row.text)
    for said in session.scalars(select(Withdrawal).where(Withdrawal.cohort_id == leader.cohort_id)):
        said.words = names.clear(said.words)


def _empty_leader(leader: Leader, anonymous: str, *, now: datetime) -> None:
    leader.name, leader.matched_as = NAME, anonymous
    leader.role = leader.pay_band = leader.gender = leader.base_postcode = leader.travel = ""
    leader.latitude = leader.longitude = leader.max_km = leader.postcode_kind = leader.team_id = None
    leader.check_held, leader.no_car, leader.signed_off_at = "none", False, None
    leader.withdrawn_at = leader.withdrawn_at or now
    leader.erased_at = now


def _part_with_user(session: Session, leader: Leader, anonymous: str) -> None:
    """Empty the user, or leave them what they are elsewhere and give the leader an empty one."""
    if is_elsewhere(session, leader):
        user = User(email=anonymous, name=NAME)
        session.add(user)
        session.flush()
        leader.user_id = user.id
        return
    for table in WAYS_IN:
        session.execute(delete(table).where(table.user_id == leader.user_id))
    user = leader.user
    user.email, user.name, user.bounced_at, user.bounce_reason = anonymous, NAME, None, None
