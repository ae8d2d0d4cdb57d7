"""What people are told when a day of theirs ends, moves or reads differently: one life for every invite.

A day is a placement or an event; what its mails say is drafted by whoever knows it. Working out changes the
invites in memory only, so that a preview can forget it again.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from placement.domain.invite_changes import AS_BEFORE, ASKED_ANEW, changes_between
from placement.domain.invites import InviteDetails, Method, next_stamp
from placement.domain.letters import Letter, thaw
from placement.models import Invite, Leader, Message
from placement.services import outbox
from placement.services.invites import CANCELLED, CHANGED, CONFIRMED, KINDS, invite_letter, kind_of
from placement.services.reports.effects import Mail, News, Person
from placement.services.wordings import Intros, intros

Draft = Callable[[Method], InviteDetails]
"""What the mail of an invite says as things stand, without a reason."""
DAY = (
    "starts_at",
    "ends_at",
    "title",
    "partner",
    "address",
    "postcode",
    "latitude",
    "longitude",
    "joining_link",
)
"""What tells a day from others: a cancellation names the day as it was told, whatever became of it since."""


@dataclass(frozen=True)
class Told:
    """The mails of a change with their letters, and whose day ends without one."""

    mails: tuple[Mail, ...] = ()
    letters: tuple[Letter, ...] = ()
    quiet: tuple[Person, ...] = ()

    def __add__(self, other: "Told") -> "Told":
        """Both changes in one."""
        return Told(self.mails + other.mails, self.letters + other.letters, self.quiet + other.quiet)


@dataclass(frozen=True)
class Issued:
    """An invite that is live and whose it is.

    `heard`: a mail of it has left, or may have; `told` is what the newest of these said, and `newest` what
    the newest says that was not taken back, whether it has left or not.
    """

    invite: Invite
    leader: Leader
    draft: Draft
    heard: bool
    told: InviteDetails | None
    newest: InviteDetails | None
    intros: Intros

    @property
    def differs(self) -> bool:
        """Whether the newest mail no longer says how things stand; also where no such mail is known."""
        return self.newest is None or bool(changes_between(self.newest, self.draft("REQUEST")))

    def worded(self, method: Method, news: str) -> InviteDetails:
        """The draft with the coordinators' own words for this kind of mail."""
        details = self.draft(method)
        return replace(details, intro=self.intros[self.invite.cohort_id, kind_of(news, details)])


@contextmanager
def forgotten(session: Session) -> Iterator[None]:
    """Let rows be changed in memory only: nothing is written, and in the end everything is as it was."""
    with session.no_autoflush:
        try:
            yield
        finally:
            session.expire_all()


def issued(session: Session, drafts: Sequence[tuple[Invite, Leader, Draft]]) -> list[Issued]:
    """Live invites with what has been heard of each."""
    ids = [invite.id for invite, _, _ in drafts]
    heard, (told, newest) = outbox.left(session, ids), _mails_of(session, ids)
    words = intros(session, {invite.cohort_id for invite, _, _ in drafts})
    return [
        Issued(
            invite,
            leader,
            draft,
            heard=invite.state in {"sent", "undelivered", "past"} or invite.id in heard,
            told=told.get(invite.id),
            newest=newest.get(invite.id),
            intros=words,
        )
        for invite, leader, draft in drafts
    ]


def end(found: Sequence[Issued], reasons: Sequence[str], *, now: datetime) -> Told:
    """Cancel invites for good, each for its reason; whoever was never told of the day is told nothing."""
    mails, letters, quiet = [], [], []
    for one, reason in zip(found, reasons, strict=True):
        one.invite.state = "cancelled"
        if not one.heard:
            quiet.append(person(one.leader))
            continue
        _revise(one.invite, sequence=1, now=now)
        details = replace(one.worded("CANCEL", CANCELLED), **_day_as_told(one.told), reason=reason)
        mails.append(Mail(person(one.leader), "cancelled", details))
        letters.append(invite_letter(CANCELLED, details, one.invite))
    return Told(tuple(mails), tuple(letters), tuple(quiet))


def move(found: Sequence[Issued], *, now: datetime) -> Told:
    """Move calendar entries to where and when their days are now, and ask for answers again."""
    told = Told()
    for one in found:
        _revise(one.invite, sequence=int(one.heard), now=now)
        _ask_anew(one.invite)
        told += _changed(one, "moved")
    return told


def update(found: Sequence[Issued], *, now: datetime) -> Told:
    """Let calendar entries read as their days do now; answers stand. Who would see no difference is not told.

    Where a move was taken back that had not left, it is told along, and the answer is asked for.
    """
    told = Told()
    for one in found:
        behind = one.told is not None and one.told.sequence < one.invite.sequence
        if one.told is not None and not behind and not changes_between(one.told, one.draft("REQUEST")):
            continue
        _revise(one.invite, sequence=0, now=now)
        told += _changed(one, "moved" if behind else "updated")
    return told


def tell_anew(found: Sequence[Issued], *, now: datetime) -> Told:
    """Invite once more those who are reached at another address now, and ask for their answers again.

    SEQUENCE stays, for neither time nor place has changed: to the new calendar the entry is new anyhow.
    """
    told = Told()
    for one in found:
        _revise(one.invite, sequence=0, now=now)
        _ask_anew(one.invite)
        details = replace(one.worded("REQUEST", CONFIRMED), unheard=True)
        mail = Mail(person(one.leader), "invited", details)
        told += Told((mail,), (invite_letter(CONFIRMED, details, one.invite),))
    return told


def take_back(session: Session, invites: Collection[Invite], *, for_good: bool) -> None:
    """Let nothing leave that is still owed of `invites`: a newer mail, or none, takes its place.

    Their rows are held until the transaction ends, so that no answer comes in between.
    """
    ids = sorted(invite.id for invite in invites)
    held = select(Invite).where(Invite.id.in_(ids)).order_by(Invite.id).with_for_update()
    session.scalars(held.execution_options(populate_existing=True)).all()
    outbox.take_back(session, ids, status="cancelled" if for_good else "superseded")


def owe(session: Session, told: Told, *, now: datetime) -> None:
    """Write down the mails that were worked out."""
    session.add_all([outbox.new_message(letter, now=now) for letter in told.letters])
    session.flush()


def person(leader: Leader) -> Person:
    """A leader as reports name them."""
    return Person(leader.id, leader.name, leader.user.email)


def _changed(one: Issued, news: News) -> Told:
    """The mail of an invite that was revised, with what a reader finds changed."""
    details = one.worded("REQUEST", CHANGED)
    if not one.heard:
        details = replace(details, unheard=True)
    else:
        said = changes_between(one.told, details) if one.told else ()
        sentences = [*said, ASKED_ANEW] if news == "moved" else said
        before = [AS_BEFORE] if one.told and not said else []
        details = replace(details, reason=" ".join([*before, *sentences]), text_only=news == "updated")
    return Told((Mail(person(one.leader), news, details),), (invite_letter(CHANGED, details, one.invite),))


def _day_as_told(told: InviteDetails | None) -> dict[str, Any]:
    return {name: getattr(told, name) for name in DAY} if told else {}


def _revise(invite: Invite, *, sequence: int, now: datetime) -> None:
    invite.sequence += sequence
    invite.revision += 1
    invite.dtstamp = next_stamp(invite.dtstamp, now)


def _ask_anew(invite: Invite) -> None:
    """Forget the answer; also where none was held when this was read, for one may be coming in now."""
    invite.partstat, invite.partstat_stamp, invite.partstat_seq = "NEEDS-ACTION", None, None
    for column in ("partstat", "partstat_stamp", "partstat_seq"):
        flag_modified(invite, column)


def _mails_of(
    session: Session, ids: Collection[int]
) -> tuple[Mapping[int, InviteDetails], Mapping[int, InviteDetails]]:
    """By invite, what the newest mail says that may have left, and the newest that was not taken back."""
    may_have_left = outbox.may_have_left()
    stands = Message.status.not_in(("superseded", "cancelled"))
    rows = session.execute(
        select(Message.invite_id, Message.payload, may_have_left)
        .where(Message.invite_id.in_(ids), Message.kind.in_(KINDS), or_(may_have_left, stands))
        .order_by(Message.id)
    ).all()
    left = {invite_id: payload for invite_id, payload, gone in rows if gone}
    newest = {invite_id: payload for invite_id, payload, _ in rows}
    return _thawed(left), _thawed(newest)


def _thawed(payloads: Mapping[int | None, dict[str, object]]) -> Mapping[int, InviteDetails]:
    """What payloads say, by invite; one that is no invite's, or was emptied, says nothing."""
    return {
        invite_id: thaw(payload)
        for invite_id, payload in payloads.items()
        if invite_id is not None and payload.get("uid")
    }
