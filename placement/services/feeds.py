"""Private calendar feeds: making, renewing and ending their addresses, and finding whose feed one is.

A token has 192 random bits. The database holds its SHA-256 alone, so whoever reads it learns no address, and
looking a token up takes the same time for a wrong one.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from placement.domain.errors import FeedChanged, NotSignedIn
from placement.domain.states import FeedPurpose
from placement.models import CalendarVersion, Cohort, Coordinator, Feed, Leader, Partner, User
from placement.services import audit, limits
from placement.services.limits import Limit
from placement.services.scope import Scope

FEED_PATH = "/feed/{token}.ics"
TOKEN_OCTETS = 24
MISSES = Limit("feed_miss", 30, timedelta(hours=1))
USED_EVERY = timedelta(hours=1)
NONE_YET = 0
"""What a page has seen where there was no feed."""

SUBJECTS: Mapping[str, Callable[[Scope, int], Leader | Partner | Cohort]] = {
    "leader": Scope.leader,
    "partner": Scope.partner,
    "coordinator": Scope.cohort,
}
"""By purpose: whose days they are; `NotFound` for somebody whom they do not concern."""


@dataclass(frozen=True)
class FeedState:
    """What the owner sees of a feed; `feed_id` is 0 and the moments are None where there is none."""

    name: str
    feed_id: int
    made_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True)
class KeptTag:
    """The ETag of a feed, the state that it was made of, and until when that state lasts by itself.

    All are None where none was made yet; `until` also where no day would ever leave.
    """

    tag: str | None
    of: str | None
    until: datetime | None

    def is_true(self, state: str, *, now: datetime) -> bool:
        """Whether the tag still is that of the days `now`, which are in this `state`."""
        return self.of == state and (self.until is None or now < self.until)


@dataclass(frozen=True)
class OpenFeed:
    """A feed that its token has opened; `unmarked` if its last use is not noted yet.

    `version` is a number that rises with every change of what feeds of this cohort show; `kept` the tag that
    was sent last.
    """

    feed_id: int
    user_id: int
    purpose: str
    subject_id: int
    made_at: datetime
    unmarked: bool
    version: int
    kept: KeptTag

    def state(self, written: str) -> str:
        """A word for the days as they are now, in the form that `written` names."""
        return sha256(f"{self.version}\0{written}".encode()).hexdigest()


def feed_state(scope: Scope, purpose: FeedPurpose, subject_id: int) -> FeedState:
    """How the actor's feed of these days stands."""
    subject, live = SUBJECTS[purpose](scope, subject_id), _live(scope, purpose, subject_id)
    if live is None:
        return FeedState(subject.name, NONE_YET, None, None)
    return FeedState(subject.name, live.id, live.created_at, live.last_used_at)


def make_feed(scope: Scope, purpose: FeedPurpose, subject_id: int, *, seen: int, now: datetime) -> str:
    """Make the actor's feed of these days, in place of the one that the page has `seen`.

    Returns the path of its address, which nobody can be told again. An older feed ends at once. Raises
    `FeedChanged` where another feed was made or ended since the page was opened.
    """
    user_id = _end_seen(scope, purpose, subject_id, seen=seen, now=now)
    token = secrets.token_urlsafe(TOKEN_OCTETS)
    feed = Feed(
        user_id=user_id,
        purpose=purpose,
        subject_id=subject_id,
        token_hash=token_hash(token),
        created_at=now,
    )
    scope.session.add(feed)
    scope.session.flush()
    audit.record(scope, "make_feed", f"feed:{feed.id}", at=now, purpose=purpose, ended=seen)
    return FEED_PATH.format(token=token)


def stop_feed(scope: Scope, purpose: FeedPurpose, subject_id: int, *, seen: int, now: datetime) -> None:
    """End the actor's feed of these days; raises `FeedChanged` if it is not the one that was `seen`."""
    _end_seen(scope, purpose, subject_id, seen=seen, now=now)
    audit.record(scope, "stop_feed", f"feed:{seen}", at=now, purpose=purpose)


def _whose(
    subject: InstrumentedAttribute[int], user: InstrumentedAttribute[int], purpose: str
) -> ColumnElement[bool]:
    """Whether a row is what a feed of this purpose shows, and still its user's."""
    return and_(Feed.purpose == purpose, Feed.subject_id == subject, Feed.user_id == user)


_COHORT = func.coalesce(Leader.cohort_id, Partner.cohort_id, Coordinator.cohort_id)
# One query, put together once: it is asked each time that a calendar program looks for changes. What gives
# somebody the right to days is said as in `Scope`, which is asked again before the days themselves are read.
_OPENED = (
    select(
        Feed.id,
        Feed.user_id,
        Feed.purpose,
        Feed.subject_id,
        Feed.created_at,
        Feed.last_used_at,
        func.coalesce(CalendarVersion.version, 0).label("version"),
        Feed.tag,
        Feed.tag_of,
        Feed.tag_until,
    )
    .outerjoin(Leader, _whose(Leader.id, Leader.user_id, "leader"))
    .outerjoin(Partner, _whose(Partner.id, Partner.user_id, "partner"))
    .outerjoin(
        Coordinator,
        _whose(Coordinator.cohort_id, Coordinator.user_id, "coordinator")
        & (Coordinator.role == "coordinator"),
    )
    .outerjoin(CalendarVersion, CalendarVersion.cohort_id == _COHORT)
    .where(Feed.token_hash == bindparam("token_hash"), Feed.revoked_at.is_(None), _COHORT.is_not(None))
)


def open_feed(connection: Connection, token: str, *, now: datetime) -> OpenFeed | None:
    """Whose feed `token` opens; None for a token that is wrong or revoked, or for days no longer theirs.

    One question on a bare connection, for most of what calendar programs ask ends here.
    """
    found = connection.execute(_OPENED, {"token_hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    unmarked = found.last_used_at is None or now - found.last_used_at >= USED_EVERY
    return OpenFeed(
        feed_id=found.id,
        user_id=found.user_id,
        purpose=found.purpose,
        subject_id=found.subject_id,
        made_at=found.created_at,
        unmarked=unmarked,
        version=found.version,
        kept=KeptTag(found.tag, found.tag_of, found.tag_until),
    )


def note_read(session: Session, feed_id: int, kept: KeptTag, *, now: datetime) -> None:
    """Note that a feed was read, and its tag: where that is new, else at most once in `USED_EVERY`."""
    values = {"last_used_at": now, "tag": kept.tag, "tag_of": kept.of, "tag_until": kept.until}
    session.execute(update(Feed).where(Feed.id == feed_id).values(values))


def count_miss(session: Session, *, remote: str, now: datetime) -> None:
    """Count an address that opens nothing, asked for from the IP address `remote`.

    Raises `TooManyRequests` beyond the limit. Whoever has the right token is never counted: one program may
    read the feeds of many people, and some of them have stopped theirs.
    """
    limits.count(session, MISSES, limits.origin(remote), now=now)


def token_hash(token: str) -> str:
    """What is kept of a token: its SHA-256, in hexadecimal digits."""
    return sha256(token.encode()).hexdigest()


def _end_seen(scope: Scope, purpose: FeedPurpose, subject_id: int, *, seen: int, now: datetime) -> int:
    """End the live feed if it is the one that was seen; returns whose it is."""
    SUBJECTS[purpose](scope, subject_id)
    user_id = _owner(scope)
    # Two pages of one person are looked at one after the other.
    scope.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    live = _live(scope, purpose, subject_id)
    if (live.id if live else NONE_YET) != seen:
        raise FeedChanged
    if live is not None:
        live.revoked_at = now
        scope.session.flush()
    return user_id


def _live(scope: Scope, purpose: FeedPurpose, subject_id: int) -> Feed | None:
    return scope.session.scalar(
        select(Feed).where(
            Feed.user_id == _owner(scope),
            Feed.purpose == purpose,
            Feed.subject_id == subject_id,
            Feed.revoked_at.is_(None),
        )
    )


def _owner(scope: Scope) -> int:
    """The actor as the owner of feeds; the service itself has none."""
    if scope.actor.user_id is None:
        raise NotSignedIn
    return scope.actor.user_id
