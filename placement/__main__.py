"""The `placement` command: joins the commands with the application that they work in."""

from typing import TYPE_CHECKING

from placement import cli
from placement.cli.context import Applications
from placement.config import Config

if TYPE_CHECKING:
    from flask import Flask


def _base(config: Config) -> "Flask":
    from placement.app import create_base  # imported late: `placement --help` and `solve` need none of it

    return create_base(config)


def _site(config: Config) -> "Flask":
    from placement.app import create_app  # imported late, as above

    return create_app(config)


def main() -> None:
    """Run the command line."""
    cli.main(prog_name="placement", obj=Applications(base=_base, site=_site))


if __name__ == "__main__":
    main()
