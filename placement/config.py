"""Settings of one installation, read once from the environment and never changed afterwards."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from platformdirs import user_data_path

from placement import config_values
from placement.config_imap import ImapUrl
from placement.config_values import EngineName, MailBackend, MailTls, UnsafeSetting, is_loopback

STATIC_FOLDER = Path(__file__).resolve().parent / "web" / "static"


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
    record_days: int = 365
    proxies: int = 0
    demo: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Build the settings from `env`; an unsafe or malformed value raises `UnsafeSetting`."""
        folder = data_folder(env)
        config = cls(
            database_url=_database_url(env, folder),
            data_folder=folder,
            secret_key=config_values.secret(env, "PLACEMENT_SECRET_KEY"),
            public_base_url=config_values.base_url(env),
            mail_backend=config_values.mail_backend(env),
            mail_folder=Path(env["PLACEMENT_MAIL_FOLDER"]) if env.get("PLACEMENT_MAIL_FOLDER") else None,
            mail_server=env.get("PLACEMENT_MAIL_SERVER") or "127.0.0.1",
            mail_port=config_values.mail_port(env),
            mail_username=env.get("PLACEMENT_MAIL_USERNAME", ""),
            mail_password=env.get("PLACEMENT_MAIL_PASSWORD", ""),
            mail_sender=config_values.mail_sender(env),
            mail_tls=config_values.mail_tls(env),
            mail_timeout=config_values.seconds(env, "PLACEMENT_MAIL_TIMEOUT", default="15", most=300),
            mail_per_minute=config_values.most_per_minute(env, "PLACEMENT_MAIL_PER_MINUTE"),
            mail_per_domain_per_minute=config_values.most_per_minute(
                env, "PLACEMENT_MAIL_PER_DOMAIN_PER_MINUTE"
            ),
            mail_dry_run=config_values.mail_dry_run(env),
            mail_allow_domains=config_values.mail_allow_domains(env),
            authserv_id=config_values.authserv_id(env),
            imap_url=config_values.imap_url(env),
            inbound_secret=config_values.secret(env, "PLACEMENT_INBOUND_SECRET"),
            solver_seconds=config_values.seconds(env, "PLACEMENT_SOLVER_SECONDS", default="60", most=86_400),
            solver_memory_mb=config_values.whole_number(
                env, "PLACEMENT_SOLVER_MEMORY_MB", 4096, least=256, what="megabytes"
            ),
            engine=config_values.engine(env),
            message_days=config_values.whole_number(env, "PLACEMENT_MESSAGE_DAYS", 90, least=1, what="days"),
            record_days=config_values.whole_number(env, "PLACEMENT_RECORD_DAYS", 365, least=1, what="days"),
            proxies=config_values.proxies(env),
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


def from_environment() -> Config:
    """The settings of this process."""
    return Config.from_env(os.environ)
