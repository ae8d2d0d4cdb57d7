"""What a leader looks for among the placements on offer: all of it in the address, a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from placement.domain.text import DAY_NAMES, to_london
from placement.services.reports.leader import Offer

PAGE_SIZE = 20
DISTANCES = (5, 10, 15, 20, 30, 50)
YES = "yes"
NAMES = frozenset({"theme", "area", "day", "within", "step_free", "possible", "page"})
"""What an address may hold of it."""


@dataclass(frozen=True)
class Narrowing:
    """One filter that is set: its name in the address, what it asks for in words, which offers it keeps."""

    name: str
    value: str
    words: str
    keeps: Callable[[Offer], bool]


@dataclass(frozen=True)
class Looser:
    """A filter that could be dropped, and how many offers there would be without it."""

    words: str
    number: int
    address: Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """One filter as the form asks it: values with their words, and the one that is `chosen`."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Found:
    """What was looked for: `found` are all offers, `rows` those of this page.

    `address` is what the address holds of it, without the page. `looser` is what to drop where nothing is
    found.
    """

    found: tuple[Offer, ...]
    rows: tuple[Offer, ...]
    total: int
    page: int
    pages: int
    narrowings: tuple[Narrowing, ...]
    looser: tuple[Looser, ...]
    questions: tuple[Question, ...]
    address: Mapping[str, str]

    @property
    def first(self) -> int:
        """The number of the first row of this page."""
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def paged(self) -> dict[str, Any]:
        """What the address of this page of the list holds beside `address`."""
        return {"page": self.page} if self.page > 1 else {}

    @property
    def here(self) -> dict[str, Any]:
        """What the address of this very page holds."""
        return {**self.address, **self.paged}

    def chosen(self, name: str) -> bool:
        """Whether a filter that is only on or off is on."""
        return name in self.address


def look(offers: Sequence[Offer], asked: Mapping[str, str]) -> Found:
    """The part of `offers` that an address asks for; what means nothing in it is passed over."""
    questions = _questions(offers, asked)
    narrowings = _narrowings(questions, asked)
    found = tuple(offer for offer in offers if all(one.keeps(offer) for one in narrowings))
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(_number(asked.get("page", "")) or 1, pages)
    return Found(
        found=found,
        rows=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(offers),
        page=page,
        pages=pages,
        narrowings=narrowings,
        looser=() if found else _looser(offers, narrowings),
        questions=questions,
        address={one.name: one.value for one in narrowings},
    )


def possible(offer: Offer) -> bool:
    """Whether nothing stands against giving the leader this offer."""
    return not offer.hints


def _questions(offers: Sequence[Offer], asked: Mapping[str, str]) -> tuple[Question, ...]:
    themes = sorted({offer.theme for offer in offers if offer.theme}, key=str.casefold)
    areas = sorted({offer.area for offer in offers if offer.area}, key=str.casefold)
    weekdays = sorted({number for offer in offers for number in _weekdays(offer)})
    kinds = (
        ("theme", "Theme", [(theme, theme) for theme in themes]),
        ("area", "Area", [(area, area) for area in areas]),
        ("day", "Day of the week", [(DAY_NAMES[number].lower(), DAY_NAMES[number]) for number in weekdays]),
        ("within", "Furthest away", [(str(far), f"{far} km") for far in DISTANCES]),
    )
    return tuple(
        Question(name, label, tuple(options), asked.get(name, "") if asked.get(name) in dict(options) else "")
        for name, label, options in kinds
    )


def _narrowings(questions: Sequence[Question], asked: Mapping[str, str]) -> tuple[Narrowing, ...]:
    chosen = {one.name: one.chosen for one in questions if one.chosen}
    chosen |= {name: YES for name in ("step_free", "possible") if asked.get(name) == YES}
    return tuple(Narrowing(name, value, *_meaning(name, value)) for name, value in chosen.items())


def _meaning(name: str, value: str) -> tuple[str, Callable[[Offer], bool]]:
    """A filter in words, and which offers it keeps."""
    meanings: Mapping[str, tuple[str, Callable[[Offer], bool]]] = {
        "theme": (f"theme {value}", lambda offer: offer.theme == value),
        "area": (f"in {value}", lambda offer: offer.area == value),
        "day": (f"on a {value.capitalize()}", lambda offer: value in _day_words(offer)),
        "within": (f"within {value} km", lambda offer: _near(offer, _number(value))),
        "step_free": ("step-free", lambda offer: offer.step_free),
        "possible": ("possible for me", possible),
    }
    return meanings[name]


def _looser(offers: Sequence[Offer], narrowings: Sequence[Narrowing]) -> tuple[Looser, ...]:
    """How many there would be without each filter; what helps most stands first."""
    found = []
    for dropped in narrowings:
        others = [one for one in narrowings if one is not dropped]
        number = sum(all(one.keeps(offer) for one in others) for offer in offers)
        found.append(Looser(dropped.words, number, {one.name: one.value for one in others}))
    return tuple(sorted((one for one in found if one.number), key=lambda one: -one.number))


def _near(offer: Offer, most: int) -> bool:
    """Whether it is no further away; what is online is near, and what is unknown is not left out."""
    return offer.position is None or offer.kilometres is None or offer.kilometres <= most


def _weekdays(offer: Offer) -> set[int]:
    return {to_london(day.starts_at).weekday() for day in offer.days}


def _day_words(offer: Offer) -> set[str]:
    return {DAY_NAMES[number].lower() for number in _weekdays(offer)}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
