"""A calendar program as RFC 5546 has it, small enough to see through."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.season.readers import Seen


@dataclass
class Client:
    """One person's calendar: entries by UID, the cancelled ones too, so that nothing older revives them."""

    entries: dict[str, Seen] = field(default_factory=dict)

    def take(self, message: Seen) -> None:
        """Let one message in: a newer one replaces the entry, anything else is ignored (§2.1.5, §3.2)."""
        held = self.entries.get(message.uid)
        if held is None or (message.sequence, message.stamp) > (held.sequence, held.stamp):
            self.entries[message.uid] = message

    def shown(self) -> list[Seen]:
        """The entries that stand."""
        return [entry for entry in self.entries.values() if entry.method != "CANCEL"]


def after(messages: Iterable[Seen]) -> list[Seen]:
    """What a calendar shows once `messages` have come in this order, by UID."""
    client = Client()
    for message in messages:
        client.take(message)
    return sorted(client.shown(), key=lambda entry: entry.uid)


def ways_to_arrive(thread: list[Seen]) -> Iterator[tuple[str, list[Seen]]]:
    """The orders in which mail may reach somebody: as sent, doubled, and each pair of neighbours swapped."""
    yield "as sent", thread
    yield "each twice", [message for message in thread for _ in range(2)]
    yield "all again", thread + thread
    for place in range(len(thread) - 1):
        swapped = thread.copy()
        swapped[place : place + 2] = reversed(thread[place : place + 2])
        yield f"{place} and {place + 1} swapped", swapped
        yield f"{place} and {place + 1} swapped, each twice", [one for one in swapped for _ in range(2)]
