"""What somebody typed is not lost with their session: it waits, sealed, until they have signed in again."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from placement.domain.errors import AccessKeyWrong
from placement.models import InterruptedForm
from placement.services import access, sign_in
from placement.services.scope import Scope

Fields = Sequence[tuple[str, str]]
LARGEST = 100_000  # characters of all fields; no page asks for so many


def keep_form(session: Session, token: str, *, path: str, fields: Fields, now: datetime) -> bool:
    """Keep the fields of the page at `path` for whose session `token` was; False where nobody can be told.

    A session that its user ended is nobody's any more: somebody else may sit at the same screen.
    """
    user_id = sign_in.whose(session, token, now=now)
    text = json.dumps([list(field) for field in fields])
    if user_id is None or len(text) > LARGEST:
        return False
    sealed = access.seal(session, text)
    session.merge(InterruptedForm(user_id=user_id, path=path, sealed=sealed, kept_at=now))
    return True


def waiting_page(scope: Scope, *, now: datetime) -> str | None:
    """The path of the page whose form waits for the actor; None without one."""
    form = _found(scope, now=now)
    return form.path if form else None


def waiting_fields(scope: Scope, path: str, *, now: datetime) -> Fields:
    """The fields that wait for the actor on the page at `path`; empty without any."""
    form = _found(scope, now=now)
    if form is None or form.path != path:
        return ()
    try:
        kept = json.loads(access.unseal(scope.session, form.sealed))
    except AccessKeyWrong:  # sealed under another key: nobody can read it any more
        return ()
    return [(str(name), str(value)) for name, value in kept]


def forget_form(scope: Scope) -> None:
    """Remove what waits for the actor: it was sent again."""
    scope.session.execute(delete(InterruptedForm).where(InterruptedForm.user_id == scope.actor.user_id))


def _found(scope: Scope, *, now: datetime) -> InterruptedForm | None:
    return scope.session.scalars(
        select(InterruptedForm).where(
            InterruptedForm.user_id == scope.actor.user_id, InterruptedForm.kept_at > now - sign_in.KEPT
        )
    ).one_or_none()
