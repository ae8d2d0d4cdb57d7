"""Brings the made-up cohort in; imported only at a demonstration's first start, which alone needs it."""

from datetime import datetime
from importlib import resources

from placement.adapters.postcodes import sector_centres
from placement.adapters.sheets import read_folder
from placement.domain.sheets.shift import shifted
from placement.domain.sheets.understand import understand
from placement.domain.text import to_london
from placement.services.demonstration import load_demonstration
from placement.services.scope import Scope


def load(scope: Scope, *, coordinator: str, name: str, now: datetime) -> None:
    """Import the sheets that travel with the service, their dates moved ahead of today."""
    with resources.as_file(resources.files("placement") / "data" / "demo") as folder:
        sheets = understand(read_folder(folder), sector_centres())
    today = to_london(now).date()
    load_demonstration(scope, shifted(sheets, today=today), coordinator=coordinator, name=name, now=now)
