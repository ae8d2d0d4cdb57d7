"""Looking through the placements on offer: cards, a map, two side by side, and one by itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.domain.errors import PlacementError
from placement.services.reports import leader as report
from placement.services.reports.leader import Answers, Offer
from placement.web import auth, offer_words
from placement.web.downloads import csv_file
from placement.web.errors import status_of
from placement.web.forms import PageForm
from placement.web.leader import filters, words
from placement.web.leader.changing import press
from placement.web.leader.forms.choices import AskedChange
from placement.web.leader.forms.seen import ID, order_text
from placement.web.maps import Map, Place, map_of
from placement.web.presenters import count
from placement.web.rendering import render_page

TWO = 2


def browse(leader_id: int) -> ResponseReturnValue:
    """The placements on offer that the address asks for."""
    return _list_page(leader_id)


def choose(leader_id: int) -> ResponseReturnValue:
    """Do what a button in the list says."""

    def onward(asked: AskedChange) -> str:
        anchor = f"opportunity-{asked.opportunity_id}"
        return url_for(".browse", leader_id=leader_id, _anchor=anchor, **_kept())

    return press(leader_id, page=lambda refused: _list_page(leader_id, refused), onward=onward)


def download_list(leader_id: int) -> ResponseReturnValue:
    """All placements that the address asks for, as a file for spreadsheets, numbered as on the map."""
    answers = _answers(leader_id)
    found = filters.look(answers.offers, request.args)
    rows = [words.file_row(number, offer) for number, offer in enumerate(found.found, start=1)]
    return csv_file("placements", words.FILE_HEAD, rows)


def download_map(leader_id: int) -> ResponseReturnValue:
    """The map of the page that the address asks for, as a picture file."""
    answers = _answers(leader_id)
    found = filters.look(answers.offers, request.args)
    picture = render_template("leader/map.svg", map=_map(answers, found.rows, first=found.first))
    return Response(
        picture.strip(),
        mimetype="image/svg+xml",
        headers={"Content-Disposition": 'attachment; filename="map.svg"'},
    )


def show_opportunity(leader_id: int, opportunity_id: int) -> ResponseReturnValue:
    """One placement with all that is known of it."""
    return _one_page(leader_id, opportunity_id)


def choose_opportunity(leader_id: int, opportunity_id: int) -> ResponseReturnValue:
    """Do what a button on the page of one placement says."""

    def onward(_asked: AskedChange) -> str:
        return url_for(".show_opportunity", leader_id=leader_id, opportunity_id=opportunity_id, **_kept())

    return press(leader_id, page=lambda refused: _one_page(leader_id, opportunity_id, refused), onward=onward)


def compare(leader_id: int) -> ResponseReturnValue:
    """Two placements side by side; with fewer than two, the way to choose them."""
    answers = _answers(leader_id)
    asked = dict.fromkeys(int(text) for text in request.args.getlist("compare") if ID.fullmatch(text))
    pair = [answers.offer(opportunity_id) for opportunity_id in asked][:TWO]
    return render_page(
        "leader/compare.html",
        answers=answers,
        pair=pair,
        rows=words.compared(*pair) if len(pair) == TWO else [],
        seen=_seen(answers),
        kept=_kept(),
        words=words,
    )


def _answers(leader_id: int) -> Answers:
    with reading() as session:
        return report.answers(auth.scope_of(session), leader_id=leader_id, now=auth.now())


def _list_page(leader_id: int, refused: PlacementError | None = None) -> ResponseReturnValue:
    answers = _answers(leader_id)
    found = filters.look(answers.offers, request.args)
    address: dict[str, Any] = dict(found.address)
    if found.narrowings and refused is None and request.method == "GET":
        flash(f"{count(len(found.found), 'placement')} found, of {found.total}.".capitalize(), "status")
    against = request.args.get("compare", "")
    comparing = next((one for one in answers.offers if str(one.id) == against), None)
    return render_page(
        "leader/browse.html",
        answers=answers,
        found=found,
        here=url_for(".choose", leader_id=leader_id, **address, **found.paged),
        page_of=lambda page: url_for(".browse", leader_id=leader_id, **address, page=page),
        comparing=comparing,
        map=_map(answers, found.rows, first=found.first),
        seen=_seen(answers),
        words=words,
        **_refusal(refused),
    )


def _one_page(
    leader_id: int, opportunity_id: int, refused: PlacementError | None = None
) -> ResponseReturnValue:
    answers = _answers(leader_id)
    offer = answers.offer(opportunity_id)
    return render_page(
        "leader/opportunity.html",
        answers=answers,
        offer=offer,
        kept=_kept(),
        seen=_seen(answers),
        words=words,
        offer_words=offer_words,
        **_refusal(refused),
    )


def _refusal(refused: PlacementError | None) -> dict[str, Any]:
    """Why the last press changed nothing, as the page shows it."""
    status = status_of(refused) if refused else 200
    form = PageForm(formdata=None)
    if refused and status != 409:
        form.form_errors = [str(refused)]
    return {"form": form, "status": status, "refusal": str(refused) if status == 409 else None}


def _kept() -> dict[str, Any]:
    """The filters in the address, to find the way back to the same list."""
    return {name: value[:100] for name, value in request.args.items() if name in filters.NAMES}


def _seen(answers: Answers) -> Mapping[str, str]:
    return {"seen": order_text(offer.id for offer in answers.ranked)}


def _map(answers: Answers, rows: Sequence[Offer], *, first: int) -> Map | None:
    places = [Place(number, offer.title, offer.position) for number, offer in enumerate(rows, start=first)]
    return map_of(places, start=answers.start)
