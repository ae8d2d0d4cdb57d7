"""The mailbox for replies over IMAP (RFC 3501, RFC 4315, RFC 6851): what is new, and where each mail goes.

Nothing is ever deleted or marked as read; a mail leaves the folder only by being moved into another. The
library is used for connecting, signing in and folders alone: its reader of mails hides calendar parts, and
its move expunges whatever else is marked as deleted.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from placement.adapters.replies import LARGEST_MAIL
from placement.config_imap import ImapUrl
from placement.domain.door_errors import MailboxFailed
from placement.domain.text import clean_line, shorten

TIME_OUT = 15.0
LONGEST_FAULT = 300

Folder = Literal["Processed", "Review", "Rejected"]

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_NAMESPACE = re.compile(rb'\(\("((?:[^"\\]|\\.)*)"')  # the first prefix of the personal ones


@contextmanager
def open_mailbox(url: ImapUrl) -> Iterator["ReplyMailbox"]:
    """The folder that `url` names, opened.

    Raises
    ------
    MailboxFailed
        It cannot be reached, does not let us in, or is not there; later, what the server says no to.

    """
    with _reported(url):
        client = _client(url)
    mailbox = ReplyMailbox(client, url)
    try:
        mailbox.open()
        yield mailbox
    except MailboxFailed as failed:
        mailbox.lost = failed.lost
        raise
    finally:
        mailbox.close()


class ReplyMailbox:
    """One open folder; mails are known by their UIDs, which mean nothing once `uid_validity` has changed."""

    def __init__(self, client: BaseMailBox, url: ImapUrl) -> None:
        self.uid_validity = 0
        self.lost = False
        self._mailbox = client
        self._client = client.client
        self._url = url
        self._can: frozenset[str] = frozenset()
        self._names: dict[Folder, str] = {}

    def open(self) -> None:
        """Sign in and open the folder for replies."""
        with _reported(self._url):
            self._sign_in()
            self._mailbox.folder.set(self._url.folder)
            validity = self._client.response("UIDVALIDITY")[1]
            self.uid_validity = int(validity[-1] or 0) if validity else 0
            # What a server can do is often told anew after signing in; the library keeps what it said before.
            self._can = frozenset(_said(self._client.capability()).decode("ascii", "replace").upper().split())

    def new_uids(self, *, after: int) -> list[int]:
        """The mails with UIDs above `after`, oldest first."""
        with _reported(self._url):
            found = self._mailbox.uids(f"UID {after + 1}:*", charset=None)
        # "5:*" means the newest mail too where that has a lower UID than 5.
        return sorted(uid for uid in map(int, found) if uid > after)

    def size(self, uid: int) -> int | None:
        """How large a mail is, asked before any of it is fetched; None where it has gone."""
        with _reported(self._url):
            data = _ok(self._client.uid("FETCH", str(uid), "(RFC822.SIZE)"))
        sizes = [match[1] for item in data if isinstance(item, bytes) and (match := _SIZE.search(item))]
        return int(sizes[0]) if sizes else None

    def octets(self, uid: int) -> bytes | None:
        """A mail, but no more of it than is needed to see that it is too large; None where it has gone."""
        with _reported(self._url):
            data = _ok(self._client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST_MAIL + 1}>)"))
        wholes = [item[1] for item in data if isinstance(item, tuple)]
        return wholes[0] if wholes else (b"" if any(data) else None)

    def move(self, uid: int, folder: Folder) -> None:
        """Put a mail into one of our folders, which is made if it is missing; harmless where it has gone."""
        with _reported(self._url):
            name = self._mailbox_name(folder)
            if "MOVE" in self._can:
                _ok(self._client.uid("MOVE", str(uid), _quoted(name)))
                return
            _ok(self._client.uid("COPY", str(uid), _quoted(name)))
            _ok(self._client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)"))
            # Without UIDPLUS only everything that is marked could be expunged, also what others marked: the
            # copy is safe by now, and the original stays marked until somebody's mail program tidies up.
            if "UIDPLUS" in self._can:
                _ok(self._client.uid("EXPUNGE", str(uid)))

    def close(self) -> None:
        """Say goodbye if the server still listens."""
        if not self.lost:
            with suppress(ImapToolsError, imaplib.IMAP4.error, OSError):
                self._client.logout()
        with suppress(OSError):
            self._client.shutdown()

    def _sign_in(self) -> None:
        plain = (self._url.user + self._url.password).isascii()
        sign_in = self._mailbox.login if plain else self._mailbox.login_utf8
        sign_in(self._url.user, self._url.password, initial_folder=None)

    def _mailbox_name(self, folder: Folder) -> str:
        """The whole name of one of our folders on this server, where it is made if it is missing."""
        if folder not in self._names:
            name = self._prefix() + folder
            if not self._mailbox.folder.exists(name):
                self._mailbox.folder.create(name)
                self._mailbox.folder.subscribe(name, True)
            self._names[folder] = name
        return self._names[folder]

    def _prefix(self) -> str:
        """What the server wants before the names of one's own folders, such as "INBOX."."""
        if "NAMESPACE" not in self._can:
            return ""
        match = _NAMESPACE.match(_said(self._client.namespace()))
        return match[1].decode("ascii", "replace") if match else ""


def _client(url: ImapUrl) -> BaseMailBox:
    if url.tls == "off":
        return MailBoxUnencrypted(url.host, url.port, timeout=TIME_OUT)
    kind = MailBox if url.tls == "implicit" else MailBoxStartTls
    return kind(url.host, url.port, timeout=TIME_OUT, ssl_context=ssl.create_default_context())


@contextmanager
def _reported(url: ImapUrl) -> Iterator[None]:
    """Turn whatever the library raises into `MailboxFailed`, without what we said to the server."""
    try:
        yield
    except ssl.SSLCertVerificationError as fault:
        reason = f"the certificate of {url.host} cannot be trusted ({fault.verify_message})."
        raise MailboxFailed(reason=reason, lost=True) from fault
    except (OSError, imaplib.IMAP4.abort) as fault:
        raise MailboxFailed(reason=f"{url.where}: {_words(fault)}.", lost=True) from fault
    except (ImapToolsError, imaplib.IMAP4.error, ValueError) as fault:
        raise MailboxFailed(reason=f"{url.where}: {_words(fault)}.") from fault


def _words(fault: Exception) -> str:
    if isinstance(fault, TimeoutError):
        return "no answer in time"
    result = getattr(fault, "command_result", None)  # of the library's own errors: what the server answered
    said = _said(result).decode("utf-8", "replace") if result else str(fault)
    return shorten(clean_line(said), LONGEST_FAULT).rstrip(".") or type(fault).__name__


def _ok(answer: tuple[str, list[Any]]) -> Sequence[Any]:
    """The data of an answer; one that is not OK is raised as the library would raise it."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(_said(answer).decode("utf-8", "replace"))
    return answer[1]


def _said(answer: tuple[str, list[Any]]) -> bytes:
    """The first line of what the server answered."""
    return next((item for item in answer[1] if isinstance(item, bytes)), b"")


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
