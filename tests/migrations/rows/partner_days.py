"""Limits of partners are columns of rows that are there already."""

from tests.migrations.rows.first_season import Rows

BY_REVISION: dict[str, Rows] = {"0029_partner_limits": []}
