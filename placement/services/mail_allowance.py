"""How much mail may leave in a minute, counted in the database so that all workers share one allowance.

An allowance is taken when a mail is claimed and given back when it is let go untried. Counts are kept for
stretches of ten seconds and looked at over seventy, so that no minute ever sees more than the limit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.config import Config
from placement.domain.sending import SendingRules
from placement.models import Hit
from placement.services import limits

STRETCH = timedelta(seconds=10)
LOOKED_BACK = timedelta(seconds=70)
ALL = "mail"
DOMAIN = "mail_domain"


def sending_rules(config: Config) -> SendingRules:
    """What an installation lets out, by its settings."""
    return SendingRules(
        per_minute=config.mail_per_minute,
        per_domain_per_minute=config.mail_per_domain_per_minute,
        dry_run=config.mail_dry_run,
        allow_domains=config.mail_allow_domains,
    )


def hold_allowance(session: Session) -> None:
    """Let no other worker take from the allowance until the transaction ends."""
    limits.hold(session, limits.bucket_of(ALL, ""))


def used_up(session: Session, domains: Iterable[str], rules: SendingRules, *, now: datetime) -> list[str]:
    """Those of the domains to which nothing may go at the moment."""
    if not rules.per_domain_per_minute:
        return []
    used = _used(session, domains, now=now)
    return [domain for domain, count in used.items() if count >= rules.per_domain_per_minute]


def within(
    session: Session, wanted: Sequence[tuple[int, str]], rules: SendingRules, *, now: datetime
) -> list[int]:
    """Those of `wanted` (ids with domains, in their order) that may leave now; they count from now on."""
    left = len(wanted)
    if rules.per_minute:
        left = max(0, rules.per_minute - _count(session, limits.bucket_of(ALL, ""), now=now))
    room = dict.fromkeys((domain for _, domain in wanted), len(wanted))
    if rules.per_domain_per_minute:
        used = _used(session, room, now=now)
        room = {domain: max(0, rules.per_domain_per_minute - used[domain]) for domain in room}
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    for message_id, domain in wanted:
        if len(chosen) < left and taken[domain] < room[domain]:
            taken[domain] += 1
            chosen.append(message_id)
    _change(session, taken, now=now, sign=1)
    return chosen


def give_back_allowance(session: Session, domains: Iterable[str], *, taken_at: datetime) -> None:
    """Let mails that were claimed at `taken_at` but not tried count no more, as if they never had."""
    hold_allowance(session)
    _change(session, Counter(domains), now=taken_at, sign=-1)


def _used(session: Session, domains: Iterable[str], *, now: datetime) -> Mapping[str, int]:
    return {domain: _count(session, limits.bucket_of(DOMAIN, domain), now=now) for domain in domains}


def _count(session: Session, bucket: str, *, now: datetime) -> int:
    counted = session.scalar(
        select(func.sum(Hit.count)).where(Hit.bucket == bucket, Hit.window_starts_at > now - LOOKED_BACK)
    )
    return counted or 0


def _change(session: Session, taken: Counter[str], *, now: datetime, sign: int) -> None:
    if not taken:
        return
    stretch = now - timedelta(seconds=now.second % STRETCH.seconds, microseconds=now.microsecond)
    limits.add(session, limits.bucket_of(ALL, ""), stretch, times=sign * taken.total())
    for domain, count in sorted(taken.items()):
        limits.add(session, limits.bucket_of(DOMAIN, domain), stretch, times=sign * count)
