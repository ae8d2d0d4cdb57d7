"""Hand stored octets to a mail server through Flask-Mail, or to a folder, and tell what became of them."""

import os
import smtplib
import ssl
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Final, Literal

import flask_mail
from flask import Flask, current_app

from placement.adapters.kept_mail import kept_path
from placement.adapters.smtp import PlainClient, TlsClient
from placement.config import Config
from placement.config_values import is_loopback
from placement.domain.errors import AddressUnusable, MailFailed
from placement.domain.invites import Mailbox, ascii_address
from placement.domain.text import clean_line, shorten

IMPLICIT_TLS_PORT: Final = 465
LONGEST_REASON: Final = 300  # characters of a server's answer that are kept
EXTENSION: Final = "placement_mail"
# Answers that speak of the sender's signing in and not of the message (RFC 4954 §6): an operator mends them.
SIGN_IN_ANSWERS: Final = frozenset({530, 534, 535, 538})


class StoredMessage(flask_mail.Message):
    """A message whose octets exist already: what is stored is what is sent, at every try."""

    subject = ""
    body = html = reply_to = charset = date = None
    # Nobody adds to these: what is sent is the octets.
    cc: list[str | tuple[str, str]] = []  # noqa: RUF012
    bcc: list[str | tuple[str, str]] = []  # noqa: RUF012
    attachments: list[flask_mail.Attachment] = []  # noqa: RUF012

    def __init__(self, octets: bytes, *, sender: str, recipient: str) -> None:
        # Not the parent's: it asks DNS for this machine's name, to make a Message-ID that is not used.
        self.recipients = [recipient]
        self.sender = sender
        self.octets = octets
        self.envelope = (sender, recipient)

    def as_bytes(self) -> bytes:
        """The stored octets, unchanged."""
        return self.octets


class VerifiedConnection(flask_mail.Connection):
    """Flask-Mail's connection with a time-out, a checked certificate and a quiet end."""

    host: PlainClient | None

    def configure_host(self) -> PlainClient:
        """Connect, raise to TLS where the settings say so, introduce ourselves, and sign in."""
        client = self._connect()
        try:
            if self.mail.use_tls:
                client.starttls(context=ssl.create_default_context())
            # Here rather than with the first message: a server that turns us away has refused no message.
            client.ehlo_or_helo_if_needed()
            if self.mail.username and self.mail.password:
                client.login(self.mail.username, self.mail.password)
        except BaseException:
            client.close()
            raise
        return client

    def _connect(self) -> PlainClient:
        # Named by the sender's domain: asking DNS for this machine's own name may take as long as a time-out.
        name = Mailbox.from_text(self.mail.default_sender or "").address.rpartition("@")[2] or None
        where = (self.mail.server, self.mail.port)
        patience = current_app.extensions[EXTENSION].mail_timeout
        if self.mail.use_ssl:
            context = ssl.create_default_context()
            return TlsClient(*where, local_hostname=name, timeout=patience, context=context)
        return PlainClient(*where, local_hostname=name, timeout=patience)

    def send(self, message: flask_mail.Message, envelope_from: str | tuple[str, str] | None = None) -> None:
        """Send a stored message as it is; any other as Flask-Mail does."""
        if self.host is None or not isinstance(message, StoredMessage):
            super().send(message, envelope_from)
            return
        self.host.hand_over(*message.envelope, message.octets)
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
        flask_mail.email_dispatched.send(app, message=message)

    def announce(self, message: StoredMessage) -> None:
        """Say ahead which message comes next, where the server takes it so."""
        if self.host is not None:
            self.host.announce(*message.envelope, len(message.octets))

    @property
    def said(self) -> str:
        """The server's last answer."""
        code, text = self.host.last_answer if self.host is not None else (0, b"")
        return shorten(clean_line(f"{code} {text.decode('utf-8', 'replace')}"), LONGEST_REASON)

    @property
    def answer_owed(self) -> bool:
        """Whether a whole message is out that the server has not answered."""
        return self.host is not None and self.host.answer_owed

    def reset(self) -> bool:
        """Forget the message that failed; whether the connection can take another one.

        Needed after a refused DATA, where the library leaves the refused message half open.
        """
        if self.host is None or self.host.sock is None or self.host.announced:
            return False
        try:
            return self.host.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def close(self) -> None:
        """Say goodbye if the server still listens; what was accepted stays accepted either way."""
        if self.host is None:
            return
        if not self.host.announced:  # else it waits for a message, and would take the goodbye for one
            with suppress(smtplib.SMTPException, OSError):
                self.host.quit()
        self.host.close()
        self.host = None


class VerifiedMail(flask_mail.Mail):
    """Flask-Mail with connections that can be trusted."""

    def connect(self) -> VerifiedConnection:
        """A connection that is not open yet, for the current app."""
        return VerifiedConnection(super().connect().mail)


mail = VerifiedMail()


def init_mail(app: Flask, config: Config) -> None:
    """Set up Flask-Mail and the courier of `app`; sending is on even while testing."""
    tls = _tls_mode(config)
    app.config.update(
        MAIL_SERVER=config.mail_server,
        MAIL_PORT=config.mail_port,
        MAIL_USERNAME=config.mail_username or None,
        MAIL_PASSWORD=config.mail_password or None,
        MAIL_USE_TLS=tls == "starttls",
        MAIL_USE_SSL=tls == "implicit",
        MAIL_DEFAULT_SENDER=config.mail_sender or None,
        MAIL_SUPPRESS_SEND=False,
        MAIL_DEBUG=False,
        # Never reopened by Flask-Mail itself: a failure then would make a message look unsent that was sent.
        MAIL_MAX_EMAILS=None,
    )
    app.extensions[EXTENSION] = config
    mail.init_app(app)


def _tls_mode(config: Config) -> Literal["starttls", "implicit", "off"]:
    """What "auto" means: TLS always, but for a server on this machine."""
    if config.mail_tls != "auto":
        return config.mail_tls
    if config.mail_port == IMPLICIT_TLS_PORT:
        return "implicit"
    return "off" if is_loopback(config.mail_server) else "starttls"


class Courier(ABC):
    """Takes messages to where mail goes; see `open_courier`."""

    def send(self, octets: bytes, sender_address: str, recipient_address: str) -> str:
        """Hand over one message to one recipient; returns what was said to that.

        Raises
        ------
        MailFailed
            It was not accepted, or nobody can say whether it was.

        """
        try:
            return self._deliver(octets, ascii_address(sender_address), ascii_address(recipient_address))
        except AddressUnusable as unusable:
            raise MailFailed(permanent=True, reason=str(unusable)) from unusable

    def announce(self, octets: bytes, sender_address: str, recipient_address: str) -> None:
        """Say ahead which message `send` will get next, where that saves time; nothing comes of it else."""
        del octets, sender_address, recipient_address

    @abstractmethod
    def _deliver(self, octets: bytes, sender: str, recipient: str) -> str:
        """Hand over one message; both addresses are usable ASCII."""

    @abstractmethod
    def check(self) -> None:
        """Raise `MailFailed` unless messages could be sent now."""

    def close(self) -> None:
        """Give back what is held open."""
        return


class SmtpCourier(Courier):
    """Sends over one connection that is opened when needed and again after it was lost."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._connection: VerifiedConnection | None = None

    def _deliver(self, octets: bytes, sender: str, recipient: str) -> str:
        with self._app.app_context():
            connection = self._open()
            try:
                connection.send(StoredMessage(octets, sender=sender, recipient=recipient))
            except (smtplib.SMTPException, OSError) as fault:
                failure = _failed(fault, unknown=connection.answer_owed)
                failure.silent = _timed_out(fault)
                if failure.silent or not connection.reset():
                    failure.lost = True
                    self.close()
                raise failure from fault
            return connection.said

    def announce(self, octets: bytes, sender_address: str, recipient_address: str) -> None:
        """Say the envelope of the next message; whatever is wrong with it shows when that is sent."""
        if self._connection is None:
            return
        try:
            sender, recipient = ascii_address(sender_address), ascii_address(recipient_address)
            self._connection.announce(StoredMessage(octets, sender=sender, recipient=recipient))
        except AddressUnusable:
            return
        except (smtplib.SMTPException, OSError):
            self.close()

    def check(self) -> None:
        """Open a connection, signing in where the settings say so; one that died meanwhile is replaced."""
        if self._connection is not None and not self._connection.reset():
            self.close()
        with self._app.app_context():
            self._open()

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> VerifiedConnection:
        """The open connection, or a new one."""
        if self._connection is None:
            try:
                self._connection = mail.connect().__enter__()
            except (smtplib.SMTPException, OSError) as fault:
                config = self._app.extensions[EXTENSION]
                where = f"{config.mail_server}:{config.mail_port}"
                raise MailFailed(reason=f"Mail server {where}: {_reason(fault)}") from fault
        return self._connection


class FolderCourier(Courier):
    """Keeps each message as one ``.eml`` file; the same Message-ID overwrites itself."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def _deliver(self, octets: bytes, sender: str, recipient: str) -> str:  # noqa: ARG002  # both stand in it
        message_id = BytesHeaderParser().parsebytes(octets).get("Message-ID", "")
        folder = self._ready_folder()
        try:
            _write_whole(kept_path(folder, message_id), octets)
        except OSError as fault:
            raise _folder_failed(folder, fault) from fault
        return "Kept in the folder for mail."

    def check(self) -> None:
        """Make the folder where it is missing and write into it."""
        folder = self._ready_folder()
        try:
            with tempfile.TemporaryFile(dir=folder):
                return
        except OSError as fault:
            raise _folder_failed(folder, fault) from fault

    def _ready_folder(self) -> Path:
        if self._folder is None:
            raise MailFailed(reason="No folder for mail is set: set PLACEMENT_MAIL_FOLDER.")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise _folder_failed(self._folder, fault) from fault
        return self._folder


@contextmanager
def open_courier(app_or_config: Flask | Config) -> Iterator[Courier]:
    """A courier for an app prepared by `init_mail`, or for settings alone; closed at the end.

    Opening never fails: a server that is down shows at the first `send`.
    """
    app = app_or_config if isinstance(app_or_config, Flask) else _bare_app(app_or_config)
    config: Config = app.extensions[EXTENSION]
    courier = FolderCourier(config.mail_folder) if config.mail_backend == "folder" else SmtpCourier(app)
    try:
        yield courier
    finally:
        courier.close()


def _bare_app(config: Config) -> Flask:
    """An app that can do nothing but send, for Flask-Mail, which works in apps only."""
    app = Flask("placement.mail")
    init_mail(app, config)
    return app


def _timed_out(fault: Exception) -> bool:
    """Whether the server said nothing in time; the library tells it as a connection that was closed."""
    return isinstance(fault, TimeoutError) or isinstance(fault.__context__, TimeoutError)


def _failed(fault: smtplib.SMTPException | OSError, *, unknown: bool) -> MailFailed:
    """What `fault`, met while sending, means for the message."""
    code = _answer(fault)[0]
    permanent = not unknown and code >= 500 and code not in SIGN_IN_ANSWERS
    reason = _reason(fault)
    if unknown:
        reason = f"The server took the message but its answer was lost: {reason}"
    return MailFailed(permanent=permanent, unknown=unknown, reason=reason)


def _answer(fault: Exception) -> tuple[int, str]:
    """The server's answer in `fault`: its code, 0 where there was none, and its text."""
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(fault.recipients.values()))
    elif isinstance(fault, smtplib.SMTPResponseException):
        code, text = fault.smtp_code, _octets(fault.smtp_error)
    else:
        return 0, ""
    return code, text.decode("utf-8", "replace")


def _octets(answer: bytes | str) -> bytes:
    """The library keeps some answers as text."""
    return answer.encode() if isinstance(answer, str) else answer


def _reason(fault: Exception) -> str:
    """One clean line for the coordinator's page and the log."""
    code, text = _answer(fault)
    if isinstance(fault, smtplib.SMTPAuthenticationError):
        text = f"user name or password refused ({text})"
    elif isinstance(fault, ssl.SSLCertVerificationError):
        text = f"its certificate cannot be trusted ({fault.verify_message})"
    elif isinstance(fault, TimeoutError):
        text = "no answer in time"
    return shorten(clean_line(f"{code or ''} {text or fault}"), LONGEST_REASON)


def _folder_failed(folder: Path, fault: OSError) -> MailFailed:
    return MailFailed(reason=f"The mail folder {folder} cannot be written: {fault.strerror or fault}.")


def _write_whole(path: Path, octets: bytes) -> None:
    """Write so that after a crash the file is there whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself last, where the system knows how."""
    if os.name != "posix":
        return  # elsewhere a folder cannot be opened for this
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
