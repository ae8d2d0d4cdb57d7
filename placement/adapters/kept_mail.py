"""Where a folder for mail keeps each message: one file for each Message-ID."""

from hashlib import sha256
from pathlib import Path


def kept_path(folder: Path, message_id: str) -> Path:
    """The file of the message with this Message-ID, whether it is there or not."""
    return folder / f"{sha256(message_id.encode()).hexdigest()[:32]}.eml"


def read_kept(folder: Path, message_id: str) -> bytes | None:
    """The octets of the message with this Message-ID; None where the folder does not have it."""
    try:
        return kept_path(folder, message_id).read_bytes()
    except FileNotFoundError:
        return None
