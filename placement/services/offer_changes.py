"""Changing what people were told of an offer when they were invited: its words, its place, whom to ask.

`seen` is the version that the page showed; None where nobody has looked at one.

Days that are over stay as they were told. New words leave answers as they are; another place asks anew.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from placement.domain.geo import Position
from placement.domain.sender import Sender
from placement.domain.text import clean_line, clean_text
from placement.models import Opportunity, Partner, Site
from placement.services.cohorts import hold_cohort
from placement.services.offer_effects import Change, carry_out, offers_of, preview, to_come
from placement.services.offer_versions import of_opportunity, of_partner, refuse_stale
from placement.services.reports.effects import Effect
from placement.services.scope import Scope


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


def preview_words(
    scope: Scope, cohort_id: int, opportunity_id: int, *, words: OfferWords, sender: Sender, now: datetime
) -> Effect:
    """What `change_words` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = to_come(scope.session, cohort, [row.id], now=now)
    return preview(scope.session, cohort, there, lambda: _words(row, words), sender=sender, now=now)


def change_words(
    scope: Scope,
    cohort_id: int,
    opportunity_id: int,
    *,
    words: OfferWords,
    sender: Sender,
    now: datetime,
    seen: str | None = None,
) -> Effect:
    """Change the title of an opportunity or what to know of it; entries follow, and answers stand."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    row = scope.opportunity_in(cohort, opportunity_id)
    refuse_stale(of_opportunity(row), seen)
    there = to_come(scope.session, cohort, [row.id], now=now)
    return carry_out(scope, cohort, there, lambda: _words(row, words), sender=sender, now=now)


def preview_contact(
    scope: Scope, cohort_id: int, partner_id: int, *, contact: Contact, sender: Sender, now: datetime
) -> Effect:
    """What `change_contact` would do; nothing is written."""
    cohort = scope.cohort(cohort_id)
    partner = scope.partner_in(cohort, partner_id)
    there = to_come(scope.session, cohort, offers_of(scope.session, partner.id), now=now)
    return preview(scope.session, cohort, there, lambda: _contact(partner, contact), sender=sender, now=now)


def change_contact(
    scope: Scope,
    cohort_id: int,
    partner_id: int,
    *,
    contact: Contact,
    sender: Sender,
    now: datetime,
    seen: str | None = None,
) -> Effect:
    """Change whom people ask for at a partner; calendar entries follow, and answers stand."""
    cohort = scope.cohort(cohort_id)
    hold_cohort(scope.session, cohort.id)
    partner = scope.partner_in(cohort, partner_id)
    refuse_stale(of_partner(partner), seen)
    there = to_come(scope.session, cohort, offers_of(scope.session, partner.id), now=now)
    return carry_out(scope, cohort, there, lambda: _contact(partner, contact), sender=sender, now=now)


def preview_place(
    scope: Scope, cohort_id: int, opportunity_id: int, *, place: Place, sender: Sender, now: datetime
) -> Effect:
    """What `change_place` would do; nothing is written."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    row = scope.opportunity_in(cohort, opportunity_id)
    there = to_come(session, cohort, _at_the_place(session, row, place), now=now)
    site = _known_site(session, row, place) or _new_site(row, place)
    return preview(session, cohort, there, lambda: _move(row, place, site), sender=sender, now=now)


def change_place(
    scope: Scope,
    cohort_id: int,
    opportunity_id: int,
    *,
    place: Place,
    sender: Sender,
    now: datetime,
    seen: str | None = None,
) -> Effect:
    """Move an opportunity to another place, or word the place it has in another way.

    Another place moves the calendar entries of its days and asks for answers again, virtual days excepted.
    Another wording holds for everything at that place, and answers stand.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    row = scope.opportunity_in(cohort, opportunity_id)
    refuse_stale(of_opportunity(row), seen)
    there = to_come(session, cohort, _at_the_place(session, row, place), now=now)
    site = _known_site(session, row, place) or _new_site(row, place)
    if site is not None:
        session.add(site)
        session.flush()
    return carry_out(scope, cohort, there, lambda: _move(row, place, site), sender=sender, now=now)


def _at_the_place(session: Session, row: Opportunity, place: Place) -> list[int]:
    """The opportunities that a change of place concerns: all at the site where only its words change."""
    if not place.same:
        return [row.id]
    return list(session.scalars(select(Opportunity.id).where(Opportunity.site_id == row.site_id)))


def _words(row: Opportunity, words: OfferWords) -> Change:
    title, what_to_know = clean_line(words.title), clean_text(words.what_to_know)
    said = []
    if row.title != title:
        said.append(f"It was called “{row.title}” and is called “{title}”.")
    if row.what_to_know != what_to_know:
        said.append("What to know before coming is another text.")
    about = row.title
    row.title, row.what_to_know = title, what_to_know
    return Change(about, said, "change_opportunity", f"opportunity:{row.id}")


def _contact(partner: Partner, contact: Contact) -> Change:
    name, phone = clean_line(contact.name), clean_line(contact.phone)
    said = []
    if (partner.contact_name, partner.phone) != (name, phone):
        told = ", ".join(filter(None, (name, phone))) or "nobody"
        said.append(f"The contact on the day is {told}.")
    partner.contact_name, partner.phone = name, phone
    return Change(partner.name, said, "change_contact", f"partner:{partner.id}")


def _move(row: Opportunity, place: Place, site: Site | None) -> Change:
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
    return Change(row.title, said, "change_place", f"opportunity:{row.id}", moves=not place.same)


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
