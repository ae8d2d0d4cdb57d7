"""What a result may be asked to hold beside the rules, so that its price can be told."""

from dataclasses import dataclass

from placement.domain.matching.parts import Pair


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a result must hold. Every engine that answers `Alternatives` takes these, and nothing else."""

    pairs: frozenset[Pair] = frozenset()
    """These leaders have these slots. Unlike a pin, a pair does not lift `excluded` or `place_unranked`."""
    at_least: tuple[tuple[str, int], ...] = ()
    """A slot and the fewest leaders that it takes, where 0 asks for nothing."""
    one_of: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """A leader and slots of which the leader has one at least, such as those of a tier."""


class TooHard(Exception):
    """A search was given up after so many steps: another engine may know more. Never shown to a person."""


class NotProven(Exception):
    """Time ran out before the best result was proven: nothing exact can be said.

    Never shown to a person: whoever asks leaves the sentence out.
    """
