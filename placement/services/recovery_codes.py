"""Codes for whoever does not have their phone: ten at a time, each good once, kept only as hashes.

A code has 80 random bits, so nobody finds one from its hash, with or without the secret key of the service.
"""

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from placement.domain.second_step import SYMBOLS, SYMBOLS_IN_CODE, in_groups, tidy
from placement.models import RecoveryCode

HOW_MANY = 10


def make_codes(session: Session, user_id: int, *, now: datetime) -> tuple[str, ...]:
    """New codes in place of all that the user had; told this once."""
    forget_codes(session, user_id)
    codes = ["".join(secrets.choice(SYMBOLS) for _ in range(SYMBOLS_IN_CODE)) for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code), made_at=now) for code in codes
    )
    session.flush()
    return tuple(in_groups(code, between="-") for code in codes)


def use_code(session: Session, user_id: int, typed: str, *, now: datetime) -> bool:
    """Use up the code that was typed; False where it is none, or used. Of two at the same time one wins."""
    used = update(RecoveryCode).where(
        RecoveryCode.user_id == user_id,
        RecoveryCode.code_hash == _hash(user_id, tidy(typed)),
        RecoveryCode.used_at.is_(None),
    )
    return session.scalar(used.values(used_at=now).returning(RecoveryCode.id)) is not None


def codes_left(session: Session, user_id: int) -> int:
    """How many codes of the user are still good."""
    good = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count(RecoveryCode.id)).where(*good)) or 0


def forget_codes(session: Session, user_id: int) -> None:
    """Remove all codes of the user."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _hash(user_id: int, code: str) -> str:
    """A code's hash, salted with whose it is."""
    return sha256(f"recovery code of {user_id}: {code}".encode()).hexdigest()
