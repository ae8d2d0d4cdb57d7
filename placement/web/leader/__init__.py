"""A leader's pages: choose and order placements, answer dates, check and submit, see what was decided."""

from flask import Blueprint

from placement.web import auth
from placement.web.feed_pages import FeedPages
from placement.web.leader.views import answer, browse, check, choices, dates, events, given, start, submitted

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
FeedPages("leader", "leader_id").join(blueprint)
