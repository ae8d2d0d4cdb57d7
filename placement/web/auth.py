"""Who is signed in, and pages that ask for it.

The session is a row of the database. The browser holds its token in Flask's signed cookie, so a session can
be ended from the server, and nothing but that row says who somebody is.
"""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from placement.config import Config
from placement.config_values import is_loopback
from placement.db import reading, unit_of_work
from placement.domain.errors import NotSignedIn
from placement.domain.sender import Sender
from placement.services import people, sign_in
from placement.services.invites import sender_of
from placement.services.people import Place
from placement.services.scope import Actor, Scope
from placement.services.sign_in import Entry, HalfWay, Visitor

TOKEN = "sid"  # noqa: S105  # the name under which the token is kept
NEXT = "next"
JUST_SIGNED_IN = "just_signed_in"
RAN_OUT = "ran_out"
"""The name under which the token of a session is kept that has run out."""
HALF_WAY = "half_way"
"""The name under which the cookie says, signed, whom the mail has let in, how and when."""
SENDER = "placement_sender"
LOCAL_HOSTS = ("127.0.0.1", "localhost")
NOTHING_DONE = frozenset({"sign_in.time_left"})
"""Endpoints that a page asks by itself: nobody need sit before it."""
WITHOUT_VISITOR = frozenset({"static", "public.healthz", "public.readyz", "feed.read", "inbound.take_in"})
NOBODY = Actor("visitor", user_id=0)
"""Who acts while nobody is signed in: no row is theirs."""

LOCAL_PATH = re.compile(r"/(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]*(?:\?[A-Za-z0-9_.=&%+-]*)?")
WITH_LISTS = frozenset({"coordinator", "viewer"})
"""Roles whose pages have lists to search, and keyboard shortcuts for them."""
START_PAGES = {
    "leader": ("leader.start", "leader_id"),
    "partner": ("partner.start", "partner_id"),
    "coordinator": ("coordinator.start", "cohort_id"),
    "viewer": ("report.show", "cohort_id"),
}
"""The first page of each role, and what its address calls the leader, partner or cohort."""


def init_auth(app: Flask, config: Config) -> None:
    """Set the cookie and the hosts that are answered; look up the visitor before each page."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-placement" if config.secure else "placement",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        TRUSTED_HOSTS=trusted_hosts(config.public_base_url),
    )
    app.extensions[SENDER] = sender_of(config)
    app.before_request(refuse_other_hosts)
    app.before_request(meet_visitor)
    app.context_processor(words_about_visitor)


def trusted_hosts(base_url: str) -> list[str]:
    """The names, at any port, by which the site may be asked for; a site on this machine has two."""
    host = urlsplit(base_url).hostname or ""
    return [*LOCAL_HOSTS] if is_loopback(host) else [host]


def guard(blueprint: Blueprint) -> Blueprint:
    """Let only those in who are signed in, to every page of `blueprint`."""
    blueprint.before_request(require_sign_in)
    return blueprint


def require_sign_in() -> ResponseReturnValue | None:
    """Send whoever is not signed in to the sign-in page, and afterwards back to where they were going."""
    if visitor() is not None:
        return None
    going_to = safe_path(request.full_path.removesuffix("?")) if request.method in {"GET", "HEAD"} else None
    return redirect(url_for("sign_in.ask", next=going_to), code=303)


def visitor() -> Visitor | None:
    """Who is signed in; None for nobody."""
    found: Visitor | None = g.get("visitor")
    return found


def places() -> list[Place]:
    """What the visitor is, in which cohorts."""
    found: list[Place] = g.get("places", [])
    return found


def scope_of(session: Any) -> Scope:
    """The reach of the visitor in the database session of `unit_of_work()` or `reading()`.

    Raises `NotSignedIn`.
    """
    found = visitor()
    if found is None:
        raise NotSignedIn
    return Scope.of_user(session, found.user_id)


def nobody(session: Any) -> Scope:
    """The reach of somebody who is not signed in: nothing."""
    return Scope(session, NOBODY)


def sender() -> Sender:
    """Who writes this installation's mails, and where their links lead."""
    found: Sender = current_app.extensions[SENDER]
    return found


def enter(entry: Entry) -> Response:
    """Let somebody in, or ask for the second step first."""
    return go_half_way(entry) if isinstance(entry, HalfWay) else begin_session(entry)


def go_half_way(half_way: HalfWay) -> Response:
    """Ask for the second step; nobody is signed in until it was taken."""
    going_to = safe_path(session.get(NEXT))
    session.clear()
    if going_to:
        session[NEXT] = going_to
    session[HALF_WAY] = [half_way.user_id, half_way.by, half_way.since.isoformat()]
    return redirect_after_post(url_for("sign_in.ask_second_step"))


def half_way() -> HalfWay | None:
    """Whom the mail has let in who is still asked for the second step; None for nobody."""
    held = session.get(HALF_WAY)
    if held is None:
        return None
    user_id, by, since = held
    return HalfWay(user_id, by, datetime.fromisoformat(since))


def begin_session(token: str) -> Response:
    """Put a new session into the browser, in place of all that its cookie held; go where it was going."""
    going_to = safe_path(session.get(NEXT))
    session.clear()
    session[TOKEN] = token
    session[JUST_SIGNED_IN] = True
    return redirect_after_post(going_to or url_for("home.tasks"))


def end_session() -> Response:
    """End the visitor's session, here and in the database."""
    token = session.get(TOKEN)
    if token:
        with unit_of_work() as database:
            sign_in.sign_out(nobody(database), token, now=now())
    session.clear()
    return redirect_after_post(url_for("start.show"))


def redirect_after_post(where: str) -> Response:
    """Go to `where` with GET."""
    answer = redirect(where, code=303)
    assert isinstance(answer, Response)  # noqa: S101  # Flask makes its own kind
    return answer


def safe_path(text: object) -> str | None:
    """`text` if it is the path of a page here, in plain characters; None for anything else.

    No scheme, host, backslash, control, encoded slash or empty segment gets through, so no browser can read
    it as another site's address.
    """
    return text if isinstance(text, str) and LOCAL_PATH.fullmatch(text) else None


def start_page(place: Place) -> str | None:
    """The address of the first page of what the visitor is; None where their role has no pages."""
    if place.role not in START_PAGES:
        return None
    endpoint, name = START_PAGES[place.role]
    values: dict[str, Any] = {name: place.id}
    return url_for(endpoint, **values)


def now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


def refuse_other_hosts() -> ResponseReturnValue | None:
    """Answer a request for a host that is not this site's, before any page is made for it."""
    if isinstance(request.routing_exception, SecurityError):
        return Response("This address is not answered here.\n", status=400, mimetype="text/plain")
    return None


def meet_visitor() -> None:
    """Look up who is signed in and what they are, before the view begins a transaction of its own."""
    if request.endpoint in WITHOUT_VISITOR:
        return
    token = session.get(TOKEN)
    if not token:
        return
    with reading() as database:
        g.visitor = sign_in.whoami(database, token, now=now())
        if g.visitor is not None:
            g.places = people.places_of(Scope.of_user(database, g.visitor.user_id))
    if g.visitor is None:
        session[RAN_OUT] = session.pop(TOKEN)
    elif now() - g.visitor.seen_at >= sign_in.SEEN_EVERY and request.endpoint not in NOTHING_DONE:
        with unit_of_work() as database:
            sign_in.mark_seen(database, token, now=now())
        g.visitor = replace(g.visitor, seen_at=now())


def words_about_visitor() -> dict[str, object]:
    """What every template knows of the visitor."""
    found = visitor()
    if found is None:
        return {"signed_in_as": None, "navigation": [], "has_keys": False}
    home = url_for("home.tasks")
    return {
        "signed_in_as": found.name,
        "navigation": _navigation(home),
        "home_url": home,
        "seconds_left": int(found.left(now=now()).total_seconds()),
        "has_keys": any(place.role in WITH_LISTS for place in places()),
    }


def _navigation(home: str) -> list[tuple[str, str, bool]]:
    pages = [(place, page) for place in places() if (page := start_page(place))]
    names = Counter(_name(place) for place, _ in pages)
    links = [("Home", home, request.path == home)]
    for place, page in pages:
        name = _name(place)
        text = name if names[name] == 1 else f"{name} ({place.role})"
        links.append((text, page, request.path.startswith(page)))
    return links


def _name(place: Place) -> str:
    """What tells this place from the others: a partner's own name, else the cohort's."""
    return place.name if place.role == "partner" else place.cohort
