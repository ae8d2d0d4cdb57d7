"""Who wants no mails of a sort: said with a link from such a mail, looked at before each one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.mail_errors import MailLinkWrong
from placement.domain.states import OptOutSort
from placement.models import OptOut, User
from placement.services import audit
from placement.services.mail_links import MailLinks
from placement.services.scope import Scope


@dataclass(frozen=True)
class Subscription:
    """How one reader stands to one sort of mail; `since` is when they stopped it, None while it goes."""

    sort: OptOutSort
    since: datetime | None


def subscription(scope: Scope, token: str, *, links: MailLinks) -> Subscription:
    """What the link of a mail is about, and how that stands. Raises `MailLinkWrong`."""
    user, sort = _meant(scope.session, token, links)
    held = scope.session.get(OptOut, (user.id, sort))
    return Subscription(sort, held.since if held else None)


def unsubscribe(scope: Scope, token: str, *, links: MailLinks, now: datetime) -> Subscription:
    """Send the reader of a mail no more of its sort; doing so twice is harmless. Raises `MailLinkWrong`."""
    user, sort = _meant(scope.session, token, links)
    _hold_user(scope.session, user)
    held = scope.session.get(OptOut, (user.id, sort))
    if held is None:
        held = OptOut(user_id=user.id, sort=sort, since=now)
        scope.session.add(held)
        scope.session.flush()
        audit.record(scope, "unsubscribe", f"user:{user.id}", at=now, sort=sort)
    return Subscription(sort, held.since)


def resubscribe(scope: Scope, token: str, *, links: MailLinks, now: datetime) -> Subscription:
    """Send the reader of a mail its sort again. Raises `MailLinkWrong`."""
    user, sort = _meant(scope.session, token, links)
    _hold_user(scope.session, user)
    held = scope.session.get(OptOut, (user.id, sort))
    if held is not None:
        scope.session.delete(held)
        scope.session.flush()
        audit.record(scope, "resubscribe", f"user:{user.id}", at=now, sort=sort)
    return Subscription(sort, None)


def who_wants_none(session: Session, sort: OptOutSort, user_ids: Collection[int]) -> set[int]:
    """Those of the users who want no mails of `sort`."""
    rows = session.scalars(select(OptOut.user_id).where(OptOut.sort == sort, OptOut.user_id.in_(user_ids)))
    return set(rows)


def sorts_of(session: Session, user_id: int) -> tuple[str, ...]:
    """The sorts of mail that a user wants none of, in the alphabet."""
    return tuple(session.scalars(select(OptOut.sort).where(OptOut.user_id == user_id).order_by(OptOut.sort)))


def _meant(session: Session, token: str, links: MailLinks) -> tuple[User, OptOutSort]:
    user_id, sort = links.read_unsubscribe(token)
    user = session.get(User, user_id)
    if user is None:
        raise MailLinkWrong
    return user, sort


def _hold_user(session: Session, user: User) -> None:
    """Let the same link be followed by two at once: the second one waits, and finds it done."""
    session.execute(select(User.id).where(User.id == user.id).with_for_update(key_share=True))
