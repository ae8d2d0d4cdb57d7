"""From the calendar to the mail server: reminders are owed, looked at once more, and sent."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from placement.app import create_base
from placement.config import Config
from placement.config_values import UnsafeSetting
from placement.db import reading, unit_of_work
from placement.models import Invite, Message
from placement.worker.mail import send_due
from placement.worker.reminders import owe_reminders
from tests.databases import dispose
from tests.services.season import in_a_week, make_mid_season
from tests.smtp_sink import Sink


@pytest.fixture
def season(config: Config, smtp_sink: Sink) -> Iterator[Config]:
    """An installation with two leaders whose day is in a week; one of them has declined it meanwhile."""
    told = replace(config, mail_backend="smtp", mail_port=smtp_sink.port)
    app = create_base(told)
    with app.app_context():
        with unit_of_work() as session:
            long_ago = datetime.now(UTC) - timedelta(days=30)
            make_mid_season(session, starts_at=in_a_week(), told_at=long_ago)
        yield told
    dispose(app)


def decline_one() -> None:
    with unit_of_work() as session:
        session.scalars(select(Invite).order_by(Invite.id)).first().partstat = "DECLINED"  # type: ignore[union-attr]


def statuses() -> list[tuple[str, str]]:
    with reading() as session:
        return sorted((row.kind, row.status) for row in session.scalars(select(Message)))


def test_reminders_reach_the_mail_server_but_for_who_declined_in_the_meantime(
    season: Config, smtp_sink: Sink
) -> None:
    for _ in range(2):
        owe_reminders(season, now=datetime.now(UTC))
    decline_one()
    assert send_due(season) == {"sent": 2}
    assert statuses() == [
        ("day_reminder", "sent"),
        ("placement_reminder", "cancelled"),
        ("placement_reminder", "sent"),
    ]
    owe_reminders(season, now=datetime.now(UTC))
    assert send_due(season) == {}
    for received in smtp_sink.received:
        mail = message_from_bytes(received.octets, policy=policy.default)
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert str(mail["List-Unsubscribe"]).startswith(f"<{season.public_base_url}/unsubscribe/")


def test_what_the_calendar_asks_for_needs_a_secret_for_its_links(season: Config) -> None:
    with pytest.raises(UnsafeSetting, match="PLACEMENT_SECRET_KEY"):
        owe_reminders(replace(season, secret_key=""), now=datetime.now(UTC))
