"""The partner's profile, places and placements: saved page by page, told before anybody gets a mail."""

from typing import Any

import pytest
from sqlalchemy import select

from placement.db import reading, unit_of_work
from placement.models import Message, Opportunity, Partner, Site
from tests.factories.opportunities import make_activity
from tests.web.partners import JUNE, Partners, partner

__all__ = ["partner"]

PROFILE = {
    "about": "We feed people.",
    "theme": "Food",
    "website": "https://food.example",
    "contact_name": "Kate Hooper",
    "phone": "01253 960575",
}
SITE = {
    "name": "Harbour Kitchen",
    "address": "12 Sea View, Fleetwick",
    "postcode": "fy7 8rg",
    "pin": "",
    "directions": "Tram 1, blue door",
    "parking": "In Dock Street",
    "step_free": "yes",
}
PARTS: dict[str, dict[str, Any]] = {
    "visit": {"description": "Make tea.\r\nSit and talk.", "who_they_meet": "Guests", "part_taken": "both"},
    "activities": {"activities": ["serving_food", "home_visit"]},
    "checks": {"check_required": "enhanced", "lone_working": "no", "women_only": "no"},
    "practical": {"what_to_wear": "Flat shoes", "photographs": "ask", "house_rules": "No perfume"},
}


def rows(partner: Partners, kind: type[Any]) -> list[Any]:
    with partner.app.app_context(), reading() as session:
        found = list(session.scalars(select(kind).order_by(kind.id)).unique())
        session.expunge_all()
        return found


def set_up(partner: Partners, **facts: Any) -> None:
    with partner.app.app_context(), unit_of_work() as session:
        row = session.get_one(Opportunity, partner.opportunity_id)
        for name, value in facts.items():
            setattr(row, name, value)


def seen(partner: Partners, path: str) -> dict[str, str]:
    """The hidden version that a page's form holds."""
    return {"seen": partner.get(path).form_to(partner.url + path).values["seen"]}


def save(partner: Partners, path: str, form: dict[str, Any]) -> Any:
    return partner.browser.post(partner.url + path, {**seen(partner, path), **form})


def begin(partner: Partners, title: str = "Memory café <b>") -> str:
    """A new draft; where its page is, below the partner's address."""
    site = rows(partner, Site)[0].id
    answer = partner.browser.post(f"{partner.url}opportunities/new", {"title": title, "site": str(site)})
    assert answer.status_code == 303
    return str(answer.location).removeprefix(partner.url).removesuffix("/visit")


def described(partner: Partners) -> str:
    path = begin(partner)
    for part, form in PARTS.items():
        assert save(partner, f"{path}/{part}", form).status_code == 303
    return path


def come(partner: Partners) -> None:
    partner.place(partner.make_day(), name="Lea Leader")


def test_a_profile_is_saved_and_shown_again(partner: Partners) -> None:
    assert save(partner, "profile", PROFILE).location == partner.url
    assert "Your profile is saved." in partner.get().text
    shown = partner.get("profile").form_to(f"{partner.url}profile").values
    assert {name: shown[name] for name in PROFILE} == PROFILE


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"about": ""}, "about"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"phone": "ring me"}, "phone"),
        ({"contact_name": " "}, "contact_name"),
    ],
)
def test_a_wrong_profile_is_named_at_its_field(partner: Partners, wrong: dict[str, str], field: str) -> None:
    page = partner.checked(save(partner, "profile", {**PROFILE, **wrong}))
    assert (page.status, list(page.errors)) == (422, [field])
    assert rows(partner, Partner)[0].about != PROFILE["about"]


def test_another_contact_shows_who_gets_an_update_before_anything_is_sent(partner: Partners) -> None:
    come(partner)
    check = partner.checked(save(partner, "profile", PROFILE))
    assert check.h1 == "What it would do"
    assert "Lea Leader" in check.text
    assert rows(partner, Message) == []
    form = check.form_to(f"{partner.url}profile")
    back = partner.post("profile", {**form.values, "step": "edit"})
    assert back.form_to(f"{partner.url}profile").values["phone"] == PROFILE["phone"]
    answer = partner.browser.post(f"{partner.url}profile", {**form.values, "step": "save"})
    assert answer.status_code == 303
    assert "placement_changed" in [mail.kind for mail in rows(partner, Message)]
    assert rows(partner, Partner)[0].phone == PROFILE["phone"]


def test_an_older_profile_page_shows_what_is_newer_and_what_was_typed(partner: Partners) -> None:
    old = seen(partner, "profile")
    save(partner, "profile", PROFILE)
    page = partner.post("profile", {**PROFILE, **old, "about": "Older words"})
    assert page.status == 409
    assert "Older words" in page.text
    assert page.form_to(f"{partner.url}profile").values["about"] == PROFILE["about"]


def test_a_place_is_added_and_its_sector_found(partner: Partners) -> None:
    answer = partner.browser.post(f"{partner.url}sites/new", SITE)
    assert answer.location == f"{partner.url}sites"
    site = rows(partner, Site)[-1]
    assert (site.postcode, site.parking, site.step_free) == ("FY7 8RG", "In Dock Street", True)
    assert site.latitude == pytest.approx(53.92, abs=0.05)
    assert "Harbour Kitchen, 12 Sea View, Fleetwick, FY7 8RG" in partner.get("sites").links


@pytest.mark.parametrize(
    ("pin", "latitude", "longitude"),
    [
        ("54.59700, -5.93010", 54.597, -5.9301),
        ("SD 307 361", 53.817, -3.055),
        ("sd3073036150", 53.817, -3.055),
    ],
)
def test_an_unknown_postcode_is_placed_by_a_spot_on_the_map(
    partner: Partners, pin: str, latitude: float, longitude: float
) -> None:
    belfast = {**SITE, "postcode": "BT1 5GS"}
    refused = partner.post("sites/new", belfast)
    assert "enter the spot on the map below" in refused.errors["postcode"]
    partner.browser.post(f"{partner.url}sites/new", {**belfast, "pin": pin})
    site = rows(partner, Site)[-1]
    assert (site.latitude, site.longitude) == pytest.approx((latitude, longitude), abs=0.003)


@pytest.mark.parametrize("pin", ["here", "SD 307 36", "40.7, -74.0", "ZZ 111 111", "53.8"])
def test_a_spot_that_is_none_is_refused(partner: Partners, pin: str) -> None:
    page = partner.post("sites/new", {**SITE, "pin": pin})
    assert (page.status, list(page.errors)) == (422, ["pin"])


def test_a_place_that_was_placed_exactly_stays_there_when_its_words_change(partner: Partners) -> None:
    site = rows(partner, Site)[0]
    path = f"sites/{site.id}"
    shown = partner.get(path).form_to(partner.url + path).values
    partner.browser.post(partner.url + path, {**shown, "step_free": "no", "directions": "Left"})
    after = rows(partner, Site)[0]
    assert (after.directions, after.latitude, after.longitude) == ("Left", site.latitude, site.longitude)


def test_another_address_asks_whether_people_go_elsewhere_and_tells_them(partner: Partners) -> None:
    come(partner)
    path = f"sites/{rows(partner, Site)[0].id}"
    asked = partner.checked(save(partner, path, SITE))
    assert asked.errors["same"] == "Say whether people go to the same place"
    check = partner.checked(save(partner, path, {**SITE, "same": "no"}))
    assert "is asked to answer again" in check.text
    assert "Lea Leader" in check.text


def test_a_new_placement_is_saved_part_by_part_and_resumed(partner: Partners) -> None:
    path = begin(partner)
    assert "Draft" in partner.get().text
    page = partner.get(path)
    assert {"What happens", "What visitors do", "Checks and who can come", "What to know"} <= set(page.links)
    answer = save(partner, f"{path}/visit", PARTS["visit"])
    assert answer.location == f"{partner.url}{path}/activities"
    answer = save(partner, f"{path}/activities", PARTS["activities"])
    assert answer.location == f"{partner.url}{path}/checks"
    checks = partner.get(f"{path}/checks")
    assert "needs at least this: enhanced check" in checks.text
    assert "Basic check" not in checks.labels.values()
    save(partner, f"{path}/checks", PARTS["checks"])
    answer = save(partner, f"{path}/practical", PARTS["practical"])
    assert answer.location == f"{partner.url}{path}"
    row = rows(partner, Opportunity)[-1]
    assert (row.title, row.description, row.status) == (
        "Memory café <b>",
        "Make tea.\nSit and talk.",
        "draft",
    )
    assert (row.check_required, row.photographs, row.lone_working) == ("enhanced", "ask", False)


def test_a_full_draft_is_sent_and_then_waits(partner: Partners) -> None:
    path = described(partner)
    page = partner.get(path)
    form = page.form_to(f"{partner.url}{path}/send")
    for _ in range(2):
        assert partner.browser.post(f"{partner.url}{path}/send", form.values).status_code == 303
    assert rows(partner, Opportunity)[-1].status == "waiting"
    assert "Waiting for approval" in partner.get().text


def test_an_unfinished_draft_is_not_sent_also_from_an_old_page(partner: Partners) -> None:
    path = begin(partner)
    page = partner.post(f"{path}/send", {"seen": "old"})
    assert page.status == 409
    assert "changed since you opened the page" in page.text
    assert rows(partner, Opportunity)[-1].status == "draft"


@pytest.mark.parametrize(
    ("part", "wrong", "field"),
    [
        ("visit", {"who_they_meet": ""}, "who_they_meet"),
        ("visit", {"part_taken": "sleep"}, "part_taken"),
        ("activities", {"activities": []}, "activities"),
        ("activities", {"activities": ["juggling"]}, "activities"),
        ("checks", {"check_required": "basic"}, "check_required"),
        ("practical", {"photographs": ""}, "photographs"),
        ("about", {"title": "Food parcels", "site": "1"}, "title"),
    ],
)
def test_a_wrong_part_is_named_at_its_field(
    partner: Partners, part: str, wrong: dict[str, Any], field: str
) -> None:
    path = described(partner)
    if "site" in wrong:
        wrong = {**wrong, "site": str(rows(partner, Site)[0].id)}
    page = partner.checked(save(partner, f"{path}/{part}", {**PARTS.get(part, {}), **wrong}))
    assert (page.status, list(page.errors)) == (422, [field])


def test_the_note_of_what_came_back_is_shown_and_it_is_sent_again(partner: Partners) -> None:
    path = described(partner)
    set_up(partner, status="live")
    with partner.app.app_context(), unit_of_work() as session:
        row = session.scalars(select(Opportunity).where(Opportunity.title.like("Memory%"))).one()
        row.status, row.review_note = "returned", "Who is in <b>the room</b>?"
    page = partner.get(path)
    assert "Who is in <b>the room</b>?" in page.text
    assert "Your coordinator asks for a change." in partner.get().text
    form = page.form_to(f"{partner.url}{path}/send")
    partner.browser.post(f"{partner.url}{path}/send", form.values)
    assert rows(partner, Opportunity)[-1].status == "waiting"


def test_a_higher_activity_of_a_live_placement_names_that_it_waits_before_it_does(partner: Partners) -> None:
    come(partner)
    path = f"opportunities/{partner.opportunity_id}"
    check = partner.checked(save(partner, f"{path}/activities", {"activities": ["home_visit"]}))
    assert check.h1 == "What it would do"
    assert "It goes back to your coordinator for approval." in check.text
    assert "1 person has been told that they are coming: Lea Leader." in check.text
    assert rows(partner, Opportunity)[0].status == "live"
    form = check.form_to(f"{partner.url}{path}/activities")
    partner.browser.post(f"{partner.url}{path}/activities", {**form.values, "step": "save"})
    assert rows(partner, Opportunity)[0].status == "waiting"
    assert "Whoever is coming already keeps their place." in partner.get(path).text


def test_words_of_a_live_placement_are_live_at_once_where_nobody_is_told(partner: Partners) -> None:
    path = f"opportunities/{partner.opportunity_id}"
    with partner.app.app_context(), unit_of_work() as session:
        make_activity(session, opportunity=session.get_one(Opportunity, partner.opportunity_id))
    answer = save(partner, f"{path}/visit", PARTS["visit"])
    assert answer.location == f"{partner.url}{path}"
    row = rows(partner, Opportunity)[0]
    assert (row.status, row.who_they_meet) == ("live", "Guests")


def test_a_day_of_a_draft_says_that_it_waits_for_approval(partner: Partners) -> None:
    set_up(partner, status="draft")
    saved = partner.add()
    assert "once the placement is approved" in partner.checked(partner.browser.get(str(saved.location))).text


def test_still_true_is_one_press_on_my_days(partner: Partners) -> None:
    partner.make_day()
    set_up(partner, renewed_at=JUNE.replace(year=2020))
    assert "Is it still true?" in partner.get().text
    assert "is it still true?" in partner.checked(partner.browser.get("/home")).text
    url = f"{partner.url}opportunities/{partner.opportunity_id}/still-true"
    assert partner.browser.post(url).location == partner.url
    page = partner.get()
    assert "“Food parcels” is noted as still true." in page.text
    assert "Is it still true?" not in page.text


def test_a_draft_is_deleted_after_saying_what_is_lost(partner: Partners) -> None:
    path = begin(partner)
    assert "What you wrote is lost." in partner.get(f"{path}/delete").text
    assert partner.browser.post(f"{partner.url}{path}/delete").location == partner.url
    assert len(rows(partner, Opportunity)) == 1
    live = f"opportunities/{partner.opportunity_id}/delete"
    partner.browser.post(partner.url + live)
    assert "no longer be deleted" in partner.get(live).text
    assert len(rows(partner, Opportunity)) == 1


def test_nothing_new_is_begun_once_places_are_decided_but_words_are(partner: Partners) -> None:
    partner.decide()
    assert partner.get("opportunities/new").h1 == "Days can no longer be added"
    refused = partner.post("opportunities/new", {"title": "Late", "site": "1"})
    assert (refused.status, len(rows(partner, Opportunity))) == (409, 1)
    assert save(partner, "profile", PROFILE).status_code == 303
    path = f"opportunities/{partner.opportunity_id}/visit"
    assert save(partner, path, PARTS["visit"]).status_code == 303


def test_a_part_that_is_none_does_not_exist(partner: Partners) -> None:
    url = f"{partner.url}opportunities/{partner.opportunity_id}/everything"
    assert partner.browser.get(url).status_code == 404
    assert partner.browser.post(url).status_code == 404
