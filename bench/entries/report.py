"""Figures of invites and feeds as a part of docs/benchmarks.md, and what they must reach."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from bench.entries.feeds import FeedFigures
from bench.goals import Goal
from bench.job import cpu
from bench.limits import Taken
from bench.plot import COLOURS, Bar, chart
from bench.report import goals_table, table

MOST_CPU = 0.005  # seconds for one message
MOST_OF_PEER = 0.5
MOST_UNCHANGED, MOST_COLD = 0.005, 0.6  # seconds
LEAST_OF_HELLO = 0.35

INTRODUCTION = """\
One invite, and calendar feeds of 1,000 days each. Times are medians, the range in brackets.

Taken on {day}: {machine}. Load of the machine: {load}.

![Milliseconds per answer]({plot})
"""
AGAINST = """\
### What the figures are held against

- **icalendar and `EmailMessage`**: the same calendar object by icalendar, with the time zone read once,
  in a mail by the standard library. Its texts are given to it; ours fills in its templates each time. Both in
  turn, in one process; the computing time is compared, which neighbours on the machine change less.
- **Hello**: a Flask application of one line, behind the same server (waitress, one thread, a process of
  its own) and over the same connection, asked in turn with the feed.
- **Computing** is that of the server's process alone (without PostgreSQL's), which neighbours change
  less. While others keep every processor busy, waiting for a turn is most of what the clock shows, of
  hello's as of ours: such figures are shown and not judged.
- **After a change**: a title that the feed shows is changed before each read, so that nothing that was
  kept can be used: rows are read, the days made and written, the new tag stored.
"""


@dataclass(frozen=True)
class Figures:
    """Everything that was measured."""

    calendar: Sequence[Taken]
    ours: Sequence[Taken]
    peer: Sequence[Taken]
    feeds: Sequence[FeedFigures]


def judged(figures: Figures, *, crowded: bool) -> list[Goal]:
    """Every goal, and what was measured; what goes by the clock is not judged on a `crowded` machine."""
    return [*_goals_of_messages(figures), *_goals_of_feeds(figures.feeds, crowded=crowded)]


def _goals_of_messages(figures: Figures) -> Iterator[Goal]:
    ours, ratio = _cpu(figures.ours), _cpu(figures.ours) / _cpu(figures.peer)
    yield Goal(
        "building an invite and its mail, computing time",
        f"≤ {MOST_CPU * 1000:.0f} ms",
        f"{ours * 1000:.2f} ms",
        ours <= MOST_CPU,
    )
    yield Goal(
        "the same against icalendar and EmailMessage",
        f"≤ {MOST_OF_PEER:.2f}",
        f"{ratio:.2f}",
        ratio <= MOST_OF_PEER,
    )


def _goals_of_feeds(feeds: Iterable[FeedFigures], *, crowded: bool) -> Iterator[Goal]:
    for feed in feeds:
        name = f"{feed.database}, {feed.purpose}"
        unchanged, cold = median(feed.unchanged), median(feed.cold)
        yield Goal(
            f"{name}: nothing has changed",
            f"≤ {MOST_UNCHANGED * 1000:.0f} ms",
            f"{unchanged * 1000:.1f} ms",
            None if crowded else unchanged <= MOST_UNCHANGED,
        )
        yield Goal(
            f"{name}: rate of that, of hello's",
            f"≥ {LEAST_OF_HELLO:.2f}",
            f"{feed.of_hello:.2f}",
            None if crowded else feed.of_hello >= LEAST_OF_HELLO,
        )
        yield Goal(
            f"{name}: after a change",
            f"≤ {MOST_COLD * 1000:.0f} ms",
            f"{cold * 1000:.0f} ms",
            None if crowded else cold <= MOST_COLD,
        )


def page(figures: Figures, goals: Iterable[Goal], *, machine: str, load: str, day: date, plot: str) -> str:
    """The whole part, as Markdown."""
    head = INTRODUCTION.format(day=day.isoformat(), machine=machine, load=load, plot=plot)
    return "\n".join([head, goals_table(goals), _messages(figures), _feeds(figures.feeds), AGAINST])


def plot(figures: Figures) -> str:
    """Milliseconds of each answer that nothing has changed, beside hello."""
    rows = []
    for feed in figures.feeds:
        name = f"{feed.database}, {feed.purpose}"
        rows.append(Bar(f"{name}: hello", _middle(feed.hello), COLOURS[0]))
        rows.append(Bar(f"{name}: unchanged", _middle(feed.unchanged), COLOURS[1]))
    return chart("Milliseconds per answer, feed of 1,000 days", rows, unit="ms")


def _messages(figures: Figures) -> str:
    rows = [
        (name, f"{_cpu(taken) * 1000:.2f} ms ({_range(one.cpu for one in taken)})")
        for name, taken in (
            ("calendar object", figures.calendar),
            ("whole mail", figures.ours),
            ("whole mail by icalendar and EmailMessage", figures.peer),
        )
    ]
    return "### One invite, computing time\n\n" + table(("what", "each"), rows)


def _feeds(feeds: Iterable[FeedFigures]) -> str:
    rows = [
        (
            f"{feed.database}, {feed.purpose}",
            f"{feed.octets / 1000:.0f} kB",
            " / ".join(f"{seconds * 1000:.1f}" for seconds in feed.cpu.values()) + " ms",
            *(
                f"{median(taken) * 1000:.1f} ms ({_range(_deciles(taken))})"
                for taken in (feed.hello, feed.unchanged, feed.cold)
            ),
        )
        for feed in feeds
    ]
    heading = (
        "feed",
        "size",
        "computing: hello / unchanged / written",
        "hello",
        "unchanged",
        "after a change",
    )
    return "### Feeds, by the clock with the range of the middle four fifths\n\n" + table(heading, rows)


def _cpu(taken: Sequence[Taken]) -> float:
    return cpu(list(taken))


def _range(seconds: Iterable[float]) -> str:
    found = sorted(seconds)
    return f"{found[0] * 1000:.2f} to {found[-1] * 1000:.2f}"


def _deciles(seconds: Sequence[float]) -> list[float]:
    """Without the tenth at each end, which on a busy machine is others' work."""
    cut = len(seconds) // 10
    return sorted(seconds)[cut : len(seconds) - cut]


def _middle(seconds: Sequence[float]) -> list[float]:
    return [second * 1000 for second in _deciles(seconds)]
