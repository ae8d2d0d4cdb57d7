"""Users and what they are: leaders, partners, coordinators and viewers of cohorts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, literal, or_, select, union_all
from sqlalchemy.orm import Session

from placement.domain.errors import AddressUnusable
from placement.domain.states import CoordinatorRole
from placement.domain.text import clean_line
from placement.models import Cohort, Coordinator, Leader, Partner, User
from placement.services import audit
from placement.services.scope import Scope

Outcome = Literal["added", "changed", "unchanged"]
ROLES = ("leader", "partner", "coordinator", "viewer")

LONGEST_NAME = 300


@dataclass(frozen=True)
class Place:
    """What a user is in one cohort, under which name; `id` is the leader's, the partner's or the cohort's."""

    role: str
    id: int
    cohort_id: int
    cohort: str
    name: str


@dataclass(frozen=True)
class Member:
    """One user of a cohort and what they are in it."""

    email: str
    name: str
    role: str


def usual_address(email: str) -> str:
    """An e-mail address as it is kept: in its usual form, in lower case. Raises `AddressUnusable`."""
    try:
        checked = validate_email(email.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as wrong:
        raise AddressUnusable(address=clean_line(email)) from wrong
    return checked.normalized.lower()


def user_of(session: Session, address: str) -> User | None:
    """The user with this address, in its usual form."""
    return session.scalars(select(User).where(User.email == address)).one_or_none()


def anybody(session: Session) -> User | None:
    """Some user or other; None while there is nobody at all."""
    return session.scalars(select(User).order_by(User.id).limit(1)).first()


def user_with_a_role(session: Session, address: str) -> User | None:
    """The user with this address, if they are anything in any cohort."""
    anything = or_(
        *(select(rows.id).where(rows.user_id == User.id).exists() for rows in (Leader, Partner, Coordinator))
    )
    return session.scalars(select(User).where(User.email == address, anything)).one_or_none()


def add_user(
    scope: Scope, *, email: str, role: CoordinatorRole, cohort_name: str, now: datetime, name: str = ""
) -> Outcome:
    """Make whoever reads `email` a coordinator or viewer of a cohort; says whether that changed anything.

    An empty `name` leaves the name as it is. Raises `AddressUnusable`, `NotFound` for the cohort.
    """
    session, cohort = scope.session, scope.cohort_named(cohort_name)
    user, named = _user_for(session, usual_address(email), clean_line(name)[:LONGEST_NAME])
    held = session.scalars(
        select(Coordinator).where(Coordinator.user_id == user.id, Coordinator.cohort_id == cohort.id)
    ).one_or_none()
    if held is not None and held.role == role and not named:
        return "unchanged"
    before = held.role if held else None
    if held is None:
        session.add(Coordinator(user_id=user.id, cohort_id=cohort.id, role=role))
    else:
        held.role = role
    session.flush()
    audit.record(scope, "add_user", f"user:{user.id}", at=now, cohort_id=cohort.id, before=before, after=role)
    return "added" if before is None else "changed"


def members(scope: Scope, cohort_name: str) -> list[Member]:
    """All users of a cohort and what they are in it, those who run it first."""
    cohort = scope.cohort_named(cohort_name)
    rows = union_all(
        _members("leader", Leader).where(Leader.cohort_id == cohort.id),
        _members("partner", Partner).where(Partner.cohort_id == cohort.id),
        select(User.email, User.name, Coordinator.role)
        .join(User, User.id == Coordinator.user_id)
        .where(Coordinator.cohort_id == cohort.id),
    )
    found = [Member(*row) for row in scope.session.execute(rows)]
    return sorted(found, key=lambda member: (-ROLES.index(member.role), member.email, member.name))


def places_of(scope: Scope) -> list[Place]:
    """What the actor is, in which cohorts: as leader first, then as partner, then as coordinator."""
    user_id = scope.actor.user_id
    rows = union_all(
        _places("leader", Leader).where(Leader.user_id == user_id),
        _places("partner", Partner).where(Partner.user_id == user_id),
        select(Coordinator.role, Cohort.id, Cohort.id, Cohort.name, Cohort.name)
        .join(Cohort, Cohort.id == Coordinator.cohort_id)
        .where(Coordinator.user_id == user_id),
    )
    places = [Place(*row) for row in scope.session.execute(rows)]
    return sorted(places, key=lambda place: (ROLES.index(place.role), place.cohort, place.id))


def _user_for(session: Session, address: str, name: str) -> tuple[User, bool]:
    """The user with this address, made if there is none, and whether `name` is new to them."""
    user = user_of(session, address)
    if user is None:
        user = User(email=address, name=name)
        session.add(user)
        session.flush()
        return user, True
    renamed = bool(name) and name != user.name
    if renamed:
        user.name = name
    return user, renamed


def _members(role: str, rows: type[Leader] | type[Partner]) -> Select[str, str, str]:
    return select(User.email, rows.name, literal(role)).join(User, User.id == rows.user_id)


def _places(role: str, rows: type[Leader] | type[Partner]) -> Select[str, int, int, str, str]:
    return select(literal(role), rows.id, rows.cohort_id, Cohort.name, rows.name).join(
        Cohort, Cohort.id == rows.cohort_id
    )
