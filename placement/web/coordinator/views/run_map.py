"""Where the days of a run are: numbered places on a map, beside a table with the same numbers."""

from collections import defaultdict
from dataclasses import dataclass

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.review import Review, ReviewedSlot, review
from placement.web import auth
from placement.web.downloads import csv_file
from placement.web.maps import Map, Place, map_of
from placement.web.rendering import render_page

MOST = 40
"""Places on the map, those with most people first: more markers could not be told apart."""


@dataclass(frozen=True)
class RunPlace:
    """One place of one partner with the days that run there and how many people go."""

    number: int
    partner: str
    place: str
    days: int
    people: int
    seats: int


def show_map(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The map of a run and its table."""
    found = _review(cohort_id, run_id)
    places, picture = _places(found)
    return render_page("coordinator/run_map.html", run=found.run, places=places, map=picture, most=MOST)


def download_map(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The map as a picture file."""
    picture = render_template(
        "coordinator/run_map.svg", map=_places(_review(cohort_id, run_id))[1], title=f"Run {run_id}"
    )
    return Response(
        picture.strip(),
        mimetype="image/svg+xml",
        headers={"Content-Disposition": f'attachment; filename="run-{run_id}-map.svg"'},
    )


def download_places(cohort_id: int, run_id: int) -> ResponseReturnValue:
    """The numbers of the map."""
    places, _ = _places(_review(cohort_id, run_id))
    head = ("Number", "Partner", "Place", "Days", "People", "Places")
    rows = [(one.number, one.partner, one.place, one.days, one.people, one.seats) for one in places]
    return csv_file(f"run-{run_id}-map", head, rows)


def _review(cohort_id: int, run_id: int) -> Review:
    with reading() as session:
        return review(auth.scope_of(session), cohort_id, run_id)


def _places(found: Review) -> tuple[list[RunPlace], Map | None]:
    """The places where days run, most people first, and the map of the first of them."""
    there: defaultdict[tuple[str, str], list[ReviewedSlot]] = defaultdict(list)
    for slot in found.slots:
        if slot.leaders:
            there[slot.partner, slot.place].append(slot)
    groups = sorted(there.items(), key=lambda one: (-sum(len(slot.leaders) for slot in one[1]), one[0]))
    places = [
        RunPlace(
            number,
            *where,
            days=len(slots),
            people=sum(len(slot.leaders) for slot in slots),
            seats=sum(slot.capacity for slot in slots),
        )
        for number, (where, slots) in enumerate(groups, start=1)
    ]
    drawn = [
        Place(number, where[0], slots[0].position)
        for number, (where, slots) in enumerate(groups[:MOST], start=1)
    ]
    return places, map_of(drawn)
