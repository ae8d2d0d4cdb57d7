"""Calendar feeds: whose days they hold, for how long, and in which words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

PAST_KEPT = timedelta(days=90)
CANCELLED_KEPT = timedelta(days=30)
"""For how long a day stays in a feed once it is over, or once it is cancelled."""


@dataclass(frozen=True, kw_only=True)
class FeedEntry:
    """One day in a feed; all times are aware, in UTC.

    `summary` is the one line that a calendar shows in its grid, `notes` are the paragraphs below it.
    """

    uid: str
    sequence: int
    dtstamp: datetime
    created_at: datetime
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    summary: str
    notes: tuple[str, ...]
    partner: str
    address: str
    postcode: str
    latitude: float | None
    longitude: float | None
    page_url: str
    joining_link: str = ""


def slot_uid(slot_id: int, purpose: str, domain: str) -> str:
    """The name for life of one slot in the feeds of one purpose; no mail and no other feed has it."""
    return f"slot-{slot_id}-{purpose}@{domain}"


def summary_for_leader(title: str, partner: str, *, cancelled: bool) -> str:
    """The line of a leader's own day: that of the mail, marked where the day is cancelled."""
    return _marked(f"Placement: {title}, {partner}", cancelled=cancelled)


def summary_for_partner(title: str, coming: int) -> str:
    """The line of a partner's day, with how many are coming."""
    return _marked(f"Placement: {title} ({coming} coming)" if coming else title, cancelled=not coming)


def summary_for_coordinator(title: str, partner: str, coming: int, capacity: int) -> str:
    """The line of a day of the cohort, with how many of its places are filled."""
    numbers = f" ({coming} of {capacity})" if coming else ""
    return _marked(f"{title}, {partner}{numbers}", cancelled=not coming)


def notes_for_leader(contact: Iterable[str], what_to_know: str, *, cancelled: bool) -> tuple[str, ...]:
    """What a leader needs on the day; `contact` is the name and telephone number of whom to ask for."""
    if cancelled:
        return ("This day is cancelled. You do not need to go.",)
    known = ", ".join(filter(None, contact))
    notes = (
        known and f"Your contact on the day: {known}",
        what_to_know and f"Good to know:\n{what_to_know}",
        "If you cannot come, tell us as soon as you can.",
    )
    return tuple(filter(None, notes))


def summary_of_event(kind: str, title: str, *, cancelled: bool) -> str:
    """The line of an event: that of its mail, marked where it is cancelled."""
    return _marked(f"{kind}: {title}", cancelled=cancelled)


def notes_for_guest(what_to_know: str, *, cancelled: bool) -> tuple[str, ...]:
    """What somebody who is invited to an event needs to know."""
    if cancelled:
        return ("This is cancelled for you. You do not need to go.",)
    return (what_to_know,) if what_to_know else ()


def notes_for_partner(people: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Who is coming, as names with their organisations (empty where there is none); nothing else of them."""
    names = [", ".join(filter(None, person)) for person in people]
    if not names:
        return ("Nobody is coming on this day any more.",)
    return ("\n".join(["Who is coming:", *names]),)


def notes_for_coordinator(coming: int, capacity: int) -> tuple[str, ...]:
    """How full a day is; the names stand on its page alone."""
    if not coming:
        return ("Nobody is coming on this day any more.",)
    return (f"Places filled: {coming} of {capacity}",)


def _marked(summary: str, *, cancelled: bool) -> str:
    """Some calendar programs show a cancelled day of a feed like any other, so its line says so."""
    return f"Cancelled: {summary}" if cancelled else summary
