"""A real IMAP server on loopback: Debian's dovecot, with a mailbox of its own for each test."""

import getpass
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote
from uuid import uuid4

import pytest

from placement.config_imap import ImapTls, ImapUrl
from tests.unit.adapters.test_mail import make_certificate

PROGRAM = "/usr/sbin/dovecot"
PASSWORD = "a password/with@odd%signs"
# What an old server says that it can do: neither MOVE nor UIDPLUS.
OLD = "userdb_imap_capability=IMAP4rev1"
PREFIXED = "userdb_namespace/inbox/prefix=INBOX. userdb_namespace/inbox/separator=."

SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/certificate.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:~/Maildir
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
"""


@cache
def installed() -> bool:
    """Whether this machine has the server, in the version whose settings are written here."""
    if not Path(PROGRAM).exists():
        return False
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True)
    return told.stdout.startswith("2.3.")


@dataclass(frozen=True)
class Dovecot:
    """A running server; `mailbox` gives the address of a new, empty mailbox."""

    folder: Path
    plain: int
    tls: int
    unused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    def make_mailboxes(self) -> None:
        """Make all mailboxes that tests may want: the server may overlook one that is added later."""
        owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        lines = []
        for extra in ("", PREFIXED, OLD):
            users = [f"replies-{uuid4().hex[:8]}@placement.example" for _ in range(40)]
            self.unused[extra] = users
            for user in users:
                home = self.folder / "homes" / user
                home.mkdir(parents=True)
                os.chown(home, owner.pw_uid, owner.pw_gid)
                lines.append(f"{user}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{home}::{extra}\n")
        (self.folder / "users").write_text("".join(lines))

    def mailbox(self, extra: str = "", *, tls: ImapTls = "off") -> ImapUrl:
        """A mailbox with the server's settings `extra` for it alone."""
        port = self.tls if tls == "implicit" else self.plain
        return ImapUrl("127.0.0.1", port, self.unused[extra].pop(), PASSWORD, tls)


def address_of(url: ImapUrl | None) -> str:
    """A mailbox as the setting names it, empty for none."""
    if url is None:
        return ""
    scheme = "imaps" if url.tls == "implicit" else "imap"
    user, password = quote(url.user, safe=""), quote(url.password, safe="")
    return f"{scheme}://{user}:{password}@{url.host}:{url.port}/{quote(url.folder)}"


@contextmanager
def signed_in(url: ImapUrl) -> Iterator[imaplib.IMAP4]:
    """A client of the tests' own, with the folder open."""
    client = imaplib.IMAP4(url.host, url.port, timeout=10)
    client.login(url.user, url.password)
    client.select(url.folder)
    try:
        yield client
    finally:
        client.logout()


def put(url: ImapUrl, *mails: bytes) -> None:
    """Append mails, as a mail server delivers them."""
    with signed_in(url) as client:
        for octets in mails:
            assert client.append(url.folder, "", "", octets)[0] == "OK"


def deliver(server: Dovecot, url: ImapUrl, *mails: bytes) -> None:
    """Put mails where a mail server writes them, also such as IMAP itself would refuse."""
    folder = server.folder / "homes" / url.user / "Maildir"
    owner = (server.folder / "homes" / url.user).stat()
    for place in (folder, folder / "cur", folder / "new", folder / "tmp"):
        place.mkdir()
        os.chown(place, owner.st_uid, owner.st_gid)
    for number, octets in enumerate(mails, start=1):
        file = folder / "new" / f"{number:06}.M1P1.mail"
        file.write_bytes(octets)
        os.chown(file, owner.st_uid, owner.st_gid)


def held(url: ImapUrl, folder: str = "INBOX") -> list[bytes]:
    """The mails in a folder, the oldest first; none where there is no such folder."""
    with signed_in(replace(url, folder="INBOX")) as client:
        if client.select(f'"{folder}"', readonly=True)[0] != "OK":
            return []
        found = client.uid("SEARCH", "ALL")[1][0].split()
        mails = [client.uid("FETCH", uid.decode(), "(BODY.PEEK[])")[1][0] for uid in found]
        return [mail[1] for mail in mails if isinstance(mail, tuple)]


@contextmanager
def running(folder: Path) -> Iterator[Dovecot]:
    """Serve from `folder` until the end."""
    server = Dovecot(folder, _free_port(), _free_port())
    for name in ("run", "state"):
        (folder / name).mkdir()
    server.make_mailboxes()
    make_certificate(folder, "127.0.0.1")
    root = os.geteuid() == 0
    internal, login = ("dovecot", "dovenull") if root else (getpass.getuser(),) * 2
    group = "dovecot" if root else pwd.getpwuid(os.geteuid()).pw_gid
    told = SETTINGS.format(
        folder=folder, internal=internal, login=login, group=group, plain=server.plain, tls=server.tls
    )
    (folder / "dovecot.conf").write_text(told)
    with subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "dovecot.conf")]) as process:
        try:
            _wait_for(server)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for all tests, in a folder that its unprivileged processes can reach."""
    if not installed():
        pytest.skip("no dovecot 2.3 here (on Debian 12: apt-get install dovecot-imapd)")
    folder = Path(mkdtemp(prefix="dovecot-", dir="/tmp"))  # a socket's path must be short
    folder.chmod(0o755)
    try:
        with running(folder) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _wait_for(server: Dovecot) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", server.plain), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((server.folder / "log").read_text())
