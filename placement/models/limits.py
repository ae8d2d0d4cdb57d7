"""Pieces of table definitions that several areas share."""

from typing import get_args

from sqlalchemy import CheckConstraint, ForeignKeyConstraint


def one_of(column: str, words: object, *, name: str) -> CheckConstraint:
    """A check that `column` holds one of the `words` of a `Literal` type."""
    listed = ", ".join(f"'{word}'" for word in get_args(words))
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def same_cohort(column: str, table: str) -> ForeignKeyConstraint:
    """A foreign key on `column` that also demands the same cohort."""
    return ForeignKeyConstraint(["cohort_id", column], [f"{table}.cohort_id", f"{table}.id"])
