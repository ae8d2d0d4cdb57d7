"""The matching problem: a cohort's leaders, slots and rules, frozen, in an order no row order changes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from placement.domain.matching.contract import read_problem, refuse_wrong_pairs
from placement.domain.matching.parts import LeaderNeeds, Objective, Pair, Rules, SlotOffer, kilometres


@dataclass(frozen=True)
class Problem:
    """A matching problem that keeps its contract. Leaders and slots are sorted by id."""

    leaders: tuple[LeaderNeeds, ...]
    slots: tuple[SlotOffer, ...]
    rules: Rules = field(default_factory=Rules)
    pins: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    confirmed: frozenset[Pair] = frozenset()
    objective: Objective = "generous"
    seed: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "leaders", tuple(sorted(self.leaders, key=lambda leader: leader.id)))
        object.__setattr__(self, "slots", tuple(sorted(self.slots, key=lambda slot: slot.id)))

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read a problem from the values of its JSON.

        Raises
        ------
        InvalidProblem
            One line that names the first place that is wrong.

        """
        return cls(**read_problem(data)._asdict())

    @classmethod
    def of_values(
        cls,
        leaders: Sequence[LeaderNeeds],
        slots: Sequence[SlotOffer],
        rules: Rules,
        *,
        pins: Sequence[Pair],
        forbidden: Sequence[Pair],
        confirmed: Sequence[Pair],
        objective: Objective,
        seed: str,
    ) -> Self:
        """Make the problem that `from_json` would read, of values each of which is right by itself.

        Asked is only whether the pairs can stand. Raises `InvalidProblem` as `from_json` does.
        """
        placed = {pair: f"pins[{index}]" for index, pair in enumerate(pins)}
        barred = {pair: f"forbidden[{index}]" for index, pair in enumerate(forbidden)}
        refuse_wrong_pairs(placed, barred, leaders, slots, rules)
        return cls(
            leaders=tuple(leaders),
            slots=tuple(slots),
            rules=rules,
            pins=frozenset(pins),
            forbidden=frozenset(forbidden),
            confirmed=frozenset(confirmed),
            objective=objective,
            seed=seed,
        )

    def to_json(self) -> dict[str, object]:
        """Give the canonical JSON values: sorted by id, defaults filled in, distances in whole metres."""
        return {
            "version": 1,
            "leaders": [_leader_json(leader) for leader in self.leaders],
            "slots": [_slot_json(slot) for slot in self.slots],
            "rules": _rules_json(self.rules),
            "pins": [list(pair) for pair in sorted(self.pins)],
            "forbidden": [list(pair) for pair in sorted(self.forbidden)],
            "confirmed": [list(pair) for pair in sorted(self.confirmed)],
            "objective": self.objective,
            "seed": self.seed,
        }

    def digest(self) -> str:
        """Give the SHA-256 of the canonical problem: the same whatever the order of rows and keys."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def unranked(self) -> int:
        """The rank of a slot that a leader has not ranked: one more than the longest list of tiers."""
        return 1 + max((len(leader.preferences) for leader in self.leaders), default=0)


def _leader_json(leader: LeaderNeeds) -> dict[str, object]:
    return {
        "id": leader.id,
        "days": leader.days,
        "preferences": [sorted(tier) for tier in leader.preferences],
        "excluded": sorted(leader.excluded),
        "if_need_be": sorted(leader.if_need_be),
        "distance_km": {slot: kilometres(metres) for slot, metres in sorted(leader.distance_m.items())},
        "organisation": leader.organisation,
        "sector": leader.sector,
        "team": leader.team,
    }


def _slot_json(slot: SlotOffer) -> dict[str, object]:
    return {
        "id": slot.id,
        "partner": slot.partner,
        "capacity": slot.capacity,
        "minimum": slot.minimum,
        "starts_at": slot.starts_at.isoformat() if slot.starts_at else None,
        "ends_at": slot.ends_at.isoformat() if slot.ends_at else None,
    }


def _rules_json(rules: Rules) -> dict[str, object]:
    return {
        "place_unranked": rules.place_unranked,
        "max_same_organisation": rules.max_same_organisation,
        "min_sectors": rules.min_sectors,
        "max_per_partner": rules.max_per_partner,
        "partner_capacity": dict(sorted(rules.partner_capacity.items())),
        "teams": rules.teams,
        "gap_minutes": rules.gap_minutes,
    }
