"""What somebody is told of their own account."""

from dataclasses import dataclass
from datetime import datetime

from placement.domain.errors import NotSignedIn
from placement.models import User
from placement.services import sign_in
from placement.services.scope import Scope
from placement.services.sign_in import OpenSession


@dataclass(frozen=True)
class Account:
    """Name and address as the service has them, and where the person is signed in."""

    name: str
    email: str
    sessions: tuple[OpenSession, ...]


def account(scope: Scope, token: str, *, now: datetime) -> Account:
    """The actor's own account; `token` is that of the browser that asks."""
    if scope.actor.user_id is None:
        raise NotSignedIn
    user = scope.session.get_one(User, scope.actor.user_id)
    return Account(user.name, user.email, sign_in.open_sessions(scope, token, now=now))
