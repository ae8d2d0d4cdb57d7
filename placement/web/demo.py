"""The demonstration's outbox: every mail as text, as HTML and as a calendar entry. On this machine alone.

These pages are there in a demonstration only, and for requests from this machine only: they show mail with
links that let people in.
"""

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from placement.adapters.kept_mail import read_kept
from placement.adapters.messages import StoredMail, read_back
from placement.config import Config
from placement.config_values import is_loopback
from placement.db import reading
from placement.domain.mails import MAIL_BY_KIND
from placement.services.reports import outbox
from placement.services.reports.outbox import KeptMail, OutboxPage
from placement.services.scope import Scope
from placement.web import auth
from placement.web.addresses import LARGEST_ID
from placement.web.headers import MAIL_POLICY, framing_policy
from placement.web.rendering import render_page

MAIL_FOLDER = "placement_demo_mail_folder"
KINDS = {
    **{kind: mail.name for kind, mail in MAIL_BY_KIND.items()},
    "placement_cancelled": "Cancelled placement",
    "second_step": "Note on the second step",
    "sign_in": "Sign-in link",
}
STATES = {
    "held": "Held",
    "todo": "Waiting",
    "sending": "Waiting",
    "sent": "Sent",
    "failed": "Failed",
    "cancelled": "Not sent",
    "superseded": "Not sent",
}

blueprint = Blueprint("demo_outbox", __name__, url_prefix="/demo/outbox")


@dataclass(frozen=True)
class ShownMail:
    """A mail with what it says; `said` is None where its octets are not to be had."""

    kept: KeptMail
    said: StoredMail | None

    @property
    def subject(self) -> str:
        """Its subject, or what kind of mail it is."""
        return (self.said.subject if self.said else "") or KINDS.get(self.kept.kind, "A mail")

    @property
    def state(self) -> str:
        """What became of it, in a word."""
        return STATES[self.kept.status]


def init_demo(app: Flask, config: Config) -> None:
    """Give `app` the outbox pages, and a link to them above every page."""
    app.extensions[MAIL_FOLDER] = config.mail_folder
    app.register_blueprint(blueprint)
    app.context_processor(link_to_outbox)


def link_to_outbox() -> dict[str, object]:
    """The links above every page, with one to the outbox after them."""
    links = auth.words_about_visitor()["navigation"]
    assert isinstance(links, list)  # noqa: S101  # made there
    if not _from_here():
        return {"navigation": links}
    here = url_for("demo_outbox.list_mails")
    return {"navigation": [*links, ("Demo outbox", here, request.path.startswith(here))]}


@blueprint.before_request
def refuse_visitors_from_elsewhere() -> None:
    """To another machine these pages do not exist."""
    if not _from_here():
        abort(404)


@blueprint.get("")
def list_mails() -> ResponseReturnValue:
    """All mails, newest first."""
    before = request.args.get("before", type=int)
    page = _page(before if before is not None and abs(before) <= LARGEST_ID else None)
    return render_page("demo/outbox.html", page=page, mails=[_shown(kept) for kept in page.mails])


@blueprint.get("/<int:message_id>")
def show_mail(message_id: int) -> ResponseReturnValue:
    """One mail in all its forms."""
    body, status = render_page("demo/mail.html", mail=_shown(_mail(message_id)))
    return Response(body, status, {"Content-Security-Policy": framing_policy()})


@blueprint.get("/<int:message_id>/html")
def show_html(message_id: int) -> ResponseReturnValue:
    """The HTML form of a mail alone, shut in by its own policy."""
    said = _shown(_mail(message_id)).said
    return Response(said.html if said else "", headers={"Content-Security-Policy": MAIL_POLICY})


def _from_here() -> bool:
    return is_loopback(request.remote_addr or "")


def _page(before: int | None) -> OutboxPage:
    with reading() as session:
        return outbox.mails(Scope.system(session, label="demonstration"), before=before)


def _mail(message_id: int) -> KeptMail:
    with reading() as session:
        return outbox.mail(Scope.system(session, label="demonstration"), message_id)


def _shown(kept: KeptMail) -> ShownMail:
    """The mail with what it says: from the outbox, or from its copy, because a secret one is not kept."""
    folder: Path | None = current_app.extensions[MAIL_FOLDER]
    octets = kept.octets or (read_kept(folder, kept.message_id) if folder else None)
    return ShownMail(kept, read_back(octets) if octets else None)
