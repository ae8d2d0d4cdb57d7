"""`placement user`: who may see what, and ways in for people whose mail or phone fails them."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import get_args

import click

from placement.cli.context import opened
from placement.config import from_environment
from placement.db import reading, unit_of_work
from placement.domain.states import CoordinatorRole
from placement.services import addresses, people, second_steps, sign_in
from placement.services.invites import sender_of
from placement.services.scope import Scope


@click.group("user")
def user() -> None:
    """Look after who may see what."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(get_args(CoordinatorRole)), help="What they may do.")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="In which cohort.")
@click.option("--name", default="", help="Their name, as the pages show it.")
def add(email: str, role: CoordinatorRole, cohort_name: str, name: str) -> None:
    """Make the reader of EMAIL a coordinator or viewer of a cohort."""
    with opened(), unit_of_work() as session:
        outcome = people.add_user(
            Scope.system(session, label="command"),
            email=email,
            role=role,
            cohort_name=cohort_name,
            name=name,
            now=datetime.now(UTC),
        )
    if outcome == "unchanged":
        click.echo(f'{email} is {role} of "{cohort_name}" already; nothing was changed.')
    else:
        click.echo(f'{email} is now {role} of "{cohort_name}".')


@user.command("list")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="Whose users.")
@click.option("--json", "as_json", is_flag=True, help="Print them as a JSON list.")
def list_command(cohort_name: str, as_json: bool) -> None:
    """List the users of a cohort and what they are in it."""
    with opened(), reading() as session:
        members = people.members(Scope.system(session), cohort_name)
    if as_json:
        click.echo(json.dumps([asdict(member) for member in members]))
        return
    for member in members:
        click.echo(f"{member.role:12} {member.email:40} {member.name}".rstrip())


@user.command("reachable")
@click.argument("email")
def reachable(email: str) -> None:
    """Take it back that mail to EMAIL does not arrive: it was out of order for a while."""
    with opened(), unit_of_work() as session:
        scope = Scope.system(session, label="command")
        changed = addresses.clear_user_flag(scope, email, now=datetime.now(UTC))
    if changed:
        click.echo(f"Mail to {email} is taken to arrive again.")
    else:
        click.echo(f"Nothing is noted on {email}; nothing was changed.")


@user.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a link that signs the reader of EMAIL in, once, in the next 15 minutes."""
    with opened(from_environment().require_base_url()) as config, unit_of_work() as session:
        path = sign_in.one_time_link(Scope.system(session, label="command"), email, now=datetime.now(UTC))
    click.echo(config.public_base_url + path)


@user.command("second-step-off")
@click.argument("email")
def second_step_off(email: str) -> None:
    """Ask the reader of EMAIL for no second step any more: their phone and recovery codes are gone."""
    with opened(from_environment().require_base_url()) as config, unit_of_work() as session:
        scope = Scope.system(session, label="command")
        changed = second_steps.turn_off_for(scope, email, sender=sender_of(config), now=datetime.now(UTC))
    if changed:
        click.echo(f"The second step of {email} is off. A mail tells them. They can set it up again.")
    else:
        click.echo(f"{email} is not asked for a second step; nothing was changed.")
