"""The parts of a matching problem: plain values that know ids only, no names and no addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Pair = tuple[str, str]
"""A leader's id and a slot's id."""

Objective = Literal["generous", "rank-maximal", "total-rank", "lottery"]
Teams = Literal["spread", "together"]


@dataclass(frozen=True, slots=True)
class LeaderNeeds:
    """What one leader needs and likes. `distance_m` holds whole metres; a slot not in it counts 0."""

    id: str
    preferences: tuple[tuple[str, ...], ...] = ()
    days: int = 1
    excluded: frozenset[str] = frozenset()
    if_need_be: frozenset[str] = frozenset()
    distance_m: Mapping[str, int] = field(default_factory=dict)
    organisation: str | None = None
    sector: str | None = None
    team: str | None = None


@dataclass(frozen=True, slots=True)
class SlotOffer:
    """What one slot offers. Times are in UTC; both are there or neither is."""

    id: str
    capacity: int
    minimum: int = 1
    partner: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that hold for the whole problem; None where a rule is not asked for."""

    place_unranked: bool = True
    max_same_organisation: int | None = None
    min_sectors: int | None = None
    max_per_partner: int | None = None
    partner_capacity: Mapping[str, int] = field(default_factory=dict)
    teams: Teams | None = None
    gap_minutes: int = 0


def kilometres(metres: int) -> int | float:
    """Give whole metres in kilometres; beyond what a float tells apart, without the odd metres."""
    return metres / 1000 if metres % 1000 and metres < 1 << 53 else metres // 1000
