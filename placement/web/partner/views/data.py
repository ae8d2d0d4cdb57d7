"""Everything that is kept about a partner's contact: to see, to take away, and whom to ask to erase it."""

from flask import Response
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services.reports.partner_data import PartnerData, own_partner_data
from placement.web.auth import now, scope_of
from placement.web.partner import blueprint
from placement.web.rendering import render_page
from placement.web.subject_files import json_file, shown_sections, table_file


@blueprint.get("/my-data")
def show_data(partner_id: int) -> ResponseReturnValue:
    """All of it on one page, in sections."""
    found = _found(partner_id)
    return render_page("partner/data.html", found=found, sections=shown_sections(found))


@blueprint.get("/my-data.json")
def download_json(partner_id: int) -> Response:
    """All of it for another program."""
    return json_file(_found(partner_id))


@blueprint.get("/my-data.csv")
def download_csv(partner_id: int) -> Response:
    """All of it for a spreadsheet."""
    return table_file(_found(partner_id))


def _found(partner_id: int) -> PartnerData:
    with reading() as session:
        return own_partner_data(scope_of(session), partner_id, now=now())
