"""`placement serve`: the site, with a worker beside it unless one runs elsewhere."""

import errno

import click
from flask import Flask
from waitress.server import BaseWSGIServer, create_server

from placement.cli import Refusal
from placement.cli.context import applications
from placement.cli.told import until_told
from placement.config import Config, from_environment
from placement.config_values import UnsafeSetting, is_loopback
from placement.db.schema import ensure_schema
from placement.services.health import reported
from placement.worker import engine

THREADS = 8
LARGEST_REQUEST = 10 * 1024 * 1024  # octets
LISTEN_FAULTS = {
    errno.EADDRINUSE: "is in use by another program",
    errno.EACCES: "may not be used by this user",
    errno.EADDRNOTAVAIL: "does not belong to this machine",
}

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True, help="The port to listen on.")
@click.option("--without-worker", is_flag=True, help="Only show pages: `placement worker` runs elsewhere.")
def serve(*, host: str, port: int, without_worker: bool) -> None:
    """Serve the pages until stopped (Ctrl-C or SIGTERM), sending mail and solving runs beside them."""
    config = from_environment().require_all()
    if not (is_loopback(host) or config.secure):
        raise UnsafeSetting(
            f"Serving on {host} lets others in, so PLACEMENT_PUBLIC_BASE_URL must begin with https://, "
            "with a proxy in front that speaks it."
        )
    app = applications().site(config)
    server = listen(app, config, host=host, port=port)
    with reported(config.database_url), app.app_context():
        if ensure_schema():
            click.echo("placement: the database was new; its tables have been made.", err=True)
    click.echo(f"Serving {config.public_base_url} on {host}, port {port}. Stop it with Ctrl-C.", err=True)
    if without_worker:
        run(server)
    else:
        run_with_worker(server, app, config)


def listen(app: Flask, config: Config, *, host: str, port: int) -> BaseWSGIServer:
    """A server that holds its port already, so that nothing else is begun where it cannot be had."""
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident="",
            max_request_body_size=LARGEST_REQUEST,
            url_scheme="https" if config.secure else "http",
        )
    except (OSError, ValueError) as fault:
        raise Refusal(_cannot_listen(host, port, fault)) from fault


def run_with_worker(server: BaseWSGIServer, app: Flask, config: Config) -> None:
    """Answer requests until told to stop; send mail and solve runs in the same process."""
    running = engine.Worker(app, config)
    try:
        with until_told():
            running.start()
            server.run()
        _close(server)
    finally:
        engine.end(running)


def run(server: BaseWSGIServer) -> None:
    """Answer requests until told to stop by Ctrl-C or SIGTERM."""
    with until_told():
        server.run()
    _close(server)


def _close(server: BaseWSGIServer) -> None:
    server.close()
    click.echo("Stopped.", err=True)


def _cannot_listen(host: str, port: int, fault: Exception) -> str:
    number = fault.errno if isinstance(fault, OSError) else None
    why = LISTEN_FAULTS.get(number or 0, f"cannot be used ({fault})")
    return f"Port {port} on {host} {why}. Choose another with --port, for example --port {port % 65535 + 1}."
