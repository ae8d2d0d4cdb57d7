"""Changing what people were told of an offer when they were invited: its words, its place, whom to ask.

Days that are over stay as they were told. New words leave answers as they are; another place asks anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from placement.domain.geo import Position
from placement.domain.sender import Sender
from placement.domain.text import clean_line, clean_text
from placement.models import Cohort, Opportunity, Partner, Placement, Site, Slot
from placement.services import audit, news, partner_news
from placement.services.cohorts import hold_cohort
from placement.services.placements import live_placements
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope
from placement.services.telling import Told


@dataclass(frozen=True)
class OfferWords:
    """What an opportunity is called, and what people should know before they come."""

    title: str
    what_to_know: str


@dataclass(frozen=True)
class Contact:
    """Whom people ask for on the day."""

    name: str
    phone: str


@dataclass(frozen=True)
class Place:
    """Where an opportunity takes place; `same` where only the words for the place are other ones."""

    address: str
    postcode: str
    position: Position | None
    same: bool = False


@dataclass(frozen=True)
class _Change:
    """A change in memory: what it is about, what is said of it, and what its audit event is called."""

    about: str
    said: Sequence[str]
    verb: str
    subject: str
    moves: bool = False


Make = Callable[[], _Change]


def preview_words(
    scope: Scope, cohort_id: int, opportunity_id: int, *, words: OfferWords, sender: Sender, now: datetime
) -> Effect:
    """What `change_words` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = _to_come(scope.session, cohort, [row.id], now=now)
    return _preview(scope.session, cohort, there, lambda: _words(row, words), sender=sender, now=now)


def change_words(
    scope: Scope, cohort_id: int, opportunity_id: int, *, words: OfferWords, sender: Sender, now: datetime
) -> Effect:
    """Change the title of an opportunity or what to know of it; entries follow, and answers stand."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = _to_come(scope.session, cohort, [row.id], now=now)
    return _make(scope, cohort, there, lambda: _words(row, words), sender=sender, now=now)


def preview_contact(
    scope: Scope, cohort_id: int, partner_id: int, *, contact: Contact, sender: Sender, now: datetime
) -> Effect:
    """What `change_contact` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    partner = scope.partner_in(cohort, partner_id)
    there = _to_come(scope.session, cohort, _offers_of(scope.session, partner.id), now=now)
    return _preview(scope.session, cohort, there, lambda: _contact(partner, contact), sender=sender, now=now)


def change_contact(
    scope: Scope, cohort_id: int, partner_id: int, *, contact: Contact, sender: Sender, now: datetime
) -> Effect:
    """Change whom people ask for at a partner; calendar entries follow, and answers stand."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    partner = scope.partner_in(cohort, partner_id)
    there = _to_come(scope.session, cohort, _offers_of(scope.session, partner.id), now=now)
    return _make(scope, cohort, there, lambda: _contact(partner, contact), sender=sender, now=now)


def preview_place(
    scope: Scope, cohort_id: int, opportunity_id: int, *, place: Place, sender: Sender, now: datetime
) -> Effect:
    """What `change_place` would do; nothing is written."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = _to_come(session, cohort, _at_the_place(session, row, place), now=now)
    site = _known_site(session, row, place) or _new_site(row, place)
    return _preview(session, cohort, there, lambda: _move(row, place, site), sender=sender, now=now)


def change_place(
    scope: Scope, cohort_id: int, opportunity_id: int, *, place: Place, sender: Sender, now: datetime
) -> Effect:
    """Move an opportunity to another place, or word the place it has in another way.

    Another place moves the calendar entries of its days and asks for answers again, virtual days excepted.
    Another wording holds for everything at that place, and answers stand.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = _to_come(session, cohort, _at_the_place(session, row, place), now=now)
    site = _known_site(session, row, place) or _new_site(row, place)
    if site is not None:
        session.add(site)
        session.flush()
    return _make(scope, cohort, there, lambda: _move(row, place, site), sender=sender, now=now)


def _preview(
    session: Session,
    cohort: Cohort,
    there: Sequence[Placement],
    make: Make,
    *,
    sender: Sender,
    now: datetime,
) -> Effect:
    with news.forgotten(session):
        change = make()
        if not change.said:
            return _nothing(change)
        concerned = _concerned(session, change, there, sender=sender)
        effect, _ = _effect(session, cohort, change, concerned, sender=sender, now=now)
        return replace(effect, partners=partner_news.preview(session, cohort.id, sender=sender, now=now))


def _make(
    scope: Scope, cohort: Cohort, there: Sequence[Placement], make: Make, *, sender: Sender, now: datetime
) -> Effect:
    session = scope.session
    change = make()
    if not change.said:
        return _nothing(change)
    session.flush()
    concerned = _concerned(session, change, there, sender=sender)
    news.take_back(session, concerned, for_good=False)
    effect, told = _effect(session, cohort, change, concerned, sender=sender, now=now)
    news.owe(session, told, now=now)
    partners = partner_news.owe(session, cohort.id, sender=sender, now=now)
    audit.record(
        scope,
        change.verb,
        change.subject,
        at=now,
        cohort_id=cohort.id,
        mails=len(told.mails),
        moved=change.moves,
        partners=len(partners),
    )
    return replace(effect, partners=partners)


def _nothing(change: _Change) -> Effect:
    return Effect(change.about, False, ("It is so already; nothing is changed.",))


def _concerned(
    session: Session, change: _Change, there: Sequence[Placement], *, sender: Sender
) -> list[Placement]:
    """Whose calendar entries are other ones now: nobody goes to the site of a day that is virtual."""
    if change.moves:
        return [row for row in there if not row.slot.virtual]
    return news.read_differently(session, there, sender=sender)


def _effect(
    session: Session,
    cohort: Cohort,
    change: _Change,
    concerned: Sequence[Placement],
    *,
    sender: Sender,
    now: datetime,
) -> tuple[Effect, Told]:
    tell = news.tell_moved if change.moves else news.tell_updated
    told = tell(session, concerned, sender=sender, now=now)
    return Effect(
        about=change.about,
        changed=True,
        sentences=tuple(change.said),
        mails=told.mails,
        broken=standing_now(session, cohort, now=now).broken,
    ), told


def _to_come(
    session: Session, cohort: Cohort, opportunities: Sequence[int], *, now: datetime
) -> list[Placement]:
    """Who is confirmed on days of these opportunities that are not over."""
    query = select(Slot.id).where(Slot.opportunity_id.in_(opportunities), Slot.ends_at > now)
    ids = set(session.scalars(query))
    return [row for row in live_placements(session, cohort.id) if row.slot_id in ids]


def _offers_of(session: Session, partner_id: int) -> list[int]:
    return list(session.scalars(select(Opportunity.id).where(Opportunity.partner_id == partner_id)))


def _at_the_place(session: Session, row: Opportunity, place: Place) -> list[int]:
    """The opportunities that a change of place concerns: all at the site where only its words change."""
    if not place.same:
        return [row.id]
    return list(session.scalars(select(Opportunity.id).where(Opportunity.site_id == row.site_id)))


def _words(row: Opportunity, words: OfferWords) -> _Change:
    title, what_to_know = clean_line(words.title), clean_text(words.what_to_know)
    said = []
    if row.title != title:
        said.append(f"It was called “{row.title}” and is called “{title}”.")
    if row.what_to_know != what_to_know:
        said.append("What to know before coming is another text.")
    about = row.title
    row.title, row.what_to_know = title, what_to_know
    return _Change(about, said, "change_opportunity", f"opportunity:{row.id}")


def _contact(partner: Partner, contact: Contact) -> _Change:
    name, phone = clean_line(contact.name), clean_line(contact.phone)
    said = []
    if (partner.contact_name, partner.phone) != (name, phone):
        told = ", ".join(filter(None, (name, phone))) or "nobody"
        said.append(f"The contact on the day is {told}.")
    partner.contact_name, partner.phone = name, phone
    return _Change(partner.name, said, "change_contact", f"partner:{partner.id}")


def _move(row: Opportunity, place: Place, site: Site | None) -> _Change:
    """Let an opportunity take place at `site`; without one, the words for its own site change."""
    said = []
    if not _stays(row, place):
        after = ", ".join(filter(None, (clean_line(place.address), place.postcode)))
        said.append(f"The place was {_where(row.site)} and is {after}.")
        if site is None:
            row.site.address, row.site.postcode = clean_line(place.address), place.postcode
            row.site.latitude, row.site.longitude = _degrees(place)
        else:
            row.site_id = site.id
            set_committed_value(row, "site", site)
    return _Change(row.title, said, "change_place", f"opportunity:{row.id}", moves=not place.same)


def _stays(row: Opportunity, place: Place) -> bool:
    return (row.site.address, row.site.postcode) == (clean_line(place.address), place.postcode)


def _known_site(session: Session, row: Opportunity, place: Place) -> Site | None:
    """The site of the same partner that has the new address already."""
    if _stays(row, place):
        return None
    return session.scalars(
        select(Site).where(
            Site.partner_id == row.partner_id,
            Site.address == clean_line(place.address),
            Site.postcode == place.postcode,
        )
    ).first()


def _new_site(row: Opportunity, place: Place) -> Site | None:
    """A site for another place; none where only the words change, or nothing does."""
    if place.same or _stays(row, place):
        return None
    latitude, longitude = _degrees(place)
    return Site(
        cohort_id=row.cohort_id,
        partner_id=row.partner_id,
        address=clean_line(place.address),
        postcode=place.postcode,
        latitude=latitude,
        longitude=longitude,
    )


def _degrees(place: Place) -> tuple[float | None, float | None]:
    return (place.position.latitude, place.position.longitude) if place.position else (None, None)


def _where(site: Site) -> str:
    return ", ".join(filter(None, (site.address, site.postcode)))
