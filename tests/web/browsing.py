"""Somebody at a browser: a test client that keeps its session and sends forms with their token."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from placement.db import unit_of_work
from placement.services import sign_in
from placement.services.scope import Scope
from placement.web.auth import TOKEN
from placement.web.between import ARGUMENT

RAW_CSRF = "a raw token for tests"
SHOWN_ONCE = ("/calendar", "/second-step/set-up", "/second-step/codes")
"""Forms whose answer shows a secret that is kept nowhere: sent again, they make no other one."""


class Browser:
    """One browser of one visitor: signed in as the user of `email`, or with the `token` of a session."""

    def __init__(self, app: Flask, *, email: str | None = None, token: str | None = None) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        if email is not None:
            token = _new_session(app, email)
        if token is not None:
            self.put_into_session(TOKEN, token)

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, buffered=True)

    def post(self, path: str, form: Mapping[str, object] | None = None) -> TestResponse:
        """Send a form, with the token that every form here holds; open the page before its deed, if any."""
        answer = self.send(path, form)
        return self.get(answer.location) if f"?{ARGUMENT}=" in (answer.location or "") else answer

    def send(self, path: str, form: Mapping[str, object] | None = None) -> TestResponse:
        """Send a form, and go nowhere. A page is the answer only to `SHOWN_ONCE`, and to what is refused."""
        sent = {**(form or {}), "csrf_token": self.csrf_token()}
        answer = self.client.post(path, data=sent, buffered=True)
        shown = (answer.status_code, answer.mimetype) == (200, "text/html")
        assert not shown or path.endswith(SHOWN_ONCE), "going back would send it again"
        return answer

    def csrf_token(self) -> str:
        """A token that fits this browser's session."""
        self.put_into_session("csrf_token", RAW_CSRF)
        return str(URLSafeTimedSerializer(self.app.secret_key or "", salt="wtf-csrf-token").dumps(RAW_CSRF))

    def put_into_session(self, name: str, value: str) -> None:
        """Change the cookie's content, as the site could."""
        with self.client.session_transaction() as session:
            session[name] = value

    def in_session(self, name: str) -> str | None:
        """What the cookie holds under `name`."""
        with self.client.session_transaction() as session:
            held: str | None = session.get(name)
            return held


def _new_session(app: Flask, email: str) -> str:
    now = datetime.now(UTC)
    with app.app_context(), unit_of_work() as session:
        scope = Scope.system(session, label="test")
        return sign_in.enter_without_mail(scope, email, now=now)
