"""What partners write to all who come to a day of theirs: a few messages a day, sent by the service.

Each goes to every leader alone, so nobody learns an address. Answers reach those who run the programme.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.hosting import LONGEST_MESSAGE, MOST_MESSAGES, next_message_at
from placement.domain.hosting_errors import (
    MessagesUsedUp,
    NobodyToWriteTo,
    PartnerMessageUnusable,
    PeopleChanged,
)
from placement.domain.text import clean_text, day_in_words, time_in_words
from placement.models import Leader, PartnerMessage, Placement, Slot
from placement.services import audit, outbox
from placement.services.cohorts import hold_cohort
from placement.services.mail_links import MailLinks
from placement.services.partner_letters import partner_message
from placement.services.reminders import season_of
from placement.services.scope import Scope
from placement.services.slots import version_with_people


@dataclass(frozen=True)
class SentToAll:
    """To how many people a message went; `again`: it had gone before, and nothing was sent now."""

    people: int
    again: bool


def message_people(
    scope: Scope, partner_id: int, slot_id: int, *, text: str, seen: str, links: MailLinks, now: datetime
) -> SentToAll:
    """Send what a partner writes to everybody who is confirmed on a day, until it ends.

    `seen` is the `version_for_message` of the page. The same text a second time from the same page sends
    nothing.

    Raises
    ------
    PartnerMessageUnusable
        There is no text, or too long a one.
    NobodyToWriteTo, PeopleChanged, MessagesUsedUp
        Nobody comes; the page is older than who comes or what they were told; it would be one too many.

    """
    session, partner = scope.session, scope.partner(partner_id)
    words = _usable(text)
    hold_cohort(session, partner.cohort_id)
    slot = scope.slot_of(partner, slot_id)
    session.refresh(slot)
    sent, people = messages_of(session, slot), people_on(session, slot)
    if sent and sent[-1].text == words and version_for_message(slot, people, sent[:-1]) == seen:
        return SentToAll(sent[-1].people, again=True)
    if (closed := nobody_because(slot, people, now=now)) is not None:
        raise NobodyToWriteTo(state=closed)
    if version_for_message(slot, people, sent) != seen:
        raise PeopleChanged
    _refuse_too_many(sent, now=now)
    row = PartnerMessage(
        cohort_id=slot.cohort_id, slot_id=slot.id, text=words, people=len(people), sent_at=now
    )
    session.add(row)
    session.flush()
    season = season_of(session, partner.cohort, links)
    for leader in people:
        letter = partner_message(season, leader, slot, number=row.id, text=words)
        outbox.owe(session, letter, now=now)
    audit.record(
        scope,
        "message_people",
        f"slot:{slot.id}",
        at=now,
        cohort_id=slot.cohort_id,
        message=row.id,
        people=len(people),
        characters=len(words),
    )
    return SentToAll(len(people), again=False)


def people_on(session: Session, slot: Slot) -> Sequence[Leader]:
    """The leaders whose placement on a day stands, in the order in which they were placed."""
    return session.scalars(
        select(Leader)
        .join(Placement, Placement.leader_id == Leader.id)
        .where(Placement.slot_id == slot.id, Placement.status == "confirmed")
        .order_by(Placement.id)
    ).all()


def messages_of(session: Session, slot: Slot) -> Sequence[PartnerMessage]:
    """What was written to the people of a day, the oldest first."""
    query = select(PartnerMessage).where(PartnerMessage.slot_id == slot.id).order_by(PartnerMessage.id)
    return session.scalars(query).all()


def nobody_because(slot: Slot, people: Sequence[Leader], *, now: datetime) -> str | None:
    """Why nobody is to be written to: what follows "This day". None where somebody is."""
    if slot.status == "withdrawn":
        return "has been withdrawn"
    if slot.ends_at <= now:
        return "is over"
    return None if people else "has nobody on it"


def version_for_message(slot: Slot, people: Sequence[Leader], sent: Sequence[PartnerMessage]) -> str:
    """What a page showed of a day, of who comes, and of what they had been told."""
    newest = sent[-1].id if sent else 0
    return f"{version_with_people(slot, [leader.id for leader in people])}-{newest}"


def too_many(next_at: datetime) -> MessagesUsedUp:
    """That no message can go before `next_at`."""
    when = f"{time_in_words(next_at)} on {day_in_words(next_at)}"
    return MessagesUsedUp(most=MOST_MESSAGES, when=when)


def _usable(text: str) -> str:
    words = clean_text(text)
    if not words:
        raise PartnerMessageUnusable(problem="it has no text")
    if len(words) > LONGEST_MESSAGE:
        raise PartnerMessageUnusable(problem=f"use {LONGEST_MESSAGE} characters or fewer")
    return words


def _refuse_too_many(sent: Sequence[PartnerMessage], *, now: datetime) -> None:
    again = next_message_at([row.sent_at for row in sent], now=now)
    if again is not None:
        raise too_many(again)
