"""Does what the README says, as somebody who has never seen the project."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.markdown import page

PATIENCE = 300.0  # seconds; installing from scratch takes most of it
FOREIGN = ("PLACEMENT_", "PYTHON", "COV_", "PYTEST_", "VIRTUAL_ENV", "MAKE", "MFLAGS")


def readme_blocks() -> list[str]:
    """The README's shell blocks, from top to bottom."""
    return page("README.md").blocks("sh")


def block_with(words: str) -> str:
    """The only shell block of the README with `words`."""
    (found,) = [block for block in readme_blocks() if words in block]
    return found


def plain_environment() -> dict[str, str]:
    """This machine's environment, with nothing set for the project, Python or make."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}


def newcomers_environment(home: Path) -> dict[str, str]:
    """Somebody with an empty home who has installed the project: `placement` is the one that is tested."""
    kept = plain_environment()
    kept.pop("XDG_DATA_HOME", None)
    home.mkdir(exist_ok=True)
    programs = Path(sys.executable).parent
    return kept | {"HOME": str(home), "PATH": f"{programs}{os.pathsep}{kept['PATH']}"}


def run_script(script: str, folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run shell lines in `folder` until the first that fails."""
    return subprocess.run(
        ["bash", "-eu", "-o", "pipefail", "-c", script],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(script: str, folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Shell lines that go on until they are stopped; in a group of their own, so that all of it ends."""
    process = subprocess.Popen(
        ["bash", "-eu", "-c", script],
        cwd=folder,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def start_page(process: subprocess.Popen[str], port: int) -> str:
    """The start page, once it is served."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.URLError:
            time.sleep(0.2)
    printed = process.stdout.read() if process.poll() is not None and process.stdout else "it still runs"
    raise AssertionError(f"nothing was served on port {port}: {printed}")
