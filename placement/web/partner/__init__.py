"""The pages of partners: profile, sites, what they offer, their days, who comes and who came."""

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
    data,
    day,
    days,
    limits,
    message,
    opportunity,
    profile,
    sites,
    withdrawing,
)
