"""How often something may be tried, counted in the database so that every process counts the same.

Whoever is counted (an address, a machine) is kept only as a hash.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from placement.domain.errors import TooManyRequests
from placement.models import Hit


@dataclass(frozen=True)
class Limit:
    """At most `most` times in any stretch of `window`; `name` keeps one limit's counts from another's."""

    name: str
    most: int
    window: timedelta


def count(session: Session, limit: Limit, who: str, *, now: datetime) -> int:
    """Count one more time for `who`; returns how many are left.

    Raises `TooManyRequests`, which says how long to wait, beyond the limit. Times are counted by the minute,
    so a limit may lift up to a minute early.
    """
    bucket = bucket_of(limit.name, who)
    hold(session, bucket)
    counted = session.execute(
        select(Hit.window_starts_at, Hit.count)
        .where(Hit.bucket == bucket, Hit.window_starts_at > now - limit.window)
        .order_by(Hit.window_starts_at)
    ).all()
    left = limit.most - sum(hits for _, hits in counted)
    if left <= 0:
        raise TooManyRequests(wait=_minutes(counted[0][0] + limit.window - now))
    add(session, bucket, now.replace(second=0, microsecond=0))
    return left - 1


def wait(session: Session, limit: Limit, who: str, *, now: datetime) -> str:
    """How long until the first time that counts for `who` counts no more: "12 minutes"."""
    first = session.scalar(
        select(func.min(Hit.window_starts_at)).where(
            Hit.bucket == bucket_of(limit.name, who), Hit.window_starts_at > now - limit.window
        )
    )
    return _minutes((first or now) + limit.window - now)


def clear(session: Session, limit: Limit, who: str) -> None:
    """Count from nothing again for `who`."""
    session.execute(delete(Hit).where(Hit.bucket == bucket_of(limit.name, who)))


def open_tries(session: Session, name: str, who: str, *, now: datetime) -> None:
    """Begin a new set of tries for `who`, in place of any set begun before `now`."""
    add(session, bucket_of(name, who), now, times=0)


def take_try(
    session: Session, name: str, who: str, *, since: datetime, most: int
) -> tuple[datetime, int] | None:
    """Take one of the `most` tries of the newest set of `who`, begun after `since`.

    Returns when the set was begun and how many tries are left; None where there is no set or no try left.
    The count is raised by a conditional UPDATE, so tries at the same time cannot pass `most` together.
    """
    bucket = bucket_of(name, who)
    begun = session.scalar(
        select(func.max(Hit.window_starts_at)).where(Hit.bucket == bucket, Hit.window_starts_at > since)
    )
    if begun is None:
        return None
    taken = session.scalar(
        update(Hit)
        .where(Hit.bucket == bucket, Hit.window_starts_at == begun, Hit.count < most)
        .values(count=Hit.count + 1)
        .returning(Hit.count)
    )
    return None if taken is None else (begun, most - taken)


def forget(session: Session, *, before: datetime) -> None:
    """Remove counts that no limit looks at any more."""
    session.execute(delete(Hit).where(Hit.window_starts_at < before))


def origin(remote: str) -> str:
    """What is counted as one place on the internet: an IPv4 address, or the network of an IPv6 one."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address)


def bucket_of(name: str, who: str) -> str:
    """The name under which `who` is counted: a hash, so that no address is kept."""
    return f"{name}:{sha256(who.encode()).hexdigest()}"


def hold(session: Session, bucket: str) -> None:
    """Let nobody else count in `bucket` until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int.from_bytes(sha256(bucket.encode()).digest()[:8], signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


def add(session: Session, bucket: str, begun: datetime, *, times: int = 1) -> None:
    """Count `times` more in the stretch of time that began at `begun`."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = insert(Hit).values(bucket=bucket, window_starts_at=begun, count=times)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[Hit.bucket, Hit.window_starts_at], set_={"count": Hit.count + times}
        )
    )


def _minutes(wait: timedelta) -> str:
    minutes = max(1, math.ceil(wait / timedelta(minutes=1)))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
