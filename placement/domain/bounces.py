"""What a mail server says of a mail that it could not deliver (RFC 3464), and what follows from it."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["returned", "delayed", "delivered"]

LONGEST_WORDS = 300


@dataclass(frozen=True)
class Fate:
    """What became of a mail at one recipient: `action` in lower case, `status` like "5.1.1", and why.

    Each is empty where the server does not say.
    """

    recipient: str = ""
    action: str = ""
    status: str = ""
    words: str = ""

    @property
    def outcome(self) -> Outcome:
        """What it comes to: the action decides, for a server that has given up may give a passing status."""
        if self.action in _BY_ACTION:
            return _BY_ACTION[self.action]
        return _BY_CLASS.get(self.status[:1], "returned")

    @property
    def reason(self) -> str:
        """The status and the server's words, as people can read them."""
        said = ": ".join(filter(None, (self.status, self.words)))
        return said or "The mail server did not say why."


@dataclass(frozen=True)
class Bounce:
    """A report of a mail server: the Message-IDs of the mail that it gives back, and who did not get it."""

    message_ids: tuple[str, ...] = ()
    fates: tuple[Fate, ...] = ()

    @property
    def worst(self) -> Fate:
        """What is worst of what the report says; a report that says nothing is of a mail that came back."""
        return min(self.fates or (Fate(),), key=lambda fate: _WORST_FIRST.index(fate.outcome))


_BY_ACTION: dict[str, Outcome] = {
    "failed": "returned",
    "delayed": "delayed",
    "delivered": "delivered",
    "relayed": "delivered",
    "expanded": "delivered",
}
_BY_CLASS: dict[str, Outcome] = {"2": "delivered", "4": "delayed", "5": "returned"}
_WORST_FIRST: tuple[Outcome, ...] = ("returned", "delayed", "delivered")
