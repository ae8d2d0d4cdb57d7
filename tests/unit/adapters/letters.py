"""A letter of every kind that goes by itself, with texts as awkward as people write them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from placement.adapters.messages import render_letter
from placement.domain.invites import Mailbox
from placement.domain.text import clean_line, shorten

SENDER = Mailbox("100 System Leaders", "placements@placement.example")
RECIPIENT = "zoe.okafor@trust.example"
STOP = "https://placement.example/unsubscribe/WzEsInJlbWluZGVycyJd.signed-by-the-service"
DATED = datetime(2027, 1, 27, 9, 0, tzinfo=UTC)
DAY = "Wednesday 3 February 2027"
HOURS = "9:30am to 3pm"


def facts(text: str, kind: str) -> dict[str, Any]:
    """What a letter of `kind` tells, with `text` wherever people write text."""
    line = shorten(clean_line(text), 500)
    shared = {
        "programme": line,
        "cohort": line,
        "intro": text,
        "unsubscribe_url": STOP,
        "about": {"user_id": 1},
    }
    day = {
        "title": line,
        "partner": line,
        "day": DAY,
        "hours": HOURS,
        "place": line,
        "contact_name": line,
        "contact_phone": "01632 960575",
    }
    page = {"page_url": "https://placement.example/page?a=1&b=2"}
    answers = {"answers_to": "placements@placement.example"}
    visitors = [[line, line, False], [line, "", True], ["Ada", "", False]]
    own: Mapping[str, Mapping[str, Any]] = {
        "choices_reminder": {"closes": f"{DAY}, 9:30am", "choices_minimum": 3, "placed_anyway": True} | page,
        "answers_received": {**_answers(line), **page},
        "placement_reminder": {**day, "what_to_know": text, **page},
        "day_reminder": {**day, "visitors": visitors, "coming": 2, "as_of": f"{DAY}, 9am", **page},
        "thank_you": {**day, **answers},
        "reflection_reminder": {**day, **page},
        "day_thank_you": {**day, "coming": 2, **answers},
        "who_is_coming": {
            "partner": line,
            "first": True,
            "days": [
                {
                    **{name: day[name] for name in ("title", "day", "hours", "place")},
                    **page,
                    "before": "",
                    "called_off": False,
                    "joined": [line],
                    "left": [],
                    "coming": [line],
                }
            ],
            **page,
        },
        "offer_approved": {"partner": line, "title": line, **page},
        "offer_returned": {"partner": line, "title": line, "note": text, **page},
        "seat_offer": _seat(day) | page,
        "partner_message": {**day, "heading": f"About your day at {line} on {DAY}", "text": text, **page},
        "swap_refused": _no_swap(day, text) | answers,
        "offer_renewal": {
            "partner": line,
            "offers": [[line, [f"{DAY}, {HOURS}"]], ["Café", [f"{DAY}, {HOURS}"]]],
            "renew_url": "https://placement.example/still-true/signed",
            **page,
        },
    }
    return {**shared, **own[kind]}


def _seat(day: Mapping[str, Any]) -> dict[str, Any]:
    """A seat that is offered."""
    return {
        **{name: day[name] for name in ("title", "partner", "day", "hours", "place")},
        "until": f"{DAY}, 9:30am",
        "offer_url": "https://placement.example/seat/signed",
    }


def _no_swap(day: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A swap that is not possible."""
    return {
        **{name: day[name] for name in ("title", "partner", "day", "hours", "place")},
        "answer": text,
    }


def _answers(line: str) -> dict[str, Any]:
    """What somebody has handed in."""
    return {
        "submitted": f"{DAY}, 9:30am",
        "closes": f"{DAY}, 5pm",
        "choices": [[line, line], ["Soup", "Café"]],
        "cannot": [DAY],
        "if_need_be": [],
        "can": 4,
    }


def letter(kind: str, text: str, **more: Any) -> bytes:
    """The letter as it stands on the wire."""
    return render_letter(
        kind,
        {**facts(text, kind), **more},
        sender=SENDER,
        recipient=Mailbox(text, RECIPIENT),
        message_id="<letter@placement.example>",
        date=DATED,
    )
