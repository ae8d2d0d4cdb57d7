"""Numbers, ranks and lists as words."""

from collections.abc import Iterable, Sequence

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


def number(much: int) -> str:
    """Write a number up to ten as a word."""
    return _NUMBERS[much] if much < len(_NUMBERS) else str(much)


def ordinal(place: int) -> str:
    """Write a place in an order, from 1."""
    if place <= len(_ORDINALS):
        return _ORDINALS[place - 1]
    suffix = "th" if 10 < place % 100 < 20 else _SUFFIXES.get(place % 10, "th")
    return f"{place}{suffix}"


def count(much: int, noun: str) -> str:
    """Count things: "one leader", "two leaders", "no leaders"."""
    return f"{number(much)} {noun if much == 1 else noun + 's'}"


def joined(parts: Sequence[str]) -> str:
    """Join with commas and a last "and"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def listed(names: Sequence[str], most: int = 3) -> str:
    """Join names; where there are many, the first ones and the number of the others."""
    if len(names) <= most + 1:
        return joined(names)
    return joined([*names[:most], f"{number(len(names) - most)} others"])


def ranks_in_order(ranks: Iterable[str]) -> list[str]:
    """Sort the ranks of a profile: the first choice first, "unranked" last."""
    return sorted(ranks, key=lambda rank: (not rank.isdigit(), int(rank) if rank.isdigit() else 0))


def rank_noun(rank: str, much: int) -> str:
    """Name what is counted at a rank of the profile."""
    if not rank.isdigit():
        return "day that was not ranked" if much == 1 else "days that were not ranked"
    return f"{ordinal(int(rank))} {'choice' if much == 1 else 'choices'}"
