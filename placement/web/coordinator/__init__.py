"""A coordinator's pages: how a cohort stands, runs, confirming, sending, who came and what was learnt."""

from flask import Blueprint, Flask

from placement.config import Config
from placement.web import auth
from placement.web.coordinator.views import (
    afterwards,
    answers,
    attendance,
    audit,
    batches,
    board,
    compare,
    confirm,
    conflicts,
    days,
    events,
    everybody,
    imports,
    invites,
    limits,
    listed,
    mails,
    offers,
    opportunities,
    people,
    pictures,
    place_change,
    privacy,
    readiness,
    repair,
    replies,
    review,
    run_map,
    runs,
    saved,
    sending,
    set_up,
    sheet,
    sign_offs,
    start,
    swaps,
    tasks,
    waiting,
    why,
)
from placement.web.feed_pages import FeedPages

blueprint = auth.guard(Blueprint("coordinator", __name__, url_prefix="/coordinator/<int:cohort_id>"))

blueprint.get("/")(start.start)
blueprint.get("/readiness")(readiness.show_readiness)
blueprint.get("/answers")(answers.show_answers)
blueprint.get("/answers.csv")(answers.download_answers)
blueprint.get("/organisations")(sign_offs.list_organisations)
blueprint.get("/organisations.csv")(sign_offs.download_organisations)
blueprint.get("/organisations/<int:organisation_id>")(sign_offs.show_organisation)
blueprint.get("/organisations/<int:organisation_id>.csv")(sign_offs.download_organisation)
blueprint.post("/organisations/<int:organisation_id>/sign-off")(sign_offs.sign_off)
blueprint.post("/organisations/<int:organisation_id>/take-back")(sign_offs.take_back_signature)
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
blueprint.post("/runs/<int:run_id>/cancel")(board.cancel_run)
blueprint.post("/runs/<int:run_id>/approve")(board.approve_run)
blueprint.get("/runs/<int:run_id>/pictures")(pictures.show_pictures)
blueprint.get("/runs/<int:run_id>/pictures/<name>.csv")(pictures.download_picture)
blueprint.get("/runs/<int:run_id>/map", endpoint="show_run_map")(run_map.show_map)
blueprint.get("/runs/<int:run_id>/map.svg", endpoint="download_run_map")(run_map.download_map)
blueprint.get("/runs/<int:run_id>/map.csv", endpoint="download_run_places")(run_map.download_places)
blueprint.get("/fixed")(board.list_fixed)
blueprint.post("/fixed/undo")(board.undo_fixing)
blueprint.post("/fixed/redo")(board.redo_fixing)
blueprint.post("/fixed/<int:pair_id>/take-back")(board.take_back)
blueprint.post("/runs/<int:run_id>/notes/<int:note_id>/remove")(board.remove_note)
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
blueprint.get("/days.csv")(days.download_roster)
blueprint.get("/days/<int:slot_id>")(days.show_day)
blueprint.get("/days/<int:slot_id>/sheet")(sheet.show_sheet)
blueprint.get("/days/<int:slot_id>/change")(days.ask_change)
blueprint.post("/days/<int:slot_id>/change")(days.change_day)
blueprint.get("/days/<int:slot_id>/withdraw")(days.ask_withdrawal)
blueprint.post("/days/<int:slot_id>/withdraw")(days.withdraw_day)
blueprint.post("/days/<int:slot_id>/restore")(days.restore_day)
blueprint.post("/days/<int:slot_id>/withdrawal/put-away")(days.note_withdrawal)
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
blueprint.get("/opportunities")(opportunities.list_opportunities)
blueprint.get("/opportunities.csv")(opportunities.download_opportunities)
blueprint.get("/opportunities/<int:opportunity_id>")(opportunities.show_opportunity)
blueprint.post("/opportunities/<int:opportunity_id>/approve")(opportunities.approve)
blueprint.post("/opportunities/<int:opportunity_id>/return")(opportunities.send_back)
blueprint.get("/waiting-list")(waiting.show_waiting_list)
blueprint.get("/days/<int:slot_id>/offer/<int:leader_id>")(waiting.ask_seat_offer)
blueprint.post("/days/<int:slot_id>/offer/<int:leader_id>")(waiting.offer_seat)
blueprint.post("/waiting-list/<int:offer_id>/take-back")(waiting.withdraw_seat_offer)
blueprint.post("/waiting-list/<int:offer_id>/put-away")(waiting.note_seat_offer)
BOTH = ["GET", "POST"]
IN_RUN = "/runs/<int:run_id>/leaders/<int:leader_id>"
blueprint.route(f"{IN_RUN}/change", methods=BOTH)(place_change.exchange_place)
blueprint.route(f"{IN_RUN}/keep/<int:slot_id>", methods=BOTH)(board.keep_place)
blueprint.route(f"{IN_RUN}/never/<int:slot_id>", methods=BOTH)(board.rule_out)
blueprint.route("/runs/<int:run_id>/notes", methods=BOTH)(board.write_note)
blueprint.route("/runs/<int:run_id>/notes/<int:note_id>", methods=BOTH)(board.change_note)
blueprint.route("/days/<int:slot_id>/online", methods=BOTH)(offers.hold_day_online)
blueprint.route("/days/<int:slot_id>/in-person", methods=BOTH)(offers.hold_day_at_its_site)
blueprint.route("/opportunities/<int:opportunity_id>/words", methods=BOTH)(offers.change_words)
blueprint.route("/opportunities/<int:opportunity_id>/place", methods=BOTH)(offers.change_place)
blueprint.route("/partners/<int:partner_id>/contact", methods=BOTH)(offers.change_contact)
blueprint.route("/partners/<int:partner_id>/limits", methods=BOTH)(limits.change_limits)
blueprint.route("/set-up", methods=BOTH)(set_up.set_up)
blueprint.route("/import", methods=BOTH)(imports.send_sheets)
blueprint.get("/import/check")(imports.check_sheets)
blueprint.post("/import/check")(imports.import_rows)
blueprint.post("/import/forget")(imports.forget_sheets)
blueprint.get("/import/faults.csv")(imports.download_faults)
blueprint.get("/import/changes.csv")(imports.download_changes)
blueprint.get("/import/what-to-fix/<sheet>.csv")(imports.download_mended)
blueprint.get("/import/what-to-fix.xlsx")(imports.download_all_mended)
blueprint.get("/import/templates.xlsx")(imports.download_templates)
blueprint.get("/import/templates/<sheet>.csv")(imports.download_template)
blueprint.get("/imports")(batches.list_batches)
blueprint.get("/imports/<int:batch_id>")(batches.ask_undo)
blueprint.post("/imports/<int:batch_id>")(batches.undo)
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
blueprint.get("/swaps")(swaps.list_swaps)
blueprint.get("/swaps/<int:request_id>")(swaps.show_swap)
blueprint.route("/swaps/<int:request_id>/refuse", methods=BOTH)(swaps.refuse_request)
blueprint.get("/swaps/<int:request_id>/seats/<int:slot_id>")(swaps.ask_seat_swap)
blueprint.post("/swaps/<int:request_id>/seats/<int:slot_id>")(swaps.grant_seat_swap)
blueprint.get("/swaps/<int:request_id>/exchanges/<int:other_id>")(swaps.ask_exchange)
blueprint.post("/swaps/<int:request_id>/exchanges/<int:other_id>")(swaps.grant_exchange)
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
blueprint.get("/people")(everybody.show_people)
blueprint.get("/people.csv")(everybody.download_people)
blueprint.get("/people/check")(everybody.check_people)
blueprint.post("/people/do")(everybody.act_for_people)
blueprint.post("/views/<page>")(saved.save_view)
blueprint.post("/views/<int:view_id>/remove")(saved.remove_view)
blueprint.get("/funnel.csv")(start.download_funnel)
blueprint.get("/audit")(audit.show_log)
blueprint.get("/audit.csv")(audit.download_log)
blueprint.post("/audit/check")(audit.check_log)
blueprint.get("/attendance")(attendance.show_attendance)
blueprint.get("/attendance/people")(attendance.show_attendance_people)
blueprint.get("/attendance.csv")(attendance.download_attendance)
blueprint.post("/attendance/close")(attendance.close_attendance)
blueprint.post("/attendance/reopen")(attendance.reopen_attendance)
ATTENDANCE = "/days/<int:slot_id>/attendance"
blueprint.get(ATTENDANCE)(attendance.show_day_attendance)
blueprint.post(ATTENDANCE)(attendance.mark_attendance)
blueprint.post(f"{ATTENDANCE}/rest")(attendance.mark_rest)
blueprint.post(f"{ATTENDANCE}/rest/<batch>/undo")(attendance.undo_rest)
blueprint.get(f"{ATTENDANCE}/extra")(attendance.ask_extra)
blueprint.post(f"{ATTENDANCE}/extra")(attendance.add_extra)
blueprint.get("/feedback")(afterwards.show_feedback)
blueprint.get("/feedback.csv")(afterwards.download_feedback)
blueprint.get("/reflections")(afterwards.show_reflections)
FeedPages("coordinator", "cohort_id").join(blueprint)


def init_runs(app: Flask, config: Config) -> None:
    """Tell the pages of `app` how long a run may take, what mail may leave, how long it is kept."""
    app.extensions[runs.SECONDS] = config.solver_seconds
    app.extensions[privacy.MESSAGE_DAYS] = config.message_days
    sending.init_sending(app, config)
