"""`placement demo`: the whole service on this machine alone, with made-up people and no mail that leaves."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from placement.cli import Refusal
from placement.cli.context import applications
from placement.cli.serve import PORT, listen, run_with_worker
from placement.config import Config
from placement.config_values import is_loopback
from placement.db import unit_of_work
from placement.db.schema import revision_now, revision_wanted, upgrade
from placement.services import people
from placement.services.scope import Scope

USERS = {
    "leader": "amara.jollyman@arrowdalepublichealth.example",
    "partner": "placements@arrowdalefoodshare.example",
    "coordinator": "coordinator@demo.example",
}
"""Whom the start page's buttons sign in, by role."""

COORDINATOR_NAME = "Demo coordinator"
DEMO = "placement_demo"
SECRET_FILE = "secret-key"  # noqa: S105  # the name of the file


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="An address of this machine alone.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="The port to listen on.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Where the demonstration keeps its data.",
)
def demo(*, host: str, port: int, folder: Path) -> None:
    """Show the service with a made-up cohort: pages, worker and a local outbox, on this machine only.

    What is done in it is kept in the folder. Delete the folder to begin anew.
    """
    if not is_loopback(host):
        raise Refusal(
            "The demonstration signs people in without asking who they are, so it answers this machine "
            "alone. Leave --host out, or use `placement serve` for others."
        )
    config = demo_config(folder.resolve(), port)
    app = applications().site(config)
    app.extensions[DEMO] = USERS
    server = listen(app, config, host=host, port=port)
    with app.app_context():
        if revision_now() != revision_wanted():
            upgrade()
        _load_once()
    click.echo(f"The demonstration is at {config.public_base_url}/")
    click.echo(f"Its data and mail are kept in {folder}. Stop it with Ctrl-C.")
    run_with_worker(server, app, config)


def demo_config(folder: Path, port: int) -> Config:
    """The settings of a demonstration in `folder`; the environment has no say in it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = Config.from_env({"PLACEMENT_DATA_FOLDER": str(folder)}).for_demo(folder=folder, port=port)
    return replace(config, secret_key=_kept_secret(folder / SECRET_FILE))


def _kept_secret(file: Path) -> str:
    """The secret key in `file`, made at the first start; only its owner may read it."""
    if not file.exists():
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(secrets.token_urlsafe(48), encoding="ascii")
        part.replace(file)  # so that the key is there whole or not at all
    return file.read_text(encoding="ascii")


def _load_once() -> None:
    """Bring in the made-up cohort, unless there is anybody already."""
    with unit_of_work() as session:
        if people.anybody(session) is not None:
            return
        from placement.cli import demo_cohort  # imported late: later starts need none of it

        scope = Scope.system(session, label="demonstration")
        demo_cohort.load(
            scope, coordinator=USERS["coordinator"], name=COORDINATOR_NAME, now=datetime.now(UTC)
        )
