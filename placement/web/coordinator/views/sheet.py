"""The sheet of a day, as its partner prints it."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.coming import sheet_for_coordinator
from placement.web import auth
from placement.web.day_link import check_in
from placement.web.rendering import render_page


def show_sheet(cohort_id: int, slot_id: int) -> ResponseReturnValue:
    """The people of any day of the cohort on one sheet of paper."""
    with reading() as session:
        sheet = sheet_for_coordinator(auth.scope_of(session), cohort_id, slot_id, now=auth.now())
    day_url = url_for(".show_day", cohort_id=cohort_id, slot_id=slot_id)
    return render_page(
        "sheet/day.html", sheet=sheet, back_url=day_url, printed_at=auth.now(), check_in=check_in(slot_id)
    )
