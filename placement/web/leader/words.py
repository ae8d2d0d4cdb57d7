"""What the leader's pages say of opportunities and of changes."""

from collections.abc import Iterable
from dataclasses import dataclass

from placement.domain.eligibility import Reason
from placement.services.choices import RankingChange
from placement.services.reports.explanations import OwnExplanations
from placement.services.reports.leader import Answers, Offer, Standing
from placement.services.reports.leader_days import PlacementDay
from placement.web.explaining import Speech, leader_words
from placement.web.presenters import count

CHECKS = {"none": "no DBS check", "basic": "a basic DBS check", "enhanced": "an enhanced DBS check"}
AGAINST: dict[Reason, str] = {
    "check": "it needs {check}, which we do not have for you",
    "step-free": "it is not step-free, which you need",
    "women-only": "it is for women only",
    "too-far": "it is {far} km away, and you travel {most} km at most",
    "cannot": "you cannot do any of its days",
}


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


def change_words(change: RankingChange) -> str:
    """What became of a choice: "Food bank morning is now choice 2 of 5."."""
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


def _detail(offer: Offer) -> str:
    parts = [offer.partner, distance(offer), count(len(offer.days), "day")]
    return " · ".join(part for part in parts if part)


def _against(offer: Offer, reason: Reason) -> str:
    far, most = offer.kilometres or 0.0, offer.max_km or 0.0
    digits = 1 if round(far) == round(most) else 0
    return AGAINST[reason].format(
        check=CHECKS[offer.check_required], far=f"{far:.{digits}f}", most=f"{most:.{digits}f}"
    )


def _km(kilometres: float) -> str:
    return f"{kilometres:.0f}" if kilometres >= 1 else f"{kilometres:.1f}"
