"""The pages of partners: their days, adding one, and who is coming."""

from flask import Blueprint

from placement.web.auth import guard

blueprint = guard(Blueprint("partner", __name__, url_prefix="/partner/<int:partner_id>"))

from placement.web.partner.views import adding, day, days  # noqa: E402, F401  # they join the blueprint
