"""The second step at sign-in: a code of an app after the mail, for coordinators and viewers who want it.

The key of the app is sealed with the secret key of the installation. It counts only once a code of it was
right. Codes count once; five wrong ones within an hour lock, counted in the database for all processes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from placement.domain import second_step as codes
from placement.domain.errors import (
    AccessKeyWrong,
    NotFound,
    NotSignedIn,
    PlacementError,
    TooManyRequests,
    UserUnknown,
)
from placement.domain.second_step_errors import (
    SecondStepLocked,
    SecondStepUnreadable,
    SecondStepWrong,
    SetUpCodeWrong,
    SetUpOver,
)
from placement.domain.sender import Sender
from placement.models import Coordinator, SecondStep, User
from placement.services import access, audit, limits, people, recovery_codes
from placement.services.limits import Limit
from placement.services.scope import Scope
from placement.services.second_step_letters import Change, owe_news

WRONG_CODES = Limit("second_step", 5, timedelta(hours=1))
SET_UP_LIFE = timedelta(hours=1)
"""So long the key on the set-up page is the same; a page that is older is of no use."""


@dataclass(frozen=True)
class State:
    """How somebody's second step stands; `on_since` is None while it is off."""

    on_since: datetime | None
    codes_left: int


@dataclass(frozen=True)
class SetUp:
    """What somebody's app has to know: the key in groups of four, and all of it as one address."""

    key: str
    address: str


@dataclass(frozen=True)
class NewCodes:
    """Recovery codes that were made, to be told this once; or why none were.

    A try counts only once it is committed, so a refusal is an answer here, not an error.
    """

    codes: tuple[str, ...] = ()
    refusal: PlacementError | None = None


def is_on(session: Session, user_id: int) -> bool:
    """Whether the user is asked for the second step."""
    return _row(session, user_id, on=True) is not None


def state(scope: Scope) -> State | None:
    """How the actor's second step stands; None for whom it is not meant."""
    session, user_id = scope.session, _actor(scope)
    row = _row(session, user_id, on=True)
    if row is None:
        return State(None, 0) if _offered(session, user_id) else None
    return State(row.on_since, recovery_codes.codes_left(session, user_id))


def begin(scope: Scope, *, now: datetime) -> None:
    """Make a key for the actor's app, which does not count yet; one that waits to be set up stays the same.

    Raises `NotFound` for whom it is not meant, `SetUpOver` where the second step is on.
    """
    session, user_id = scope.session, _actor(scope)
    if not _offered(session, user_id):
        raise NotFound(thing="page")
    if is_on(session, user_id):
        raise SetUpOver
    if _waiting(session, user_id, now=now) is not None:
        return
    session.execute(delete(SecondStep).where(SecondStep.user_id == user_id))
    sealed = access.seal(session, pyotp.random_base32())
    session.add(SecondStep(user_id=user_id, sealed=sealed, begun_at=now))
    session.flush()
    audit.record(scope, "begin_second_step", f"user:{user_id}", at=now)


def set_up(scope: Scope, *, now: datetime) -> SetUp | None:
    """What the actor's app has to know; None where nothing waits to be set up."""
    session, user_id = scope.session, _actor(scope)
    row = _waiting(session, user_id, now=now)
    if row is None:
        return None
    key, user = _key(session, row), session.get_one(User, user_id)
    return SetUp(codes.in_groups(key), codes.app_address(key, user.email))


def turn_on(scope: Scope, code: str, *, sender: Sender, now: datetime) -> tuple[str, ...]:
    """Let the second step count, because `code` shows that the app has the key; returns the recovery codes.

    Raises `SetUpCodeWrong`, which takes no try: the key stands on the same page. Raises `SetUpOver` where no
    key waits.
    """
    session, user_id = scope.session, _actor(scope)
    row = _waiting(session, user_id, now=now)
    if row is None:
        raise SetUpOver
    used = codes.half_minute_of(_key(session, row), codes.tidy(code), now=now, after=None)
    if used is None:
        raise SetUpCodeWrong
    began = update(SecondStep).where(SecondStep.user_id == user_id, SecondStep.on_since.is_(None))
    began = began.values(on_since=now, last_used=used)
    if session.scalar(began.returning(SecondStep.user_id)) is None:
        raise SetUpOver  # another page was first
    made = recovery_codes.make_codes(session, user_id, now=now)
    audit.record(scope, "turn_on_second_step", f"user:{user_id}", at=now)
    _tell(session, user_id, "on", sender=sender, now=now)
    return made


def turn_off(scope: Scope, typed: str, *, sender: Sender, now: datetime) -> PlacementError | None:
    """Ask the actor for no second step any more, after a code of the app or a recovery code.

    Returns why not, where the code was refused.
    """
    user_id = _actor(scope)
    refusal = check(scope, user_id, typed, sender=sender, now=now)
    if refusal is None:
        _forget(scope.session, user_id)
        audit.record(scope, "turn_off_second_step", f"user:{user_id}", at=now)
        _tell(scope.session, user_id, "off", sender=sender, now=now)
    return refusal


def renew_codes(scope: Scope, typed: str, *, sender: Sender, now: datetime) -> NewCodes:
    """Give the actor new recovery codes in place of the old ones, after a code of the app or an old one."""
    user_id = _actor(scope)
    refusal = check(scope, user_id, typed, sender=sender, now=now)
    if refusal is not None:
        return NewCodes(refusal=refusal)
    made = recovery_codes.make_codes(scope.session, user_id, now=now)
    audit.record(scope, "renew_recovery_codes", f"user:{user_id}", at=now)
    _tell(scope.session, user_id, "new_codes", sender=sender, now=now)
    return NewCodes(made)


def turn_off_for(scope: Scope, email: str, *, sender: Sender, now: datetime) -> bool:
    """Ask whoever reads `email` for no second step any more; False where they are not asked for one.

    For people without phone and recovery codes: whoever runs the service has made sure who asks. Raises
    `UserUnknown`.
    """
    session = scope.session
    user = people.user_of(session, people.usual_address(email))
    if user is None:
        raise UserUnknown(email=email)
    if not is_on(session, user.id):
        return False
    _forget(session, user.id)
    audit.record(scope, "turn_off_second_step", f"user:{user.id}", at=now)
    _tell(session, user.id, "off_by_command", sender=sender, now=now)
    return True


def check(scope: Scope, user_id: int, typed: str, *, sender: Sender, now: datetime) -> PlacementError | None:
    """Use up a code of the user's app or a recovery code; returns why not, where it was refused.

    A refusal takes one of the tries, so it is returned, to be committed. A right code gives them all back.
    Raises `SetUpOver` where the second step is not on.
    """
    session, tidied = scope.session, codes.tidy(typed)
    row = _row(session, user_id, on=True)
    if row is None:
        raise SetUpOver
    try:
        key = _key(session, row) if codes.is_app_code(tidied) else None
        tries_left = limits.count(session, WRONG_CODES, str(user_id), now=now)
    except SecondStepUnreadable as unreadable:
        return unreadable
    except TooManyRequests as refused:
        return SecondStepLocked(**refused.facts)
    if key is not None:
        right = _use_app_code(session, row, key, tidied, now=now)
    else:
        right = _use_recovery_code(scope, user_id, tidied, sender=sender, now=now)
    if right:
        limits.clear(session, WRONG_CODES, str(user_id))
        return None
    audit.record(scope, "refuse_second_step", f"user:{user_id}", at=now, tries_left=tries_left)
    if tries_left:
        return SecondStepWrong(tries_left=tries_left)
    return SecondStepLocked(wait=limits.wait(session, WRONG_CODES, str(user_id), now=now))


def _use_app_code(session: Session, row: SecondStep, key: str, code: str, *, now: datetime) -> bool:
    """Whether the code is right and was not used; of two at the same time one wins."""
    used = codes.half_minute_of(key, code, now=now, after=row.last_used)
    if used is None:
        return False
    unused = or_(SecondStep.last_used.is_(None), SecondStep.last_used < used)
    noted = update(SecondStep).where(SecondStep.user_id == row.user_id, unused).values(last_used=used)
    return session.scalar(noted.returning(SecondStep.user_id)) is not None


def _use_recovery_code(scope: Scope, user_id: int, code: str, *, sender: Sender, now: datetime) -> bool:
    if not recovery_codes.use_code(scope.session, user_id, code, now=now):
        return False
    left = recovery_codes.codes_left(scope.session, user_id)
    audit.record(scope, "use_recovery_code", f"user:{user_id}", at=now, codes_left=left)
    _tell(scope.session, user_id, "code_used", sender=sender, now=now)
    return True


def _tell(session: Session, user_id: int, change: Change, *, sender: Sender, now: datetime) -> None:
    left = recovery_codes.codes_left(session, user_id)
    user = session.get_one(User, user_id)
    owe_news(session, user, change, codes_left=left, sender=sender, now=now)


def _forget(session: Session, user_id: int) -> None:
    recovery_codes.forget_codes(session, user_id)
    session.execute(delete(SecondStep).where(SecondStep.user_id == user_id))


def _actor(scope: Scope) -> int:
    if scope.actor.user_id is None:
        raise NotSignedIn
    return scope.actor.user_id


def _offered(session: Session, user_id: int) -> bool:
    """Whether the user coordinates or views a cohort, and so holds other people's data."""
    held = select(Coordinator.id).where(Coordinator.user_id == user_id)
    return session.scalars(held.limit(1)).first() is not None


def _row(session: Session, user_id: int, *, on: bool) -> SecondStep | None:
    counts = SecondStep.on_since.is_not(None) if on else SecondStep.on_since.is_(None)
    query = select(SecondStep).where(SecondStep.user_id == user_id, counts)
    return session.scalars(query, execution_options={"populate_existing": True}).one_or_none()


def _waiting(session: Session, user_id: int, *, now: datetime) -> SecondStep | None:
    """The key that waits to be set up."""
    row = _row(session, user_id, on=False)
    return row if row is not None and row.begun_at > now - SET_UP_LIFE else None


def _key(session: Session, row: SecondStep) -> str:
    """The key of somebody's app. Raises `SecondStepUnreadable`."""
    try:
        return access.unseal(session, row.sealed)
    except AccessKeyWrong:
        raise SecondStepUnreadable from None
