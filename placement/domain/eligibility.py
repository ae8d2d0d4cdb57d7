"""Whether a leader may be given a slot at all, and in which words to say why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from placement.domain.states import check_suffices

Reason = Literal["conflict", "check", "step-free", "women-only", "too-far", "refused", "cannot"]


@dataclass(frozen=True)
class LeaderFacts:
    """What counts about a leader: check held, step-free need, gender, how far they travel (km, or None).

    `conflicts` are the partners to whom they must not be sent, by id.
    """

    check_held: str
    needs_step_free: bool
    gender: str
    max_km: float | None
    conflicts: frozenset[int] = frozenset()


@dataclass(frozen=True)
class OfferFacts:
    """What counts about an opportunity for one leader: `distance_km` is None where it cannot be known.

    `refused`: the leader has said that they would not go to it.
    """

    check_required: str
    step_free: bool
    women_only: bool
    distance_km: float | None
    refused: bool = False
    partner: int | None = None


def reasons_against(leader: LeaderFacts, offer: OfferFacts) -> list[Reason]:
    """Why `leader` can never be given `offer`, whatever the date; empty when nothing stands against it."""
    return list(_reasons(leader, offer))


def is_too_far(leader: LeaderFacts, distance_km: float | None) -> bool:
    """Whether a place is further than `leader` travels; not where either is unknown."""
    return leader.max_km is not None and distance_km is not None and distance_km > leader.max_km


def _reasons(leader: LeaderFacts, offer: OfferFacts) -> Iterator[Reason]:
    if offer.partner in leader.conflicts:
        yield "conflict"
    if not check_suffices(leader.check_held, offer.check_required):
        yield "check"
    if leader.needs_step_free and not offer.step_free:
        yield "step-free"
    if offer.women_only and leader.gender != "F":
        yield "women-only"
    if is_too_far(leader, offer.distance_km):
        yield "too-far"
    if offer.refused:
        yield "refused"
