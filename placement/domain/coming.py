"""Who is coming to a partner: what the partner was told, what stands, and what is new between the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ToldDay:
    """One day as a partner was told of it: when and where it is, and which leaders come, by id."""

    starts_at: datetime
    ends_at: datetime
    place: str
    leaders: frozenset[int]


Told = Mapping[int, ToldDay]
"""The days on which somebody comes to one partner, by slot."""


@dataclass(frozen=True)
class DayNews:
    """What is new on one day. `before` is the day as it was told, where its time or place is another now."""

    slot_id: int
    joined: frozenset[int]
    left: frozenset[int]
    before: ToldDay | None


def difference(told: Told, stands: Told) -> tuple[DayNews, ...]:
    """What somebody who knows `told` has to hear to know `stands`; days without news are left out.

    A day on which nobody is coming any more has everybody as having left, and no other news: where it
    would have been concerns nobody.
    """
    found = [_day_news(slot_id, told.get(slot_id), stands.get(slot_id)) for slot_id in {*told, *stands}]
    return tuple(sorted((news for news in found if news is not None), key=lambda news: news.slot_id))


def _day_news(slot_id: int, told: ToldDay | None, stands: ToldDay | None) -> DayNews | None:
    before = told.leaders if told else frozenset()
    after = stands.leaders if stands else frozenset()
    elsewhere = (
        told if told and before and after and _when_and_where(told) != _when_and_where(stands) else None
    )
    if before == after and elsewhere is None:
        return None
    return DayNews(slot_id, joined=after - before, left=before - after, before=elsewhere)


def _when_and_where(day: ToldDay | None) -> tuple[datetime, datetime, str] | None:
    return (day.starts_at, day.ends_at, day.place) if day else None


def freeze_told(told: Told) -> dict[str, object]:
    """The same as plain JSON, to be kept with the mail that tells it."""
    return {
        str(slot_id): {
            "starts_at": day.starts_at.isoformat(),
            "ends_at": day.ends_at.isoformat(),
            "place": day.place,
            "leaders": sorted(day.leaders),
        }
        for slot_id, day in sorted(told.items())
    }


def thaw_told(frozen: Mapping[str, Any]) -> Told:
    """What was told, from what `freeze_told` made of it."""
    return {int(slot_id): _thawed(day) for slot_id, day in frozen.items()}


def _thawed(day: Mapping[str, Any]) -> ToldDay:
    leaders: Sequence[int] = day["leaders"]
    return ToldDay(
        datetime.fromisoformat(day["starts_at"]),
        datetime.fromisoformat(day["ends_at"]),
        str(day["place"]),
        frozenset(leaders),
    )
