"""A run's two lists: what each leader got, and who goes to each day."""

from collections.abc import Iterator

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.text import hours_in_words
from placement.services.reports.explanations import explanations_of
from placement.services.reports.review import Review, ReviewedLeader, ReviewedSlot, review
from placement.web import auth
from placement.web.coordinator.words import runs as words
from placement.web.coordinator.words import why
from placement.web.downloads import Cell, csv_file
from placement.web.lists import Filter, Listing, announce, listing
from placement.web.presenters import day
from placement.web.rendering import render_page


def _has(leader: ReviewedLeader, ranks: set[int | None]) -> bool:
    return any(one.rank in ranks for one in leader.given)


def _has_later(leader: ReviewedLeader) -> bool:
    return any((one.rank or 0) > 1 for one in leader.given)


LEADER_FILTERS = (
    Filter[ReviewedLeader]("all", "All", lambda _: True),
    Filter[ReviewedLeader]("unplaced", "Without a day", lambda row: row.missing > 0),
    Filter[ReviewedLeader]("first", "1st choice", lambda row: _has(row, {1})),
    Filter[ReviewedLeader]("later", "Later choice", _has_later),
    Filter[ReviewedLeader]("unchosen", "Not on their list", lambda row: _has(row, {None})),
    Filter[ReviewedLeader]("if-need-be", "If need be", lambda row: any(one.if_need_be for one in row.given)),
)
DAY_FILTERS = (
    Filter[ReviewedSlot]("all", "All", lambda _: True),
    Filter[ReviewedSlot]("running", "Running", lambda row: bool(row.leaders)),
    Filter[ReviewedSlot]("closed", "Not running", lambda row: not row.leaders),
)
LEADER_HEAD = ("Name", "Organisation", "E-mail", "Placement", "Partner", "Day", "Hours", "Choice", "Why not")
DAY_HEAD = (
    "Reference",
    "Placement",
    "Partner",
    "Day",
    "Hours",
    "Seats taken",
    "Seats",
    "Fewest",
    "Organisations",
    "Leaders",
    "Why not",
)


def show_leaders(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Each leader with what they got: those without a day first."""
    found = _review(cohort_id, run_id)
    shown = _leaders(found)
    announce(shown, "leader")
    return render_page("coordinator/leaders.html", found=found, run=found.run, shown=shown, words=words)


def download_leaders(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The leaders that the page shows: a row for each day that they got, or one that says why not."""
    shown = _leaders(_review(cohort_id, run_id))
    rows = [row for leader in shown.found for row in _leader_cells(leader)]
    return csv_file(f"run-{run_id}-leaders", LEADER_HEAD, rows)


def show_days(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """Each day with who goes there, or why it does not run."""
    found = _review(cohort_id, run_id)
    shown = _days(found)
    announce(shown, "day")
    return render_page(
        "coordinator/days.html",
        found=found,
        run=found.run,
        shown=shown,
        explained=explanations_of(found),
        why=why,
    )


def download_days(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The days that the page shows, one row each."""
    found = _review(cohort_id, run_id)
    explained = explanations_of(found)
    rows = [_day_cells(slot, why.slot_reason(slot, explained)) for slot in _days(found).found]
    return csv_file(f"run-{run_id}-days", DAY_HEAD, rows)


def _review(cohort_id: int, run_id: int) -> Review:
    with reading() as session:
        return review(auth.scope_of(session), cohort_id, run_id)


def _leaders(found: Review) -> Listing[ReviewedLeader]:
    return listing(found.leaders, LEADER_FILTERS, _leader_text)


def _days(found: Review) -> Listing[ReviewedSlot]:
    return listing(found.slots, DAY_FILTERS, _day_text)


def _leader_text(leader: ReviewedLeader) -> str:
    given = " ".join(f"{one.title} {one.partner}" for one in leader.given)
    return f"{leader.name} {leader.organisation} {leader.email} {given}"


def _day_text(slot: ReviewedSlot) -> str:
    return f"{slot.title} {slot.partner} {slot.reference} {day(slot.starts_at)} {' '.join(slot.leaders)}"


def _leader_cells(leader: ReviewedLeader) -> Iterator[tuple[Cell, ...]]:
    who = (leader.name, leader.organisation, leader.email)
    for one in leader.given:
        hours = hours_in_words(one.starts_at, one.ends_at)
        yield (*who, one.title, one.partner, day(one.starts_at), hours, words.day_words(leader, one), "")
    if leader.missing:
        yield (*who, "", "", "", "", "Without a day", words.missing_reason(leader))


def _day_cells(slot: ReviewedSlot, reason: str) -> tuple[Cell, ...]:
    return (
        slot.reference,
        slot.title,
        slot.partner,
        day(slot.starts_at),
        hours_in_words(slot.starts_at, slot.ends_at),
        len(slot.leaders),
        slot.capacity,
        slot.minimum,
        slot.organisations,
        "; ".join(slot.leaders),
        reason,
    )
