"""A coordinator's pages: how a cohort stands, who has answered, runs, their review, confirming, sending."""

from flask import Blueprint, Flask

from placement.config import Config
from placement.web import auth
from placement.web.coordinator.views import (
    answers,
    compare,
    confirm,
    days,
    invites,
    listed,
    people,
    readiness,
    repair,
    replies,
    review,
    runs,
    sending,
    start,
    tasks,
    why,
)
from placement.web.feed_pages import FeedPages

blueprint = auth.guard(Blueprint("coordinator", __name__, url_prefix="/coordinator/<int:cohort_id>"))

blueprint.get("/")(start.start)
blueprint.get("/readiness")(readiness.show_readiness)
blueprint.get("/answers")(answers.show_answers)
blueprint.get("/answers.csv")(answers.download_answers)
blueprint.get("/runs/new")(runs.ask_run)
blueprint.post("/runs")(runs.request_run)
blueprint.get("/runs/compare")(compare.show_comparison)
blueprint.get("/runs/<int:run_id>")(review.show_run)
blueprint.get("/runs/<int:run_id>/leaders")(listed.show_leaders)
blueprint.get("/runs/<int:run_id>/leaders/<int:leader_id>")(why.show_leader)
blueprint.get("/runs/<int:run_id>/leaders.csv")(listed.download_leaders)
blueprint.get("/runs/<int:run_id>/days")(listed.show_days)
blueprint.get("/runs/<int:run_id>/days.csv")(listed.download_days)
blueprint.get("/runs/<int:run_id>/why")(why.show_why)
blueprint.get("/runs/<int:run_id>/partners")(why.show_partners)
blueprint.get("/runs/<int:run_id>/confirm")(confirm.ask_confirmation)
blueprint.post("/runs/<int:run_id>/confirm")(confirm.confirm_run)
blueprint.get("/sending")(sending.show_sending)
blueprint.get("/days")(days.list_days)
blueprint.get("/days/<int:slot_id>")(days.show_day)
blueprint.get("/days/<int:slot_id>/change")(days.ask_change)
blueprint.post("/days/<int:slot_id>/change")(days.change_day)
blueprint.get("/days/<int:slot_id>/withdraw")(days.ask_withdrawal)
blueprint.post("/days/<int:slot_id>/withdraw")(days.withdraw_day)
blueprint.post("/days/<int:slot_id>/restore")(days.restore_day)
blueprint.get("/days/<int:slot_id>/seats")(days.show_seats)
blueprint.post("/days/<int:slot_id>/seats")(days.give_seat)
blueprint.get("/leaders/<int:leader_id>")(people.show_person)
blueprint.get("/leaders/<int:leader_id>/withdraw")(people.ask_leaving)
blueprint.post("/leaders/<int:leader_id>/withdraw")(people.withdraw_leader)
blueprint.post("/leaders/<int:leader_id>/restore")(people.restore_leader)
blueprint.get("/leaders/<int:leader_id>/dates")(people.ask_dates)
blueprint.post("/leaders/<int:leader_id>/dates")(people.save_dates)
blueprint.post("/leaders/<int:leader_id>/aliases/<int:alias_id>/remove")(people.remove_alias)
blueprint.get("/repair")(repair.show_repairs)
blueprint.post("/repair")(repair.request_repair)
blueprint.get("/runs/<int:run_id>/repair")(repair.show_repair)
blueprint.get("/invites")(invites.list_invites)
blueprint.get("/invites.csv")(invites.download_invites)
blueprint.get("/placements/<int:placement_id>/answers")(invites.show_history)
blueprint.post("/placements/<int:placement_id>/answers")(invites.record_answer)
blueprint.post("/placements/<int:placement_id>/answers/undo")(invites.undo_answer)
blueprint.get("/placements/<int:placement_id>/leave")(tasks.ask_leaving_day)
blueprint.post("/placements/<int:placement_id>/leave")(tasks.leave_day)
blueprint.get("/replies")(replies.list_replies)
blueprint.get("/replies/<int:reply_id>")(replies.show_reply)
blueprint.post("/replies/<int:reply_id>/take")(replies.take_reply)
blueprint.post("/replies/<int:reply_id>/alias")(replies.add_alias)
blueprint.post("/replies/<int:reply_id>/settle")(replies.settle_reply)
blueprint.post("/replies/<int:reply_id>/reopen")(replies.reopen_reply)
blueprint.get("/tasks")(tasks.list_tasks)
blueprint.get("/tasks/<int:task_id>")(tasks.show_task)
blueprint.post("/tasks/<int:task_id>/keep")(tasks.keep_placement)
FeedPages("coordinator", "cohort_id").join(blueprint)


def init_runs(app: Flask, config: Config) -> None:
    """Tell the pages of `app` how long a run may take."""
    app.extensions[runs.SECONDS] = config.solver_seconds
