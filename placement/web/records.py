"""For how long what is written about placement days is kept, as pages say it."""

from flask import Flask, current_app

from placement.config import Config

RECORD_DAYS = "placement_record_days"


def init_records(app: Flask, config: Config) -> None:
    """Tell the pages of `app` for how many days after a day its reflections are kept."""
    app.extensions[RECORD_DAYS] = config.record_days


def record_days() -> int:
    """For how many days after a day its reflections are kept."""
    return int(current_app.extensions[RECORD_DAYS])
