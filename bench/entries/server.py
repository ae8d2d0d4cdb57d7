"""A real server of a season of a thousand days, and of Flask's hello beside it, for measuring.

A program of its own: `python -m bench.entries.server URL FOLDER` fills the new database at URL, prints its
port and the paths of the feeds as JSON, and serves until its standard input ends. `/hello` is a Flask
application of one line; `/cpu` tells the computing time of the process; `/change` changes a title that
every feed shows, so that the next read is cold.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import update
from waitress.server import create_server

from bench.entries.rows import make_season
from placement.app import create_app
from placement.config import Config
from placement.db import db, unit_of_work
from placement.db.schema import upgrade
from placement.models import Opportunity

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def hello_application() -> Flask:
    """The least that a Flask site can answer."""
    hello = Flask("hello")

    @hello.get("/hello")
    def greet() -> str:
        return "Hello, World!"

    return hello


def beside(app: Flask, hello: Flask) -> Application:
    """One application that asks either, by the path."""
    changes = count()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/cpu":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [f"{time.process_time()}".encode()]
        if path == "/change":
            with app.app_context(), unit_of_work() as session:
                title = f"Sorting and handing out food parcels, change {next(changes)}"
                session.execute(update(Opportunity).where(Opportunity.id == 1).values(title=title))
            start_response("204 No Content", [])
            return []
        asked = hello if path == "/hello" else app
        return asked(environ, start_response)

    return answer


def main() -> None:
    """Fill, serve, end with standard input."""
    url, folder = sys.argv[1], Path(sys.argv[2])
    app = create_app(
        Config(
            database_url=url,
            data_folder=folder,
            secret_key="a-secret-to-measure-with-0123456789",
            public_base_url="http://127.0.0.1:8000",
            mail_backend="folder",
            mail_folder=folder / "outbox",
            mail_sender="Placement <placements@placement.example>",
        )
    )
    with app.app_context():
        upgrade()
        paths = make_season(datetime.now(UTC))
        db.session.remove()
    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(beside(app, hello_application()), host="127.0.0.1", port=0, threads=1)
    threading.Thread(target=server.run, daemon=True).start()
    print(json.dumps({"port": server.effective_port, "paths": paths}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
