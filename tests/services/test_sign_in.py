"""Signing in: what is owed and kept, links and codes that work once, sessions that end, tries that end."""

from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.domain.errors import (
    AddressUnusable,
    CodeWrong,
    LinkSpent,
    PlacementError,
    TooManyRequests,
    UserUnknown,
)
from placement.domain.invites import Mailbox
from placement.domain.sender import Sender
from placement.models import AuditEvent, Hit, Message, SignedIn, SignInLink
from placement.services import sign_in
from placement.services.scope import Actor, Scope
from tests.factories.clock import NOON
from tests.factories.people import make_leader, make_user
from tests.services.at_once import at_once

SENDER = Sender(Mailbox("Placement", "placements@placement.example"), "https://placement.example")
ADA = "ada@people.example"
WRONG = "not a code"


@pytest.fixture
def ada(session: Session) -> int:
    """A leader with the address `ADA`."""
    return make_leader(session, user=make_user(session, email=ADA, name="Ada Field")).user_id


def ask(scope: Scope, *, email: str = ADA, remote: str = "192.0.2.1", now: datetime = NOON) -> None:
    sign_in.request_sign_in(scope, email=email, sender=SENDER, remote=remote, now=now)


def mails(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.id)))


def token_in(mail: Message) -> str:
    return str(mail.payload["link"]).rpartition("/")[2]


def code_in(mail: Message) -> str:
    return str(mail.payload["code"])


def asked(scope: Scope, *, now: datetime = NOON) -> tuple[str, str]:
    """Token and code of a new request of Ada's."""
    ask(scope, now=now)
    mail = mails(scope.session)[-1]
    return token_in(mail), code_in(mail)


def spent(scope: Scope, token: str, *, now: datetime = NOON) -> str:
    """The token of the session that a link begins."""
    entry = sign_in.spend_link(scope, token, now=now)
    assert isinstance(entry, str)
    return entry


def test_a_request_owes_one_mail_with_a_link_to_the_site_and_a_code_of_six_digits(
    session: Session, scope: Scope, ada: int
) -> None:
    ask(scope, email="  Ada@People.EXAMPLE ")
    (mail,) = mails(session)
    assert (mail.kind, mail.recipient, mail.recipient_name) == ("sign_in", ADA, "Ada Field")
    assert str(mail.payload["link"]).startswith("https://placement.example/sign-in/link/")
    assert len(token_in(mail)) == 43
    assert len(code_in(mail)) == 6
    assert code_in(mail).isdigit()
    assert mail.payload["minutes"] == 15


def test_the_database_keeps_neither_token_nor_code_of_a_link(
    session: Session, scope: Scope, ada: int
) -> None:
    token, code = asked(scope)
    (link,) = session.scalars(select(SignInLink))
    assert link.token_hash == sha256(token.encode()).hexdigest()
    assert code not in link.code_hash
    assert sha256(code.encode()).hexdigest() != link.code_hash


@pytest.mark.parametrize("known", ["nobody@people.example", "no-role@people.example"])
def test_nothing_is_owed_to_an_address_that_nobody_with_a_role_reads(
    session: Session, scope: Scope, known: str
) -> None:
    make_user(session, email="no-role@people.example")
    ask(scope, email=known)
    assert mails(session) == []
    assert session.scalar(select(func.count()).select_from(SignInLink)) == 0


def test_a_known_and_an_unknown_address_cost_the_same_statements(
    session: Session, scope: Scope, ada: int
) -> None:
    def statements(email: str) -> Counter[str]:
        seen: list[str] = []
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: seen.append(str(call[2])))
        ask(scope, email=email)
        return Counter(words for words in seen if "SAVEPOINT" not in words)

    unknown = statements("nobody@people.example")
    more = unknown - statements(ADA)
    assert statements(ADA) - unknown == Counter()
    assert more.total() == 1  # the look for a stand-in


def test_what_is_no_address_is_refused(scope: Scope) -> None:
    with pytest.raises(AddressUnusable):
        ask(scope, email="ada at people")


def test_a_link_signs_in_once(session: Session, scope: Scope, ada: int) -> None:
    token, _ = asked(scope)
    began = spent(scope, token)
    visitor = sign_in.whoami(session, began, now=NOON)
    assert visitor is not None
    assert (visitor.user_id, visitor.name) == (ada, "Ada Field")
    with pytest.raises(LinkSpent):
        sign_in.spend_link(scope, token, now=NOON)


def test_looking_at_a_link_any_number_of_times_does_not_spend_it(scope: Scope, ada: int) -> None:
    token, _ = asked(scope)
    for _ in range(20):
        sign_in.look_at_link(scope, token, now=NOON)
    assert sign_in.spend_link(scope, token, now=NOON)


def test_a_used_late_or_invented_link_is_not_to_be_looked_at_or_spent(scope: Scope, ada: int) -> None:
    used, _ = asked(scope)
    sign_in.spend_link(scope, used, now=NOON)
    late, _ = asked(scope)
    for token, now in ((used, NOON), (late, NOON + timedelta(minutes=15)), ("invented", NOON)):
        with pytest.raises(LinkSpent):
            sign_in.look_at_link(scope, token, now=now)
        with pytest.raises(LinkSpent):
            sign_in.spend_link(scope, token, now=now)


def test_older_links_stay_good_after_a_new_request(scope: Scope, ada: int) -> None:
    first, _ = asked(scope)
    second, _ = asked(scope, now=NOON + timedelta(minutes=1))
    later = NOON + timedelta(minutes=2)
    assert sign_in.spend_link(scope, second, now=later) != sign_in.spend_link(scope, first, now=later)


def test_a_code_signs_in_once_and_spends_its_link(session: Session, scope: Scope, ada: int) -> None:
    token, code = asked(scope)
    answer = sign_in.spend_code(scope, email="ADA@people.example", code=code, now=NOON)
    assert sign_in.whoami(session, str(answer.entry_or_refusal()), now=NOON) is not None
    with pytest.raises(LinkSpent):
        sign_in.spend_link(scope, token, now=NOON)
    again = sign_in.spend_code(scope, email=ADA, code=code, now=NOON)
    with pytest.raises(CodeWrong):
        again.entry_or_refusal()


def test_a_spent_link_spends_its_code(scope: Scope, ada: int) -> None:
    token, code = asked(scope)
    sign_in.spend_link(scope, token, now=NOON)
    assert sign_in.spend_code(scope, email=ADA, code=code, now=NOON).entry is None


def test_only_the_code_of_the_newest_request_counts(scope: Scope, ada: int) -> None:
    _, old = asked(scope)
    _, new = asked(scope, now=NOON + timedelta(minutes=1))
    later = NOON + timedelta(minutes=2)
    if old != new:
        assert sign_in.spend_code(scope, email=ADA, code=old, now=later).entry is None
    assert sign_in.spend_code(scope, email=ADA, code=new, now=later).entry is not None


def test_a_code_belongs_to_its_address(session: Session, scope: Scope, ada: int) -> None:
    make_leader(session, user=make_user(session, email="ben@people.example"))
    _, code = asked(scope)
    ask(scope, email="ben@people.example", now=NOON + timedelta(seconds=1))
    if code_in(mails(session)[-1]) != code:
        answer = sign_in.spend_code(
            scope, email="ben@people.example", code=code, now=NOON + timedelta(seconds=2)
        )
        assert answer.entry is None


def test_a_late_code_is_refused(scope: Scope, ada: int) -> None:
    _, code = asked(scope)
    answer = sign_in.spend_code(scope, email=ADA, code=code, now=NOON + timedelta(minutes=15))
    with pytest.raises(LinkSpent):
        answer.entry_or_refusal()


@pytest.mark.parametrize("email", [ADA, "nobody@people.example"])
def test_wrong_codes_are_answered_alike_for_known_and_unknown_addresses(
    scope: Scope, ada: int, email: str
) -> None:
    def answer() -> str:
        try:
            return str(sign_in.spend_code(scope, email=email, code=WRONG, now=NOON).entry_or_refusal())
        except PlacementError as refused:
            return f"{refused.code} {refused}"

    before_any_request = answer()
    ask(scope, email=email)
    tries = [answer() for _ in range(7)]
    spent = "link_spent This sign-in link has been used or is too old. Ask for a new one."
    wrong = [f"code_wrong That code is not right. Tries left: {left}." for left in (4, 3, 2, 1)]
    assert (before_any_request, tries) == (spent, [*wrong, spent, spent, spent])


def test_the_right_code_is_too_late_after_five_wrong_ones_but_the_link_is_not(scope: Scope, ada: int) -> None:
    token, code = asked(scope)
    for _ in range(5):
        sign_in.spend_code(scope, email=ADA, code=WRONG, now=NOON)
    assert sign_in.spend_code(scope, email=ADA, code=code, now=NOON).entry is None
    assert sign_in.spend_link(scope, token, now=NOON)


def test_the_fifth_try_still_counts(scope: Scope, ada: int) -> None:
    _, code = asked(scope)
    for _ in range(4):
        sign_in.spend_code(scope, email=ADA, code=WRONG, now=NOON)
    assert sign_in.spend_code(scope, email=ADA, code=code, now=NOON).entry is not None


def test_an_address_is_mailed_five_times_an_hour_and_told_how_long_to_wait(
    session: Session, scope: Scope, ada: int
) -> None:
    for minute in range(5):
        ask(scope, remote=f"192.0.2.{minute}", now=NOON + timedelta(minutes=minute))
    with pytest.raises(TooManyRequests, match="Wait 50 minutes, then"):
        ask(scope, remote="192.0.2.99", now=NOON + timedelta(minutes=10))
    with pytest.raises(TooManyRequests, match="Wait 1 minute, then"):
        ask(scope, remote="192.0.2.99", now=NOON + timedelta(minutes=59, seconds=30))
    ask(scope, remote="192.0.2.99", now=NOON + timedelta(hours=1))
    assert len(mails(session)) == 6


@pytest.mark.parametrize("remotes", [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::ffff")])
def test_a_place_on_the_internet_asks_twenty_times_an_hour(scope: Scope, remotes: tuple[str, str]) -> None:
    for number in range(20):
        ask(scope, email=f"person{number}@people.example", remote=remotes[0])
    with pytest.raises(TooManyRequests):
        ask(scope, email="one-more@people.example", remote=remotes[1])
    ask(scope, email="one-more@people.example", remote="2001:db8:1::1")


def test_a_session_ends_when_idle_when_old_and_when_signed_out(
    session: Session, scope: Scope, ada: int
) -> None:
    token, _ = asked(scope)
    began = spent(scope, token)
    moment = NOON
    while moment < NOON + timedelta(hours=12):
        assert sign_in.whoami(session, began, now=moment) is not None
        sign_in.mark_seen(session, began, now=moment)
        moment += timedelta(minutes=29)
    assert sign_in.whoami(session, began, now=NOON + timedelta(hours=12)) is None

    token, _ = asked(scope)
    idle = spent(scope, token)
    assert sign_in.whoami(session, idle, now=NOON + timedelta(minutes=30)) is None
    sign_in.mark_seen(session, idle, now=NOON + timedelta(minutes=31))
    assert sign_in.whoami(session, idle, now=NOON + timedelta(minutes=31)) is None

    sign_in.sign_out(scope, idle, now=NOON)
    sign_in.sign_out(scope, idle, now=NOON)
    assert sign_in.whoami(session, idle, now=NOON) is None
    assert sign_in.whoami(session, "never given", now=NOON) is None


def test_the_database_keeps_no_token_of_a_session(session: Session, scope: Scope, ada: int) -> None:
    token, _ = asked(scope)
    began = spent(scope, token)
    assert list(session.scalars(select(SignedIn.token_hash))) == [sha256(began.encode()).hexdigest()]


def test_a_link_without_a_mail_signs_in_and_nobody_without_an_account_gets_one(
    session: Session, scope: Scope, ada: int
) -> None:
    path = sign_in.one_time_link(scope, ADA, now=NOON)
    assert path.startswith("/sign-in/link/")
    assert sign_in.spend_link(scope, path.rpartition("/")[2], now=NOON)
    assert mails(session) == []
    with pytest.raises(UserUnknown, match=r"nobody@people\.example"):
        sign_in.one_time_link(scope, "nobody@people.example", now=NOON)


def test_everything_is_on_record_without_addresses_and_secrets(
    session: Session, scope: Scope, ada: int
) -> None:
    visitor = Scope(session, Actor("visitor", 0))
    token, code = asked(visitor)
    ask(visitor, email="nobody@people.example")
    sign_in.spend_code(visitor, email=ADA, code=WRONG, now=NOON)
    began = spent(visitor, token)
    sign_in.sign_out(visitor, began, now=NOON)
    path = sign_in.one_time_link(scope, ADA, now=NOON)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    me = f"user:{ada}"
    assert [(row.actor, row.verb, row.subject) for row in events] == [
        ("visitor", "request_sign_in", me),
        ("visitor", "request_sign_in", "user:unknown"),
        ("visitor", "refuse_code", "user:unknown"),
        (me, "sign_in", me),
        (me, "sign_out", me),
        ("system", "make_sign_in_link", me),
    ]
    told = " ".join(f"{row.actor} {row.verb} {row.subject} {row.facts}" for row in events)
    for secret in (ADA, "Ada", code, token, began, path):
        assert secret not in told


def test_dead_links_sessions_and_counts_are_forgotten_after_a_day(
    session: Session, scope: Scope, ada: int
) -> None:
    token, _ = asked(scope)
    sign_in.spend_link(scope, token, now=NOON)
    ask(scope, email="nobody@people.example", now=NOON + timedelta(days=2))
    assert session.scalar(select(func.count()).select_from(SignInLink)) == 0
    assert session.scalar(select(func.count()).select_from(SignedIn)) == 0
    assert session.scalar(select(func.count()).select_from(Hit).where(Hit.window_starts_at <= NOON)) == 0


@pytest.fixture
def secrets_of_ada(app: Flask) -> tuple[str, str]:
    """Token and code of a request of Ada's that is committed."""
    with unit_of_work() as session:
        make_leader(session, user=make_user(session, email=ADA))
        return asked(Scope.system(session))


def test_ten_wrong_codes_over_four_threads_take_five_tries_and_lock(
    app: Flask, secrets_of_ada: tuple[str, str]
) -> None:
    answers = at_once(app, 10, lambda scope: sign_in.spend_code(scope, email=ADA, code=WRONG, now=NOON))
    assert sorted((answer.tries_left for answer in answers), reverse=True) == [4, 3, 2, 1, *[0] * 6]
    with unit_of_work() as session:
        right = sign_in.spend_code(Scope.system(session), email=ADA, code=secrets_of_ada[1], now=NOON)
    assert right.entry is None


def test_of_many_posts_of_one_link_at_once_one_signs_in(app: Flask, secrets_of_ada: tuple[str, str]) -> None:
    def spend(scope: Scope) -> str | None:
        try:
            return spent(scope, secrets_of_ada[0])
        except LinkSpent:
            return None

    began = at_once(app, 8, spend)
    assert len([token for token in began if token]) == 1


def test_of_many_requests_at_once_five_are_taken(app: Flask, secrets_of_ada: tuple[str, str]) -> None:
    def request(scope: Scope) -> bool:
        with scope.session.begin_nested():
            try:
                ask(scope)
            except TooManyRequests:
                return False
        return True

    assert sum(at_once(app, 10, request)) == 4  # the fixture asked once
