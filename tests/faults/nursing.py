"""Speaks with a nursery: raises processes that run one command each, and says how each ended."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from placement.config import Config

ROOT = Path(__file__).parents[2]


@dataclass
class Nursery:
    """A running nursery (see `nursery.py`), spoken to line by line."""

    process: "subprocess.Popen[str]"

    def raise_one(self, config: Config, *arguments: str, die_at: int = 0) -> dict[str, Any]:
        self.begin(config, *arguments, die_at=die_at)
        return self.wait()

    def begin(self, config: Config, *arguments: str, die_at: int = 0) -> int:
        """Let a process begin, and return its number; `wait` must follow."""
        assert self.process.stdin is not None
        order = {"die_at": die_at, "environment": environment(config), "arguments": arguments}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self._line()["pid"])

    def wait(self) -> dict[str, Any]:
        """How the process ended that was begun."""
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line: dict[str, Any] = json.loads(self.process.stdout.readline())
        return line


def environment(config: Config) -> dict[str, str]:
    return {
        "PLACEMENT_DATABASE_URL": config.database_url,
        "PLACEMENT_SECRET_KEY": config.secret_key,
        "PLACEMENT_PUBLIC_BASE_URL": config.public_base_url,
        "PLACEMENT_MAIL_BACKEND": "smtp",
        "PLACEMENT_MAIL_PORT": str(config.mail_port),
        "PLACEMENT_MAIL_TIMEOUT": str(config.mail_timeout),
        "PLACEMENT_MAIL_SENDER": config.mail_sender,
        "PLACEMENT_ENGINE": config.engine,
    }


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
