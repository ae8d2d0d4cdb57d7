"""docs/benchmarks.md, whose parts are written by different programs: each changes its own."""

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
HEAD = """\
# Benchmarks

Written by `make bench`, which exits 1 where a goal is missed; each part by a program of its own.
"""


def write_part(title: str, text: str) -> None:
    """Put a part in the place of the one with its title, or behind all others."""
    parts = _parts(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    parts[title] = text
    whole = [f"## {name}\n\n{body.strip()}\n" for name, body in sorted(parts.items())]
    PAGE.write_text("\n".join([HEAD, *whole]), encoding="utf-8")


def _parts(page: str) -> dict[str, str]:
    """Each part's text by its title."""
    _, *rest = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)
    return dict(zip(rest[::2], rest[1::2], strict=True))
