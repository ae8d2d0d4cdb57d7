"""Codes of an app that counts half minutes (RFC 6238), and recovery codes, as people read and type them.

The app and the service share a key. Each half minute has a number and one code; a code counts once, and also
half a minute before and after its time, because clocks differ.
"""

import hmac
import re
from datetime import datetime

import pyotp

ISSUER = "Placement"
WINDOW = 1
"""So many half minutes before and after the present one count, too."""
SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""What recovery codes are made of: no letter that looks like another, or like a number."""
SYMBOLS_IN_CODE = 16
ALIKE = str.maketrans("ILO", "110")
APP_CODE = re.compile(r"[0-9]{6}")


def half_minute_of(key: str, code: str, *, now: datetime, after: int | None) -> int | None:
    """The number of the half minute whose code this is; None for a wrong code.

    Only those around `now` count, and of these only those `after` the last one that was used.
    """
    clock = pyotp.TOTP(key)
    present = clock.timecode(now)
    for number in range(present - WINDOW, present + WINDOW + 1):
        unused = after is None or number > after
        if unused and hmac.compare_digest(clock.generate_otp(number).encode(), code.encode()):
            return number
    return None


def app_address(key: str, email: str) -> str:
    """The address that an app reads from the picture: the key, and what the app is to call it."""
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=ISSUER)


def in_groups(text: str, *, between: str = " ") -> str:
    """`text` in groups of four, so that nobody loses their place in it."""
    return between.join(text[start : start + 4] for start in range(0, len(text), 4))


def tidy(typed: str) -> str:
    """A code as it is compared: without spaces and dashes, in capitals, O and I as the numbers they mean."""
    return re.sub(r"[\s-]", "", typed).upper().translate(ALIKE)


def is_app_code(tidied: str) -> bool:
    """Whether it looks like a code of the app, rather than a recovery code."""
    return APP_CODE.fullmatch(tidied) is not None
