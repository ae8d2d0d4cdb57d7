"""`placement retention run` says what would go, then takes it away."""

import json
from pathlib import Path

from placement.app import create_base
from placement.config import Config
from placement.db import unit_of_work
from tests.cli.commands import placement
from tests.databases import SqliteServer, dispose, settings
from tests.factories.people import make_user
from tests.factories.signing_in import make_sign_in_link
from tests.services.test_retention import OLD


def test_a_dry_run_says_what_goes_and_the_run_takes_it(sqlite_server: SqliteServer, tmp_path: Path) -> None:
    with sqlite_server.database() as url:
        config = settings(url, tmp_path)
        app = create_base(config)
        with app.app_context(), unit_of_work() as session:
            make_sign_in_link(session, user=make_user(session), expires_at=OLD.replace(year=2025))
        dispose(app)
        goes(config)


def goes(config: Config) -> None:
    told = {
        "dry_run": True,
        "sign_in_links": 1,
        "sessions": 0,
        "second_steps": 0,
        "counters": 0,
        "mails": 0,
        "import_uploads": 0,
        "import_rows": 0,
        "run_notes": 0,
        "fixed_places": 0,
        "signatories": 0,
        "replies": 0,
        "previous_rankings": 0,
    }
    told |= dict.fromkeys(("reflections", "feedback", "absences", "extra_people", "swap_requests"), 0)
    told |= dict.fromkeys(("partner_messages", "withdrawals"), 0)
    assert json.loads(placement(config, "retention", "run", "--dry-run", "--json").out) == told
    assert "     1 sign-in links that are over\n" in placement(config, "retention", "run").out
