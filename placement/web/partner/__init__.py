"""The pages of partners: their days, adding one, and who is coming."""

from flask import Blueprint

from placement.web.auth import guard

LARGEST_ID = 2**31 - 1
"""A larger number than the database's ids can be is no address of a page."""

PARTNER = f"<int(max={LARGEST_ID}):partner_id>"
DAY = f"<int(max={LARGEST_ID}):slot_id>"

blueprint = guard(Blueprint("partner", __name__, url_prefix=f"/partner/{PARTNER}"))

from placement.web.partner.views import adding, day, days  # noqa: E402, F401  # they join the blueprint
