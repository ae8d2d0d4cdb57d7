"""The short address of a day, which its sheet shows and which fits a QR code."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.qr import qr_svg
from placement.db import reading
from placement.domain.errors import NotFound
from placement.services.reports.attendance import whose_day
from placement.web import auth

blueprint = auth.guard(Blueprint("day_link", __name__))


@blueprint.get("/day/<int:slot_id>")
def go(slot_id: int) -> ResponseReturnValue:
    """Lead on to the page of the day that is the visitor's own."""
    with reading() as session:
        role, owner_id, day_id = whose_day(auth.scope_of(session), slot_id)
    if role == "partner":
        return redirect(url_for("partner.show_attendance", partner_id=owner_id, slot_id=day_id))
    if role == "coordinator":
        return redirect(url_for("coordinator.show_day_attendance", cohort_id=owner_id, slot_id=day_id))
    if role == "leader":
        return redirect(url_for("leader.show_placement", leader_id=owner_id))
    raise NotFound(thing="page")


def check_in(slot_id: int) -> tuple[str, str]:
    """The whole short address of a day, and the same as a QR code."""
    address = auth.sender().link(url_for("day_link.go", slot_id=slot_id))
    return address, qr_svg(address)
