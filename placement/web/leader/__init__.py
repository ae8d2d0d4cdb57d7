"""A leader's pages: choose and order placements, answer dates, see what was decided, write about the day."""

from flask import Blueprint

from placement.web import auth
from placement.web.feed_pages import FeedPages
from placement.web.leader.views import (
    answer,
    check,
    choices,
    dates,
    events,
    feedback,
    given,
    reflection,
    start,
    submitted,
)

blueprint = auth.guard(Blueprint("leader", __name__, url_prefix="/leader/<int:leader_id>"))

blueprint.get("/")(start.start)
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
