"""The pages of partners: their days, adding one, who is coming, who came, and their calendar feed."""

from flask import Blueprint

from placement.web.auth import guard
from placement.web.feed_pages import FeedPages

blueprint = guard(Blueprint("partner", __name__, url_prefix="/partner/<int:partner_id>"))
FeedPages("partner", "partner_id").join(blueprint)

from placement.web.partner.views import (  # noqa: E402, F401  # they join the blueprint
    adding,
    afterwards,
    attendance,
    coming,
    day,
    days,
)
