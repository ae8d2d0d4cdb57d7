"""A small model of a leader's calendar program: what it makes of the messages that reach it, in order."""

from dataclasses import dataclass, field
from datetime import datetime

from placement.domain.invites import InviteDetails


@dataclass(frozen=True)
class Entry:
    """One entry as the newest message left it."""

    details: InviteDetails

    @property
    def version(self) -> tuple[int, datetime]:
        """By what a calendar tells newer from older (RFC 5546 §2.1.5); it knows whole seconds only."""
        return self.details.sequence, self.details.dtstamp.replace(microsecond=0)


@dataclass
class Calendar:
    """The entries of one person, by UID."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def receive(self, details: InviteDetails) -> None:
        """Take a message in, as clients do: what is not newer is dropped, and what was cancelled stays so."""
        known, new = self.entries.get(details.uid), Entry(details)
        if known is None:
            self.entries[details.uid] = new
            return
        if new.version == known.version:
            assert details == known.details, "two messages of one version that differ"
            return
        assert new.version > known.version, "a message that a calendar drops as old"
        assert details.sequence >= known.details.sequence, "a SEQUENCE that falls"
        assert known.details.method != "CANCEL", "an entry that was cancelled is asked for again"
        self.entries[details.uid] = new

    def shown(self) -> list[InviteDetails]:
        """The entries that stand."""
        return [one.details for one in self.entries.values() if one.details.method == "REQUEST"]
