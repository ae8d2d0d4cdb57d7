"""Many slots with what they belong to, each opportunity read once."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from placement.models import Opportunity, Slot


def slots_of(session: Session, query: Select[Slot]) -> Sequence[Slot]:
    """The slots of `query`, as this session has them: two queries, however many they are.

    Left to itself, each slot of an opportunity would bring all columns of the opportunity, its site, its
    partner and its cohort once more.
    """
    slots = session.scalars(query.options(lazyload(Slot.opportunity))).all()
    wanted = {slot.opportunity_id for slot in slots}
    offers = session.scalars(select(Opportunity).where(Opportunity.id.in_(wanted))).all() if wanted else ()
    by_id = {offer.id: offer for offer in offers}
    for slot in slots:
        set_committed_value(slot, "opportunity", by_id[slot.opportunity_id])
    return slots
