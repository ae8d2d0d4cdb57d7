"""What addresses of pages may hold."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST_ID = 2**31 - 1


class IdConverter(IntegerConverter):
    """`<int:…>` in an address: no larger than an id can be, for PostgreSQL refuses to compare with more."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # noqa: A002  # Werkzeug's name
        super().__init__(map, *args, **{"max": LARGEST_ID, **options})


def init_addresses(app: Flask) -> None:
    """Let no address of `app` name an id that cannot be; before any page is registered."""
    app.url_map.converters["int"] = IdConverter
