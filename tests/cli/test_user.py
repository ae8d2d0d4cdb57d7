"""`placement user`: roles from the command line, and a way in without a mail."""

import json
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from placement import cli
from placement.app import create_app, create_base
from placement.cli.context import Applications
from placement.config import Config
from placement.db import unit_of_work
from placement.models import AuditEvent, Message, SecondStep, User
from tests.databases import SECRET, dispose
from tests.factories.people import make_leader, make_user
from tests.factories.programmes import make_cohort
from tests.factories.signing_in import make_second_step
from tests.web.browsing import Browser

BASE_URL = "https://placement.example"
Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """`command("list", …)` runs `placement user list …` on a database with one cohort, "Fylde Coast"."""
    monkeypatch.setenv("PLACEMENT_DATABASE_URL", config.database_url)
    monkeypatch.setenv("PLACEMENT_SECRET_KEY", SECRET)
    monkeypatch.setenv("PLACEMENT_PUBLIC_BASE_URL", BASE_URL)
    monkeypatch.setenv("PLACEMENT_MAIL_SENDER", "placements@placement.example")
    with unit_of_work() as session:
        cohort = make_cohort(session, name="Fylde Coast")
        make_leader(session, cohort=cohort, user=make_user(session, email="ada@people.example", name="Ada"))

    made: list[Flask] = []

    def base(config: Config) -> Flask:
        made.append(create_base(config))
        return made[-1]

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli.main, ["user", *words], obj=Applications(base=base, site=create_app))

    yield run
    for one in made:
        dispose(one)


def add(
    command: Command, *more: str, email: str = "cat@programme.example", role: str = "coordinator"
) -> Result:
    return command("add", email, "--role", role, "--cohort", "Fylde Coast", *more)


def test_an_added_user_is_listed(command: Command) -> None:
    done = add(command, "--name", "Cat Orr")
    assert (done.exit_code, done.stdout) == (
        0,
        'cat@programme.example is now coordinator of "Fylde Coast".\n',
    )
    listed = command("list", "--cohort", "Fylde Coast", "--json")
    assert json.loads(listed.stdout) == [
        {"email": "cat@programme.example", "name": "Cat Orr", "role": "coordinator"},
        {"email": "ada@people.example", "name": "Ada", "role": "leader"},
    ]
    lines = command("list", "--cohort", "Fylde Coast").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["coordinator", "cat@programme.example", "Cat", "Orr"],
        ["leader", "ada@people.example", "Ada"],
    ]


def test_adding_a_user_again_says_that_nothing_was_changed(command: Command) -> None:
    add(command, role="viewer")
    assert add(command, role="viewer").stdout.endswith("already; nothing was changed.\n")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["add", "cat", "--role", "viewer", "--cohort", "Fylde Coast"], 1, "cat"),
        (["add", "cat@programme.example", "--role", "viewer", "--cohort", "Nowhere"], 1, "Nowhere"),
        (["add", "cat@programme.example", "--role", "king", "--cohort", "Fylde Coast"], 2, "king"),
        (["list", "--cohort", "Nowhere"], 1, "Nowhere"),
        (["link", "nobody@people.example"], 1, "nobody@people.example"),
        (["link", "nobody"], 1, "nobody"),
        (["second-step-off", "nobody@people.example"], 1, "nobody@people.example"),
    ],
)
def test_what_cannot_be_done_is_said_on_one_line(
    command: Command, words: list[str], status: int, said: str
) -> None:
    refused = command(*words)
    assert refused.exit_code == status
    assert said in refused.stderr.splitlines()[-1]
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_a_printed_link_signs_its_user_in_once(command: Command, config: Config) -> None:
    printed = command("link", "Ada@People.example")
    assert printed.exit_code == 0
    (line,) = printed.stdout.splitlines()
    assert line.startswith(f"{BASE_URL}/sign-in/link/")
    site = create_app(config)
    statuses = [Browser(site).post(line.removeprefix(BASE_URL)).status_code for _ in range(2)]
    assert statuses == [303, 410]
    dispose(site)


def test_a_link_needs_an_address_to_begin_with(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLACEMENT_PUBLIC_BASE_URL")
    refused = command("link", "ada@people.example")
    assert refused.exit_code == 2
    assert "PLACEMENT_PUBLIC_BASE_URL" in refused.stderr


def test_the_second_step_of_somebody_is_turned_off(app: Flask, command: Command) -> None:
    add(command)
    with unit_of_work() as session:
        user = session.scalars(select(User).where(User.email == "cat@programme.example")).one()
        make_second_step(session, user=user)
    done = command("second-step-off", "cat@programme.example")
    assert (done.exit_code, done.stdout) == (
        0,
        "The second step of cat@programme.example is off. A mail tells them. They can set it up again.\n",
    )
    with unit_of_work() as session:
        assert session.scalars(select(SecondStep)).all() == []
        (mail,) = session.scalars(select(Message))
        assert (mail.kind, mail.recipient) == ("second_step", "cat@programme.example")
        told = session.scalars(select(AuditEvent).where(AuditEvent.verb == "turn_off_second_step")).one()
        assert told.actor == "command"
    again = command("second-step-off", "cat@programme.example")
    assert "nothing was changed" in again.stdout
