"""Why people come, as their partner reads it on the day's page."""

import json
from typing import Any

import pytest

from placement.db import unit_of_work
from placement.models import Slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.factories.runs import make_run
from tests.web.partners import Partners, partner

__all__ = ["partner"]  # the fixture

WHY = {
    "partner": "Seaport Food Bank",
    "leaders": 1,
    "given": {"1": 1},
    "ranked": {"1": 2},
    "here": {"1": 1},
    "instead": {"missing": 1},
}


def place(partner: Partners, **result: object) -> int:
    slot_id = partner.make_day()
    with partner.app.app_context(), unit_of_work() as session:
        slot = session.get_one(Slot, slot_id)
        cohort = slot.opportunity.partner.cohort
        facts: Any = {"status": "confirmed", "confirmed_at": slot.starts_at, "result": json.dumps(result)}
        run = make_run(session, cohort=cohort, **facts)
        ada = make_leader(session, cohort=cohort, name="Ada Fylde")
        make_placement(session, leader=ada, slot=slot, run=run)
        make_leader(session, cohort=cohort, name="Ben Other")
    return slot_id


def test_the_day_says_why_these_people_come_and_names_nobody_else(partner: Partners) -> None:
    page = partner.get(f"days/{place(partner, partner_explanations=[WHY])}")
    assert "Why these people" in page.text
    assert "Given: 1 as a 1st choice." in page.text
    assert "2 leaders chose it." in page.text
    assert "Ben Other" not in page.text


@pytest.mark.parametrize("told", [{}, {"partner_explanations": [{**WHY, "partner": "Somebody else"}]}])
def test_nothing_is_said_where_the_list_explains_nothing_of_this_partner(
    partner: Partners, told: dict[str, object]
) -> None:
    assert "Why these people" not in partner.get(f"days/{place(partner, **told)}").text
