"""How templates are found and filled: loader, escaping, the names that every template knows."""

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, render_template, url_for
from jinja2 import ChainableUndefined, ChoiceLoader, PackageLoader

from placement.config import Config
from placement.web.headers import csp_nonce
from placement.web.presenters import FILTERS

SERVICE_NAME = "Placement"

Problem = dict[str, str]


def init_rendering(app: Flask, config: Config) -> None:
    """Give `app` the NHS components beside its own templates, and the names they use.

    The NHS macros look into parameters that nobody passed, so an unknown name is empty text here;
    the tests render with a class that reports those of our own templates.
    """
    own = app.jinja_loader
    nhs = PackageLoader("nhsuk_frontend_jinja")
    app.jinja_loader = ChoiceLoader([own, nhs] if own else [nhs])
    env = app.jinja_env
    env.undefined = ChainableUndefined
    env.autoescape = escapes
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(FILTERS)
    env.globals.update(
        asset_url=asset_url,
        csp_nonce=csp_nonce,
        form_problems=form_problems,
        help_email=config.sender_address,
        service_name=SERVICE_NAME,
    )


def escapes(template_name: str | None) -> bool:
    """Whether what is put into the template is escaped: always, but for plain text.

    Flask's own rule leaves out the names that the NHS macros end in.
    """
    return template_name is None or not template_name.endswith(".txt")


def render_page(template: str, *, form: Any = None, status: int = 200, **facts: object) -> tuple[str, int]:
    """The page, with `form` and `facts` in it; 422 when the form has errors, `status` otherwise."""
    shown = 422 if form is not None and form.errors else status
    return render_template(template, form=form, **facts), shown


def render_alone(template: str, **facts: object) -> str:
    """The page without anything that depends on the visitor, so that it can be made when all else fails."""
    return current_app.jinja_env.get_template(template).render(
        signed_in_as=None, has_keys=False, navigation=[], get_flashed_messages=lambda **_: [], **facts
    )


def asset_url(name: str) -> str:
    """Address of the static file `name`, with its content's digest, so that browsers may keep it for good."""
    folder = current_app.static_folder
    digest = content_digest(Path(folder) / name) if folder else None
    return url_for("static", filename=name, v=digest)


def content_digest(path: Path) -> str | None:
    """First 12 hexadecimal digits of the SHA-256 of the file at `path`; None where there is none."""
    try:
        return _digest(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@cache
def _digest(path: Path, _changed_at: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def form_problems(form: Any) -> list[Problem]:
    """The errors of `form`, each with the link to its field, in the order of the fields."""
    if not form:
        return []
    general = [{"text": str(text)} for text in getattr(form, "form_errors", [])]
    return [*general, *_field_problems(form)]


def _field_problems(fields: Any) -> Iterator[Problem]:
    for field in fields:
        if not field.errors:
            continue
        if hasattr(field, "entries") or hasattr(field, "form"):
            yield from _field_problems(field)
            continue
        anchor = getattr(field, "first_input_id", field.id)
        told = None if getattr(field, "tells_all", False) else 1
        yield from ({"text": str(text), "href": f"#{anchor}"} for text in field.errors[:told])
