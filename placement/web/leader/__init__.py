"""A leader's pages: choose and order placements, answer dates, see what was decided, write about the day."""

from flask import Blueprint

from placement.web import auth
from placement.web.feed_pages import FeedPages
from placement.web.leader.views import (
    about,
    answer,
    browse,
    check,
    choices,
    conflicts,
    data,
    dates,
    events,
    feedback,
    given,
    needs,
    reflection,
    seat,
    start,
    submitted,
    swap,
)

blueprint = auth.guard(Blueprint("leader", __name__, url_prefix="/leader/<int:leader_id>"))

blueprint.get("/")(start.start)
blueprint.get("/opportunities")(browse.browse)
blueprint.post("/opportunities")(browse.choose)
blueprint.get("/opportunities.csv")(browse.download_list)
blueprint.get("/map.svg")(browse.download_map)
blueprint.get("/opportunities/compare")(browse.compare)
blueprint.get("/opportunities/<int:opportunity_id>")(browse.show_opportunity)
blueprint.post("/opportunities/<int:opportunity_id>")(browse.choose_opportunity)
blueprint.get("/choices")(choices.show_choices)
blueprint.post("/choices")(choices.change_choices)
blueprint.get("/dates")(dates.show_dates)
blueprint.post("/dates")(dates.save_dates)
blueprint.get("/check")(check.check_answers)
blueprint.post("/check")(check.submit_answers)
blueprint.get("/submitted")(submitted.show_receipt)
blueprint.get("/placement")(given.show_placement)
blueprint.get("/placement/<int:placement_id>.ics")(given.download_calendar_entry)
blueprint.get("/events")(events.show_events)
blueprint.get("/placement/<int:placement_id>/answer")(answer.ask_answer)
blueprint.post("/placement/<int:placement_id>/answer")(answer.save_answer)
SWAP = "/placement/<int:placement_id>/swap"
blueprint.get(SWAP)(swap.ask_for_swap)
blueprint.post(SWAP)(swap.send_swap_request)
blueprint.post("/swaps/<int:request_id>/take-back")(swap.take_back_swap)
blueprint.get("/seats/<int:offer_id>")(seat.show_seat_offer)
blueprint.post("/seats/<int:offer_id>")(seat.answer_seat_offer)
blueprint.get("/about")(about.show_about)
blueprint.post("/about")(about.confirm_about)
blueprint.get("/about/travel")(about.ask_facts)
blueprint.post("/about/travel")(about.save_facts)
blueprint.get("/about/role")(about.ask_role)
blueprint.post("/about/role")(about.save_role)
blueprint.get("/about/needs")(needs.ask_need)
blueprint.post("/about/needs")(needs.save_need)
blueprint.get("/about/conflicts")(conflicts.show_conflicts)
blueprint.post("/about/conflicts")(conflicts.add_conflict)
blueprint.post("/about/conflicts/remove")(conflicts.remove_conflict)
blueprint.get("/my-data")(data.show_data)
blueprint.get("/my-data.json")(data.download_json)
blueprint.get("/my-data.csv")(data.download_csv)
blueprint.get("/my-data/erase")(data.ask_erasing)
blueprint.post("/my-data/erase")(data.erase)
REFLECTION = "/placement/<int:placement_id>/reflection"
blueprint.get(REFLECTION)(reflection.show_reflection)
blueprint.post(REFLECTION)(reflection.save_own_reflection)
blueprint.get(f"{REFLECTION}/delete")(reflection.ask_deletion)
blueprint.post(f"{REFLECTION}/delete")(reflection.delete_own_reflection)
blueprint.get(f"{REFLECTION}/record")(reflection.show_record)
blueprint.get(f"{REFLECTION}.txt")(reflection.download_record)
blueprint.get("/placement/<int:placement_id>/feedback")(feedback.show_feedback)
blueprint.post("/placement/<int:placement_id>/feedback")(feedback.save_own_feedback)
FeedPages("leader", "leader_id").join(blueprint)
