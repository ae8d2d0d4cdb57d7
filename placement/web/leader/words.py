"""What the leader's pages say of opportunities and of changes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from placement.domain.eligibility import Reason
from placement.domain.geo import FAST_KM_H, ROADS_ARE_LONGER, SLOW_KM_H, drive_minutes
from placement.domain.text import time_in_words
from placement.services.choices import RankingChange
from placement.services.refusals import SCARCE, Refusal
from placement.services.reports.explanations import OwnExplanations
from placement.services.reports.leader import Answers, Offer, OfferedDay, Standing
from placement.services.reports.leader_days import PlacementDay
from placement.web.explaining import Speech, leader_words
from placement.web.leader.about_words import tie_words
from placement.web.presenters import choice, count, day, listed, moment, span

CHECKS = {"none": "no DBS check", "basic": "a basic DBS check", "enhanced": "an enhanced DBS check"}
AGAINST: dict[Reason, str] = {
    "conflict": "{tie}",
    "check": "it needs {check}, which we do not have for you",
    "step-free": "it is not step-free, which you need",
    "women-only": "it is for women only",
    "too-far": "it is {far} km away, and you travel {most} km at most",
    "refused": "you said that you would not go to it",
    "cannot": "you cannot do any of its days",
}

DISTANCE_RULE = (
    "The distance is a straight line from your postcode. By car, the road is taken to be "
    f"{ROADS_ARE_LONGER} times as long, at {FAST_KM_H} km an hour at best and {SLOW_KM_H} at worst, "
    "rounded up to 5 minutes. "
    "Traffic, hills and parking are not counted, and public transport is not known here."
)

FILE_HEAD = (
    *("Number", "Placement", "Partner", "Theme", "Area", "Distance in km", "Days", "Step-free"),
    "Your choice",
)
"""What stands above `file_row`."""


@dataclass(frozen=True)
class Choice:
    """One row of the list that leaders put in order."""

    id: int
    title: str
    detail: str
    hints: tuple[str, ...]


def choices(offers: Iterable[Offer]) -> list[Choice]:
    """The rows of a ranking."""
    return [Choice(offer.id, offer.title, _detail(offer), hints(offer)) for offer in offers]


def hints(offer: Offer) -> tuple[str, ...]:
    """Why the leader cannot be given `offer` as things stand; empty where nothing stands against it."""
    if "gone" in offer.hints:
        return ("This placement has no days any more. Take it off your list.",)
    against = [_against(offer, reason) for reason in offer.hints if reason != "gone"]
    return (f"As things stand you cannot be given this placement: {'; '.join(against)}.",) if against else ()


def distance(offer: Offer | PlacementDay) -> str:
    """How far away it is: "about 4 km away in a straight line"; empty where that is not known."""
    return "" if offer.kilometres is None else f"about {_km(offer.kilometres)} km away in a straight line"


def where(place: Offer | PlacementDay) -> str:
    """Where it is, on one line: address, postcode, how far away; the link where people meet online."""
    if isinstance(place, PlacementDay) and place.joining_link:
        return f"Online: {place.joining_link}"
    known = place.postcode and place.postcode.casefold() in place.address.casefold()
    return ", ".join(filter(None, (place.address, "" if known else place.postcode, distance(place))))


def contact(placed: PlacementDay) -> str:
    """Whom to ask about the day: name, telephone, e-mail address."""
    return ", ".join(filter(None, (placed.contact_name, placed.phone, placed.email)))


def requirements(offer: Offer) -> list[str]:
    """What a visitor needs or finds there, in a few words each."""
    check = [f"Needs {CHECKS[offer.check_required]}"] if offer.check_required != "none" else []
    women = ["Women only"] if offer.women_only else []
    return [*check, *women, "Step-free" if offer.step_free else "Not step-free"]


def away(offer: Offer) -> str:
    """How far away it is and how to judge the way; empty where that is not known or it is online."""
    if offer.kilometres is None or offer.position is None:
        return ""
    if offer.no_car:
        return f"about {_km(offer.kilometres)} km away, check public transport"
    least, most = drive_minutes(offer.kilometres)
    minutes = f"{least} minutes" if least == most else f"{least} to {most} minutes"
    return f"about {_km(offer.kilometres)} km away, roughly {minutes} by car"


def place(offer: Offer) -> str:
    """The area with how far it is: "Arrowdale · about 4 km away, roughly 10 to 15 minutes by car"."""
    return " · ".join(filter(None, (offer.area, away(offer))))


def first_days(offer: Offer, most: int = 3) -> str:
    """The first few days, and how many more there are."""
    named = [_short(one) for one in offer.days[:most]]
    more = len(offer.days) - most
    return listed([*named, count(more, "more day")] if more > 0 else named)


def day_lines(offer: Offer) -> list[str]:
    """Each day with its hours, and what the leader said of it unless they can."""
    said = {"cannot": " (you cannot)", "if_need_be": " (if need be)"}
    return [
        span(one.starts_at, one.ends_at) + (", online" if one.virtual else "") + said.get(one.answer, "")
        for one in offer.days
    ]


def compared(one: Offer, other: Offer) -> list[tuple[str, list[str], list[str]]]:
    """Two placements side by side: a name, and the lines of each."""
    rows: list[tuple[str, Callable[[Offer], list[str]]]] = [
        ("With", lambda offer: [offer.partner]),
        ("Theme", lambda offer: [offer.theme or "Not said"]),
        ("What you will do", lambda offer: offer.description.splitlines() or ["Not said yet"]),
        ("Area", lambda offer: [offer.area or "Not known"]),
        ("Distance", lambda offer: [away(offer).capitalize() or "Not known"]),
        ("Days", day_lines),
        ("What it needs", requirements),
        ("For you", lambda offer: [*hints(offer)] or ["Nothing stands against it"]),
        ("Your choice", lambda offer: [choice(offer.rank).capitalize()]),
    ]
    return [(name, lines(one), lines(other)) for name, lines in rows]


def file_row(number: int, offer: Offer) -> list[str | int]:
    """A placement as a row of a file."""
    far = "" if offer.kilometres is None else _km(offer.kilometres)
    days = "; ".join(span(one.starts_at, one.ends_at) for one in offer.days)
    step_free = "yes" if offer.step_free else "no"
    return [
        number,
        offer.title,
        offer.partner,
        offer.theme,
        offer.area,
        far,
        days,
        step_free,
        offer.rank or "",
    ]


def refusal_words(outcome: Refusal) -> str:
    """What became of a placement that the leader would not, or would, go to."""
    left = f"You have {count(outcome.left, 'placement')} left to choose from."
    if not outcome.refused:
        return f"{outcome.title} is possible again. {left}"
    few = (
        " That is few: the more you rule out, the likelier it is that you get no day." if outcome.few else ""
    )
    return f"{outcome.title} is ruled out: you are never given it. {left}{few}"


def saved_words(answers: Answers, *, now: datetime) -> str:
    """When the ranking was last saved: "Saved at 9:31am.", with the day where that is not today."""
    at = answers.saved_at
    if at is None:
        return ""
    return f"Saved at {time_in_words(at)}." if day(at) == day(now) else f"Saved on {moment(at)}."


def few_left(answers: Answers) -> bool:
    """Whether the leader has ruled out so much that hardly more is left than they must choose."""
    left = sum(not offer.refused for offer in answers.offers)
    return bool(answers.refused) and left - answers.minimum <= SCARCE


def mark(offer: Offer) -> tuple[str, str]:
    """What stands on the card of an offer, and in which colour."""
    if offer.rank:
        return f"Your {choice(offer.rank)}", "green"
    return ("You would not go", "grey") if offer.refused else ("", "grey")


def far(offer: Offer) -> str:
    """How far away it is, in a table."""
    if offer.position is None or offer.kilometres is None:
        return "Online" if offer.area == "Online" else "Not known"
    return f"{_km(offer.kilometres)} km"


def address(offer: Offer) -> str:
    """Where it is, on one line."""
    known = offer.postcode and offer.postcode.casefold() in offer.address.casefold()
    return ", ".join(filter(None, (offer.address, "" if known else offer.postcode)))


def change_words(change: RankingChange) -> str:
    """What became of a choice: "Food bank morning is now choice 2 of 5."."""
    if not change.title:
        return f"The last change is undone. You have {count(change.choices, 'choice')} now."
    if change.rank is None:
        return f"{change.title} is off your list. You have {count(change.choices, 'choice')} now."
    now = " now" if change.changed else ""
    return f"{change.title} is{now} choice {change.rank} of {change.choices}."


def reasons(why: OwnExplanations) -> list[str]:
    """What each better choice of the leader would have changed for everybody, a sentence each."""
    speech = Speech(
        why.names,
        to_leader=True,
        several_days=why.several_days,
        drawn=why.drawn,
        settled=why.settled,
        fixed=why.fixed,
        barriers=why.barriers,
    )
    return [leader_words(fact, speech) for fact in why.choices]


def progress(answers: Answers) -> str:
    """How many choices there are, and how many are still needed."""
    chosen = count(len(answers.ranked), "choice")
    if not answers.standing.window.is_open:
        return f"You have {chosen}."
    if not answers.ranked:
        return f"Nothing is chosen yet. Choose at least {answers.minimum}."
    if answers.missing:
        return f"You have {chosen}. Choose {answers.missing} more: at least {answers.minimum} are needed."
    return f"You have {chosen}. At least {answers.minimum} {'is' if answers.minimum == 1 else 'are'} needed."


def standing_words(standing: Standing) -> str:
    """Where the leader stands before the match: what changes do, and until when."""
    if not standing.window.is_open:
        return standing.window.sentence
    if standing.submitted_at is None:
        return f"Your answers are saved as you go, and count when you submit them. {standing.window.sentence}"
    return f"Your answers are in. Changes you make {standing.window.until} count at once."


def _short(one: OfferedDay) -> str:
    return day(one.starts_at).rsplit(" ", 1)[0]  # nobody needs to hear the year of a day this season


def _detail(offer: Offer) -> str:
    parts = [offer.partner, place(offer), count(len(offer.days), "day")]
    return " · ".join(part for part in parts if part)


def _against(offer: Offer, reason: Reason) -> str:
    far, most = offer.kilometres or 0.0, offer.max_km or 0.0
    digits = 1 if round(far) == round(most) else 0
    return AGAINST[reason].format(
        tie=_tie(offer),
        check=CHECKS[offer.check_required],
        far=f"{far:.{digits}f}",
        most=f"{most:.{digits}f}",
    )


def _tie(offer: Offer) -> str:
    """Who said what about the leader and the partner: "you said that you fund it"."""
    if offer.conflict is None:
        return ""
    said = tie_words(offer.conflict)
    return said[:1].lower() + said[1:].rstrip(".")


def _km(kilometres: float) -> str:
    return f"{kilometres:.0f}" if kilometres >= 1 else f"{max(kilometres, 0.1):.1f}"
