"""Who is coming on all days, and the sheet of a day to print."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.services.reports.coming import sheet_for_partner, who_is_coming
from placement.web.auth import now, scope_of
from placement.web.day_link import check_in
from placement.web.partner import blueprint
from placement.web.presenters import by_month
from placement.web.rendering import render_page


@blueprint.get("/who-is-coming")
def show_coming(partner_id: int) -> ResponseReturnValue:
    """All days of the partner with who is coming, month by month; reading access needs goes on record."""
    with unit_of_work() as session:
        found = who_is_coming(scope_of(session), partner_id, now=now())
    months = by_month(found.ahead, lambda one: one.day.starts_at)
    return render_page("partner/coming.html", found=found, months=months)


@blueprint.get("/days/<int:slot_id>/sheet")
def show_sheet(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """The people of one day on one sheet of paper."""
    with reading() as session:
        sheet = sheet_for_partner(scope_of(session), partner_id, slot_id, now=now())
    day_url = url_for(".show_day", partner_id=partner_id, slot_id=slot_id)
    return render_page(
        "sheet/day.html", sheet=sheet, back_url=day_url, printed_at=now(), check_in=check_in(slot_id)
    )
