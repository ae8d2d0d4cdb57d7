"""The door for a mail server that hands over the mails which come to the address for replies, one by one.

Each is signed with a secret; there is no session, no form, and nothing but JSON. Whatever is wrong with a
signature, the answer is the same.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NoReturn

from flask import Blueprint, Flask, Response, current_app, json, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.config import Config
from placement.db import UNAVAILABLE, unit_of_work
from placement.domain.door_errors import InboundClosed, InboundRefused, InboundTooLarge
from placement.domain.errors import PlacementError
from placement.domain.inbound import HEADER, is_signed, is_timely
from placement.domain.replies import ReplyMail
from placement.services import inbound, replies
from placement.services.replies import Ingested
from placement.services.scope import Scope
from placement.web import auth
from placement.web.errors import status_of

EXTENSION = "placement_inbound"

blueprint = Blueprint("inbound", __name__)


@dataclass(frozen=True)
class _Door:
    """What the door needs to know of the settings; without a secret it is closed."""

    secret: str = field(repr=False)
    authserv_id: str


def init_inbound(app: Flask, config: Config) -> None:
    """Tell the door of `app` who may hand mails over."""
    app.extensions[EXTENSION] = _Door(config.inbound_secret, config.authserv_id)


@blueprint.post("/inbound")
def take_in() -> ResponseReturnValue:
    """Decide on the mail that is the body, and say what became of it."""
    door: _Door = current_app.extensions[EXTENSION]
    if not door.secret:
        raise InboundClosed
    signature, now = request.headers.get(HEADER, ""), auth.now()
    if not is_timely(signature, now=now):
        _refuse()
    octets = _body()
    if not is_signed(signature, octets, secret=door.secret, now=now):
        _refuse()
    try:
        found = _decide(read_reply(octets, authserv_id=door.authserv_id), signature)
    except InboundRefused:
        _refuse()
    told = {
        "action": found.verdict.action,
        "reason": found.verdict.reason,
        "sentence": found.verdict.sentence,
        "changed": found.changed,
    }
    return _json(told, HTTPStatus.OK, "application/json")


def _body() -> bytes:
    """The body, however it is sent and whatever its length is said to be, but never more than 1 MB of it."""
    request.max_content_length = LARGEST_MAIL
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as large:
        raise InboundTooLarge from large


def _decide(mail: ReplyMail, signature: str) -> Ingested:
    with unit_of_work() as session:
        inbound.spend_signature(session, signature, now=auth.now())
        scope = Scope.system(session, label="webhook")
        return replies.ingest(scope, mail, sender=auth.sender(), now=auth.now())


def _refuse() -> NoReturn:
    with unit_of_work() as session:
        inbound.count_miss(session, remote=request.remote_addr or "", now=auth.now())
    raise InboundRefused


def _show_broken_rule(error: PlacementError) -> ResponseReturnValue:
    return _problem(status_of(error), error.code, str(error))


def _show_http_error(error: HTTPException) -> ResponseReturnValue:
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    return _problem(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), HTTPStatus(status).phrase)


def _show_unavailable(error: Exception) -> ResponseReturnValue:
    current_app.logger.error("database out of reach: %s", type(error).__name__)
    answer = _problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "Nothing was taken in. Try again soon.")
    answer.headers["Retry-After"] = "60"
    return answer


def _problem(status: int, code: str, detail: str) -> Response:
    """An error as RFC 9457 has it, with its code beside it."""
    told = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail, "code": code}
    return _json(told, status, "application/problem+json")


def _json(told: dict[str, object], status: int, content_type: str) -> Response:
    return Response(json.dumps(told), status=status, content_type=content_type)


blueprint.register_error_handler(PlacementError, _show_broken_rule)
blueprint.register_error_handler(HTTPException, _show_http_error)
for _error in UNAVAILABLE:
    blueprint.register_error_handler(_error, _show_unavailable)
