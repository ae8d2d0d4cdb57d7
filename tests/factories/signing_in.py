"""Sign-in links, sessions in browsers, calendar feeds, and access needs."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pyotp
from sqlalchemy.orm import Session

from placement.models import AccessNeed, Feed, Leader, SecondStep, SignedIn, SignInLink, User
from placement.services import access
from tests.factories.clock import NOON, next_number

APP_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The key in the app of whoever has a second step in tests."""


def _hash() -> str:
    return sha256(f"token {next_number()}".encode()).hexdigest()


def make_sign_in_link(session: Session, *, user: User, **facts: Any) -> SignInLink:
    """A link that is good for a quarter of an hour from noon."""
    defaults = {
        "token_hash": _hash(),
        "code_hash": _hash(),
        "created_at": NOON,
        "expires_at": NOON + timedelta(minutes=15),
    }
    link = SignInLink(**(defaults | {"user_id": user.id} | facts))
    session.add(link)
    session.flush()
    return link


def make_signed_in(session: Session, *, user: User, **facts: Any) -> SignedIn:
    """A session of `user` in a browser, begun at noon."""
    defaults = {"token_hash": _hash(), "created_at": NOON, "seen_at": NOON}
    signed_in = SignedIn(**(defaults | {"user_id": user.id} | facts))
    session.add(signed_in)
    session.flush()
    return signed_in


def make_access_need(session: Session, *, leader: Leader, **facts: Any) -> AccessNeed:
    """An access need whose ciphertext nobody can open; use the service to record a real one."""
    need = AccessNeed(**({"leader_id": leader.id, "ciphertext": b"sealed"} | facts))
    session.add(need)
    session.flush()
    return need


def make_feed(session: Session, *, user: User, token: str | None = None, **facts: Any) -> Feed:
    """A live calendar feed of `user`, whose token nobody knows unless it is given."""
    defaults = {
        "purpose": "leader",
        "subject_id": next_number(),
        "token_hash": sha256(token.encode()).hexdigest() if token else _hash(),
        "created_at": NOON,
    }
    feed = Feed(**(defaults | {"user_id": user.id} | facts))
    session.add(feed)
    session.flush()
    return feed


def make_second_step(session: Session, *, user: User, **facts: Any) -> SecondStep:
    """A second step that is on since noon, and of which no code was used yet; its key is `APP_KEY`."""
    defaults = {"sealed": access.seal(session, APP_KEY), "begun_at": NOON, "on_since": NOON}
    row = SecondStep(**(defaults | {"user_id": user.id} | facts))
    session.add(row)
    session.flush()
    return row


def app_code(at: datetime, *, key: str = APP_KEY) -> str:
    """The code that the app with that key shows at a moment."""
    return pyotp.TOTP(key).at(at)
