"""What somebody is told of their own account."""

from dataclasses import dataclass
from datetime import datetime

from placement.domain.errors import NotSignedIn
from placement.models import User
from placement.services import second_steps, sign_in
from placement.services.scope import Scope
from placement.services.second_steps import State
from placement.services.sign_in import OpenSession


@dataclass(frozen=True)
class Account:
    """Name and address as the service has them, and where the person is signed in.

    `second_step` says how that stands; None for whom it is not meant.
    """

    name: str
    email: str
    sessions: tuple[OpenSession, ...]
    second_step: State | None


def account(scope: Scope, token: str, *, now: datetime) -> Account:
    """The actor's own account; `token` is that of the browser that asks."""
    if scope.actor.user_id is None:
        raise NotSignedIn
    user = scope.session.get_one(User, scope.actor.user_id)
    sessions = sign_in.open_sessions(scope, token, now=now)
    return Account(user.name, user.email, sessions, second_steps.state(scope))
