"""One mail of each kind with the rows of a cohort: to look at before it goes, and to send to oneself.

Where nothing is confirmed yet, the first leader and the first day stand in; where no event is planned, one
that is made up. The links that act for whoever holds a mail are not those of the person shown: they stop the
coordinator's own mails, or open nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from placement.domain.errors import NotSignedIn
from placement.domain.invites import InviteDetails, Mailbox, check_details, invite_uid, message_id_for
from placement.domain.letters import Letter, freeze
from placement.domain.mail_errors import NothingToShow
from placement.domain.mails import MAIL_BY_KIND
from placement.domain.text import day_in_words
from placement.models import Cohort, Invite, Leader, Placement, Slot, User
from placement.services import (
    audit,
    event_examples,
    invites,
    limits,
    offer_letters,
    outbox,
    partner_news,
    preferences,
    receipts,
    reminder_letters,
    reminders,
    renewals,
)
from placement.services.limits import Limit
from placement.services.mail_links import RENEWAL_PATH, SEAT_PATH, MailLinks
from placement.services.partner_letters import partner_message
from placement.services.reminder_letters import Coming, Season
from placement.services.scope import Scope
from placement.services.seat_letters import seat_offer
from placement.services.swap_letters import swap_refused
from placement.services.wordings import season_mail

TESTS = Limit("test_mail", 20, timedelta(hours=1))
OPENS_NOTHING = "example"


@dataclass(frozen=True)
class Example:
    """A mail as somebody of the cohort would get it: a letter, or the details of an invite."""

    recipient: Mailbox
    letter: Letter | None = None
    details: InviteDetails | None = None


@dataclass(frozen=True)
class _Stage:
    """What examples are made of: a day and who is on it."""

    session: Session
    season: Season
    slot: Slot
    people: Sequence[tuple[Leader, Invite, int | None]]
    now: datetime

    @property
    def leader(self) -> Leader:
        """The first of them."""
        return self.people[0][0]


def example(scope: Scope, cohort_id: int, kind: str, *, links: MailLinks, now: datetime) -> Example | None:
    """A mail of one kind with real rows of a cohort; None where it has no leader or no day yet."""
    cohort = scope.cohort(cohort_id)
    season_mail(kind)
    season = reminders.season_of(scope.session, cohort, links)
    if kind in event_examples.KINDS:
        told = event_examples.event_mail(scope.session, season, kind, now=now)
        return Example(told.attendee, details=told) if told else None
    stage = _stage(scope.session, season, now=now)
    if stage is None:
        return None
    if kind in invites.KINDS:
        details = _invite(stage, kind)
        return Example(details.attendee, details=details)
    letter = LETTERS[kind](stage)
    return Example(letter.recipient, letter=replace(letter, payload=_harmless(scope, letter, links)))


def send_test(scope: Scope, cohort_id: int, kind: str, *, links: MailLinks, now: datetime) -> str:
    """Owe the coordinator who asks one mail of a kind, marked as a test; the address that it goes to.

    It belongs to no cohort, so it is counted nowhere. An invite has a UID of its own, so answering it
    changes nothing. Raises `NothingToShow` where the cohort has no leader or no day yet.
    """
    if scope.actor.user_id is None:
        raise NotSignedIn
    user = scope.session.get_one(User, scope.actor.user_id)
    found = example(scope, cohort_id, kind, links=links, now=now)
    if found is None:
        raise NothingToShow
    limits.count(scope.session, TESTS, user.email, now=now)
    outbox.owe(scope.session, _as_test(kind, found, user, links), now=now)
    audit.record(scope, "send_test_mail", f"cohort:{cohort_id}", at=now, cohort_id=cohort_id, kind=kind)
    return user.email


def _as_test(kind: str, found: Example, user: User, links: MailLinks) -> Letter:
    domain, to = links.sender.domain, Mailbox(user.name, user.email)
    uid = invite_uid(uuid4().hex, domain)
    message_id = message_id_for(uid, 0, kind, to.address, domain)
    if found.details is not None:
        details = replace(found.details, uid=uid, attendee=to, message_id=message_id, is_test=True)
        check_details(details)
        payload: Mapping[str, object] = freeze(details)
    else:
        payload = {**(found.letter.payload if found.letter else {}), "is_test": True}
    return Letter(kind=kind, subject=f"test:{uid}", recipient=to, message_id=message_id, payload=payload)


def _harmless(scope: Scope, letter: Letter, links: MailLinks) -> dict[str, object]:
    """What a letter tells, with links that act for nobody else than who looks at it."""
    payload = {name: fact for name, fact in letter.payload.items() if name != "about"}
    sort = MAIL_BY_KIND[letter.kind].sort
    if sort is not None:
        payload["unsubscribe_url"] = links.unsubscribe(scope.actor.user_id or 0, sort)
    if "renew_url" in payload:
        payload["renew_url"] = links.sender.link(RENEWAL_PATH + OPENS_NOTHING)
    return payload


def _stage(session: Session, season: Season, *, now: datetime) -> _Stage | None:
    """The next day on which somebody is confirmed; else the last one; else a day that could be."""
    cohort = season.cohort
    found = session.execute(
        select(Slot, Leader, Invite, Placement.rank)
        .join(Placement, Placement.slot_id == Slot.id)
        .join(Leader, Leader.id == Placement.leader_id)
        .join(Invite, Invite.placement_id == Placement.id)
        .where(Placement.cohort_id == cohort.id, Placement.status == "confirmed")
        .order_by(case((Placement.starts_at > now, 0), else_=1), Placement.starts_at, Placement.id)
        .limit(200)
    ).all()
    if found:
        slot = found[0][0]
        people = [(leader, invite, rank) for day, leader, invite, rank in found if day is slot]
        return _Stage(session, season, slot, people, now)
    return _imagined(session, season, now=now)


def _imagined(session: Session, season: Season, *, now: datetime) -> _Stage | None:
    cohort: Cohort = season.cohort
    leader = session.scalars(
        select(Leader).where(Leader.cohort_id == cohort.id, Leader.withdrawn_at.is_(None)).order_by(Leader.id)
    ).first()
    slot = session.scalars(
        select(Slot)
        .where(Slot.cohort_id == cohort.id, Slot.status == "open")
        .order_by(case((Slot.starts_at > now, 0), else_=1), Slot.starts_at, Slot.id)
    ).first()
    if leader is None or slot is None:
        return None
    uid = f"{invites.PREVIEW_UID}@{season.links.sender.domain}"
    return _Stage(
        session, season, slot, [(leader, Invite(uid=uid, sequence=0, partstat="NEEDS-ACTION"), 1)], now
    )


def _invite(stage: _Stage, kind: str) -> InviteDetails:
    details = invites.preview_details(
        stage.leader,
        stage.slot,
        stage.people[0][2],
        sender=stage.season.links.sender,
        now=stage.now,
        intro=stage.season.said(kind).intro,
    )
    partner = stage.slot.opportunity.partner.name
    if kind == "placement_changed":
        before = f"Before, it was on {day_in_words(stage.slot.starts_at - timedelta(days=7))}."
        return replace(details, sequence=1, revision=1, reason=before)
    if kind == "placement_cancelled":
        reason = f"{partner} cannot host anybody on this day."
        return replace(details, method="CANCEL", sequence=1, revision=1, reason=reason)
    return details


def _choices(stage: _Stage) -> Letter:
    silent = reminders.silent_leaders(stage.session, stage.season.cohort)
    return reminder_letters.choices_reminder(
        stage.season, silent[0] if silent else stage.leader, mark=OPENS_NOTHING
    )


def _receipt(stage: _Stage) -> Letter:
    """What the leader has answered so far; where they have chosen nothing, the day shown as their choice."""
    session, leader = stage.session, stage.leader
    slots = preferences.open_slots(session, leader.cohort_id, now=stage.now)
    answers = preferences.effective_answers(
        preferences.date_answers(session, leader.id), preferences.slot_dates(slots)
    )
    order = preferences.ranking(session, leader.id) or (stage.slot.opportunity_id,)
    sender = stage.season.links.sender
    return receipts.receipt(session, leader, order=order, answers=answers, sender=sender, now=stage.now)


def _placement(stage: _Stage) -> Letter:
    leader, invite, _ = stage.people[0]
    return reminder_letters.placement_reminder(stage.season, invite, leader, stage.slot, days=7)


def _who_is_coming(stage: _Stage) -> Letter:
    leaders = [leader.id for leader, _, _ in stage.people]
    return partner_news.example(stage.session, stage.slot, leaders, sender=stage.season.links.sender)


def _thanks(stage: _Stage) -> Letter:
    leader, invite, _ = stage.people[0]
    return reminder_letters.thank_you(stage.season, invite, leader, stage.slot)


def _reflection(stage: _Stage) -> Letter:
    leader, invite, _ = stage.people[0]
    return reminder_letters.reflection_reminder(stage.season, invite, leader, stage.slot)


def _day(stage: _Stage) -> Letter:
    return reminder_letters.day_reminder(stage.season, stage.slot, _coming(stage), days=7, now=stage.now)


def _day_thanks(stage: _Stage) -> Letter:
    return reminder_letters.day_thank_you(stage.season, stage.slot, _coming(stage))


def _renewal(stage: _Stage) -> Letter:
    partner = stage.slot.opportunity.partner
    offers = renewals.open_days(stage.session, partner_id=partner.id, now=stage.now)
    shown = list(offers.items()) or [(stage.slot.opportunity, [stage.slot])]
    return reminder_letters.offer_renewal(stage.season, partner, shown, mark=OPENS_NOTHING, now=stage.now)


def _approved(stage: _Stage) -> Letter:
    return offer_letters.offer_approved(stage.season, stage.slot.opportunity)


def _returned(stage: _Stage) -> Letter:
    row = stage.slot.opportunity
    letter = offer_letters.offer_returned(stage.season, row)
    note = row.review_note or "Please say who is in the room with the visitors."
    return replace(letter, payload={**letter.payload, "note": note})


def _seat(stage: _Stage) -> Letter:
    url = stage.season.links.sender.link(SEAT_PATH + OPENS_NOTHING)
    ends = min(stage.now + timedelta(days=2), max(stage.now, stage.slot.starts_at))
    leader, _, _ = stage.people[0]
    return seat_offer(stage.season, leader, stage.slot, offer_id=0, expires_at=ends, url=url)


def _from_partner(stage: _Stage) -> Letter:
    text = "Please come to the back door and ring. Bring something warm to wear: we work in a cold store."
    return partner_message(stage.season, stage.leader, stage.slot, number=0, text=text)


def _swap(stage: _Stage) -> Letter:
    answer = "All other days that you could do are full. If a seat becomes free, you can ask again."
    return swap_refused(stage.season, stage.leader, stage.slot, request_id=0, answer=answer)


def _coming(stage: _Stage) -> list[Coming]:
    return [
        Coming(
            leader.name,
            leader.organisation.name if leader.organisation else "",
            invite.partstat == "DECLINED",
        )
        for leader, invite, _ in stage.people
    ]


LETTERS: Mapping[str, Callable[[_Stage], Letter]] = {
    "choices_reminder": _choices,
    "answers_received": _receipt,
    "who_is_coming": _who_is_coming,
    "placement_reminder": _placement,
    "day_reminder": _day,
    "thank_you": _thanks,
    "reflection_reminder": _reflection,
    "day_thank_you": _day_thanks,
    "offer_renewal": _renewal,
    "offer_approved": _approved,
    "offer_returned": _returned,
    "seat_offer": _seat,
    "partner_message": _from_partner,
    "swap_refused": _swap,
}
"""By kind: the letter, which brings no invite."""
