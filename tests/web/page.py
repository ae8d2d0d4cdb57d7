"""A page as tests see it: parsed strictly, with the parts that a reader uses, and what all pages keep."""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from jinja2 import ChainableUndefined
from werkzeug.wrappers import Response

from placement.config import resource_folder

SERVICE = "Placement"
TYPED_INTO = ("input", "select", "textarea")
NOT_LABELLED = frozenset({"hidden", "submit", "button", "image", "reset"})
TARGETS = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
LEAKS = frozenset({"None", "True", "False", "undefined", "Undefined"})


@dataclass(frozen=True)
class Form:
    """One form: where it goes, how, and what it sends."""

    action: str
    method: str
    values: dict[str, str]
    buttons: list[str]


@dataclass(frozen=True)
class Page:
    """A parsed page."""

    root: Element
    parse_errors: list[str]
    status: int = 200
    ids: Counter[str] = field(default_factory=Counter)

    @property
    def title(self) -> str:
        """The document's title."""
        return text_of(self.one("title"))

    @property
    def h1(self) -> str:
        """The first h1, without the caption above it."""
        heading = self.one("h1")
        caption = [e for e in heading.iter("span") if "nhsuk-caption" in e.get("class", "")]
        return text_of(heading).removeprefix(text_of(caption[0]) if caption else "").strip()

    @property
    def labels(self) -> dict[str, str]:
        """Text of each label by the id of its field."""
        return {e.get("for", ""): text_of(e) for e in self.root.iter("label")}

    @property
    def errors(self) -> dict[str, str]:
        """Text of each line of the error summary by the id that it leads to."""
        summary = self.by_class("nhsuk-error-summary")
        return {e.get("href", "#")[1:]: text_of(e) for part in summary for e in part.iter("a")}

    @property
    def links(self) -> dict[str, str]:
        """Address of each link by its text."""
        return {text_of(e): e.get("href", "") for e in self.root.iter("a")}

    @property
    def forms(self) -> list[Form]:
        """All forms, in order."""
        return [_form(e) for e in self.root.iter("form")]

    def form_to(self, action: str) -> Form:
        """The form that goes to `action`; fails where there is none."""
        found = [form for form in self.forms if form.action == action]
        assert found, f"no form goes to {action!r}, only to {[form.action for form in self.forms]}"
        return found[0]

    @property
    def text(self) -> str:
        """All that is written in the main part of the page."""
        return text_of(self.one("main"))

    def one(self, tag: str) -> Element:
        """The first element of that name; fails where there is none."""
        found = next(self.root.iter(tag), None)
        assert found is not None, f"the page has no <{tag}>"
        return found

    def by_class(self, name: str) -> list[Element]:
        """All elements of that class."""
        return [e for e in self.root.iter() if name in e.get("class", "").split()]

    def rows(self) -> list[list[str]]:
        """Text of each cell of each table row, without the labels that only phones show."""
        return [[_cell(e) for e in row if e.tag in {"td", "th"}] for row in self.root.iter("tr")]


def parse(response: Response) -> Page:
    """The page in a test client's answer."""
    return parse_text(response.get_data(as_text=True), response.status_code)


def parse_text(html: str, status: int = 200) -> Page:
    """The page in `html`."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    errors = [f"line {position[0]}: {code}" for position, code, _ in parser.errors]
    return Page(root, errors, status, Counter(e.get("id", "") for e in root.iter() if e.get("id")))


def check_page(response: Response) -> Page:
    """The page, after making sure of what holds for all pages."""
    page = parse(response)
    assert faults(page) == [], faults(page)
    return page


def faults(page: Page) -> list[str]:
    """What is wrong with the page, in words; empty for a good page."""
    checks = (_structure, _headings, _ids, _labels, _forms, _names, _policy, _leaks)
    return [*page.parse_errors, *(fault for check in checks for fault in check(page))]


def _structure(page: Page) -> Iterator[str]:
    if page.root.get("lang") != "en":
        yield "the page does not say its language"
    if len(list(page.root.iter("main"))) != 1:
        yield "the page does not have exactly one main part"
    prefix = "Error: " if page.by_class("nhsuk-error-summary") else ""
    if page.title != f"{prefix}{page.h1} – {SERVICE}":
        yield f"title {page.title!r} is not h1 {page.h1!r}"
    if prefix and page.status != 422:
        yield f"errors are shown with status {page.status}"


def _headings(page: Page) -> Iterator[str]:
    levels = [int(e.tag[1]) for e in page.one("body").iter() if e.tag in HEADINGS and text_of(e)]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} h1 instead of one"
    main = [int(e.tag[1]) for e in page.one("main").iter() if e.tag in HEADINGS]
    after_h1 = main[main.index(1) :] if 1 in main else main
    for above, below in itertools.pairwise(after_h1):
        if below > above + 1:
            yield f"an h{below} follows an h{above}"


def _ids(page: Page) -> Iterator[str]:
    for name, times in page.ids.items():
        if times > 1:
            yield f"id {name!r} stands {times} times"
    for e in page.root.iter():
        for attribute in TARGETS:
            for name in e.get(attribute, "").split():
                if name not in page.ids:
                    yield f"{attribute} of <{e.tag}> points to {name!r}, which is not there"
        if e.tag == "a" and e.get("href", "").startswith("#") and e.get("href", "")[1:] not in page.ids:
            yield f"link {text_of(e)!r} leads to {e.get('href')!r}, which is not there"


def _labels(page: Page) -> Iterator[str]:
    for e in page.root.iter():
        if e.tag in TYPED_INTO and e.get("type", "text") not in NOT_LABELLED:
            named = page.labels.get(e.get("id", "")) or e.get("aria-label") or e.get("aria-labelledby")
            if not named:
                yield f"field {e.get('name')!r} has no label"


def _forms(page: Page) -> Iterator[str]:
    for form in page.forms:
        if form.method == "post" and not form.values.get("csrf_token"):
            yield f"the form to {form.action!r} has no CSRF token"
        if form.method == "get" and "csrf_token" in form.values:
            yield f"the form to {form.action!r} would put its CSRF token into the address"


def _names(page: Page) -> Iterator[str]:
    for e in page.root.iter():
        if e.tag == "img" and e.get("alt") is None:
            yield f"picture {e.get('src')!r} has no alternative text"
        if e.tag in {"a", "button", "th", "caption", "legend", "label"} and not accessible_text(e):
            yield f"a <{e.tag}> says nothing ({e.get('href') or e.get('name') or e.get('class')})"


def _policy(page: Page) -> Iterator[str]:
    for e in page.root.iter():
        if e.get("style") is not None:
            yield f"<{e.tag}> has a style attribute, which the security policy blocks"
        if e.tag == "style" or (e.tag == "script" and not e.get("src") and not e.get("nonce")):
            yield f"an inline <{e.tag}> that the security policy blocks"
        for attribute, value in e.items():
            if attribute.startswith("on"):
                yield f"<{e.tag}> has {attribute}, which the security policy blocks"
            if (
                attribute in {"src", "href"}
                and value.startswith(("//", "http://", "https://"))
                and e.tag != "a"
            ):
                yield f"<{e.tag}> fetches {value!r} from another host"


def _leaks(page: Page) -> Iterator[str]:
    body = page.one("body")
    for e in body.iter():
        for piece in (e.text, *(child.tail for child in e)):
            if e.tag != "script" and piece and (piece.strip() in LEAKS or "{{" in piece or "{%" in piece):
                yield f"{piece.strip()!r} is shown in <{e.tag}>"


def text_of(e: Element) -> str:
    """The text of an element and of all in it, with single spaces."""
    return " ".join("".join(e.itertext()).split())


def accessible_text(e: Element) -> str:
    """What a screen reader says for the element: its label, its text, or its pictures' texts."""
    pictures = " ".join(picture.get("alt", "") for picture in e.iter("img"))
    return e.get("aria-label") or text_of(e) or pictures.strip()


def _form(e: Element) -> Form:
    fields = [f for f in e.iter("input") if f.get("name")]
    sent = [f for f in fields if f.get("type") not in {"radio", "checkbox"} or f.get("checked") is not None]
    values = {f.get("name", ""): f.get("value", "") for f in sent}
    values |= {f.get("name", ""): f.text or "" for f in e.iter("textarea")}
    buttons = [text_of(b) for b in e.iter("button")]
    return Form(e.get("action", ""), e.get("method", "get").lower(), values, buttons)


def _cell(e: Element) -> str:
    phone_label = next((s for s in e.iter("span") if s.get("aria-hidden") == "true"), None)
    return text_of(e).removeprefix(text_of(phone_label) if phone_label is not None else "").strip()


class RecordingUndefined(ChainableUndefined):
    """Notes each unknown name of our own templates that is printed or looped over.

    The NHS macros live from names that nobody passed; only names first asked for in our own folder count.
    """

    seen: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asked_in = _template_on_the_stack()

    def __str__(self) -> str:
        self._note()
        return super().__str__()

    def __html__(self) -> str:
        self._note()
        return super().__str__()

    def __iter__(self) -> Iterator[Any]:
        self._note()
        return super().__iter__()

    def __len__(self) -> int:
        self._note()
        return super().__len__()

    def _note(self) -> None:
        if self._asked_in:
            self.seen.append(f"{self._asked_in}: {self._undefined_name}")


def _template_on_the_stack() -> str | None:
    """The template of our own that is being filled nearest to here; None when it is one of the NHS macros."""
    own = resource_folder("templates").resolve()
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        name = Path(frame.f_code.co_filename)
        if name.suffix in {".html", ".jinja"}:
            return str(name.relative_to(own)) if name.is_relative_to(own) else None
        frame = frame.f_back
    return None


def record_unknown_names(app: Flask) -> list[str]:
    """From now on, the unknown names of our own templates as `app` prints them; empty at first."""
    RecordingUndefined.seen.clear()
    app.jinja_env.undefined = RecordingUndefined
    return RecordingUndefined.seen
