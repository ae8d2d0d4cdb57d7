"""Markup that is written out for speed stays the NHS components' own: each pair is parsed and compared."""

from collections.abc import Iterator
from typing import Any

import html5lib
import pytest
from flask import Flask
from jinja2 import Environment

from tests.web.gallery import TEMPLATES, GalleryForm, gallery_app

OWN = """
{% from "components/forms.html" import checkbox_field, checkboxes_field, link_button, radios_field, submit %}
{% from "components/layout.html" import card, summary, table, tag %}
"""
COMPONENTS = {
    "back-link": "backLink",
    "button": "button",
    "card": "card",
    "checkboxes": "checkboxes",
    "footer": "footer",
    "header": "header",
    "radios": "radios",
    "skip-link": "skipLink",
    "summary-list": "summaryList",
    "tables": "table",
    "tag": "tag",
}
NHS = "".join(
    f'{{% from "nhsuk/components/{folder}/macro.jinja" import {name} %}}'
    for folder, name in COMPONENTS.items()
)


def read_pairs() -> dict[str, tuple[str, str]]:
    """Our markup and the NHS component's, by name."""
    text = (TEMPLATES / "markup_pairs.html").read_text(encoding="utf-8")
    sections = [section.split("\n", 1) for section in text.split("=== ")[1:]]
    halves = [(name, body.partition("---")) for name, body in sections]
    return {name: (own, nhs) for name, (own, _, nhs) in halves}


PAIRS = read_pairs()
FRAME = ("header", "footer")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return gallery_app(tmp_path_factory.mktemp("gallery"))


@pytest.fixture
def env(app: Flask) -> Iterator[Environment]:
    with app.test_request_context("/gallery"):
        yield app.jinja_env


def tree(html: str) -> list[Any]:
    """Elements, attributes and words of `html`, without what browsers do not see."""
    return [_node(e) for e in html5lib.parseFragment(html, namespaceHTMLElements=False)]


def _node(e: Any) -> Any:
    words = [" ".join((text or "").split()) for text in (e.text, *(child.tail for child in e))]
    attributes = {name: value for name, value in e.attrib.items() if e.tag != "svg"}
    return (str(e.tag), attributes, words, [_node(child) for child in e])


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in FRAME])
def test_our_markup_is_that_of_the_nhs_component(env: Environment, name: str) -> None:
    own, nhs = PAIRS[name]
    facts = {"form": GalleryForm()}
    assert tree(env.from_string(OWN + own).render(facts)) == tree(env.from_string(NHS + nhs).render(facts))


@pytest.mark.parametrize("kind", ["radios", "checkboxes"])
def test_errors_are_marked_up_as_the_nhs_components_do(env: Environment, kind: str) -> None:
    form = GalleryForm()
    form.answer.errors = form.needs.errors = ["Say <it>"]
    own, nhs = PAIRS[kind]
    nhs = nhs.replace('"items"', '"errorMessage": "Say <it>", "items"')
    rendered = [env.from_string(names + text).render(form=form) for names, text in ((OWN, own), (NHS, nhs))]
    assert tree(rendered[0]) == tree(rendered[1])


def classes(html: str, within: str) -> list[tuple[str, str]]:
    """Name and classes of the elements in the first `within`, each pair once; pictures' insides left out."""
    found = next(html5lib.parse(html, namespaceHTMLElements=False).iter(within))
    seen = [(str(e.tag), e.get("class", "")) for e in found.iter() if e.tag not in {"path", "input"}]
    return list(dict.fromkeys(seen))


@pytest.mark.parametrize("part", FRAME)
def test_header_and_footer_have_the_classes_of_the_nhs_components(env: Environment, part: str) -> None:
    visitor = {"signed_in_as": "Ada", "navigation": [("Home", "/", False), ("Mine", "/m", True)]}
    own = env.get_template("errors/404.html").render(visitor)
    nhs = env.from_string(NHS + PAIRS[part][1]).render()
    assert classes(own, part) == classes(nhs, part)


def test_skip_link_and_back_link_are_those_of_the_nhs(env: Environment) -> None:
    page = env.get_template("errors/404.html").render(back_url="/x", back_text="Back to days")
    for nhs in (
        '{{ skipLink({"href": "#maincontent", "text": "Skip to main content"}) }}',
        '{{ backLink({"href": "/x", "text": "Back to days"}) }}',
    ):
        link = tree(env.from_string(NHS + nhs).render())[0]
        whole = html5lib.parse(page, namespaceHTMLElements=False)
        assert link in [_node(e) for e in whole.iter("a")]
