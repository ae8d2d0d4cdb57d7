"""A partner's own page of what is kept about them, and the files that they take away."""

import csv
import io
import json

from tests.web.partners import Partners, partner

__all__ = ["partner"]


def test_the_profile_and_the_privacy_page_lead_to_what_is_kept(partner: Partners) -> None:
    where = f"{partner.url}my-data"
    assert partner.get("profile").links["What is kept about you"] == where
    privacy = partner.checked(partner.browser.get("/privacy"))
    assert where in privacy.links.values()


def test_the_page_shows_all_of_it_and_whom_to_ask_to_erase_it(partner: Partners) -> None:
    partner.make_day()
    page = partner.get("my-data")
    assert page.h1 == "What is kept about you"
    for said in ("Seaport Food Bank", "Food parcels", "To have it erased", "Nothing is kept."):
        assert said in page.text, said
    assert "chloe@programme.example" in page.links


def test_it_can_be_taken_away_as_a_table_and_for_another_program(partner: Partners) -> None:
    partner.make_day()
    table = partner.browser.get(f"{partner.url}my-data.csv")
    assert (table.status_code, table.mimetype) == (200, "text/csv")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert ["Your days", "1", "Placement", "Food parcels"] in rows
    program = partner.browser.get(f"{partner.url}my-data.json")
    assert (program.status_code, program.mimetype) == (200, "application/json")
    told = json.loads(program.data)
    assert told["days"][0]["Placement"] == "Food parcels"
    assert "attachment" in program.headers["Content-Disposition"]
