"""Who a mail is from, and whether our own mail server vouches for it (RFC 5322 §3.4, RFC 8601)."""

import re
from collections.abc import Sequence

from placement.domain.errors import AddressUnusable
from placement.domain.invites import ascii_address
from placement.domain.states import SenderCheck

_PIECE = re.compile(r'\\.|"(?:[^"\\]|\\.)*"|.', re.DOTALL)
_NAMED = re.compile(r"[^<>,;:@]*<([^<>\s]+)>")
_BARE = re.compile(r"[^<>,;:\s]+")
_RESULT = re.compile(r"\s*dmarc\s*(?:/\s*[0-9]+\s*)?=\s*([a-z]+)", re.IGNORECASE)
_HEADER_FROM = re.compile(r"header\.from\s*=\s*([^\s;]+)", re.IGNORECASE)


def sole_sender(fields: Sequence[str]) -> str:
    """The one address in the From `fields` of a mail; empty where it is not clear that there is one.

    Stricter than the standard library's reader, which finds an address in nearly anything: what another
    program could read as another address is refused.
    """
    bare = _without_asides(fields[0]) if len(fields) == 1 else None
    if bare is None:
        return ""
    named = _NAMED.fullmatch(bare.strip())
    address = named[1] if named else bare.strip()
    if not (address.isascii() and _BARE.fullmatch(address)):
        return ""
    try:
        return ascii_address(address)
    except AddressUnusable:
        return ""


def sender_check(fields: Sequence[str], *, authserv_id: str, sender: str, vouched: bool) -> SenderCheck:
    """Whether the `sender` is who they say, by the Authentication-Results `fields`, topmost first.

    Only a result that our own mail server, `authserv_id`, wrote is looked at, and of several the topmost:
    anything below came with the mail. It must hold exactly one DMARC result, "pass", for the sender's domain.
    Where the server said nothing, or its name is not known, the mail is believed only if it is `vouched` for.
    """
    ours = next((said for field in fields if (said := _said_by(authserv_id, field)) is not None), None)
    if ours is not None:
        return "passed" if _passes(ours, sender) else "failed"
    if vouched:
        return "passed"
    return "failed" if authserv_id else "unchecked"


def _said_by(authserv_id: str, field: str) -> list[str] | None:
    """The results in one field; None where another server wrote it, or nobody can tell."""
    bare = _without_asides(field)
    if bare is None or not authserv_id:
        return None
    name, *results = bare.split(";")
    return results if name.casefold().split()[:1] == [authserv_id.casefold()] else None


def _passes(results: Sequence[str], sender: str) -> bool:
    """Whether exactly one of the results is of DMARC, and it confirms the domain of `sender`."""
    of_dmarc = [(match, result) for result in results if (match := _RESULT.match(result))]
    if len(of_dmarc) != 1:
        return False
    match, result = of_dmarc[0]
    domain = _HEADER_FROM.search(result)
    right = domain is None or domain[1].casefold() == sender.rpartition("@")[2].casefold()
    return match[1].lower() == "pass" and right


def _without_asides(text: str) -> str | None:
    """`text` without comments and quoted strings, which may hold anything; None where they do not end.

    A quote inside a comment is refused too: what stands behind it depends on who reads.
    """
    kept: list[str] = []
    depth = 0
    for piece in _PIECE.findall(text):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
        elif piece[0] == '"' and (depth or len(piece) == 1):
            return None
        elif not depth and piece[0] not in '"\\':
            kept.append(piece)
        if depth < 0:
            return None
    return None if depth else "".join(kept)
