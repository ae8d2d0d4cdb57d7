"""Fixtures of the adapters' tests."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from placement.config import Config
from placement.domain.invites import InviteDetails
from tests.smtp_sink import Sink, smtp_sink
from tests.unit.adapters.samples import make_details

__all__ = ["smtp_sink"]


@pytest.fixture
def details() -> InviteDetails:
    return make_details()


@pytest.fixture
def rendered_at() -> datetime:
    return datetime(2026, 12, 1, 9, 1, tzinfo=UTC)


@pytest.fixture
def smtp_config(smtp_sink: Sink, tmp_path: Path) -> Config:
    """Settings that send to the sink."""
    return Config(
        database_url="sqlite://",
        data_folder=tmp_path,
        mail_server="127.0.0.1",
        mail_port=smtp_sink.port,
        mail_sender="Placement <placements@placement.example>",
    )
