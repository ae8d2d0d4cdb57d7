"""My days: what the partner offers, and how each day stands."""

from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.partner import days_of_partner
from placement.web.auth import now, scope_of
from placement.web.partner import blueprint
from placement.web.rendering import render_page


@blueprint.get("/")
def start(partner_id: int) -> ResponseReturnValue:
    """Each opportunity with its days, places filled, and their state."""
    with reading() as session:
        shown = days_of_partner(scope_of(session), partner_id, now=now())
    return render_page("partner/days.html", shown=shown)
