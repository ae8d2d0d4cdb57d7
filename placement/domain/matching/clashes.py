"""Which slots cannot both be given to one leader."""

from collections.abc import Sequence
from datetime import timedelta

from placement.domain.matching.parts import SlotOffer

_MICROSECOND = timedelta(microseconds=1)
_MICROSECONDS_PER_MINUTE = 60_000_000


def clash(one: SlotOffer, other: SlotOffer, gap_minutes: int) -> bool:
    """Tell whether two slots overlap or leave less than `gap_minutes` between them.

    A slot without times clashes with nothing.
    """
    if not (one.starts_at and one.ends_at and other.starts_at and other.ends_at):
        return False
    gap = gap_minutes * _MICROSECONDS_PER_MINUTE
    between = max(one.starts_at - other.ends_at, other.starts_at - one.ends_at) // _MICROSECOND
    return between < gap or between < 0


def clash_sets(slots: Sequence[SlotOffer], gap_minutes: int) -> list[list[int]]:
    """Give sets of positions in `slots` of which a leader may have one: every clash lies in some set.

    A slot that reaches `gap_minutes` past its end is an interval, and intervals that pairwise overlap share
    a moment: so the sets are, for each slot's start, the slots that reach over it; largest sets only.
    """
    starts = {index: slot.starts_at for index, slot in enumerate(slots) if slot.starts_at}
    found = [
        frozenset(
            other
            for other, begun in starts.items()
            if other == index or (begun <= start and clash(slots[index], slots[other], gap_minutes))
        )
        for index, start in starts.items()
    ]
    largest = [one for one in dict.fromkeys(found) if not any(one < other for other in found)]
    return [sorted(one) for one in largest if len(one) > 1]
