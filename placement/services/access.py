"""Access needs: encrypted at rest, read only through these functions. Other such texts are sealed here."""

import base64
import re
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from placement.domain.errors import AccessKeyMissing, AccessKeyWrong
from placement.models import AccessNeed, Leader

CIPHER = "access_need_cipher"
STEP_FREE = re.compile(
    r"step[\s-]*free|wheel\s*chair|cannot (?:use|climb|manage) (?:the )?(?:steps|stairs)", re.I
)


def cipher_for(secret_key: str) -> Fernet | None:
    """The cipher of an installation, derived from its secret key; None where there is no key."""
    if not secret_key:
        return None
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"placement access needs")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))


def needs_step_free(need: str) -> bool:
    """Whether the words of an access need say that steps are impossible."""
    return bool(STEP_FREE.search(need))


def record_need(session: Session, leader: Leader, need: str, *, shared: bool = False) -> None:
    """Keep what `leader` needs; an empty text removes what was kept.

    `shared`: the partner who hosts them may know it. That was said of this text, so another text by somebody
    else is told to nobody until the leader says so again.
    """
    if not need:
        session.execute(delete(AccessNeed).where(AccessNeed.leader_id == leader.id))
        return
    session.merge(AccessNeed(leader_id=leader.id, ciphertext=seal(session, need), shared=shared))


def read_needs(session: Session, leader_ids: Iterable[int]) -> dict[int, str]:
    """The access needs of some leaders, by leader id; those without any are left out."""
    rows = session.scalars(select(AccessNeed).where(AccessNeed.leader_id.in_(list(leader_ids)))).all()
    return {row.leader_id: unseal(session, row.ciphertext) for row in rows}


def shared_needs(session: Session, leader_ids: Iterable[int]) -> dict[int, str]:
    """The needs of those among some leaders who want the partner who hosts them to know, by leader id."""
    query = select(AccessNeed.leader_id).where(AccessNeed.leader_id.in_(list(leader_ids)), AccessNeed.shared)
    return read_needs(session, session.scalars(query).all())


def seal(session: Session, text: str) -> bytes:
    """`text` encrypted with a key that the database does not hold."""
    return _cipher(session).encrypt(text.encode())


def unseal(session: Session, ciphertext: bytes) -> str:
    """The text that was sealed; raises `AccessKeyWrong` where that was done with another key."""
    try:
        return _cipher(session).decrypt(ciphertext).decode()
    except InvalidToken as wrong:
        raise AccessKeyWrong from wrong


def _cipher(session: Session) -> Fernet:
    cipher = session.info.get(CIPHER)
    if not isinstance(cipher, Fernet):
        raise AccessKeyMissing
    return cipher
