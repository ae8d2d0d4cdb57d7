"""Where the mailbox for replies is, from the one address that the setting gives."""

from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

ImapTls = Literal["implicit", "starttls", "off"]

PORTS = {"imaps": 993, "imap": 143}


@dataclass(frozen=True)
class ImapUrl:
    """A folder of a mailbox on an IMAP server, and how to sign in to it; what is secret is never shown."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: ImapTls
    folder: str = "INBOX"

    @classmethod
    def parse(cls, url: str, *, loopback: bool) -> Self:
        """Read ``imaps://user:password@host:993/INBOX``, with percent-encoding in each part.

        `imap://` asks for STARTTLS, except where the host is this machine (`loopback`). Raises `ValueError`
        for anything else.
        """
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        folder = unquote(parts.path.removeprefix("/")) or "INBOX"
        port = PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
        odd = any(not letter.isprintable() for letter in user + password + folder)
        whole = parts.scheme in PORTS and port and parts.hostname and user and password
        if not whole or parts.query or parts.fragment or odd:
            raise ValueError("not a whole address of a mailbox")
        tls: ImapTls = "implicit" if parts.scheme == "imaps" else "off" if loopback else "starttls"
        return cls(parts.hostname or "", port, user, password, tls, folder)

    @property
    def where(self) -> str:
        """The server and folder in words."""
        return f"{self.host}:{self.port}/{self.folder}"
