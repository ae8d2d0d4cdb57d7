"""Further addresses of people: a reply from one counts as theirs. None of them signs anybody in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.answer_errors import AliasTaken
from placement.domain.errors import NotFound
from placement.models import User, UserAlias
from placement.services import audit
from placement.services.people import user_of, usual_address
from placement.services.scope import Scope


def add_alias(scope: Scope, cohort_id: int, leader_id: int, *, address: str, now: datetime) -> bool:
    """Let mails from `address` count as those of a leader of a cohort that the actor coordinates.

    False where they do already. Raises `AliasTaken`, `AddressUnusable`.
    """
    session = scope.session
    leader = scope.leader_of(scope.cohort(cohort_id), leader_id)
    email = usual_address(address)
    known = _owner(session, email)
    if known == leader.user_id:
        return False
    if known is not None:
        raise AliasTaken(address=email, name=leader.name)
    session.add(UserAlias(user_id=leader.user_id, email=email, created_at=now))
    session.flush()
    audit.record(scope, "add_alias", f"user:{leader.user_id}", at=now, cohort_id=leader.cohort_id)
    return True


def remove_alias(scope: Scope, cohort_id: int, leader_id: int, alias_id: int, *, now: datetime) -> str:
    """Take a further address from a leader again; returns it. What was answered from it stays."""
    session = scope.session
    leader = scope.leader_of(scope.cohort(cohort_id), leader_id)
    alias = session.scalars(
        select(UserAlias).where(UserAlias.id == alias_id, UserAlias.user_id == leader.user_id)
    ).one_or_none()
    if alias is None:
        raise NotFound(thing="further address")
    session.delete(alias)
    session.flush()
    audit.record(scope, "remove_alias", f"user:{leader.user_id}", at=now, cohort_id=leader.cohort_id)
    return alias.email


def aliases_of(session: Session, user_id: int) -> list[UserAlias]:
    """The further addresses of a user, in the order of the alphabet."""
    query = select(UserAlias).where(UserAlias.user_id == user_id).order_by(UserAlias.email)
    return list(session.scalars(query))


def user_behind(session: Session, address: str) -> User | None:
    """Whose an address is, as their own or as a further one; compared without regard to case."""
    owner = _owner(session, address.casefold())
    return None if owner is None else session.get_one(User, owner)


def _owner(session: Session, email: str) -> int | None:
    own = user_of(session, email)
    if own is not None:
        return own.id
    return session.scalar(select(UserAlias.user_id).where(UserAlias.email == email))
