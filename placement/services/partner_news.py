"""What partners are told of who is coming: the difference between what they know and what stands.

What a partner knows is frozen in the mails that have left. Whoever changes placements, or the time or place
of a day, calls `owe` in the same transaction; it need not say what was changed. One mail tells a partner
everything that is new on all days; one that has not left is replaced, so whoever joined and left meanwhile
is never named. One that still waits when all days that it tells of have begun does not go any more
(`reminder_checks`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from placement.domain.coming import DayNews, Told, ToldDay, difference, freeze_told, thaw_told
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.sender import Sender
from placement.domain.text import clean_line, day_in_words, hours_in_words
from placement.models import Leader, Message, Organisation, Slot
from placement.services import outbox
from placement.services.invites import name_beside
from placement.services.placements import live_placements
from placement.services.reports.effects import PartnerMail
from placement.services.slot_rows import slots_of
from placement.services.wordings import intros

KIND = outbox.WHO_IS_COMING

Pair = tuple[int, int]
"""A leader and a slot, by id."""


@dataclass(frozen=True)
class _Earlier:
    """A mail of before; `left`: it has gone, or may have; `queued`: it can still be taken back."""

    id: int
    number: int
    left: bool
    queued: bool


@dataclass(frozen=True)
class _Known:
    """What one partner knows (`base` is the mail that said so), and what the newest mail still owed says.

    `stale`: that mail tells what is new since one which, as it turned out, never left.
    """

    base: int | None = None
    told: Told = field(default_factory=dict)
    queued: tuple[int, ...] = ()
    number: int = 0
    waiting: Told = field(default_factory=dict)
    stale: bool = False


@dataclass(frozen=True)
class _Plan:
    """What is to happen to one partner's mails: those taken back, and the one owed in their place."""

    dropped: tuple[int, ...]
    mail: PartnerMail | None
    letter: Letter | None


NOTHING_KNOWN = _Known()


def owe(session: Session, cohort_id: int, *, sender: Sender, now: datetime) -> tuple[PartnerMail, ...]:
    """Owe each partner of a cohort one mail about what is new since they were last told; returns the mails.

    Called by whoever holds the cohort. Again without a change it does nothing. Days that have begun are no
    news.
    """
    _hold_queued(session, cohort_id)
    plans = _plans(session, cohort_id, _standing(session, cohort_id), sender=sender, now=now)
    for status, dropped in _taken_back(plans).items():
        session.execute(update(Message).where(Message.id.in_(dropped)).values(status=status))
    session.add_all([outbox.new_message(plan.letter, now=now) for plan in plans if plan.letter])
    session.flush()
    return tuple(plan.mail for plan in plans if plan.mail)


def preview(
    session: Session, cohort_id: int, *, sender: Sender, now: datetime, pairs: Collection[Pair] | None = None
) -> tuple[PartnerMail, ...]:
    """The mails that `owe` would write down if `pairs` stood, or what stands now; writes nothing."""
    stands = _standing(session, cohort_id) if pairs is None else pairs
    plans = _plans(session, cohort_id, stands, sender=sender, now=now)
    return tuple(plan.mail for plan in plans if plan.mail)


def example(session: Session, slot: Slot, leaders: Collection[int], *, sender: Sender) -> Letter:
    """The first mail about one day if these leaders came, whatever its partner knows; writes nothing."""
    days = {slot.id: slot}
    stands = _stands(days, [(leader_id, slot.id) for leader_id in leaders])
    news = difference({}, stands[slot.partner_id])
    writer = _Writer(session, days, news, stands, sender)
    return writer.letter(slot.partner_id, NOTHING_KNOWN, news)


def _standing(session: Session, cohort_id: int) -> list[Pair]:
    return [(row.leader_id, row.slot_id) for row in live_placements(session, cohort_id)]


def _hold_queued(session: Session, cohort_id: int) -> None:
    """Let no worker take what may be taken back. What one had taken before counts as having left."""
    session.execute(
        select(Message.id)
        .where(Message.cohort_id == cohort_id, Message.kind == KIND, Message.status.in_(outbox.QUEUED))
        .with_for_update()
    )


def _taken_back(plans: Iterable[_Plan]) -> dict[str, list[int]]:
    """The mails to be taken back, by what they become: replaced by a newer one, or called off."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for plan in plans:
        if plan.dropped:
            found["superseded" if plan.letter else "cancelled"] += plan.dropped
    return found


def _plans(
    session: Session, cohort_id: int, pairs: Collection[Pair], *, sender: Sender, now: datetime
) -> list[_Plan]:
    """What is to be done for each partner who has or had somebody coming."""
    known = _known(session, cohort_id)
    named = {slot for one in known.values() for slot in (*one.told, *one.waiting)}
    ids = named.union(slot for _, slot in pairs)
    slots = {slot.id: slot for slot in slots_of(session, select(Slot).where(Slot.id.in_(ids)))}
    ahead = {slot_id: slot for slot_id, slot in slots.items() if slot.starts_at > now}
    stands = _stands(ahead, pairs)
    news = {
        partner_id: found
        for partner_id in sorted({*known, *stands})
        if (found := _news(known.get(partner_id, NOTHING_KNOWN), stands.get(partner_id, {}), ahead))
        is not None
    }
    if not news:
        return []
    writer = _Writer(session, ahead, [one for found in news.values() for one in found], stands, sender)
    return [
        writer.plan(partner_id, known.get(partner_id, NOTHING_KNOWN), found)
        for partner_id, found in news.items()
    ]


def _news(known: _Known, stands: Told, ahead: Mapping[int, Slot]) -> tuple[DayNews, ...] | None:
    """What a partner has to hear; None where the mails that are owed say it already, or none has to."""
    found = difference(_only(known.told, ahead), stands)
    if not known.queued:
        return found or None
    said = len(known.queued) == 1 and not known.stale and not difference(_only(known.waiting, ahead), stands)
    return None if said else found


def _only(told: Told, ahead: Collection[int]) -> Told:
    """Without the days that have begun."""
    return {slot_id: day for slot_id, day in told.items() if slot_id in ahead}


def _stands(ahead: Mapping[int, Slot], pairs: Collection[Pair]) -> dict[int, Told]:
    """Who is coming on the days ahead, by partner."""
    leaders: defaultdict[int, set[int]] = defaultdict(set)
    for leader_id, slot_id in pairs:
        leaders[slot_id].add(leader_id)
    found: defaultdict[int, dict[int, ToldDay]] = defaultdict(dict)
    for slot_id, there in leaders.items():
        if slot_id in ahead:
            slot = ahead[slot_id]
            found[slot.partner_id][slot_id] = ToldDay(
                slot.starts_at, slot.ends_at, place_of(slot), frozenset(there)
            )
    return dict(found)


def place_of(slot: Slot) -> str:
    """Where a day is, in one line: the link to join where people meet online."""
    if slot.virtual:
        return f"Online: {slot.joining_link}"
    site = slot.opportunity.site
    return clean_line(", ".join(part for part in (site.address, site.postcode) if part))


def _known(session: Session, cohort_id: int) -> dict[int, _Known]:
    """What each partner knows, and what is still owed to them."""
    earlier = _earlier(session, cohort_id)
    wanted = {
        mail.id for mails in earlier.values() for mail in (_last_left(mails), _last_queued(mails)) if mail
    }
    rows = session.execute(select(Message.id, Message.payload).where(Message.id.in_(wanted)))
    payloads = {message_id: payload for message_id, payload in rows}  # noqa: C416  # a row is no pair to mypy
    return {partner_id: _known_of(mails, payloads) for partner_id, mails in earlier.items()}


def _known_of(mails: Sequence[_Earlier], payloads: Mapping[int, Mapping[str, object]]) -> _Known:
    base, queued = _last_left(mails), _last_queued(mails)
    known_by = base.id if base else None
    return _Known(
        base=known_by,
        told=_told_in(payloads[base.id]) if base else {},
        queued=tuple(mail.id for mail in mails if mail.queued),
        number=mails[-1].number,
        waiting=_told_in(payloads[queued.id]) if queued else {},
        stale=queued is not None and payloads[queued.id]["base"] != known_by,
    )


def _told_in(payload: Mapping[str, object]) -> Told:
    told = payload["told"]
    return thaw_told(told) if isinstance(told, dict) else {}


def _earlier(session: Session, cohort_id: int) -> dict[int, list[_Earlier]]:
    """The mails of each partner, oldest first."""
    rows = session.execute(
        select(
            Message.id,
            Message.payload["partner_id"].as_integer(),
            Message.payload["number"].as_integer(),
            outbox.may_have_left(),
            Message.status.in_(outbox.QUEUED),
        )
        .where(Message.cohort_id == cohort_id, Message.kind == KIND)
        .order_by(Message.id)
    )
    found: defaultdict[int, list[_Earlier]] = defaultdict(list)
    for message_id, partner_id, number, left, queued in rows:
        found[partner_id].append(_Earlier(message_id, number, bool(left), bool(queued)))
    return dict(found)


def _last_left(mails: Sequence[_Earlier]) -> _Earlier | None:
    return next((mail for mail in reversed(mails) if mail.left), None)


def _last_queued(mails: Sequence[_Earlier]) -> _Earlier | None:
    return next((mail for mail in reversed(mails) if mail.queued), None)


class _Writer:
    """Writes the mails of all partners from rows that are read once."""

    def __init__(
        self,
        session: Session,
        slots: Mapping[int, Slot],
        news: Sequence[DayNews],
        stands: Mapping[int, Told],
        sender: Sender,
    ) -> None:
        """Read who is spoken of; `slots` are the days ahead, `news` those of all partners."""
        shown = {one.slot_id for one in news}
        coming = {
            leader
            for told in stands.values()
            for slot_id, day in told.items()
            if slot_id in shown
            for leader in day.leaders
        }
        self._people = _people(session, coming.union(*(one.left for one in news)))
        self._partners = {slot.partner_id: slot.opportunity.partner for slot in slots.values()}
        self._slots, self._stands, self._sender = slots, stands, sender
        self._intros = intros(session, {slot.cohort_id for slot in slots.values()})

    def plan(self, partner_id: int, known: _Known, news: Sequence[DayNews]) -> _Plan:
        """What is to be done for one partner."""
        if not news:
            return _Plan(known.queued, None, None)
        letter, name = self.letter(partner_id, known, news), self._partners[partner_id].name
        return _Plan(known.queued, PartnerMail(partner_id, name, letter.recipient, letter.payload), letter)

    def letter(self, partner_id: int, known: _Known, news: Sequence[DayNews]) -> Letter:
        """The mail that tells one partner this news."""
        partner, stands = self._partners[partner_id], self._stands.get(partner_id, {})
        payload: dict[str, object] = {
            "partner_id": partner_id,
            "number": known.number + 1,
            "base": known.base,
            "told": freeze_told(stands),
            "about": {"last_starts_at": max(self._slots[one.slot_id].starts_at for one in news).isoformat()},
            "first": known.base is None,
            "intro": self._intros[partner.cohort_id, KIND],
            "partner": clean_line(partner.name),
            "programme": clean_line(partner.cohort.programme.name),
            "cohort": clean_line(name_beside(partner.cohort.name, partner.cohort.programme.name)),
            "page_url": self._sender.link(f"/partner/{partner_id}/who-is-coming"),
            "days": self._days(partner_id, news, stands),
        }
        return Letter(
            kind=KIND,
            subject=f"partner:{partner_id}:{known.number + 1}",
            recipient=Mailbox(clean_line(partner.contact_name or partner.name), partner.user.email),
            message_id=f"<{uuid4().hex}@{self._sender.domain}>",
            payload=payload,
            cohort_id=partner.cohort_id,
        )

    def _days(self, partner_id: int, news: Sequence[DayNews], stands: Told) -> list[dict[str, object]]:
        ordered = sorted(news, key=lambda one: (self._slots[one.slot_id].starts_at, one.slot_id))
        return [self._day(partner_id, one, stands.get(one.slot_id)) for one in ordered]

    def _day(self, partner_id: int, news: DayNews, stands: ToldDay | None) -> dict[str, object]:
        slot = self._slots[news.slot_id]
        return {
            "title": clean_line(slot.opportunity.title),
            "day": day_in_words(slot.starts_at),
            "hours": hours_in_words(slot.starts_at, slot.ends_at),
            "place": place_of(slot),
            "before": _before(news.before, slot),
            "page_url": self._sender.link(f"/partner/{partner_id}/days/{slot.id}"),
            "called_off": slot.status == "withdrawn",
            "joined": self._named(news.joined),
            "left": self._named(news.left),
            "coming": self._named(stands.leaders if stands else ()),
        }

    def _named(self, leaders: Iterable[int]) -> list[str]:
        return sorted((self._people[leader] for leader in leaders), key=str.casefold)


def _before(before: ToldDay | None, slot: Slot) -> str:
    """When and where a day was, as far as that is another now."""
    if before is None:
        return ""
    parts = []
    if (before.starts_at, before.ends_at) != (slot.starts_at, slot.ends_at):
        parts.append(f"{day_in_words(before.starts_at)}, {hours_in_words(before.starts_at, before.ends_at)}")
    if before.place != place_of(slot):
        parts.append(before.place)
    return ", ".join(parts)


def _people(session: Session, ids: Collection[int]) -> dict[int, str]:
    """Names and organisations by leader id: all that a mail says of somebody."""
    rows = session.execute(
        select(Leader.id, Leader.name, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .where(Leader.id.in_(ids))
    )
    return {
        leader: clean_line(f"{name}, {organisation}" if organisation else name)
        for leader, name, organisation in rows
    }
