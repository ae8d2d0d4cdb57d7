"""More that happens in a season: words, places and contacts change, days go online, events come and go."""

from dataclasses import replace
from datetime import date, time

from sqlalchemy import select

from placement.db import unit_of_work
from placement.domain.text import london_to_utc
from placement.models import Leader, Placement, Slot
from placement.services import event_guests, events, offer_changes, slot_changes
from placement.services.events import EventFacts
from placement.services.offer_changes import Contact, OfferWords, Place
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.season.story import NAMES, Season

JOINING = "https://meet.example/j/9471?pwd=a%2Cb;c&x=1"
TITLE = 'Rise, "resilient"; and authentic – Ñandú 🌱, ' + "w" * 240
WORKSHOP = EventFacts(
    kind="workshop",
    title=TITLE,
    # The Sunday of the change itself, after it.
    starts_at=london_to_utc(date(2026, 10, 25), time(13)),
    ends_at=london_to_utc(date(2026, 10, 25), time(15, 30)),
    mode="in_person",
    description="Bring: paper, pens; and an open mind.\nNo \\n slides.",
    address="The Winter Gardens, Church Street; Blackpool",
    postcode="FY1 1HW",
)


def busy_slot(season: Season) -> Slot:
    """A day on which somebody is coming, the first of all."""
    with unit_of_work() as session:
        query = select(Slot).join(Placement, Placement.slot_id == Slot.id).order_by(Slot.starts_at, Slot.id)
        return session.scalars(query.where(Placement.status == "confirmed").limit(1)).one()


def words_contact_and_place_change(season: Season) -> None:
    """Two texts, which leave answers alone, then another place; told as one, because no mail left between."""
    slot = busy_slot(season)
    sender, now = season.sender, season.clock()
    words = OfferWords("Sorting, packing; with “care” 🥫", "Stout shoes, please; \\n and a coat.")
    contact = Contact("Zoë, O’N", "01253 000000")
    place = Place("12; Nöw Street, St Anne's", "FY8 1AA", None)
    with unit_of_work() as session:
        scope, cohort = Scope.system(session), season.cohort_id
        offer_changes.change_words(scope, cohort, slot.opportunity_id, words=words, sender=sender, now=now)
        offer_changes.change_contact(scope, cohort, slot.partner_id, contact=contact, sender=sender, now=now)
        offer_changes.change_place(scope, cohort, slot.opportunity_id, place=place, sender=sender, now=now)


def words_change(season: Season) -> None:
    """A text alone: the entry reads differently under the same SEQUENCE."""
    words = OfferWords("Sorting and packing, as before", "Stout shoes.")
    slot = busy_slot(season)
    with unit_of_work() as session:
        scope = Scope.system(session)
        offer_changes.change_words(
            scope,
            season.cohort_id,
            slot.opportunity_id,
            words=words,
            sender=season.sender,
            now=season.clock(),
        )


def hold(season: Season, link: str) -> None:
    """Hold the first day at `link`, or at its site where that is empty."""
    slot = busy_slot(season)
    with unit_of_work() as session:
        slot_changes.change_slot(
            Scope.system(session),
            season.cohort_id,
            slot.id,
            change=SlotChange(joining_link=link),
            sender=season.sender,
            now=season.clock(),
        )


def a_day_goes_online(season: Season) -> None:
    """People meet at a link, not at the site."""
    hold(season, JOINING)


def a_day_comes_back_to_its_site(season: Season) -> None:
    """And they travel after all."""
    hold(season, "")


def a_workshop_is_planned(season: Season) -> None:
    """Everybody is invited."""
    with unit_of_work() as session:
        planned = events.plan_event(
            Scope.system(session), season.cohort_id, facts=WORKSHOP, sender=season.sender, now=season.clock()
        )
    season.event_id = planned.event_id


def change_workshop(season: Season, facts: EventFacts) -> None:
    """Change the workshop."""
    with unit_of_work() as session:
        events.change_event(
            Scope.system(session),
            season.cohort_id,
            season.event_id,
            facts=facts,
            sender=season.sender,
            now=season.clock(),
        )


def the_workshop_moves_and_goes_online(season: Season) -> None:
    """To the other side of the change of the clocks, and to a link: told once."""
    moved = replace(
        WORKSHOP,
        starts_at=london_to_utc(date(2026, 10, 24), time(13)),
        ends_at=london_to_utc(date(2026, 10, 24), time(15)),
    )
    change_workshop(season, moved)
    change_workshop(season, events.virtual(moved, JOINING))


def somebody_is_taken_off_the_workshop(season: Season) -> None:
    """They alone are told."""
    with unit_of_work() as session:
        leader = session.scalars(select(Leader).where(Leader.name == NAMES[2])).one()
        event_guests.remove_guest(
            Scope.system(session),
            season.cohort_id,
            season.event_id,
            leader.id,
            sender=season.sender,
            now=season.clock(),
        )


def another_workshop_is_planned_and_cancelled(season: Season) -> None:
    """Told first, then called off."""
    a_workshop_is_planned(season)
    season.send("another_workshop_is_planned_and_cancelled")
    with unit_of_work() as session:
        events.cancel_event(
            Scope.system(session), season.cohort_id, season.event_id, sender=season.sender, now=season.clock()
        )
