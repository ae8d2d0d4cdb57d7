"""The season's steps in their order, and the season played to its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from placement.app import create_app
from tests.databases import dispose, settings
from tests.season import changes, story
from tests.season.story import Season, Step
from tests.smtp_sink import Sink

STEPS: tuple[Step, ...] = (
    story.everybody_is_confirmed,
    story.days_move_over_each_change_of_the_clocks,
    story.a_day_moves_again,
    story.a_day_moves_twice_before_any_mail_leaves,
    changes.words_contact_and_place_change,
    changes.words_change,
    changes.a_day_goes_online,
    changes.a_workshop_is_planned,
    story.a_day_takes_fewer_and_a_repair_moves_people,
    story.days_are_called_off,
    changes.a_day_comes_back_to_its_site,
    story.a_repair_gives_other_days,
    changes.the_workshop_moves_and_goes_online,
    story.somebody_leaves,
    changes.somebody_is_taken_off_the_workshop,
    story.who_left_comes_back,
    changes.another_workshop_is_planned_and_cancelled,
    story.a_day_moves_and_is_called_off_before_any_mail_leaves,
    story.a_repair_gives_other_days,
    story.somebody_leaves_for_good,
    story.somebody_joins_and_leaves_before_any_mail_leaves,
)


@contextmanager
def season_in(url: str, folder: Path, sink: Sink) -> Iterator[Season]:
    """The whole season, played in the database at `url`; the application is open until the block ends."""
    config = replace(settings(url, folder), mail_backend="smtp", mail_server="127.0.0.1", mail_port=sink.port)
    app = create_app(config)
    season = Season(app, config, sink)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("placement.worker.mail._now", season.clock)
        for step in STEPS:
            season.take(step)
        yield season
    dispose(app)
