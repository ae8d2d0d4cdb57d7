"""Rows for every table, by the migration that makes it, written as plain SQL that needs no model."""

from typing import Any

Rows = list[tuple[str, dict[str, Any]]]

THEN = "2027-01-12 12:00:00+00"
STARTS, ENDS = "2027-02-03 09:30:00+00", "2027-02-03 16:00:00+00"
LATER_STARTS, LATER_ENDS = "2027-02-04 09:30:00+00", "2027-02-04 16:00:00+00"
VERSION = "alembic_version"

_COHORT = {
    "programme_id": 1,
    "created_at": THEN,
    "preferences_close_at": None,
    "choices_minimum": 3,
    "objective": "generous",
    "seed": "a seed",
    "place_unranked": True,
    "max_same_organisation": None,
    "min_sectors": 2,
    "max_per_partner": None,
    "teams": "spread",
    "gap_minutes": 30,
}
_LEADER = {
    "cohort_id": 1,
    "organisation_id": 1,
    "sector": "hospital",
    "role": "ward manager",
    "pay_band": "7",
    "gender": "F",
    "base_postcode": "FY1 1AA",
    "latitude": 53.8,
    "longitude": -3.05,
    "check_held": "basic",
    "travel": "car",
    "max_km": 12.5,
    "days": 1,
}
_SLOT = {"cohort_id": 1, "partner_id": 1, "opportunity_id": 1, "minimum": 1}
_PLACEMENT = {"cohort_id": 1, "match_run_id": 1, "rank": 1, "confirmed_at": THEN}
_MESSAGE = {
    "recipient": "lea@people.example",
    "recipient_name": "Lea",
    "payload": '{"days": 1}',
    "due_at": THEN,
    "created_at": THEN,
    "attempts": 1,
    "unknowns": 0,
}
_REPLY = {
    "message_id": "<reply@people.example>",
    "received_at": THEN,
    "sender": "lea@people.example",
    "comment": "Café 🍲",
}
_EVENT = {
    "cohort_id": 1,
    "team_id": None,
    "title": "Café talk 🍲",
    "description": "",
    "starts_at": STARTS,
    "ends_at": ENDS,
    "address": "1 High Street",
    "postcode": "FY1 2AB",
    "joining_link": "https://meet.example/2",
    "created_at": THEN,
}
_RUN = {
    "cohort_id": 1,
    "objective": "generous",
    "seed": "a seed",
    "frozen_input": '{"leaders": []}',
    "input_digest": "0" * 64,
    "settings": "{}",
    "requested_by": "coordinator@people.example",
    "requested_at": THEN,
}

BY_REVISION: dict[str, Rows] = {
    "0001_programmes": [
        ("programme", {"id": 1, "name": "Leading together"}),
        ("cohort", {"id": 1, "name": "Spring", **_COHORT}),
        ("cohort", {"id": 2, "name": "Autumn", **_COHORT}),
        ("organisation", {"id": 1, "cohort_id": 1, "name": "Hospital"}),
        ("team", {"id": 1, "cohort_id": 1, "name": "North"}),
    ],
    "0002_people": [
        ("user", {"id": 1, "email": "lea@people.example", "name": "Lea"}),
        ("user", {"id": 2, "email": "lou@people.example", "name": "Lou O'Synthetic"}),
        ("coordinator", {"id": 1, "user_id": 2, "cohort_id": 1, "role": "coordinator"}),
        ("leader", {"id": 1, "user_id": 1, "name": "Lea", "team_id": 1, "submitted_at": THEN, **_LEADER}),
        ("leader", {"id": 2, "user_id": 2, "name": "Lou", "team_id": None, "submitted_at": None, **_LEADER}),
        (
            "partner",
            {
                "id": 1,
                "cohort_id": 1,
                "user_id": 2,
                "name": "Food bank",
                "theme": "food",
                "contact_name": "Lou",
                "phone": "01632 960000",
                "website": "https://food.example",
                "about": "Café for all 🍲",
            },
        ),
    ],
    "0003_opportunities": [
        (
            "site",
            {
                "id": 1,
                "cohort_id": 1,
                "partner_id": 1,
                "address": "1 High Street",
                "postcode": "FY1 2AB",
                "latitude": None,
                "longitude": None,
            },
        ),
        (
            "opportunity",
            {
                "id": 1,
                "cohort_id": 1,
                "partner_id": 1,
                "site_id": 1,
                "reference": "opp-1",
                "title": "A morning",
                "description": "Sort donations.",
                "what_to_know": "",
                "check_required": "basic",
                "step_free": True,
                "women_only": False,
            },
        ),
        (
            "slot",
            {
                "id": 1,
                "reference": "slot-1",
                "starts_at": STARTS,
                "ends_at": ENDS,
                "capacity": 2,
                "status": "open",
                **_SLOT,
            },
        ),
        (
            "slot",
            {
                "id": 2,
                "reference": "slot-2",
                "starts_at": LATER_STARTS,
                "ends_at": LATER_ENDS,
                "capacity": 1,
                "status": "withdrawn",
                **_SLOT,
            },
        ),
    ],
    "0004_preferences": [
        ("preference", {"id": 1, "cohort_id": 1, "leader_id": 1, "opportunity_id": 1, "rank": 1}),
        ("date_answer", {"id": 1, "cohort_id": 1, "leader_id": 1, "date": "2027-02-04", "answer": "cannot"}),
    ],
    "0005_match_runs": [
        ("match_run", {"id": 1, "status": "confirmed", "result": '{"pairs": []}', **_RUN}),
        ("match_run", {"id": 2, "status": "failed", "failure": "no time left", **_RUN}),
        (
            "assignment",
            {"id": 1, "cohort_id": 1, "match_run_id": 1, "leader_id": 1, "slot_id": 1, "rank": 1},
        ),
        (
            "assignment",
            {"id": 2, "cohort_id": 1, "match_run_id": 1, "leader_id": 2, "slot_id": 1, "rank": None},
        ),
    ],
    "0006_placements": [
        (
            "placement",
            {
                "id": 1,
                "leader_id": 1,
                "slot_id": 1,
                "starts_at": STARTS,
                "ends_at": ENDS,
                "status": "confirmed",
                **_PLACEMENT,
            },
        ),
        (
            "placement",
            {
                "id": 2,
                "leader_id": 2,
                "slot_id": 2,
                "starts_at": LATER_STARTS,
                "ends_at": LATER_ENDS,
                "status": "cancelled",
                "cancelled_at": THEN,
                **_PLACEMENT,
            },
        ),
        (
            "invite",
            {
                "id": 1,
                "cohort_id": 1,
                "placement_id": 1,
                "leader_id": 1,
                "uid": "one@placement.example",
                "sequence": 2,
                "revision": 3,
                "dtstamp": THEN,
                "created_at": THEN,
                "state": "sent",
                "partstat": "ACCEPTED",
            },
        ),
    ],
    "0007_outbox": [
        (
            "message",
            {
                "id": 1,
                "cohort_id": 1,
                "invite_id": 1,
                "kind": "placement_confirmed",
                "idem_key": "1" * 64,
                "message_id": "<1@placement.example>",
                "octets": b"Subject: \xc3\xa9\r\n\r\n\x00",
                "status": "sent",
                **_MESSAGE,
            },
        ),
        (
            "message",
            {
                "id": 2,
                "cohort_id": None,
                "invite_id": None,
                "kind": "sign_in",
                "idem_key": "2" * 64,
                "message_id": "<2@placement.example>",
                "octets": None,
                "status": "todo",
                **_MESSAGE,
            },
        ),
    ],
    "0008_signing_in": [
        (
            "sign_in_link",
            {
                "id": 1,
                "user_id": 1,
                "token_hash": "3" * 64,
                "code_hash": "4" * 64,
                "created_at": THEN,
                "expires_at": ENDS,
            },
        ),
        (
            "signed_in",
            {"id": 1, "user_id": 1, "token_hash": "5" * 64, "created_at": THEN, "seen_at": THEN},
        ),
        ("hit", {"bucket": "sign_in:lea", "window_starts_at": THEN, "count": 2}),
        ("access_need", {"leader_id": 1, "ciphertext": b"\x80sealed\x00"}),
    ],
    "0009_audit": [
        (
            "audit_event",
            {
                "id": 1,
                "at": THEN,
                "actor": "user:2",
                "cohort_id": 1,
                "verb": "confirm_run",
                "subject": "match_run:1",
                "facts": '{"placed": 1}',
                "previous_hash": "0" * 64,
                "hash": "6" * 64,
            },
        ),
    ],
    "0010_repairs": [
        ("match_run", {"id": 2, "kind": "repair"}),
        ("leader", {"id": 2, "withdrawn_at": THEN}),
        ("slot", {"id": 1, "wanted_capacity": 1}),
    ],
    "0011_replies": [
        ("invite", {"id": 1, "partstat_stamp": THEN, "partstat_seq": 2}),
        (
            "reply",
            {
                "id": 1,
                "cohort_id": 1,
                "invite_id": 1,
                "action": "applied",
                "reason": "accepted",
                "partstat": "ACCEPTED",
                "octets": None,
                "digest": "7" * 64,
                **_REPLY,
            },
        ),
        (
            "reply",
            {
                "id": 2,
                "cohort_id": None,
                "invite_id": None,
                "action": "review",
                "reason": "no_calendar",
                "partstat": None,
                "octets": b"Subject: \xc3\xa9\r\n\r\n\x00",
                "digest": "8" * 64,
                **_REPLY,
            },
        ),
    ],
    "0012_feeds": [
        (
            "feed",
            {
                "id": 1,
                "user_id": 1,
                "purpose": "leader",
                "subject_id": 1,
                "token_hash": "7" * 64,
                "created_at": THEN,
                "last_used_at": THEN,
                "revoked_at": None,
            },
        ),
    ],
    "0013_deliveries": [
        (
            "delivery_try",
            {"id": 1, "message_id": 1, "at": THEN, "outcome": "sent", "said": "250 2.0.0 queued as 🍲"},
        ),
    ],
    "0014_schedule": [
        (
            "schedule",
            {
                "name": "sweep",
                "next_at": THEN,
                "lease_until": ENDS,
                "lease_token": "a worker",
                "last_ran_at": THEN,
                "last_error": "Café",
            },
        ),
        ("worker", {"name": "host-1-2", "engine": "inprocess", "started_at": THEN, "seen_at": THEN}),
        ("match_run", {"id": 2, "lease_token": "a worker"}),
    ],
    "0015_doors": [
        ("user", {"id": 1, "bounced_at": THEN, "bounce_reason": "5.1.1: No such person"}),
        ("leader", {"id": 1, "matched_as": "lea@before.example"}),
        ("invite", {"id": 1, "state": "undelivered"}),
        (
            "mailbox_position",
            {
                "id": 1,
                "mailbox": "us@mail.example",
                "uid_validity": 2**32 - 1,
                "last_uid": 7,
                "read_at": THEN,
            },
        ),
    ],
    "0016_answers": [
        ("reply", {"id": 1, "sender_check": "passed"}),
        ("reply", {"id": 2, "settled_at": THEN, "settled_by": "user:2", "outcome": "nothing"}),
        ("user_alias", {"id": 1, "user_id": 1, "email": "lea.home@people.example", "created_at": THEN}),
        (
            "held_answer",
            {
                "id": 1,
                "cohort_id": 1,
                "invite_id": 1,
                "reply_id": 1,
                "partstat": "ACCEPTED",
                "sequence": 2,
                "way": "mail",
                "actor": "upgrade",
                "note": "Café 🍲",
                "given_at": THEN,
                "held_at": THEN,
            },
        ),
        (
            "held_answer",
            {
                "id": 2,
                "cohort_id": 1,
                "invite_id": 1,
                "reply_id": None,
                "partstat": "DECLINED",
                "sequence": 2,
                "way": "coordinator",
                "actor": "user:2",
                "note": "",
                "given_at": THEN,
                "held_at": THEN,
                "undone_at": THEN,
            },
        ),
        (
            "task",
            {
                "id": 1,
                "cohort_id": 1,
                "leader_id": 1,
                "placement_id": 1,
                "answer_id": 2,
                "opened_at": THEN,
                "closed_at": THEN,
                "outcome": "changed",
            },
        ),
    ],
    "0017_letters": [
        (
            "wording",
            {
                "cohort_id": 1,
                "kind": "thank_you",
                "intro": "Café for all 🍲",
                "goes": False,
                "version": 2,
                "updated_at": THEN,
                "updated_by": 2,
            },
        ),
        ("opt_out", {"user_id": 1, "sort": "reminders", "since": THEN}),
        ("opportunity", {"id": 1, "renewed_at": THEN}),
    ],
    "0018_events": [
        (
            "event",
            {
                "id": 1,
                "reference": "EVENT001",
                "kind": "workshop",
                "mode": "in_person",
                "status": "planned",
                **_EVENT,
            },
        ),
        (
            "event",
            {
                "id": 2,
                "reference": "EVENT002",
                "kind": "coaching",
                "mode": "virtual",
                "status": "cancelled",
                **_EVENT,
            },
        ),
        (
            "event_guest",
            {"id": 1, "cohort_id": 1, "event_id": 1, "leader_id": 2, "added_at": THEN, "removed_at": None},
        ),
        (
            "invite",
            {
                "id": 2,
                "cohort_id": 1,
                "placement_id": None,
                "event_id": 1,
                "leader_id": 2,
                "uid": "two@placement.example",
                "sequence": 0,
                "revision": 0,
                "dtstamp": THEN,
                "created_at": THEN,
                "state": "past",
                "partstat": "NEEDS-ACTION",
            },
        ),
        ("slot", {"id": 2, "joining_link": "https://meet.example/1"}),
    ],
    "0019_calendar_version": [
        ("calendar_version", {"cohort_id": 1, "version": 7, "changed_in": None}),
        ("feed", {"id": 1, "tag": "6" * 64, "tag_of": "5" * 64, "tag_until": ENDS}),
    ],
    "0020_written_mails": [],
}
