"""Rows for every table, by the migration that makes it; one module for each part of the service."""

from tests.migrations.rows import (
    about_leaders,
    choosing,
    day_after,
    first_season,
    hosting,
    imports,
    lists,
    offers,
    pages,
    partner_days,
    review_board,
    sign_offs,
    swaps,
    waiting_list,
    ways_in,
)
from tests.migrations.rows.first_season import VERSION, Rows

__all__ = ["BY_REVISION", "VERSION"]

BY_REVISION: dict[str, Rows] = {
    **first_season.BY_REVISION,
    **pages.BY_REVISION,
    **about_leaders.BY_REVISION,
    **lists.BY_REVISION,
    **offers.BY_REVISION,
    **review_board.BY_REVISION,
    **day_after.BY_REVISION,
    **choosing.BY_REVISION,
    **partner_days.BY_REVISION,
    **imports.BY_REVISION,
    **waiting_list.BY_REVISION,
    **hosting.BY_REVISION,
    **swaps.BY_REVISION,
    **ways_in.BY_REVISION,
    **sign_offs.BY_REVISION,
}
