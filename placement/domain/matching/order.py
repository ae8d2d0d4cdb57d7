"""The published lottery order: SHA-256 of the seed and an id, so that nobody's row or name decides."""

import hashlib
from collections.abc import Iterable


def drawn(seed: str, ids: Iterable[str]) -> list[str]:
    """Give `ids` in the order of SHA-256(seed + '|' + id)."""
    return sorted(ids, key=lambda id_: hashlib.sha256(f"{seed}|{id_}".encode()).digest())
