"""`placement audit verify` says whether the record is whole, and ends with 1 where it is not."""

import json
from pathlib import Path

from sqlalchemy import text

from placement.app import create_base
from placement.db import unit_of_work
from placement.services.audit import record
from placement.services.scope import Scope
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.factories.clock import NOON


def test_a_whole_record_is_told_from_one_that_was_changed(
    sqlite_server: SqliteServer, tmp_path: Path
) -> None:
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            for number in range(3):
                record(Scope.system(session), "offer_slot", f"slot:{number}", at=NOON)
        whole = placement(config, "audit", "verify")
        assert (whole.status, whole.out) == (0, "3 entries, none changed and none missing.\n")
        with app.app_context(), unit_of_work() as session:
            session.execute(text("DROP TRIGGER audit_event_no_update"))
            session.execute(text("UPDATE audit_event SET subject = 'slot:9' WHERE id = 2"))
        dispose(app)
        broken = placement(config, "audit", "verify")
        assert (broken.status, broken.out) == (
            1,
            "Entry 2 is not as it was written; 1 before it are in order.\n",
        )
        told = placement(config, "audit", "verify", "--json")
        assert json.loads(told.out) == {"events": 1, "broken_at": 2, "fault": "changed"}
