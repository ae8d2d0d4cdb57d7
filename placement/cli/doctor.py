"""`placement doctor`: what is wrong with an installation, and how to mend it."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import click

from placement.adapters.imap import open_mailbox
from placement.adapters.mail import open_courier
from placement.cli.context import applications
from placement.config import Config
from placement.config_imap import ImapUrl
from placement.config_values import UnsafeSetting
from placement.db import db, reading
from placement.domain.door_errors import MailboxFailed
from placement.domain.errors import MailFailed
from placement.services import health
from placement.services.health import Finding
from placement.services.mail_allowance import sending_rules
from placement.services.readiness import look_at_workers
from placement.worker.engine import engine_for

SETTING = re.compile(r"PLACEMENT_[A-Z_]+")
NEEDED = {
    "secret key": (Config.require_secret, "PLACEMENT_SECRET_KEY", "There is a secret key."),
    "base URL": (Config.require_base_url, "PLACEMENT_PUBLIC_BASE_URL", "Links in mails begin with {url}."),
    "sender": (Config.require_sender, "PLACEMENT_MAIL_SENDER", "Mails come from {sender}."),
}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(as_json: bool) -> None:
    """Look at database, workers, mail, settings, clock and disk; exit status 1 if something is wrong."""
    findings = list(_look(os.environ))
    well = all(finding.well for finding in findings)
    if as_json:
        click.echo(json.dumps({"well": well, "findings": [vars(finding) for finding in findings]}))
    else:
        for finding in findings:
            _show(finding)
        click.echo("All is well." if well else "Something is wrong: see above.")
    if not well:
        raise SystemExit(1)


def _look(env: Mapping[str, str]) -> Iterator[Finding]:
    config, unsafe = _settings(env)
    yield from unsafe.values()
    yield from _needed(config, unsafe)
    if "PLACEMENT_DATABASE_URL" not in unsafe:
        yield from _database(config)
    if not any(name.startswith("PLACEMENT_MAIL_") for name in unsafe):
        yield _mail(config)
    if config.imap_url is not None:
        yield _replies(config.imap_url)
        yield from _rules(config)


def _settings(env: Mapping[str, str]) -> tuple[Config, dict[str, Finding]]:
    """The settings without the unsafe ones, and a finding for each of those by its name."""
    left, unsafe = dict(env), dict[str, Finding]()
    while True:
        try:
            return Config.from_env(left), unsafe
        except UnsafeSetting as fault:
            name = next(name for name in SETTING.findall(str(fault)) if left.get(name))
            unsafe[name] = Finding("settings", False, str(fault), f"Change or unset {name}.")
            del left[name]


def _needed(config: Config, unsafe: Mapping[str, Finding]) -> Iterator[Finding]:
    for check, (require, name, said) in NEEDED.items():
        if name in unsafe:
            continue
        try:
            require(config)
        except UnsafeSetting as missing:
            yield Finding(check, False, f"{name} is not set.", str(missing))
        else:
            yield Finding(check, True, said.format(url=config.public_base_url, sender=config.mail_sender))


def _database(config: Config) -> Iterator[Finding]:
    folders = [config.data_folder]
    if config.mail_backend == "folder" and config.mail_folder is not None:
        folders.append(config.mail_folder)
    try:
        app = applications().base(replace(config, database_url=health.impatient(config.database_url)))
    except health.CANNOT_CONNECT as fault:
        yield health.unusable(config.database_url, fault)
        yield from health.look_at_disk(None, folders)
        return
    with app.app_context():
        found = health.look_at_database(db.engine)
        yield from found
        if all(finding.well for finding in found):
            yield from health.look_at_clock(db.engine)
            with reading() as session:
                yield from health.look_at_key(session)
                yield from look_at_workers(session, now=datetime.now(UTC))
            yield engine_for(app, config).health()
        yield from health.look_at_disk(db.engine, folders)


def _mail(config: Config) -> Finding:
    folder = config.mail_backend == "folder"
    where = f"the folder {config.mail_folder}" if folder else f"{config.mail_server}:{config.mail_port}"
    try:
        with open_courier(config) as courier:
            courier.check()
    except MailFailed as failed:
        remedy = (
            "Make the folder writable, or set PLACEMENT_MAIL_FOLDER to another."
            if folder
            else "Start the mail server, or set PLACEMENT_MAIL_SERVER, PLACEMENT_MAIL_PORT, "
            "PLACEMENT_MAIL_USERNAME, PLACEMENT_MAIL_PASSWORD and PLACEMENT_MAIL_TLS to what it needs."
        )
        return Finding("mail", False, str(failed), remedy)
    return Finding("mail", True, f"Mail can be handed to {where}.")


def _replies(url: ImapUrl) -> Finding:
    """Whether the mailbox for replies lets us in; nothing is fetched from it."""
    try:
        with open_mailbox(url):
            return Finding("replies", True, f"The mailbox for replies at {url.where} lets us in.")
    except MailboxFailed as failed:
        remedy = "Check the server, the user, the password and the folder in PLACEMENT_IMAP_URL."
        return Finding("replies", False, str(failed), remedy)


def _rules(config: Config) -> Iterator[Finding]:
    """What keeps mail from leaving as it comes: nothing is wrong with that, but it should be known."""
    rules = sending_rules(config)
    held = "Mail that was held is released with: placement outbox release --all" if rules.holding else ""
    for said in rules.in_words:
        yield Finding("sending", True, said, held)


def _show(finding: Finding) -> None:
    click.echo(f"{'ok' if finding.well else 'WRONG':5}  {finding.check}: {finding.said}")
    if finding.remedy:
        click.echo(f"       {finding.remedy}")
