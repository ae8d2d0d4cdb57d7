"""Whatever our pages point to is there."""

import re

import pytest

from tests.architecture.sources import ROOT, relative
from tests.docs.markdown import Page, code, page, pages, rows

OUTSIDE = ("https://", "http://", "mailto:")
NAMED_FILE = re.compile(r"(?:placement|templates|migrations|tests|docs|bench|\.ci)/[\w./-]*\w/?")
PER_ROLE = ("partner", "leader", "coordinator")


@pytest.mark.parametrize("shown", pages(), ids=lambda shown: relative(shown.path))
def test_every_link_leads_to_a_file_and_an_anchor_that_exist(shown: Page) -> None:
    assert [link for link in shown.links() if not link.startswith(OUTSIDE) and not leads(shown, link)] == []


def leads(shown: Page, link: str) -> bool:
    name, _, anchor = link.partition("#")
    target = (shown.path.parent / name).resolve() if name else shown.path
    if not target.exists() or not target.is_relative_to(ROOT):
        return False
    return not anchor or anchor in Page(target, target.read_text()).anchors()


@pytest.mark.parametrize("shown", pages(), ids=lambda shown: relative(shown.path))
def test_every_file_that_a_page_names_exists(shown: Page) -> None:
    named = {name for span in code(shown.prose) for name in NAMED_FILE.findall(span) if name in span.split()}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_each_thing_to_change_has_a_place_that_exists() -> None:
    table = rows(page("README.md").section("Where to change what"))
    assert len(table) > 8
    for what, where in table:
        places = [place for place in code(where) if "/" in place]
        assert places, what
        for place in places:
            assert found(place), f"{what}: {place}"


def found(place: str) -> bool:
    """Whether `place` exists; <role> and <name> stand for some of several, and … for what is in it."""
    pattern = place.removesuffix("…").replace("<role>", "*").replace("<name>", "*").rstrip("/")
    return any(ROOT.glob(pattern))


def test_a_place_per_role_exists_for_each_role() -> None:
    table = rows(page("README.md").section("Where to change what"))
    per_role = [place for _, where in table for place in code(where) if "<role>" in place]
    assert per_role
    named = [place.removesuffix("…").replace("<role>", role) for place in per_role for role in PER_ROLE]
    assert [name for name in named if not (ROOT / name).is_dir()] == []
