"""Signing in without a password: a link and a code by mail, and the sessions that they begin.

Tokens have 256 bits. The database holds their SHA-256 alone, so whoever reads it cannot sign in with it.
Several links of one user may be good at the same time (a mailbox may be shared); only the code of the newest
request counts.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from placement.domain.errors import CodeWrong, LinkSpent, PlacementError, UserUnknown
from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.second_step_errors import HalfWayOver
from placement.domain.sender import Sender
from placement.models import InterruptedForm, SignedIn, SignInLink, User
from placement.services import audit, limits, outbox, people, second_steps
from placement.services.limits import Limit
from placement.services.scope import Scope

LINK_PATH = "/sign-in/link/"
KIND = "sign_in"

LINK_LIFE = timedelta(minutes=15)
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=1)
HALF_WAY_LIFE = timedelta(minutes=10)

PER_ADDRESS = Limit("sign_in_address", 5, timedelta(hours=1))
PER_ORIGIN = Limit("sign_in_origin", 20, timedelta(hours=1))
CODE = "sign_in_code"
CODE_TRIES = 5


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, as pages need to know it; `name` is the address where no name is known."""

    user_id: int
    name: str
    seen_at: datetime
    since: datetime

    def left(self, *, now: datetime) -> timedelta:
        """How long the session lasts if nothing more happens, counted from what was last noted of it."""
        return min(self.seen_at + IDLE, self.since + LONGEST) - now


@dataclass(frozen=True)
class OpenSession:
    """One browser in which somebody is signed in; `here` is the one that asks."""

    since: datetime
    seen_at: datetime
    here: bool


@dataclass(frozen=True)
class HalfWay:
    """Somebody whom the mail has let in, `by` its link or code, and who still owes the second step."""

    user_id: int
    by: str
    since: datetime

    def is_over(self, *, now: datetime) -> bool:
        """Whether the second step comes too late."""
        return now >= self.since + HALF_WAY_LIFE


Entry = str | HalfWay
"""What a link or a code opens: a session, by its token, or the question for the second step."""


@dataclass(frozen=True)
class CodeAnswer:
    """What came of one typed code.

    The try that it took counts only once the transaction is committed, so a refusal is an answer here, not
    an error; `entry_or_refusal` makes it one after the commit.
    """

    entry: Entry | None
    tries_left: int

    def entry_or_refusal(self) -> Entry:
        """What the code opened; raises `CodeWrong`, or `LinkSpent` when no try is left."""
        if self.entry is not None:
            return self.entry
        if self.tries_left:
            raise CodeWrong(tries_left=self.tries_left)
        raise LinkSpent


@dataclass(frozen=True)
class SecondAnswer:
    """What came of one code of the second step: the token of the session that began, or why none did."""

    token: str | None = None
    refusal: PlacementError | None = None

    def token_or_refusal(self) -> str:
        """The token of the session that began; raises the refusal, once its try is committed."""
        if self.token is None:
            raise self.refusal or HalfWayOver
        return self.token


def request_sign_in(scope: Scope, *, email: str, sender: Sender, remote: str, now: datetime) -> None:
    """Owe the user of `email` a mail with a link and a code; `remote` is the IP address that asks.

    Nothing shows whether there is such a user: the answer and the work are the same.
    Raises `AddressUnusable` for what is no address, `TooManyRequests` beyond the limits.
    """
    session, address = scope.session, people.usual_address(email)
    _forget_old(session, now=now)
    limits.count(session, PER_ORIGIN, limits.origin(remote), now=now)
    limits.count(session, PER_ADDRESS, address, now=now)
    limits.open_tries(session, CODE, address, now=now)
    user = people.user_with_a_role(session, address)
    stand_in = user or people.anybody(session)
    if stand_in is not None:
        with session.begin_nested() as work:
            _owe_mail(session, stand_in, sender=sender, now=now)
            if user is None:
                work.rollback()  # done and undone, so that the time taken tells nothing
    audit.record(scope, "request_sign_in", _subject(user), at=now)


def one_time_link(scope: Scope, email: str, *, now: datetime) -> str:
    """Make a link for the user of `email` without a mail; returns its path, to be put after the base URL.

    Raises `UserUnknown` where there is none.
    """
    user = people.user_of(scope.session, people.usual_address(email))
    if user is None:
        raise UserUnknown(email=email)
    token = _new_token()
    # Nobody is told the code, so it is as good as a second token.
    _keep_link(scope.session, user, token, _new_token(), now=now)
    audit.record(scope, "make_sign_in_link", _subject(user), at=now)
    return LINK_PATH + token


def look_at_link(scope: Scope, token: str, *, now: datetime) -> None:
    """Whether a link is still good; changes nothing. Raises `LinkSpent` if it is not."""
    if scope.session.scalar(select(SignInLink.id).where(_good(token, now))) is None:
        raise LinkSpent


def spend_link(scope: Scope, token: str, *, now: datetime) -> Entry:
    """Use a link up and let its user in, or half-way in.

    Raises `LinkSpent`. Of two posts at the same time one wins, because only one UPDATE finds it unused.
    """
    user_id = _use_up(scope.session, _good(token, now), now=now)
    if user_id is None:
        raise LinkSpent
    return _enter(scope, user_id, by="link", now=now)


def spend_code(scope: Scope, *, email: str, code: str, now: datetime) -> CodeAnswer:
    """Try a code for `email`: the newest request's counts, five times.

    An address that nobody has answers the same.
    """
    session, address = scope.session, people.usual_address(email)
    taken = limits.take_try(session, CODE, address, since=now - LINK_LIFE, most=CODE_TRIES)
    if taken is None:
        return CodeAnswer(None, 0)
    requested_at, tries_left = taken
    user_id = _use_up_by_code(session, address, code, requested_at=requested_at, now=now)
    if user_id is None:
        audit.record(scope, "refuse_code", "user:unknown", at=now, tries_left=tries_left)
        return CodeAnswer(None, tries_left)
    return CodeAnswer(_enter(scope, user_id, by="code", now=now), tries_left)


def take_second_step(
    scope: Scope, half_way: HalfWay, typed: str, *, sender: Sender, now: datetime
) -> SecondAnswer:
    """Sign somebody in who is half-way in, by a code of their app or a recovery code.

    Raises `HalfWayOver` where that comes too late, or nobody is asked for it any more.
    """
    if half_way.is_over(now=now) or not second_steps.is_on(scope.session, half_way.user_id):
        raise HalfWayOver
    refusal = second_steps.check(scope, half_way.user_id, typed, sender=sender, now=now)
    if refusal is not None:
        return SecondAnswer(refusal=refusal)
    return SecondAnswer(_begin_session(scope, half_way.user_id, by=f"{half_way.by} and second step", now=now))


def enter_without_mail(scope: Scope, email: str, *, now: datetime) -> str:
    """Sign the user of `email` in without mail and second step; returns the token of the new session.

    For the demonstration, whose people are made up. Raises `UserUnknown`.
    """
    user = people.user_of(scope.session, people.usual_address(email))
    if user is None:
        raise UserUnknown(email=email)
    return _begin_session(scope, user.id, by="demonstration", now=now)


def whoami(session: Session, token: str, *, now: datetime) -> Visitor | None:
    """Who is signed in with `token`; None once the session is ended, idle too long or too old."""
    found = session.execute(
        select(User.id, User.name, User.email, SignedIn.seen_at, SignedIn.created_at)
        .join(SignedIn, SignedIn.user_id == User.id)
        .where(_live(token, now))
    ).one_or_none()
    if found is None:
        return None
    return Visitor(found.id, found.name or found.email, found.seen_at, since=found.created_at)


def whose(session: Session, token: str, *, now: datetime) -> int | None:
    """The id of the user whose session has run out; None for one that is unknown or that its user ended."""
    return session.scalar(
        select(SignedIn.user_id).where(
            SignedIn.token_hash == _hash(token),
            SignedIn.ended_at.is_(None),
            SignedIn.created_at > now - KEPT,
        )
    )


def mark_seen(session: Session, token: str, *, now: datetime) -> None:
    """Keep a session from falling idle; called at most once in `SEEN_EVERY`."""
    session.execute(update(SignedIn).where(_live(token, now)).values(seen_at=now))


def sign_out(scope: Scope, token: str, *, now: datetime) -> None:
    """End a session for good; harmless where it has ended."""
    user_id = scope.session.scalar(
        update(SignedIn)
        .where(SignedIn.token_hash == _hash(token), SignedIn.ended_at.is_(None))
        .values(ended_at=now)
        .returning(SignedIn.user_id)
    )
    if user_id is not None:
        audit.record(Scope.of_user(scope.session, user_id), "sign_out", f"user:{user_id}", at=now)


def open_sessions(scope: Scope, token: str, *, now: datetime) -> tuple[OpenSession, ...]:
    """Where the actor is signed in, this browser first, then the one seen last; `token` is this browser's."""
    rows = scope.session.scalars(
        select(SignedIn).where(SignedIn.user_id == scope.actor.user_id, _unended(now))
    )
    found = [OpenSession(row.created_at, row.seen_at, row.token_hash == _hash(token)) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.here, one.seen_at), reverse=True))


def sign_out_elsewhere(scope: Scope, token: str, *, now: datetime) -> int:
    """End all sessions of the actor but this browser's, whose token this is; returns how many those were."""
    ended = scope.session.scalars(
        update(SignedIn)
        .where(SignedIn.user_id == scope.actor.user_id, SignedIn.token_hash != _hash(token), _unended(now))
        .values(ended_at=now)
        .returning(SignedIn.id)
    ).all()
    if ended:
        audit.record(scope, "sign_out_elsewhere", f"user:{scope.actor.user_id}", at=now, sessions=len(ended))
    return len(ended)


def _owe_mail(session: Session, user: User, *, sender: Sender, now: datetime) -> None:
    token, code = _new_token(), f"{secrets.randbelow(1_000_000):06}"
    _keep_link(session, user, token, code, now=now)
    outbox.owe(session, _letter(user, token, code, sender=sender), now=now)


def _letter(user: User, token: str, code: str, *, sender: Sender) -> Letter:
    subject = _hash(token)
    return Letter(
        kind=KIND,
        subject=f"{KIND}:{subject}",
        recipient=Mailbox(user.name, user.email),
        message_id=f"<{subject[:40]}@{sender.domain}>",
        payload={
            "link": sender.link(LINK_PATH + token),
            "code": code,
            "minutes": LINK_LIFE // timedelta(minutes=1),
        },
    )


def _keep_link(session: Session, user: User, token: str, code: str, *, now: datetime) -> None:
    link = SignInLink(user_id=user.id, token_hash=_hash(token), created_at=now, expires_at=now + LINK_LIFE)
    link.code_hash = _code_hash(link.token_hash, code)
    session.add(link)
    session.flush()


def _use_up_by_code(
    session: Session, address: str, code: str, *, requested_at: datetime, now: datetime
) -> int | None:
    """The user whose request at `requested_at` had this code, and whose link it uses up."""
    links = session.execute(
        select(SignInLink.id, SignInLink.token_hash, SignInLink.code_hash)
        .join(User, User.id == SignInLink.user_id)
        .where(User.email == address, SignInLink.created_at == requested_at)
    ).all()
    for link in links:
        if hmac.compare_digest(_code_hash(link.token_hash, code), link.code_hash):
            return _use_up(session, and_(SignInLink.id == link.id, _unused(now)), now=now)
    return None


def _use_up(session: Session, which: ColumnElement[bool], *, now: datetime) -> int | None:
    return session.scalar(update(SignInLink).where(which).values(used_at=now).returning(SignInLink.user_id))


def _enter(scope: Scope, user_id: int, *, by: str, now: datetime) -> Entry:
    if not second_steps.is_on(scope.session, user_id):
        return _begin_session(scope, user_id, by=by, now=now)
    audit.record(Scope.of_user(scope.session, user_id), "ask_second_step", f"user:{user_id}", at=now, by=by)
    return HalfWay(user_id, by, now)


def _begin_session(scope: Scope, user_id: int, *, by: str, now: datetime) -> str:
    token = _new_token()
    scope.session.add(SignedIn(user_id=user_id, token_hash=_hash(token), created_at=now, seen_at=now))
    audit.record(Scope.of_user(scope.session, user_id), "sign_in", f"user:{user_id}", at=now, by=by)
    return token


def _good(token: str, now: datetime) -> ColumnElement[bool]:
    return and_(SignInLink.token_hash == _hash(token), _unused(now))


def _unused(now: datetime) -> ColumnElement[bool]:
    return and_(SignInLink.used_at.is_(None), SignInLink.expires_at > now)


def _live(token: str, now: datetime) -> ColumnElement[bool]:
    return and_(SignedIn.token_hash == _hash(token), _unended(now))


def _unended(now: datetime) -> ColumnElement[bool]:
    return and_(
        SignedIn.ended_at.is_(None),
        SignedIn.seen_at > now - IDLE,
        SignedIn.created_at > now - LONGEST,
    )


def _forget_old(session: Session, *, now: datetime) -> None:
    """Remove counts, links, sessions and forms that have been dead for long."""
    limits.forget(session, before=now - KEPT)
    session.execute(delete(SignInLink).where(SignInLink.expires_at < now - KEPT))
    session.execute(delete(SignedIn).where(SignedIn.created_at < now - KEPT))
    session.execute(delete(InterruptedForm).where(InterruptedForm.kept_at < now - KEPT))


def _subject(user: User | None) -> str:
    return "user:unknown" if user is None else f"user:{user.id}"


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _code_hash(token_hash: str, code: str) -> str:
    """A code's hash, salted with its link's."""
    return sha256(f"{token_hash}:{code}".encode()).hexdigest()
