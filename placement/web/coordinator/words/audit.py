"""The audit log in words: who, what was done, to what, with which facts."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import url_for

from placement.domain.states import ChainFault
from placement.services.audit_chain import ChainCheck
from placement.services.reports.audit_log import LogLine
from placement.web.presenters import count, listed, moment

VERBS: Mapping[str, str] = {
    "add_alias": "Added a further address",
    "add_conflict": "Noted a conflict of interest",
    "add_site": "Added a place",
    "add_user": "Gave somebody a role",
    "accept_seat": "Said yes to a seat",
    "ask_second_step": "Was asked for the second step",
    "ask_for_swap": "Asked for a swap",
    "grant_swap": "Granted a swap",
    "refuse_swap": "Refused a swap",
    "take_back_swap": "Took back a request for a swap",
    "lapse_swap_requests": "Noted requests for swaps that had lapsed",
    "allow_opportunity": "Might go to an opportunity after all",
    "apply_retention": "Removed what is kept no longer",
    "approve_opportunity": "Approved an opportunity",
    "approve_run": "Approved a run",
    "begin_opportunity": "Began to describe an opportunity",
    "begin_second_step": "Began to set up the second step",
    "cancel_event": "Cancelled an event",
    "cancel_run": "Cancelled a run",
    "change_cohort": "Changed the set-up",
    "change_contact": "Changed a partner’s contact",
    "change_dates": "Changed somebody’s dates",
    "change_event": "Changed an event",
    "change_note": "Changed a note on a run",
    "change_opportunity": "Changed what an opportunity says",
    "change_place": "Changed where a day is",
    "change_places": "Changed the seats of a day",
    "change_ranking": "Changed choices that were sent",
    "change_slot": "Changed a day",
    "change_wording": "Changed the words of a mail",
    "check_audit_log": "Checked the audit log",
    "clear_address": "Took back that mail does not arrive",
    "close_preferences": "Closed the choices",
    "confirm_about": "Said that the facts about them are right",
    "confirm_run": "Confirmed a run",
    "correct_address": "Corrected an address",
    "decline_seat": "Said no to a seat",
    "end_seat_offer": "Ended the offer of a seat that can no longer be given",
    "expire_seat_offers": "Ended offers of seats whose time was up",
    "delete_reflection": "Deleted a reflection",
    "discard_draft": "Discarded a draft",
    "erase_leader": "Erased a leader",
    "export_subject": "Took away what is kept about somebody",
    "flag_address": "Noted that mail comes back",
    "free_expired_mail": "Freed mails that were stuck",
    "hold_mail": "Held mail back",
    "import_cohort": "Imported spreadsheets",
    "undo_import": "Undid an import",
    "ingest_reply": "Read a reply",
    "invite_to_event": "Invited to an event",
    "keep_placement": "Kept a placement after a “cannot come”",
    "leave_day": "Took somebody off a day",
    "make_feed": "Made a calendar feed",
    "make_sign_in_link": "Made a sign-in link",
    "message_people": "Wrote to everybody who comes to a day",
    "note_seat_offer": "Put away how the offer of a seat ended",
    "note_withdrawal": "Put away that a partner withdrew a day",
    "offer_opportunity": "Offered an opportunity",
    "offer_seat": "Offered a seat",
    "offer_slot": "Offered a day",
    "change_limits": "Changed the limits of a partner",
    "owe_missing_invite": "Put right a missing invite",
    "owe_reminders": "Sent reminders that were due",
    "plan_event": "Planned an event",
    "read_needs": "Read what somebody needs",
    "record_answer": "Wrote down an answer",
    "refuse_code": "Refused a wrong code",
    "refuse_second_step": "Refused a wrong code of the second step",
    "refuse_opportunity": "Would not go to an opportunity",
    "release_mail": "Let held mail go",
    "remind_now": "Sent reminders",
    "remove_alias": "Took away a further address",
    "remove_conflict": "Took back a conflict of interest",
    "remove_from_event": "Took somebody off an event",
    "remove_note": "Removed a note on a run",
    "remove_view": "Removed a saved view",
    "renew_offers": "Said that offers are still true",
    "renew_recovery_codes": "Got new recovery codes",
    "reopen_reply": "Looked at a reply again",
    "request_run": "Asked for a match run",
    "request_seat": "Gave a free seat",
    "request_sign_in": "Asked to sign in",
    "restore_leader": "Brought a leader back",
    "restore_slot": "Brought a day back",
    "resubscribe": "Wants mails again",
    "return_opportunity": "Sent an opportunity back",
    "save_feedback": "Gave feedback",
    "save_reflection": "Saved a reflection",
    "save_view": "Saved a view of a list",
    "send_opportunity": "Sent an opportunity for approval",
    "send_test_mail": "Sent a test mail",
    "settle_reply": "Settled a reply",
    "sign_in": "Signed in",
    "sign_out": "Signed out",
    "sign_out_elsewhere": "Signed out in all other browsers",
    "stop_feed": "Stopped a calendar feed",
    "submit_preferences": "Sent choices",
    "try_mail_again": "Had mail tried again",
    "turn_off_second_step": "Turned the second step off",
    "turn_on_second_step": "Turned the second step on",
    "undo_answer": "Took an answer back",
    "unsubscribe": "Wants no mails of a sort",
    "use_recovery_code": "Used a recovery code",
    "withdraw_leader": "Let a leader leave",
    "withdraw_seat_offer": "Took back the offer of a seat",
    "withdraw_slot": "Withdrew a day",
    "sign_off_list": "Noted that an organisation signed off its list",
    "take_back_sign_off": "Took back that a list is signed off",
    "write_note": "Wrote a note on a run",
}
"""What each verb of the log is called; a test finds every verb that a service writes."""
KINDS: Mapping[str, str] = {
    "cohort": "The cohort",
    "event": "Event",
    "invite": "Invite",
    "leader": "Leader",
    "match_run": "Match run",
    "message": "Mail",
    "outbox": "Mails",
    "opportunity": "Opportunity",
    "partner": "Partner",
    "placement": "Placement",
    "reply": "Reply",
    "saved_view": "Saved view",
    "seat_offer": "Offer of a seat",
    "slot": "Day",
    "task": "“Cannot come”",
    "user": "Person",
}
PARTS: Mapping[str, str] = {
    "command": "A command",
    "mailbox": "The service, reading its mailbox",
    "system": "The service itself",
    "webhook": "The service, taking in mail",
    "worker": "The service, by itself",
}
FAULTS: Mapping[ChainFault, str] = {
    "changed": "Entry {} is not as it was written.",
    "gap": "Entry {} does not follow on the one before it: something between them is gone, or was put in.",
    "missing": "Entry {} was there at an earlier check and is gone.",
}
PAGES: Mapping[str, tuple[str, str]] = {
    "event": (".show_event", "event_id"),
    "leader": (".show_person", "leader_id"),
    "match_run": (".show_run", "run_id"),
    "message": (".show_message", "message_id"),
    "reply": (".show_reply", "reply_id"),
    "slot": (".show_day", "slot_id"),
    "task": (".show_task", "task_id"),
}
"""Where a thing of each kind has a page of its own, and what the address calls it."""


def who(line: LogLine) -> str:
    """Who did it: a name, or a part of the service."""
    return line.who or PARTS.get(line.actor, line.actor.replace("_", " ").replace(":", " ").capitalize())


def parts_named(text: str) -> tuple[str, ...]:
    """The parts of the service whose words have `text` in them."""
    return tuple(part for part, words in PARTS.items() if text and text.casefold() in words.casefold())


def what(line: LogLine) -> str:
    """What was done."""
    return VERBS.get(line.verb, line.verb.replace("_", " ").capitalize())


def about(line: LogLine) -> str:
    """To what it was done: its name, else its kind and number."""
    kind = KINDS.get(line.kind, line.kind.replace("_", " ").capitalize())
    if line.kind == "cohort":
        return kind
    name = line.thing or (str(line.number) if line.number is not None else "")
    return f"{kind} {name}".rstrip() if not line.thing else f"{kind}: {name}"


def page_of(line: LogLine, cohort_id: int) -> str | None:
    """The address of the thing's own page."""
    if line.kind not in PAGES or line.number is None or (line.kind in {"leader", "slot"} and not line.thing):
        return None
    endpoint, name = PAGES[line.kind]
    values: dict[str, Any] = {"cohort_id": cohort_id, name: line.number}
    return url_for(endpoint, **values)


def facts(line: LogLine) -> list[str]:
    """The facts, each in a few words; a change as "before → after"."""
    told = dict(line.facts)
    found = []
    if "before" in told and "after" in told:
        found.append(f"{_value(told.pop('before'))} → {_value(told.pop('after'))}")
    for name, value in told.items():
        found += _fact(name, value)
    return found


def chain_state(check: ChainCheck) -> str:
    """How the last check of the chain ended."""
    if check.fault is not None and check.broken_at is not None:
        return FAULTS[check.fault].format(check.broken_at)
    entries = count(check.events, "entry", "entries")
    return f"Checked on {moment(check.at)}: {entries}, none changed and none missing."


def _fact(name: str, value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part, change in value.items():
            yield f"{_plain(part)}: {_change(change)}"
    else:
        yield f"{_plain(name)}: {_value(value)}"


def _change(value: object) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{_value(value[0])} → {_value(value[1])}"
    return _value(value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value in ("", []):
        return "none"
    if isinstance(value, list):
        return listed(_value(one) for one in value)
    return _moment(str(value))


def _moment(text: str) -> str:
    """A moment as people say it; any other text as it is."""
    try:
        at = datetime.fromisoformat(text) if len(text) > 18 and text[10] == "T" else None
    except ValueError:
        at = None
    return moment(at) if at is not None and at.tzinfo else text


def _plain(name: str) -> str:
    return name.replace("_", " ")
