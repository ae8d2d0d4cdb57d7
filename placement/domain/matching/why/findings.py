"""What can be told about a result or a problem: plain facts, each with its sentence.

The facts hold all that a sentence needs, so that a page can make its own sentence from them (`sentences`),
with titles and dates in place of ids. They are written to the solution's JSON and read back from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

Json = Mapping[str, Any]

Change = Mapping[str, int | float | Mapping[str, int] | None]
"""The first stage that changes, with the difference; {} for none; `IMPOSSIBLE` for no result at all."""

IMPOSSIBLE: Change = {"possible": False}

Move = tuple[str, str | None, str | None]
"""A leader, the slot left and the slot taken; None for no slot."""

Reason = tuple[str, tuple[str, ...]]
"""Why slots are impossible, in a word of `reasons`; and these slots."""

UNRANKED: Final = "unranked"

Rank = int | Literal["unranked"] | None
"""A tier, from 1; or a day that was not ranked; or no day."""


@dataclass(frozen=True, slots=True)
class Shift:
    """So many days of other leaders that go from one rank to another."""

    old: Rank
    new: Rank
    days: int


@dataclass(frozen=True, slots=True)
class LeaderExplanation:
    """What a slot of a better tier would cost, for one leader."""

    leader: str
    wanted: str
    tier: int | None
    """The tier of `wanted`; None where it is not ranked."""
    cost: Change
    chain: tuple[Move, ...]
    other_leaders: int = 0
    """How many other leaders would move."""
    shifts: tuple[Shift, ...] = ()
    """What their days would become."""
    reasons: tuple[Reason, ...] = ()
    """Why no slot of the tier is possible."""
    sentence: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON."""
        found: dict[str, object] = {
            "leader": self.leader,
            "wanted": self.wanted,
            "tier": self.tier,
            "cost": change_json(self.cost),
            "chain": [list(move) for move in self.chain],
            "sentence": self.sentence,
        }
        if self.cost == IMPOSSIBLE:
            return found | {"reasons": _reasons_json(self.reasons)}
        shifts = [[one.old, one.new, one.days] for one in self.shifts]
        return found | {"other_leaders": self.other_leaders, "shifts": shifts}

    @classmethod
    def from_json(cls, data: Json) -> "LeaderExplanation":
        """Read back what `to_json` gave."""
        return cls(
            leader=data["leader"],
            wanted=data["wanted"],
            tier=data["tier"],
            cost=data["cost"],
            chain=tuple((leader, old, new) for leader, old, new in data["chain"]),
            other_leaders=data.get("other_leaders", 0),
            shifts=tuple(Shift(*one) for one in data.get("shifts", ())),
            reasons=_reasons(data),
            sentence=data["sentence"],
        )


@dataclass(frozen=True, slots=True)
class SlotExplanation:
    """Why a slot is closed or not full, and what it would cost to open it or to fill one more seat."""

    slot: str
    leaders: int
    capacity: int
    minimum: int
    kind: Literal["closed", "not full"]
    may: int
    """How many leaders may be given it."""
    cost: Change
    reason: str | None = None
    """Why it is impossible, where that shows without a search: a word of `reasons`."""
    sentence: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON."""
        return {
            "slot": self.slot,
            "leaders": self.leaders,
            "capacity": self.capacity,
            "minimum": self.minimum,
            "kind": self.kind,
            "may": self.may,
            "cost": change_json(self.cost),
            "reason": self.reason,
            "sentence": self.sentence,
        }

    @classmethod
    def from_json(cls, data: Json) -> "SlotExplanation":
        """Read back what `to_json` gave."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class PartnerExplanation:
    """Why these people come to a partner, in numbers."""

    partner: str
    leaders: int
    """Leader-days given."""
    given: Mapping[str, int]
    """Rank, "unranked" for none, to days given at that rank."""
    ranked: Mapping[str, int]
    """The best rank that a leader gives one of the partner's slots, to the number of such leaders."""
    here: Mapping[str, int]
    """Of these, how many have a day here."""
    instead: Mapping[str, int]
    """What the others have: "better", "same", "later" or "missing", to the number of leaders."""
    sentence: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON."""
        return {
            "partner": self.partner,
            "leaders": self.leaders,
            "given": dict(self.given),
            "ranked": dict(self.ranked),
            "here": dict(self.here),
            "instead": dict(self.instead),
            "sentence": self.sentence,
        }

    @classmethod
    def from_json(cls, data: Json) -> "PartnerExplanation":
        """Read back what `to_json` gave."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Explanations:
    """All that is explained about a result. What was not worked out in time is left out."""

    leaders: tuple[LeaderExplanation, ...]
    slots: tuple[SlotExplanation, ...]
    partners: tuple[PartnerExplanation, ...]
    complete: bool = True
    """Whether time was enough for everything."""

    def to_json(self) -> dict[str, object]:
        """Give the keys that stand in the solution."""
        return {
            "explanations": [one.to_json() for one in self.leaders],
            "slot_explanations": [one.to_json() for one in self.slots],
            "partner_explanations": [one.to_json() for one in self.partners],
            "explanations_complete": self.complete,
        }


@dataclass(frozen=True, slots=True)
class Loosened:
    """One rule loosened by one."""

    kind: str
    """"seat", "minimum", "partner_capacity", "exclusion", "forbidden", or the rule's name in the contract."""
    where: str | None = None
    """The slot or partner; None where the rule holds for all."""
    to: int | None = None
    """What the number becomes; None where the rule is lifted."""
    leader: str | None = None
    """Whose exclusion is lifted."""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON."""
        whose = {} if self.leader is None else {"leader": self.leader}
        return {"kind": self.kind, "where": self.where, "to": self.to, **whose}

    @classmethod
    def from_json(cls, data: Json) -> "Loosened":
        """Read back what `to_json` gave."""
        return cls(data["kind"], data["where"], data["to"], data.get("leader"))


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What one loosened rule would bring."""

    loosened: Loosened
    change: Change
    sentence: str = ""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON."""
        return {**self.loosened.to_json(), "change": change_json(self.change), "sentence": self.sentence}

    @classmethod
    def from_json(cls, data: Json) -> "WhatIf":
        """Read back what `to_json` gave."""
        return cls(Loosened.from_json(data), data["change"], data["sentence"])


@dataclass(frozen=True, slots=True)
class Conflict:
    """A set of leaders, slots or pins that cannot all have what they ask for, with the sentence."""

    kind: str
    """"pins", "seats", "no slot", "minimum", "rules", "lottery", or a kind of `Loosened`."""
    leaders: tuple[str, ...]
    slots: tuple[str, ...]
    sentence: str = ""
    remedy: str | None = None
    """The first of `remedies` in words."""
    seats: int | None = None
    """The most days that these leaders can be given together."""
    days: int | None = None
    """The days that they need."""
    closed: tuple[str, ...] = ()
    """Those of the slots that are closed in the result, which count no seats."""
    reasons: tuple[Reason, ...] = ()
    remedies: tuple[Loosened, ...] = ()
    """Each lets one more day be given; one of each class that has any, the first class first."""

    def to_json(self) -> dict[str, object]:
        """Give the values of the JSON; what does not apply is left out."""
        optional = {
            "seats": self.seats,
            "days": self.days,
            "closed": list(self.closed) or None,
            "reasons": _reasons_json(self.reasons) or None,
            "remedy": self.remedy,
            "remedies": [one.to_json() for one in self.remedies] or None,
        }
        return {
            "kind": self.kind,
            "leaders": list(self.leaders),
            "slots": list(self.slots),
            **{name: value for name, value in optional.items() if value is not None},
            "sentence": self.sentence,
        }

    @classmethod
    def from_json(cls, data: Json) -> "Conflict":
        """Read back what `to_json` gave."""
        return cls(
            kind=data["kind"],
            leaders=tuple(data["leaders"]),
            slots=tuple(data["slots"]),
            sentence=data["sentence"],
            remedy=data.get("remedy"),
            seats=data.get("seats"),
            days=data.get("days"),
            closed=tuple(data.get("closed", ())),
            reasons=_reasons(data),
            remedies=tuple(Loosened.from_json(one) for one in data.get("remedies", ())),
        )


def change_json(change: Change) -> dict[str, object]:
    """Give a change as JSON values."""
    return {name: dict(one) if isinstance(one, Mapping) else one for name, one in change.items()}


def _reasons_json(reasons: tuple[Reason, ...]) -> list[dict[str, object]]:
    return [{"reason": word, "slots": list(slots)} for word, slots in reasons]


def _reasons(data: Json) -> tuple[Reason, ...]:
    return tuple((one["reason"], tuple(one["slots"])) for one in data.get("reasons", ()))
