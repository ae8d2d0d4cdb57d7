"""The outbox as a demonstration shows it: for the service itself, and for nobody else."""

import pytest

from placement.domain.errors import NotFound
from placement.services.reports.outbox import mail, mails
from placement.services.scope import Scope
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator


def test_the_newest_mail_comes_first_and_waiting_ones_are_counted(scope: Scope) -> None:
    first = make_message(scope.session, status="sent", octets=b"Subject: one\r\n\r\n")
    second = make_message(scope.session)
    page = mails(scope)
    assert [(kept.id, kept.octets) for kept in page.mails] == [
        (second.id, None),
        (first.id, b"Subject: one\r\n\r\n"),
    ]
    assert (page.waiting, page.older_than) == (1, None)
    assert mails(scope, before=second.id).mails == (mail(scope, first.id),)


def test_people_do_not_reach_it(scope: Scope) -> None:
    message = make_message(scope.session)
    person = Scope.of_user(scope.session, make_coordinator(scope.session).user_id)
    with pytest.raises(NotFound):
        mails(person)
    with pytest.raises(NotFound):
        mail(person, message.id)


def test_what_a_mail_says_is_not_in_its_repr(scope: Scope) -> None:
    message = make_message(scope.session, octets=b"Subject: planted\r\n\r\n")
    assert "planted" not in repr(mail(scope, message.id))
