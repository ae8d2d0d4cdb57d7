"""Settings of one installation, read once from the environment and never changed afterwards."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import getaddresses, parseaddr
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path

from placement.config_imap import ImapUrl

MailBackend = Literal["smtp", "folder"]
MailTls = Literal["auto", "starttls", "implicit", "off"]
EngineName = Literal["inprocess", "procrastinate"]

STATIC_FOLDER = Path(__file__).resolve().parent / "web" / "static"
SHORTEST_SECRET = 16
PLACEHOLDER_SECRETS = frozenset({"changeme", "change-me", "change_me", "password", "your-secret"})
LOCAL_NAMES = frozenset({"localhost"})


class UnsafeSetting(Exception):
    """A setting is missing or unsafe; the text names it and says how to mend it."""


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, can only be this machine."""
    if host.lower() in LOCAL_NAMES:
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def resource_folder(name: str) -> Path:
    """The folder `name` ("templates", "migrations") that travels with the code.

    In a checkout it stands beside the package; in an installed wheel inside it.
    """
    package = Path(__file__).resolve().parent
    beside = package.parent / name
    return beside if (package.parent / "pyproject.toml").is_file() and beside.is_dir() else package / name


def data_folder(env: Mapping[str, str]) -> Path:
    """Where this installation keeps its own files when nothing else is said."""
    told = env.get("PLACEMENT_DATA_FOLDER")
    return Path(told) if told else user_data_path("placement", appauthor=False)


@dataclass(frozen=True)
class Config:
    """All settings. Empty text means "not set"; `require_…` says what a command cannot do without."""

    database_url: str
    data_folder: Path
    secret_key: str = ""
    public_base_url: str = ""
    mail_backend: MailBackend = "smtp"
    mail_folder: Path | None = None
    mail_server: str = "127.0.0.1"
    mail_port: int = 25
    mail_username: str = ""
    mail_password: str = ""
    mail_sender: str = ""
    mail_tls: MailTls = "auto"
    mail_timeout: float = 15.0
    mail_per_minute: int = 0
    mail_per_domain_per_minute: int = 0
    mail_dry_run: bool = False
    mail_allow_domains: frozenset[str] = frozenset()
    authserv_id: str = ""
    imap_url: ImapUrl | None = None
    inbound_secret: str = ""
    solver_seconds: float = 60.0
    solver_memory_mb: int = 4096
    engine: EngineName = "inprocess"
    message_days: int = 90
    proxies: int = 0
    demo: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Build the settings from `env`; an unsafe or malformed value raises `UnsafeSetting`."""
        folder = data_folder(env)
        config = cls(
            database_url=_database_url(env, folder),
            data_folder=folder,
            secret_key=_secret(env, "PLACEMENT_SECRET_KEY"),
            public_base_url=_base_url(env),
            mail_backend=_mail_backend(env),
            mail_folder=Path(env["PLACEMENT_MAIL_FOLDER"]) if env.get("PLACEMENT_MAIL_FOLDER") else None,
            mail_server=env.get("PLACEMENT_MAIL_SERVER") or "127.0.0.1",
            mail_port=_port(env),
            mail_username=env.get("PLACEMENT_MAIL_USERNAME", ""),
            mail_password=env.get("PLACEMENT_MAIL_PASSWORD", ""),
            mail_sender=_sender(env),
            mail_tls=_mail_tls(env),
            mail_timeout=_seconds(env, "PLACEMENT_MAIL_TIMEOUT", default="15", most=300),
            mail_per_minute=_most_per_minute(env, "PLACEMENT_MAIL_PER_MINUTE"),
            mail_per_domain_per_minute=_most_per_minute(env, "PLACEMENT_MAIL_PER_DOMAIN_PER_MINUTE"),
            mail_dry_run=_mail_dry_run(env),
            mail_allow_domains=_mail_allow_domains(env),
            authserv_id=_authserv_id(env),
            imap_url=_imap_url(env),
            inbound_secret=_secret(env, "PLACEMENT_INBOUND_SECRET"),
            solver_seconds=_seconds(env, "PLACEMENT_SOLVER_SECONDS", default="60", most=86_400),
            solver_memory_mb=_whole(env, "PLACEMENT_SOLVER_MEMORY_MB", 4096, least=256, what="megabytes"),
            engine=_engine(env),
            message_days=_whole(env, "PLACEMENT_MESSAGE_DAYS", 90, least=1, what="days"),
            proxies=_proxies(env),
        )
        config._refuse_contradictions()
        return config

    def _refuse_contradictions(self) -> None:
        if self.mail_backend == "folder" and self.mail_folder is None:
            raise UnsafeSetting(
                "PLACEMENT_MAIL_BACKEND is folder: set PLACEMENT_MAIL_FOLDER to the folder for the mail."
            )
        if self.mail_password and self.mail_tls == "off" and not is_loopback(self.mail_server):
            raise UnsafeSetting(
                "PLACEMENT_MAIL_TLS is off, so PLACEMENT_MAIL_PASSWORD would travel unprotected: "
                "remove the password or set PLACEMENT_MAIL_TLS to starttls."
            )

        if self.engine == "procrastinate" and self.database_url.startswith("sqlite"):
            raise UnsafeSetting(
                "PLACEMENT_ENGINE is procrastinate, which needs PostgreSQL: set PLACEMENT_DATABASE_URL to "
                "one, or leave PLACEMENT_ENGINE out."
            )

    def require_secret(self) -> Self:
        """Stop unless there is a secret key."""
        if not self.secret_key:
            raise UnsafeSetting(
                "Set PLACEMENT_SECRET_KEY first, to at least 16 random characters "
                "(for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))')."
            )
        return self

    def require_base_url(self) -> Self:
        """Stop unless links in mails have an address to point to."""
        if not self.public_base_url:
            raise UnsafeSetting(
                "Set PLACEMENT_PUBLIC_BASE_URL first, to the address people use, "
                "for example https://placement.example."
            )
        return self

    def require_sender(self) -> Self:
        """Stop unless mails have a sender."""
        if not self.mail_sender:
            raise UnsafeSetting(
                "Set PLACEMENT_MAIL_SENDER first, to the address that mails come from and replies go to, "
                "for example 'Placement <placements@placement.example>'."
            )
        return self

    def require_imap(self) -> ImapUrl:
        """Stop unless there is a mailbox for replies."""
        if self.imap_url is None:
            raise UnsafeSetting(
                "Set PLACEMENT_IMAP_URL first, to the mailbox that replies come to, "
                "for example imaps://user:password@mail.placement.example:993/INBOX."
            )
        return self.imap_url

    def require_all(self) -> Self:
        """Stop unless everything that the site and the worker need is there."""
        missing = [
            name
            for name, value in (
                ("PLACEMENT_SECRET_KEY", self.secret_key),
                ("PLACEMENT_PUBLIC_BASE_URL", self.public_base_url),
                ("PLACEMENT_MAIL_SENDER", self.mail_sender),
            )
            if not value
        ]
        if len(missing) > 1:
            raise UnsafeSetting(f"Set these environment variables first: {', '.join(missing)}.")
        return self.require_secret().require_base_url().require_sender()

    @property
    def sender_address(self) -> str:
        """The bare address of the sender."""
        return parseaddr(self.mail_sender)[1]

    @property
    def sender_name(self) -> str:
        """The sender's name, "Placement" where none is set."""
        return parseaddr(self.mail_sender)[0] or "Placement"

    @property
    def mail_domain(self) -> str:
        """The domain of the sender: Message-IDs and calendar UIDs end in it."""
        return self.sender_address.rpartition("@")[2]

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https."""
        return self.public_base_url.startswith("https://")

    def for_demo(self, *, folder: Path, port: int) -> Self:
        """The same settings turned into a demonstration that only this machine can reach."""
        return replace(
            self,
            database_url=sqlite_url(folder / "placement.sqlite3"),
            data_folder=folder,
            public_base_url=f"http://127.0.0.1:{port}",
            mail_backend="folder",
            mail_folder=folder / "outbox",
            mail_sender="Placement demo <placements@demo.example>",
            demo=True,
        )


def sqlite_url(path: Path) -> str:
    """The database URL of the SQLite file at `path`."""
    return f"sqlite:///{path}"


def _database_url(env: Mapping[str, str], folder: Path) -> str:
    url = env.get("PLACEMENT_DATABASE_URL") or sqlite_url(folder / "placement.sqlite3")
    scheme, _, rest = url.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        if find_spec("psycopg") is None:
            raise UnsafeSetting(
                "PLACEMENT_DATABASE_URL names a PostgreSQL, whose driver is not installed: "
                "install placement with its extra [postgres]."
            )
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return _whole_sqlite_url(rest)
    # What was set is not repeated: it may hold a password.
    raise UnsafeSetting(
        "PLACEMENT_DATABASE_URL must start with sqlite:/// or postgresql://; "
        "other databases are not supported."
    )


def _whole_sqlite_url(rest: str) -> str:
    """The URL with the whole path of its file: a relative one is meant from where the command was called."""
    path, _, options = rest.removeprefix("/").partition("?")
    if not rest.startswith("/") or path in {"", ":memory:"}:
        raise UnsafeSetting(
            "PLACEMENT_DATABASE_URL names no file, so nothing would be kept: "
            "write it like sqlite:////srv/placement/placement.sqlite3."
        )
    whole = sqlite_url(Path(path).absolute())
    return f"{whole}?{options}" if options else whole


def _secret(env: Mapping[str, str], name: str) -> str:
    secret = env.get(name, "")
    guessable = any(word in secret.lower() for word in PLACEHOLDER_SECRETS)
    if secret and (len(secret) < SHORTEST_SECRET or guessable):
        raise UnsafeSetting(
            f"{name} is too easy to guess: use at least {SHORTEST_SECRET} random characters "
            "(for example from: python3 -c 'import secrets; print(secrets.token_urlsafe(48))')."
        )
    return secret


def _base_url(env: Mapping[str, str]) -> str:
    url = env.get("PLACEMENT_PUBLIC_BASE_URL", "").strip().rstrip("/")
    if not url:
        return ""
    scheme, host = _scheme_and_host(url)
    if scheme not in {"http", "https"} or not host:
        raise UnsafeSetting("PLACEMENT_PUBLIC_BASE_URL must be an address such as https://placement.example.")
    if scheme == "http" and not is_loopback(host):
        raise UnsafeSetting(
            "PLACEMENT_PUBLIC_BASE_URL must start with https:// (http is for this machine alone), "
            "or sign-in links and cookies could be read on the way."
        )
    return url


def _scheme_and_host(url: str) -> tuple[str, str]:
    """Both empty where `url` is malformed or holds what no link of ours may begin with."""
    try:
        parts = urlsplit(url)
        well_formed = parts.port != 0 and parts.username is None and not (parts.query or parts.fragment)
    except ValueError:  # a bracket that is not closed, a port that is no number
        return "", ""
    if not well_formed or any(letter.isspace() or not letter.isprintable() for letter in url):
        return "", ""
    return parts.scheme, parts.hostname or ""


def _mail_backend(env: Mapping[str, str]) -> MailBackend:
    backend = env.get("PLACEMENT_MAIL_BACKEND") or "smtp"
    if backend == "smtp":
        return "smtp"
    if backend == "folder":
        return "folder"
    raise UnsafeSetting(f"PLACEMENT_MAIL_BACKEND must be smtp or folder, not {backend!r}.")


def _mail_tls(env: Mapping[str, str]) -> MailTls:
    told = env.get("PLACEMENT_MAIL_TLS") or "auto"
    for known in ("auto", "starttls", "implicit", "off"):
        if told == known:
            return known
    raise UnsafeSetting(f"PLACEMENT_MAIL_TLS must be auto, starttls, implicit or off, not {told!r}.")


def _authserv_id(env: Mapping[str, str]) -> str:
    told = env.get("PLACEMENT_AUTHSERV_ID", "").strip()
    if not all(letter.isalnum() or letter in ".-_" for letter in told):
        raise UnsafeSetting(
            "PLACEMENT_AUTHSERV_ID must be the one name with which your mail server begins what it writes "
            "into Authentication-Results, for example mx.placement.example."
        )
    return told


def _imap_url(env: Mapping[str, str]) -> ImapUrl | None:
    told = env.get("PLACEMENT_IMAP_URL", "").strip()
    if not told:
        return None
    try:
        return ImapUrl.parse(told, loopback=is_loopback(urlsplit(told).hostname or ""))
    except ValueError:
        # What was set is not repeated: it holds a password.
        raise UnsafeSetting(
            "PLACEMENT_IMAP_URL must be the mailbox for replies, such as "
            "imaps://user:password@mail.placement.example:993/INBOX; write @, : and / in name and password "
            "as %40, %3A and %2F."
        ) from None


def _port(env: Mapping[str, str]) -> int:
    told = env.get("PLACEMENT_MAIL_PORT") or "25"
    if not (told.isascii() and told.isdigit() and 0 < int(told) < 65536):
        raise UnsafeSetting(f"PLACEMENT_MAIL_PORT must be a number from 1 to 65535, not {told!r}.")
    return int(told)


def _proxies(env: Mapping[str, str]) -> int:
    told = env.get("PLACEMENT_PROXIES") or "0"
    if not (told.isascii() and told.isdigit() and int(told) < 10):
        raise UnsafeSetting(
            f"PLACEMENT_PROXIES must be the number of proxies before the site, from 0 to 9, not {told!r}."
        )
    return int(told)


def _most_per_minute(env: Mapping[str, str], name: str) -> int:
    told = env.get(name) or "0"
    if not (told.isascii() and told.isdigit() and len(told) < 8):
        raise UnsafeSetting(f"{name} must be a number of mails, 0 for no limit, not {told!r}.")
    return int(told)


def _mail_dry_run(env: Mapping[str, str]) -> bool:
    told = env.get("PLACEMENT_MAIL_DRY_RUN", "").lower()
    if told not in {"", "0", "no", "off", "1", "yes", "on"}:
        # A switch that was meant to be on must never be taken for off.
        raise UnsafeSetting(f"PLACEMENT_MAIL_DRY_RUN must be yes or no, not {told!r}.")
    return told in {"1", "yes", "on"}


def _mail_allow_domains(env: Mapping[str, str]) -> frozenset[str]:
    told = env.get("PLACEMENT_MAIL_ALLOW_DOMAINS", "").lower().replace(",", " ").split()
    if any("@" in domain or "*" in domain for domain in told):
        raise UnsafeSetting(
            "PLACEMENT_MAIL_ALLOW_DOMAINS must be domains alone, for example: programme.example trust.example"
        )
    return frozenset(told)


def _seconds(env: Mapping[str, str], name: str, *, default: str, most: int) -> float:
    told = env.get(name) or default
    try:
        seconds = float(told)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        raise UnsafeSetting(f"{name} must be a number of seconds above 0 and up to {most}, not {told!r}.")
    return seconds


def _whole(env: Mapping[str, str], name: str, otherwise: int, *, least: int, what: str) -> int:
    told = env.get(name) or str(otherwise)
    if not (told.isascii() and told.isdigit() and least <= int(told) < 10_000_000):
        raise UnsafeSetting(f"{name} must be a number of {what}, at least {least}, not {told!r}.")
    return int(told)


def _engine(env: Mapping[str, str]) -> EngineName:
    told = env.get("PLACEMENT_ENGINE") or "inprocess"
    if told == "inprocess":
        return "inprocess"
    if told != "procrastinate":
        raise UnsafeSetting(f"PLACEMENT_ENGINE must be inprocess or procrastinate, not {told!r}.")
    if find_spec("procrastinate") is None:
        raise UnsafeSetting(
            "PLACEMENT_ENGINE is procrastinate, which is not installed: "
            "install placement with its extra [postgres]."
        )
    return "procrastinate"


def _sender(env: Mapping[str, str]) -> str:
    told = env.get("PLACEMENT_MAIL_SENDER", "").strip()
    addresses = getaddresses([told])
    address = addresses[0][1] if len(addresses) == 1 else ""
    local, _, domain = address.rpartition("@")
    whole = bool(local and domain) and address in told and not any(letter.isspace() for letter in address)
    if told and (not whole or any(c in told for c in "\r\n\0")):
        raise UnsafeSetting(
            "PLACEMENT_MAIL_SENDER must be one address, "
            "for example 'Placement <placements@placement.example>'."
        )
    return told


def from_environment() -> Config:
    """The settings of this process."""
    return Config.from_env(os.environ)
