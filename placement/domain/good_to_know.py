"""What somebody should know before they come, put together from what a partner said of offer and site."""

from collections.abc import Mapping
from types import MappingProxyType

PHOTOGRAPHS: Mapping[str, str] = MappingProxyType(
    {
        "no": "Please take no photographs.",
        "ask": "Ask each person before you take a photograph.",
        "yes": "Photographs are welcome.",
    }
)


def good_to_know(
    *,
    what_to_know: str,
    what_to_wear: str = "",
    house_rules: str = "",
    photographs: str | None = None,
    confidentiality: str = "",
    directions: str = "",
    parking: str = "",
    virtual: bool = False,
) -> str:
    """One text, a line or more for each thing said; nobody travels to a day that is `virtual`."""
    told = (
        what_to_know,
        what_to_wear and f"What to wear or bring: {what_to_wear}",
        house_rules and f"House rules: {house_rules}",
        f"Photographs: {PHOTOGRAPHS[photographs]}" if photographs else "",
        confidentiality and f"In confidence: {confidentiality}",
        directions and not virtual and f"How to find us: {directions}",
        parking and not virtual and f"Parking: {parking}",
    )
    return "\n".join(part for part in told if part)
