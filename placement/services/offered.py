"""What leaders are offered: only what a coordinator has approved."""

from sqlalchemy import ColumnElement, select

from placement.models import Opportunity, Slot


def on_offer() -> ColumnElement[bool]:
    """That a slot is of an opportunity that is live."""
    return Slot.opportunity_id.in_(select(Opportunity.id).where(Opportunity.status == "live"))
