"""The history of a mail in words: what became of each try, and what can be done now."""

from collections.abc import Mapping

from placement.domain.sending import SendingRules
from placement.services.reports.delivery import Delivery, Try
from placement.web.coordinator.words.runs import State

OUTCOMES: Mapping[str, State] = {
    "sent": State("Sent", "green"),
    "put_off": State("Put off", "blue"),
    "refused": State("Refused", "red"),
    "unknown": State("Not known", "orange"),
    "unwritable": State("Not written", "red"),
    "interrupted": State("Broken off", "orange"),
    "held": State("Held back", "orange"),
    "released": State("Released", "blue"),
    "asked": State("Asked for", "blue"),
}

MEANT: Mapping[str, str] = {
    "sent": "The mail server took it.",
    "put_off": "The mail server did not take it for now.",
    "refused": "The mail server refused it for good.",
    "unknown": "The whole mail had gone when the connection was lost, so it may have arrived.",
    "unwritable": "It was not sent.",
    "interrupted": "",
    "held": "",
    "released": "Somebody released it.",
    "asked": "Somebody asked for another try at once.",
}

SERVER_SPOKE = frozenset({"sent", "put_off", "refused", "unknown"})


def meaning(one: Try) -> str:
    """What a line of the history means, with what was said."""
    said = f"It said: “{one.said}”." if one.said and one.outcome in SERVER_SPOKE else one.said
    return " ".join(filter(None, (MEANT[one.outcome], said)))


def may_try(found: Delivery) -> bool:
    """Whether it can be asked for another try."""
    return found.mail.status in {"todo", "failed"}


def may_hold(found: Delivery) -> bool:
    """Whether it waits, so that it can be held back."""
    return found.mail.status == "todo"


def may_release(found: Delivery, rules: SendingRules) -> bool:
    """Whether releasing it would let it leave."""
    return found.mail.status == "held" and not rules.held_because(found.domain)


def kept_back(found: Delivery, rules: SendingRules) -> str:
    """Why releasing it would not let it leave; empty where it would, or where it is not held."""
    why = rules.held_because(found.domain) if found.mail.status == "held" else ""
    return f"It cannot be released now. {why} Whoever runs this service can change that." if why else ""


def content_missing(found: Delivery) -> str:
    """Why what it says cannot be shown."""
    if found.secret:
        return "What it says is not shown, because it lets its reader sign in."
    return "It has not been put into words yet: that happens right before the first try."
