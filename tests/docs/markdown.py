"""Reads the project's own Markdown: code blocks, tables, links, and the anchors that links may lead to."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.architecture.sources import ROOT, project_files, relative

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Page:
    """One Markdown file."""

    path: Path
    text: str

    @property
    def prose(self) -> str:
        """The text without its code blocks."""
        return FENCE.sub("", self.text)

    def blocks(self, language: str) -> list[str]:
        """The code blocks in `language`, in order."""
        return [body for named, body in FENCE.findall(self.text) if named == language]

    def links(self) -> list[str]:
        return LINK.findall(CODE.sub("", self.prose))

    def headings(self) -> list[str]:
        return HEADING.findall(self.prose)

    def anchors(self) -> set[str]:
        """What stands after the # of a link to one of this page's headings."""
        return {
            re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in map(str.strip, self.headings())
        }

    def section(self, heading: str) -> str:
        """What stands under `heading`, up to the next heading of any level."""
        _, _, rest = self.prose.partition(f"# {heading}\n")
        assert rest, f"{relative(self.path)} has no heading {heading!r}"
        return re.split(r"^#{1,6} ", rest, maxsplit=1, flags=re.M)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables in `text`, without headings."""
    found: list[list[str]] = []
    for table in re.findall(r"(?:^\|.*\|\n?)+", text, re.M):
        lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
        found += lines[2:]
    return found


def code(text: str) -> list[str]:
    """What is set as code in `text`."""
    return CODE.findall(text)


@cache
def pages() -> tuple[Page, ...]:
    """The Markdown files that are ours."""
    return tuple(
        Page(path, path.read_text())
        for path in project_files()
        if path.suffix == ".md" and path.name != "VENDORED.md"
    )


def page(name: str) -> Page:
    """The page `name`, as seen from the top of the project."""
    return Page(ROOT / name, (ROOT / name).read_text())
