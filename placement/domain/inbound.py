"""How a mail server signs the mails that it hands over: with a secret that both know, and the time."""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256

HEADER = "Placement-Signature"
WINDOW = timedelta(minutes=5)
"""How far the signer's clock may be from ours; a signature is good for no longer."""

_SIGNATURE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(body: bytes, *, secret: str, now: datetime) -> str:
    """The header field for `body`: the seconds since 1970, and HMAC-SHA256 over them, a dot and the body."""
    seconds = str(int(now.timestamp()))
    return f"t={seconds},v1={_digest(body, seconds, secret)}"


def is_timely(signature: str, *, now: datetime) -> bool:
    """Whether a signature has the form of one, and its time is near `now`: asked before the body is read."""
    match = _SIGNATURE.fullmatch(signature)
    return match is not None and abs(int(match[1]) - now.timestamp()) <= WINDOW.total_seconds()


def is_signed(signature: str, body: bytes, *, secret: str, now: datetime) -> bool:
    """Whether a signature is timely and that of `body`."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None or not is_timely(signature, now=now):
        return False
    return hmac.compare_digest(_digest(body, match[1], secret), match[2])


def _digest(body: bytes, seconds: str, secret: str) -> str:
    return hmac.new(secret.encode(), seconds.encode() + b"." + body, sha256).hexdigest()
