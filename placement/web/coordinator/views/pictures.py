"""A run in pictures: which choices people got, which places are filled, who is mixed with whom."""

from collections.abc import Callable, Mapping, Sequence

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.errors import NotFound
from placement.domain.text import hours_in_words
from placement.services.reports.review import Review, ReviewedSlot, review
from placement.web import auth
from placement.web.coordinator.words import mix as words
from placement.web.downloads import Cell, csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import day, profile_bars
from placement.web.rendering import render_page

FILTERS = (
    Filter[ReviewedSlot]("running", "Running", lambda row: bool(row.leaders)),
    Filter[ReviewedSlot]("free", "With free places", lambda row: 0 < len(row.leaders) < row.capacity),
    Filter[ReviewedSlot]("closed", "Not running", lambda row: not row.leaders),
    Filter[ReviewedSlot]("all", "All", lambda _: True),
)
ABOUT = ("Reference", "Placement", "Partner", "Day", "Hours")


def show_pictures(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The three pictures, each with its numbers; places and mix a hundred days at a time."""
    found = _review(cohort_id, run_id)
    shown = _days(found)
    announce(shown, "day")
    return render_page(
        "coordinator/pictures.html",
        found=found,
        run=found.run,
        shown=shown,
        words=words,
        bars=profile_bars(found.profile, unplaced=sum(leader.missing for leader in found.leaders)),
    )


def download_picture(cohort_id: int, run_id: int, name: str) -> ResponseReturnValue:
    """The numbers of one picture, of what the page shows."""
    if name not in DOWNLOADS:
        raise NotFound(thing="picture")
    found = _review(cohort_id, run_id)
    head, rows = DOWNLOADS[name](found)
    return csv_file(f"run-{run_id}-{name}", head, rows)


def _review(cohort_id: int, run_id: int) -> Review:
    with reading() as session:
        return review(auth.scope_of(session), cohort_id, run_id)


def _days(found: Review) -> Listing[ReviewedSlot]:
    return listing(found.slots, FILTERS, lambda row: f"{row.title} {row.partner} {day(row.starts_at)}")


Table = tuple[Sequence[str], list[Sequence[Cell]]]


def _choices(found: Review) -> Table:
    missing = sum(leader.missing for leader in found.leaders)
    return ("Choice", "Days"), [
        (row.label, row.number) for row in profile_bars(found.profile, unplaced=missing)
    ]


def _places(found: Review) -> Table:
    head = (*ABOUT, "Places filled", "Places", "Fewest")
    return head, [
        (*_about(slot), len(slot.leaders), slot.capacity, slot.minimum) for slot in _days(found).found
    ]


def _mix(found: Review) -> Table:
    head = (*ABOUT, "Sector", "People", "Organisations", "Sectors wanted")
    return head, [
        (*_about(slot), sector or words.NO_SECTOR, number, slot.organisations, words.target(found, slot))
        for slot in _days(found).found
        for sector, number in slot.sectors
    ]


def _about(slot: ReviewedSlot) -> tuple[Cell, ...]:
    hours = hours_in_words(slot.starts_at, slot.ends_at)
    return slot.reference, slot.title, slot.partner, day(slot.starts_at), hours


DOWNLOADS: Mapping[str, Callable[[Review], Table]] = {
    "choices": _choices,
    "places": _places,
    "mix": _mix,
}
