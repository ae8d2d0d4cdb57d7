"""Runs `placement` as people do: a process of its own, settings in its environment."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
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
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        order = {
            "arguments": arguments,
            "environment": environment(config),
            "out": str(out),
            "err": str(err),
        }
        status = _answer_to(order)["exit"]
        ended = Ended(status, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))
    assert "Traceback" not in ended.err, ended.err
    return ended


def _answer_to(order: Mapping[str, object]) -> dict[str, int]:
    program = _program()
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(json.dumps(order) + "\n")
    program.stdin.flush()
    answer: dict[str, int] = json.loads(program.stdout.readline())
    return answer


@cache
def _program() -> "subprocess.Popen[str]":
    """The program that runs them (see `forking.py`), until this one ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.forking"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(_end, process)
    return process


def _end(process: "subprocess.Popen[str]") -> None:
    process.communicate()
