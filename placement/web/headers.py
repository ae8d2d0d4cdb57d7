"""What every answer carries: the content security policy and its companions, and how long it may be kept."""

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError

from placement.config import Config

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""A mail's HTML may look as it wants to; it runs no script, loads nothing and sends nothing."""

View = TypeVar("View", bound=Callable[..., Any])
ONE_YEAR = 365 * 24 * 60 * 60
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def init_headers(app: Flask, config: Config) -> None:
    """Refuse forms sent from other sites; put the headers on every answer of `app`."""
    app.before_request(partial(refuse_foreign_forms, own_origin=origin_of(config.public_base_url)))
    app.after_request(partial(add_headers, secure=config.secure))


def origin_of(url: str) -> str:
    """Scheme, host and port of `url`, as browsers send them in the Origin header."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def csp_nonce() -> str:
    """The word, new for each request, that lets the page's own inline script run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def framing_policy() -> str:
    """The policy of a page that shows the HTML of a mail in a frame."""
    return f"{CONTENT_SECURITY_POLICY}; frame-src 'self'".format(nonce=csp_nonce())


def no_referrer(view: View) -> View:
    """Mark a view whose address holds a token: the browser tells no page where the visitor came from."""
    vars(view)["no_referrer"] = True
    return view


def refuse_foreign_forms(*, own_origin: str) -> None:
    """Refuse a POST that a page of another site sent, before the CSRF token is looked at.

    Takes the place of Flask-WTF's referrer check, which pages without referrer cannot pass. Programs send
    neither header and are let through: they hold no session cookie to misuse.
    """
    if request.method in SAFE_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}:
        raise CSRFError("The form was sent from another site.")
    origin = request.headers.get("Origin", "null")
    if origin not in {"null", own_origin, f"{request.scheme}://{request.host}"}:
        raise CSRFError("The form was sent from another site.")


def add_headers(response: Response, *, secure: bool) -> Response:
    """Add the security headers; keep pages out of every cache unless the view said otherwise.

    `secure`: the site is reached by https, and browsers are told to use nothing else. A view may have given
    its answer a content security policy of its own.
    """
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY.format(nonce=csp_nonce()))
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer" if on_token_page() else "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}; includeSubDomains"
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def on_token_page() -> bool:
    """Whether the address of this request holds a token."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "no_referrer", False))
