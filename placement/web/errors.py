"""From error to page: which status a broken rule becomes, and which page says so."""

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from werkzeug.exceptions import HTTPException, InternalServerError

from placement.domain.errors import PlacementError
from placement.web.rendering import render_alone

RULE_BROKEN = 422
STATUS_BY_CODE = {
    "not_signed_in": 401,
    "inbound_refused": 403,
    "inbound_closed": 404,
    "not_found": 404,
    "about_changed": 409,
    "answer_changed": 409,
    "approval_missing": 409,
    "nothing_to_undo": 409,
    "ranking_moved_on": 409,
    "note_not_yours": 403,
    "attendance_changed": 409,
    "attendance_closed": 409,
    "day_not_begun": 409,
    "day_not_held": 409,
    "feedback_changed": 409,
    "reflection_changed": 409,
    "reflection_over": 409,
    "answer_closed": 409,
    "answers_changed": 409,
    "cohort_changed_meanwhile": 409,
    "day_moved": 409,
    "feed_changed": 409,
    "leader_changed_meanwhile": 409,
    "list_changed": 409,
    "mail_overtaken": 409,
    "mail_past_changing": 409,
    "import_changed_meanwhile": 409,
    "import_gone": 409,
    "undo_changed_meanwhile": 409,
    "placement_overlaps": 409,
    "preferences_closed": 409,
    "set_up_over": 409,
    "reply_settled": 409,
    "run_not_solved": 409,
    "run_out_of_date": 409,
    "seat_gone": 409,
    "seat_held": 409,
    "seat_offer_over": 409,
    "slot_full": 409,
    "swap_closed": 409,
    "swap_gone": 409,
    "swap_over": 409,
    "swap_waiting": 409,
    "event_changed_meanwhile": 409,
    "offer_changed_meanwhile": 409,
    "nobody_to_write_to": 409,
    "offer_not_waiting": 409,
    "people_changed": 409,
    "offer_sent_already": 409,
    "event_over": 409,
    "erasure_blocked": 409,
    "person_erased": 409,
    "task_closed": 409,
    "wording_changed": 409,
    "half_way_over": 410,
    "link_spent": 410,
    "inbound_too_large": 413,
    "mail_link_wrong": 410,
    "messages_used_up": 429,
    "second_step_locked": 429,
    "too_many_requests": 429,
    "mailbox_failed": 503,
    "second_step_unreadable": 503,
    "access_key_missing": 503,
    "access_key_wrong": 503,
    "database_outdated": 503,
    "database_unusable": 503,
}
"""Status of each `PlacementError.code` that is not simply a broken rule (422)."""

TITLES = {
    401: "Sign in first",
    403: "You cannot see this page",
    404: "Page not found",
    409: "Something changed in the meantime",
    410: "This link has been used or has run out",
    413: "That is too large",
    422: "That cannot be done",
    429: "Too many tries",
    503: "The service is not available for the moment",
}


def init_errors(app: Flask, unavailable: tuple[type[Exception], ...]) -> None:
    """Answer every error of `app` with a page; `unavailable` are the errors of a database out of reach."""
    app.register_error_handler(CSRFError, show_stale_form)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(PlacementError, show_broken_rule)
    for error in unavailable:
        app.register_error_handler(error, show_unavailable)


def status_of(error: PlacementError) -> int:
    """The HTTP status that `error` becomes."""
    return STATUS_BY_CODE.get(error.code, RULE_BROKEN)


def show_broken_rule(error: PlacementError) -> ResponseReturnValue:
    """The page for a rule that was broken: the rule's own sentence, and a way back."""
    status = status_of(error)
    title = TITLES[status]
    return render_template("errors/rule.html", title=title, message=str(error), code=error.code), status


def show_stale_form(_error: CSRFError) -> ResponseReturnValue:
    """The page for a form whose token is missing, old or of another session."""
    return render_template("errors/stale_form.html"), 400


def show_http_error(error: HTTPException) -> ResponseReturnValue:
    """The page for everything that Flask refuses; redirects and ready-made answers pass unchanged."""
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    body = (
        render_alone("errors/500.html") if isinstance(error, InternalServerError) else _http_page(error.code)
    )
    answer = current_app.make_response((body, error.code))
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def show_unavailable(error: Exception) -> ResponseReturnValue:
    """The page while the database cannot be reached: nothing was saved, try again soon."""
    current_app.logger.error("database out of reach: %s", type(error).__name__)
    return render_alone("errors/503.html"), 503, {"Retry-After": "60"}


def _http_page(status: int) -> str:
    render = render_alone if status >= 500 else render_template
    try:
        return render(f"errors/{status}.html")
    except TemplateNotFound:
        return render("errors/500.html" if status >= 500 else "errors/400.html")
