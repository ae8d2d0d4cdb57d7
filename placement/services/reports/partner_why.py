"""Why these people come to a partner, for the partner itself: numbers, and nobody's name."""

import json

from sqlalchemy import select

from placement.domain.matching.why.findings import PartnerExplanation
from placement.models import MatchRun, Placement
from placement.services.scope import Scope


def why_these_people(scope: Scope, partner_id: int, slot_id: int) -> PartnerExplanation | None:
    """What the newest list that sent people to a day of the actor's own says, over all days of the partner.

    None where no list that is explained sent them.
    """
    partner = scope.partner(partner_id)
    slot = scope.slot_of(partner, slot_id)
    run = scope.session.scalars(
        select(MatchRun)
        .join(Placement, Placement.match_run_id == MatchRun.id)
        .where(Placement.slot_id == slot.id, Placement.status == "confirmed")
        .order_by(MatchRun.id.desc())
        .limit(1)
    ).first()
    result = json.loads(run.result or "{}") if run is not None else {}
    facts = map(PartnerExplanation.from_json, result.get("partner_explanations", ()))
    return next((fact for fact in facts if fact.partner == partner.name), None)
