"""Mail octets (RFC 5322, RFC 2045 to 2047): seven-bit, CRLF, the same octets for the same content.

The standard library's `EmailMessage` is not used for writing: some Pythons that we support lose the quotes
of a long name with a comma when they fold it, which adds recipients; its boundaries are random, so a mail
made again after a crash would differ; and it costs ten times as much.
"""

import binascii
import hashlib
import re
from collections.abc import Sequence
from email.header import Header
from textwrap import wrap

from placement.domain.invites import Mailbox, ascii_address
from placement.domain.text import clean_line

LONGEST_HEADER = 76  # characters of a line of a header field
LONGEST_QUOTED = 60  # a longer name or word is sent as encoded words, which may be folded anywhere
BASE64_LINE = 76

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")


def header(name: str, text: str) -> str:
    """One header field of free `text`, folded, in ASCII, without its line end."""
    clean = clean_line(text)
    foldable = all(len(word) <= LONGEST_QUOTED for word in clean.split(" "))
    if not clean.isascii() or "=?" in clean or not foldable:
        return f"{name}: " + Header(clean, "utf-8", header_name=name).encode(linesep="\r\n")
    room = LONGEST_HEADER - len(f"{name}: ")
    return f"{name}: " + "\r\n ".join(wrap(clean, room, break_long_words=False, break_on_hyphens=False))


def mailbox_header(name: str, mailbox: Mailbox) -> str:
    """One header field that holds exactly one mailbox, without its line end."""
    phrase = _phrase(clean_line(mailbox.name), field=name)
    address = ascii_address(mailbox.address)
    if not phrase:
        return f"{name}: {address}"
    return f"{name}: {phrase}\r\n <{address}>"


def _phrase(text: str, *, field: str) -> str:
    """A display name as atoms, as a quoted string, or as encoded words, whichever is simplest."""
    if not text.isascii() or "=?" in text or len(text) > LONGEST_QUOTED:
        return Header(text, "utf-8", header_name=field).encode(linesep="\r\n")
    if _ATOMS.fullmatch(text):
        return text
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"' if text else ""


def text_part(subtype: str, text: str) -> bytes:
    """A text part in UTF-8, with CRLF line ends, as quoted-printable or base64, whichever is shorter."""
    octets = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    readable, compact = binascii.b2a_qp(octets), _base64(octets)
    encoding, body = ("quoted-printable", readable) if len(readable) <= len(compact) else ("base64", compact)
    return _entity(f'text/{subtype}; charset="utf-8"', encoding, body)


def calendar_part(calendar: bytes, method: str) -> bytes:
    """The part that mail programs show as an invite with its buttons."""
    return _entity(f'text/calendar; charset="utf-8"; method={method}', "base64", _base64(calendar))


def calendar_file(calendar: bytes) -> bytes:
    """The same calendar as a file, of a type that is not imported a second time by itself."""
    return _entity(
        'application/ics; name="invite.ics"',
        "base64",
        _base64(calendar),
        'Content-Disposition: attachment; filename="invite.ics"',
    )


def multipart(subtype: str, parts: Sequence[bytes]) -> bytes:
    """The entity that holds `parts` in order.

    Its boundary comes from their content and holds ``=_``, which neither encoding can produce.
    """
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:40]}"
    head = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    delimiter = f"--{boundary}".encode()
    body = b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts)
    return head + body + delimiter + b"--\r\n"


def message(headers: Sequence[str], entity: bytes) -> bytes:
    """A whole message: the header fields, then `entity` with its own."""
    return "\r\n".join([*headers, "MIME-Version: 1.0", ""]).encode("ascii") + entity


def _entity(content_type: str, encoding: str, body: bytes, *headers: str) -> bytes:
    fields = [f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}", *headers, "", ""]
    return "\r\n".join(fields).encode("ascii") + body


def _base64(octets: bytes) -> bytes:
    encoded = binascii.b2a_base64(octets, newline=False)
    return b"".join(encoded[at : at + BASE64_LINE] + b"\r\n" for at in range(0, len(encoded), BASE64_LINE))
