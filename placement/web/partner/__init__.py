"""The pages of partners: profile, sites, what they offer, their days, who comes, their calendar feed."""

from flask import Blueprint

from placement.web.auth import guard
from placement.web.feed_pages import FeedPages

blueprint = guard(Blueprint("partner", __name__, url_prefix="/partner/<int:partner_id>"))
FeedPages("partner", "partner_id").join(blueprint)

from placement.web.partner.views import adding, coming, day, days, opportunity, profile, sites  # noqa: E402, F401  # they join the blueprint
