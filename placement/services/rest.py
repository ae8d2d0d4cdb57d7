"""Whether two days of a partner lie as far apart as it needs to rest."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.text import to_london
from placement.models import Cohort, Partner, Slot


@dataclass(frozen=True)
class TooNear:
    """Two days of a partner that follow each other sooner than `rest_days` allow."""

    partner_id: int
    partner: str
    rest_days: int
    first: datetime
    second: datetime


def near(day: date, others: Iterable[date], rest_days: int) -> date | None:
    """The first of `others` with fewer than `rest_days` whole days between it and `day`, None without one.

    Several visits on the same date are one day, and need no rest between them.

    >>> near(date(2027, 3, 3), [date(2027, 3, 3), date(2027, 3, 5)], 2)
    datetime.date(2027, 3, 5)
    >>> near(date(2027, 3, 3), [date(2027, 3, 6)], 2)
    """
    return min((other for other in others if 1 <= abs((other - day).days) <= rest_days), default=None)


def open_dates(session: Session, partner: Partner) -> set[date]:
    """The dates on which the partner has a day that stands."""
    query = select(Slot.starts_at).where(Slot.partner_id == partner.id, Slot.status == "open")
    return {to_london(starts_at).date() for starts_at in session.scalars(query)}


def too_near(session: Session, cohort: Cohort, *, now: datetime) -> tuple[TooNear, ...]:
    """The days to come of a cohort that lie closer than their partner wants, for each the one after it."""
    rows = session.execute(
        select(Partner, Slot.starts_at)
        .join(Slot, Slot.partner_id == Partner.id)
        .where(
            Partner.cohort_id == cohort.id,
            Partner.rest_days.is_not(None),
            Slot.status == "open",
            Slot.starts_at > now,
        )
        .order_by(Partner.name, Slot.starts_at)
    )
    days: defaultdict[Partner, dict[date, datetime]] = defaultdict(dict)
    for partner, starts_at in rows:
        days[partner].setdefault(to_london(starts_at).date(), starts_at)
    return tuple(
        TooNear(partner.id, partner.name, partner.rest_days or 0, found[one], found[other])
        for partner, found in days.items()
        for one, other in zip(list(found), list(found)[1:], strict=False)
        if (other - one).days <= (partner.rest_days or 0)
    )
