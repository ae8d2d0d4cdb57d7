"""When the leaders of a cohort may rank and answer dates, and the words that say until when."""

from dataclasses import dataclass
from datetime import datetime

from placement.domain.text import day_in_words, time_in_words


@dataclass(frozen=True)
class RankingWindow:
    """Whether leaders may change their answers at one moment.

    `closes_at` is the announced deadline, None where there is none; `closed` says when the window closed
    ("on Tuesday 12 January 2027, 5pm"), None while it is open.
    """

    closes_at: datetime | None
    closed: str | None

    @property
    def is_open(self) -> bool:
        """Whether answers may still be changed."""
        return self.closed is None

    @property
    def until(self) -> str:
        """Until when answers may be changed: "until Tuesday 12 January 2027, 5pm"."""
        return f"until {_moment(self.closes_at)}" if self.closes_at else "until places are decided"

    @property
    def sentence(self) -> str:
        """The state of the window, told to a leader."""
        if self.closed is None:
            return f"You can change your answers {self.until}."
        return f"Choices closed {self.closed}. Your answers can be read here, but no longer changed."


def ranking_window(
    *, now: datetime, closes_at: datetime | None, decided_at: datetime | None
) -> RankingWindow:
    """The window of a cohort at `now`; all times aware.

    `closes_at` is its deadline, `decided_at` the first confirmation of a match run; whichever came first
    closed the window. A deadline has passed from its very moment on.
    """
    if closes_at is not None and closes_at <= now and (decided_at is None or closes_at <= decided_at):
        return RankingWindow(closes_at, f"on {_moment(closes_at)}")
    if decided_at is not None:
        return RankingWindow(closes_at, f"when places were decided, on {day_in_words(decided_at)}")
    return RankingWindow(closes_at, None)


def _moment(at: datetime) -> str:
    return f"{day_in_words(at)}, {time_in_words(at)}"
