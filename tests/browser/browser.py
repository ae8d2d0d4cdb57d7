"""A real browser for tests: the Chromium of the system, accessibility rules, the console, the width."""

import atexit
import functools
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from placement.app import create_app
from placement.config import Config

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
NOT_BY_PLAYWRIGHT = (
    *("AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync"),
    *("DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay"),
    *("MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch"),
    *("TcpPortRandomizationWin", "ThirdPartyStoragePartitioning"),
    *("msEdgeUpdateLaunchServicesPreferredVersion", "msForceBrowserSignIn"),
)
"""What Playwright turns off by itself. Said again, because of two such switches the last one counts alone."""
ADDRESS_BAR = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
"""Pages of the browser's own, loaded for each window that nobody sees: three quarters of what one costs."""
SCRIPTS_RUN_ONCE = "--js-flags=--always-sparkplug --no-maglev --no-opt"
"""No page is open for long enough that it pays to make its scripts fast."""
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
NOWHERE = "about:blank"
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
    turned_off = f"--disable-features={','.join([*NOT_BY_PLAYWRIGHT, *ADDRESS_BAR])}"
    without_sandbox = ["--no-sandbox"] if as_root else []
    return {
        "executable_path": require_chromium(),
        "args": [*QUIET, turned_off, SCRIPTS_RUN_ONCE, *without_sandbox],
    }


@functools.cache
def _compiled() -> FileSystemBytecodeCache:
    """Where the compiled templates of all sites of this process stand."""
    folder = tempfile.mkdtemp(prefix="placement-templates-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return FileSystemBytecodeCache(folder)


def make_app(config: Config) -> Flask:
    """The site, whose templates are compiled once for all sites of this process."""
    app = create_app(config)
    app.jinja_env.bytecode_cache = _compiled()
    return app


class _Quietly(WSGIRequestHandler):
    """Answers without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of `app`, served on this machine until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quietly)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


WIDER = """() => document.readyState === "complete" &&
  {wider: document.documentElement.scrollWidth - document.documentElement.clientWidth}"""
SOME_FRAMES = "async () => { for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame); }"
BROKEN = """async tags => {
  const told = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return told.violations.map(broken =>
    `${broken.id}: ${broken.help} (${broken.nodes.map(node => node.target.join(" ")).join("; ")})`);
}"""
"""Only what is broken comes back: the whole result takes ten times as long to bring here as to find."""


LOOK = f"""async tags => {{
  await ({SOME_FRAMES})();
  const told = ({WIDER})();
  return told && (!tags.length || "axe" in window) && [told.wider, tags.length ? await ({BROKEN})(tags) : []];
}}"""
"""All that is asked at one width, asked at once: to ask takes longer than to answer. False: not there yet."""


def watch_console(page: Page) -> list[str]:
    """From now on, what the page writes to the console, but for the line about an answer of 4xx itself."""
    lines: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if not message.text.startswith(REFUSED):
            lines.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: lines.append(str(error)))
    return lines


@functools.cache
def _rules() -> str:
    return AXE.read_text(encoding="utf-8")


def axe_violations(page: Page) -> list[str]:
    """The accessibility rules that the page as shown breaks, one line each; empty for a good page."""
    _bring_rules(page)
    found: list[str] = page.evaluate(BROKEN, RULES)
    return found


def _bring_rules(page: Page) -> None:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_rules())  # a script element would be blocked by the page's policy


def sideways_scroll(page: Page) -> int:
    """By how many pixels the page is wider than its window, once it stands (some load themselves anew)."""
    wider: int = page.wait_for_function(WIDER).json_value()["wider"]
    return wider


def faults_at_all_widths(page: Page) -> list[str]:
    """What is wrong with the page as shown.

    The accessibility rules are looked at as wide as a desktop and as a phone. Nothing may scroll sideways
    there, nor at 320 px, which is the width of a small phone and of a desktop that is zoomed in to 400 %.
    """
    found = []
    for size in (NARROWEST, PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain mapping of the two
        wider, broken = _look(page, [] if size is NARROWEST else RULES)
        if wider:
            found.append(f"at {size['width']} px: scrolls sideways by {wider} px")
        found += [f"at {size['width']} px: {line}" for line in broken]
    return found


def _look(page: Page, rules: list[str]) -> tuple[int, list[str]]:
    """By how much the page is too wide, and what is broken, once it has arranged itself: see `resize`."""
    while not (told := page.evaluate(LOOK, rules)):
        sideways_scroll(page)  # waits until it stands
        _bring_rules(page)
    wider, broken = told
    return wider, broken


def resize(page: Page, size: dict[str, int]) -> None:
    """Give the page another size, and let it arrange itself.

    The header moves links into its menu in the animation frame after the window has told of its new size,
    which is itself a frame later: whoever looked before would see links that hang out of the header.
    """
    page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain mapping of the two
    page.evaluate(SOME_FRAMES)
