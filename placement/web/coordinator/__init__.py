"""A coordinator's pages: how a cohort stands, who has answered, runs, their review, confirming, sending."""

from flask import Blueprint, Flask

from placement.config import Config
from placement.web import auth
from placement.web.coordinator.views import (
    answers,
    compare,
    confirm,
    conflicts,
    days,
    events,
    invites,
    listed,
    mails,
    offers,
    people,
    privacy,
    readiness,
    repair,
    replies,
    review,
    runs,
    sending,
    set_up,
    sheet,
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
blueprint.get("/mails")(mails.list_mails)
blueprint.get("/mails/<kind>")(mails.show_mail)
blueprint.post("/mails/<kind>")(mails.save_mail)
blueprint.get("/mails/<kind>/html")(mails.show_html)
blueprint.post("/mails/<kind>/test")(mails.send_test)
blueprint.get("/remind")(mails.ask_reminding)
blueprint.post("/remind")(mails.remind)
blueprint.get("/sending/<int:message_id>")(sending.show_message)
blueprint.post("/sending/<int:message_id>/try")(sending.try_mail)
blueprint.post("/sending/<int:message_id>/hold")(sending.hold_mail)
blueprint.post("/sending/<int:message_id>/release")(sending.release_mail)
blueprint.get("/days")(days.list_days)
blueprint.get("/days/<int:slot_id>")(days.show_day)
blueprint.get("/days/<int:slot_id>/sheet")(sheet.show_sheet)
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
blueprint.get("/leaders/<int:leader_id>/address")(people.ask_address)
blueprint.post("/leaders/<int:leader_id>/address")(people.correct_address)
blueprint.post("/leaders/<int:leader_id>/address/clear")(people.clear_address)
blueprint.post("/leaders/<int:leader_id>/aliases/<int:alias_id>/remove")(people.remove_alias)
blueprint.get("/repair")(repair.show_repairs)
blueprint.post("/repair")(repair.request_repair)
blueprint.get("/runs/<int:run_id>/repair")(repair.show_repair)
BOTH = ["GET", "POST"]
blueprint.route("/days/<int:slot_id>/online", methods=BOTH)(offers.hold_day_online)
blueprint.route("/days/<int:slot_id>/in-person", methods=BOTH)(offers.hold_day_at_its_site)
blueprint.route("/opportunities/<int:opportunity_id>/words", methods=BOTH)(offers.change_words)
blueprint.route("/opportunities/<int:opportunity_id>/place", methods=BOTH)(offers.change_place)
blueprint.route("/partners/<int:partner_id>/contact", methods=BOTH)(offers.change_contact)
blueprint.route("/set-up", methods=BOTH)(set_up.set_up)
blueprint.get("/events")(events.list_events)
blueprint.route("/events/new", methods=BOTH)(events.plan_event)
blueprint.get("/events/<int:event_id>")(events.show_event)
blueprint.route("/events/<int:event_id>/change", methods=BOTH)(events.change_event)
blueprint.route("/events/<int:event_id>/online", methods=BOTH)(events.hold_online)
blueprint.route("/events/<int:event_id>/in-person", methods=BOTH)(events.hold_in_person)
blueprint.route("/events/<int:event_id>/cancel", methods=BOTH)(events.cancel_event)
blueprint.route("/events/<int:event_id>/missing", methods=BOTH)(events.invite_missing)
blueprint.route("/events/<int:event_id>/leaders/<int:leader_id>/remove", methods=BOTH)(events.remove_guest)
blueprint.route("/events/<int:event_id>/leaders/<int:leader_id>/add", methods=BOTH)(events.add_guest)
GUEST_ANSWERS = "/events/<int:event_id>/leaders/<int:leader_id>/answers"
blueprint.get(GUEST_ANSWERS)(events.show_guest_answers)
blueprint.post(GUEST_ANSWERS)(events.record_guest_answer)
blueprint.post(f"{GUEST_ANSWERS}/undo")(events.undo_guest_answer)
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
blueprint.get("/leaders/<int:leader_id>/conflicts")(conflicts.show_conflicts)
blueprint.post("/leaders/<int:leader_id>/conflicts")(conflicts.set_conflict)
blueprint.post("/leaders/<int:leader_id>/conflicts/remove")(conflicts.lift_conflict)
blueprint.get("/privacy")(privacy.show_privacy)
blueprint.get("/leaders/<int:leader_id>/data")(privacy.show_data)
blueprint.post("/leaders/<int:leader_id>/data")(privacy.export_data)
blueprint.get("/leaders/<int:leader_id>/erase")(privacy.ask_erasing)
blueprint.post("/leaders/<int:leader_id>/erase")(privacy.erase)
FeedPages("coordinator", "cohort_id").join(blueprint)


def init_runs(app: Flask, config: Config) -> None:
    """Tell the pages of `app` how long a run may take, what mail may leave, how long it is kept."""
    app.extensions[runs.SECONDS] = config.solver_seconds
    app.extensions[privacy.MESSAGE_DAYS] = config.message_days
    sending.init_sending(app, config)
