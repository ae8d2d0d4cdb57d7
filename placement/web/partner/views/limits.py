"""What the partner can take over all its days."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.services.partner_limits import change_own_limits, own_limits
from placement.web.auth import now
from placement.web.limits import LimitsOf, ask_limits
from placement.web.partner import blueprint


@blueprint.route("/limits", methods=["GET", "POST"])
def change_limits(partner_id: int) -> ResponseReturnValue:
    """Ask for the limits over all days; save them."""
    return ask_limits(
        LimitsOf(
            own=True,
            url=url_for(".change_limits", partner_id=partner_id),
            back_url=url_for(".start", partner_id=partner_id),
            back_text="My days",
            read=lambda scope: own_limits(scope, partner_id),
            change=lambda scope, limits, seen: change_own_limits(
                scope, partner_id, limits=limits, seen=seen, now=now()
            ),
        )
    )
