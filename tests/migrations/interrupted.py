"""A process that upgrades a database and is killed on the way: `python -m tests.migrations.interrupted`."""

import os
import signal
import sys
from pathlib import Path

from sqlalchemy import event

from placement.app import create_base
from placement.db import db
from placement.db.schema import upgrade
from tests.databases import settings


def main(url: str, folder: str, moment: str) -> None:
    """Upgrade; die before the statement numbered `moment`, or at the "commit"."""
    app = create_base(settings(url, Path(folder)))
    seen = 0

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == int(moment):
            die()

    with app.app_context():
        if moment == "commit":
            event.listen(db.engine, "commit", die)
        else:
            event.listen(db.engine, "before_cursor_execute", count)
        upgrade()


if __name__ == "__main__":
    main(*sys.argv[1:])
