"""What a partner can take over all its days, as its coordinator sets it."""

from flask import url_for
from flask.typing import ResponseReturnValue

from placement.services import partner_limits
from placement.web.auth import now
from placement.web.limits import LimitsOf, ask_limits


def change_limits(cohort_id: int, partner_id: int) -> ResponseReturnValue:
    """Ask for the limits of a partner; save them."""
    return ask_limits(
        LimitsOf(
            own=False,
            url=url_for(".change_limits", cohort_id=cohort_id, partner_id=partner_id),
            back_url=url_for(".list_opportunities", cohort_id=cohort_id),
            back_text="What partners offer",
            read=lambda scope: partner_limits.limits_in(scope, cohort_id, partner_id),
            change=lambda scope, limits, seen: partner_limits.change_limits(
                scope, cohort_id, partner_id, limits=limits, seen=seen, now=now()
            ),
        )
    )
