"""A real browser for tests: the Chromium of the system, accessibility rules, the console, the width."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import ConsoleMessage, Page
from werkzeug.serving import make_server

AXE = Path(__file__).parent / "axe" / "axe.min.js"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
QUIET = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
REFUSED = "Failed to load resource: the server responded with a status of 4"


def chromium() -> str | None:
    """Path of a Chromium on this machine; None without one."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def require_chromium() -> str:
    """Path of a Chromium; skips the test, saying why, where there is none."""
    path = chromium()
    if path is None:
        pytest.skip(f"no Chromium found (looked for {', '.join(CHROMIUM_NAMES)})")
    return path


def launch_options() -> dict[str, Any]:
    """How to start it: quietly; without its sandbox only as root, where the sandbox cannot work."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"executable_path": require_chromium(), "args": [*QUIET, *(["--no-sandbox"] if as_root else [])]}


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of `app`, served on this machine until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


SOME_FRAMES = "async () => { for (let i = 0; i < 6; i++) await new Promise(requestAnimationFrame); }"


def watch_console(page: Page) -> list[str]:
    """From now on, what the page writes to the console, but for the line about an answer of 4xx itself."""
    lines: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if not message.text.startswith(REFUSED):
            lines.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: lines.append(str(error)))
    return lines


def axe_violations(page: Page) -> list[str]:
    """The accessibility rules that the page as shown breaks, one line each; empty for a good page."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(
            AXE.read_text(encoding="utf-8")
        )  # a script element would be blocked by the page's policy
    result = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES)
    return [
        f"{broken['id']}: {broken['help']} ({_places(broken['nodes'])})" for broken in result["violations"]
    ]


def _places(nodes: list[dict[str, Any]]) -> str:
    return "; ".join(" ".join(map(str, node["target"])) for node in nodes)


def sideways_scroll(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def faults_at_all_widths(page: Page) -> list[str]:
    """What is wrong with the page as shown, at the widths of a desktop, a phone and the narrowest phone."""
    found = []
    for size in (DESKTOP, PHONE, NARROWEST):
        resize(page, size)
        found += [f"at {size['width']} px: {broken}" for broken in axe_violations(page)]
        if wider := sideways_scroll(page):
            found.append(f"at {size['width']} px: scrolls sideways by {wider} px")
    resize(page, DESKTOP)
    return found


def resize(page: Page, size: dict[str, int]) -> None:
    """Give the page another size, and let it arrange itself.

    The header moves links into its menu in the animation frame after the window has told of its new size,
    which is itself a frame later: whoever looked before would see links that hang out of the header.
    """
    page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain mapping of the two
    page.evaluate(SOME_FRAMES)
