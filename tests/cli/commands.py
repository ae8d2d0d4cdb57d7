"""Runs `placement` as people do: a process of its own, settings in its environment."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from placement.config import Config
from tests.dovecot import address_of

ROOT = Path(__file__).parents[2]
OUTSIDE = ("PLACEMENT_", "PYTHON", "COV_")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


def environment(config: Config) -> dict[str, str]:
    """The settings of `config` as environment variables, beside those of this machine."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OUTSIDE)}
    told = {
        "PLACEMENT_DATABASE_URL": config.database_url,
        "PLACEMENT_DATA_FOLDER": str(config.data_folder),
        "PLACEMENT_SECRET_KEY": config.secret_key,
        "PLACEMENT_PUBLIC_BASE_URL": config.public_base_url,
        "PLACEMENT_MAIL_BACKEND": config.mail_backend,
        "PLACEMENT_MAIL_FOLDER": str(config.mail_folder or ""),
        "PLACEMENT_MAIL_SERVER": config.mail_server,
        "PLACEMENT_MAIL_PORT": str(config.mail_port),
        "PLACEMENT_MAIL_SENDER": config.mail_sender,
        "PLACEMENT_AUTHSERV_ID": config.authserv_id,
        "PLACEMENT_ENGINE": config.engine,
        "PLACEMENT_IMAP_URL": address_of(config.imap_url),
    }
    return inherited | told


def placement(config: Config, *arguments: str) -> Ended:
    """Run one command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "placement", *arguments],
        cwd=ROOT,
        env=environment(config),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)
