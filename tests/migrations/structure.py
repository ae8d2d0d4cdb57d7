"""What a database consists of, read from the database itself."""

from typing import Any

from sqlalchemy import Connection, inspect, text

TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal"
    ),
}
FUNCTIONS = (
    "SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace "
    "JOIN pg_language ON pg_language.oid = prolang WHERE nspname = 'public' AND lanname = 'plpgsql'"
)
EXCLUSIONS = "SELECT conname FROM pg_constraint WHERE contype = 'x'"


def structure(connection: Connection) -> dict[str, Any]:
    """Columns, keys, checks, indexes, triggers and functions of all tables, in a stable order."""
    looked_at = inspect(connection)
    tables = {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"])
                for column in looked_at.get_columns(table)
                if column["name"] != "id"
            ],
            "primary key": looked_at.get_pk_constraint(table)["constrained_columns"],
            "unique": _named(looked_at.get_unique_constraints(table), "column_names"),
            "checks": sorted(str(check["name"]) for check in looked_at.get_check_constraints(table)),
            "references": sorted(
                (
                    str(key["name"]),
                    key["constrained_columns"],
                    key["referred_table"],
                    key["referred_columns"],
                    str(sorted(key["options"].items())),
                )
                for key in looked_at.get_foreign_keys(table)
            ),
            "indexes": _named(looked_at.get_indexes(table), "column_names"),
        }
        for table in looked_at.get_table_names()
    }
    return {"tables": tables, **kept_by_code(connection)}


def kept_by_code(connection: Connection) -> dict[str, list[Any]]:
    """The limits that are kept by triggers, functions and exclusions."""
    dialect = connection.dialect.name
    found = {"triggers": sorted(tuple(row) for row in connection.execute(text(TRIGGERS[dialect])))}
    if dialect == "postgresql":
        found["functions"] = sorted(connection.scalars(text(FUNCTIONS)))
        found["exclusions"] = sorted(connection.scalars(text(EXCLUSIONS)))
    return found


def _named(things: Any, columns: str) -> list[tuple[str, list[str]]]:
    return sorted(
        (str(thing["name"]), thing[columns]) for thing in things if "duplicates_constraint" not in thing
    )
