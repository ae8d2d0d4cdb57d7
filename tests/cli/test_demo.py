"""The demonstration and the served site as real processes: started, used, stopped, started again."""

import http.client
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest

from placement.cli.demo import USERS, demo_config
from placement.config import Config, sqlite_url
from tests.cli.commands import ROOT, environment, placement
from tests.databases import settings
from tests.web.page import Page, parse_text

PATIENCE = 90.0  # seconds; nothing here is about speed


class Visitor:
    """Somebody with a browser that keeps cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: SimpleCookie = SimpleCookie()

    def open(self, path: str, form: dict[str, str] | None = None, host: str = "") -> tuple[int, str, str]:
        """Status, address of a redirect, and text of one answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={c.value}" for name, c in self.cookies.items())}
        if host:
            headers["Host"] = host
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(cookie)
        connection.close()
        return answer.status, answer.headers.get("Location", ""), text

    def page(self, path: str) -> Page:
        """A page that is there."""
        status, _, text = self.open(path)
        assert status == 200, (path, status)
        return parse_text(text)

    def send(self, path: str, page: Page, **form: str) -> str:
        """Send the form of `page` that goes to `path`; where it leads."""
        status, location, _ = self.open(path, {**page.form_to(path).values, **form})
        assert status == 303
        return location


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*arguments: str, env: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until the block ends; by then it must be stopped or is stopped here."""
    process = subprocess.Popen(
        [sys.executable, "-m", "placement", *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()


def wait_until_served(process: subprocess.Popen[str], port: int) -> Visitor:
    """Somebody who has seen the start page."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if Visitor(port).open("/healthz")[0] == 200:
                return Visitor(port)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site did not come up")


def stopped(process: subprocess.Popen[str], number: int) -> tuple[int, str]:
    """Exit status and all that was printed, after the signal `number`."""
    process.send_signal(number)
    printed, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, printed


def demonstration(folder: Path, port: int) -> list[str]:
    return ["demo", "--folder", str(folder), "--port", str(port)]


def mail_to(visitor: Visitor, address: str) -> Page:
    """The newest mail of the outbox page, once it is sent."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        page = visitor.page("/demo/outbox")
        newest = page.rows()[1] if page.rows() else ["", "", "", ""]
        if address in newest[1] and newest[3] == "Sent":
            return visitor.page(page.links[newest[0]])
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address} was sent")


@pytest.mark.timeout(300)
def test_a_demonstration_is_entered_by_buttons_sends_mail_stops_and_goes_on(tmp_path: Path) -> None:
    port = free_port()
    with running(*demonstration(tmp_path / "demo", port)) as process:
        visitor = wait_until_served(process, port)
        start = visitor.page("/")
        assert [f"/demo/sign-in/{role}" for role in USERS] == [
            form.action for form in start.forms if form.action.startswith("/demo/")
        ]
        for role in USERS:
            everybody = Visitor(port)
            where = everybody.send(f"/demo/sign-in/{role}", everybody.page("/"))
            assert everybody.page(where).h1 == "Your tasks"
        visitor.send("/sign-in", visitor.page("/sign-in"), email=USERS["partner"])
        assert f"http://127.0.0.1:{port}/sign-in/link/" in mail_to(visitor, USERS["partner"]).text
        assert visitor.open("/", host="placement.example")[0] == 400
        status, printed = stopped(process, signal.SIGTERM)
    assert status == 0
    assert f"http://127.0.0.1:{port}/" in printed
    assert "Stop it with Ctrl-C" in printed
    assert "Traceback" not in printed
    with running(*demonstration(tmp_path / "demo", port)) as process:
        again = wait_until_served(process, port)
        assert USERS["partner"] in mail_to(again, USERS["partner"]).text
        assert stopped(process, signal.SIGINT)[0] == 0


@pytest.mark.timeout(300)
def test_the_demonstrations_partner_has_days_ahead_and_its_choices_close_in_two_weeks(tmp_path: Path) -> None:
    port = free_port()
    with running(*demonstration(tmp_path, port)) as process:
        visitor = wait_until_served(process, port)
        tasks = visitor.page(visitor.send("/demo/sign-in/partner", visitor.page("/")))
        days = visitor.page(next(link for link in tasks.links.values() if link.startswith("/partner/")))
        states = {row[-1] for row in days.rows() if row[-1] != "State"}
        assert states == {"Open"}
        assert re.search(r"Leaders choose until \w+ \d+ \w+ \d{4}, 5pm", days.text)
    secret = tmp_path / "secret-key"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert demo_config(tmp_path, port).secret_key == secret.read_text(encoding="ascii")


def test_a_demonstration_takes_nothing_from_the_environment(tmp_path: Path) -> None:
    config = demo_config(tmp_path, 8000)
    assert config.database_url == sqlite_url(tmp_path / "placement.sqlite3")
    assert (config.mail_backend, config.mail_folder, config.demo) == ("folder", tmp_path / "outbox", True)
    assert config.public_base_url == "http://127.0.0.1:8000"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "placement.example"])
def test_a_demonstration_refuses_to_be_reached_from_elsewhere(tmp_path: Path, host: str) -> None:
    ended = placement(
        settings("sqlite://", tmp_path), "demo", "--host", host, "--folder", str(tmp_path / "d")
    )
    assert (ended.status, ended.out) == (1, "")
    assert "answers this machine alone" in ended.err
    assert not (tmp_path / "d").exists()


def test_a_port_in_use_is_said_in_one_line_and_nothing_is_loaded(tmp_path: Path) -> None:
    config = settings(sqlite_url(tmp_path / "site.sqlite3"), tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for command in (("serve",), ("demo", "--folder", str(tmp_path / "demo"))):
            ended = placement(config, *command, "--port", port)
            assert ended.status == 1
            assert f"placement: Port {port} on 127.0.0.1 is in use by another program." in ended.err
            assert ended.err.count("\n") == 1
    assert not (tmp_path / "demo" / "placement.sqlite3").exists()


def test_an_address_of_another_machine_cannot_be_served(tmp_path: Path) -> None:
    config = settings(sqlite_url(tmp_path / "site.sqlite3"), tmp_path)
    config = replace(config, public_base_url="https://placement.example")
    ended = placement(config, "serve", "--host", "192.0.2.7")
    assert ended.status == 1
    assert "does not belong to this machine" in ended.err


@pytest.mark.parametrize("options", [[], ["--without-worker"]])
@pytest.mark.timeout(300)
def test_a_new_installation_is_served_until_it_is_stopped(tmp_path: Path, options: list[str]) -> None:
    config = settings(sqlite_url(tmp_path / "site.sqlite3"), tmp_path)
    port = free_port()
    with running("serve", "--port", str(port), *options, env=environment(config)) as process:
        visitor = wait_until_served(process, port)
        start = visitor.page("/")
        assert not [form for form in start.forms if form.action.startswith("/demo/")]
        assert visitor.open("/demo/outbox")[0] == 404
        status, printed = stopped(process, signal.SIGTERM)
    assert status == 0
    assert "its tables have been made" in printed
    assert f"Serving {config.public_base_url} on 127.0.0.1, port {port}." in printed


def test_serving_needs_its_settings(tmp_path: Path) -> None:
    config = settings(sqlite_url(tmp_path / "site.sqlite3"), tmp_path)
    ended = placement(Config(config.database_url, tmp_path), "serve")
    assert ended.status == 2
    assert "PLACEMENT_SECRET_KEY" in ended.err
    assert list(tmp_path.iterdir()) == []
