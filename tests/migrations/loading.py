"""Writes the rows of each migration into a database, and reads all rows back."""

from typing import Any

from sqlalchemy import Connection, inspect, text

from tests.migrations.rows import BY_REVISION, VERSION

KEYS = {"calendar_version": "cohort_id", "match_stamp": "cohort_id", "interrupted_form": "user_id"}
"""The column by which a row is found, where that is not `id`."""


MOVED = {"message": {"octets"}}
"""Columns that a later migration moves to another table, with what is in them."""


DRAWN = {"match_stamp": {"stamp", "changed_in"}}
"""Columns that the database draws anew at every change, so that nobody can say what is in them."""


def load(connection: Connection, revision: str) -> None:
    """Write the rows of the tables that `revision` makes, and what it adds to rows that are there."""
    for table, whole in BY_REVISION[revision]:
        row = _without_moved(connection, table, whole)
        key = KEYS.get(table, "id")
        if key in row and _is_there(connection, table, key, row[key]):
            changes = ", ".join(f'"{column}" = :{column}' for column in row if column != key)
            connection.execute(text(f'UPDATE "{table}" SET {changes} WHERE {key} = :{key}'), row)
            continue
        columns = ", ".join(f'"{column}"' for column in row)
        values = ", ".join(f":{column}" for column in row)
        connection.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), row)


def _without_moved(connection: Connection, table: str, row: dict[str, Any]) -> dict[str, Any]:
    if table not in MOVED:
        return row
    here = {column["name"] for column in inspect(connection).get_columns(table)}
    return {column: value for column, value in row.items() if column in here or column not in MOVED[table]}


def _is_there(connection: Connection, table: str, key: str, value: int) -> bool:
    found = connection.execute(text(f'SELECT 1 FROM "{table}" WHERE {key} = :value'), {"value": value})
    return found.first() is not None


def contents(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""
    tables = [name for name in inspect(connection).get_table_names() if name != VERSION]
    return {
        table: sorted(
            (
                {column: value for column, value in row.items() if column not in DRAWN.get(table, ())}
                for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()
            ),
            key=str,
        )
        for table in tables
    }
