"""Limits per minute: shared by all workers, other domains go on, and what waits is not counted as tried."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.sending import ALL_MAIL, SendingRules, domain_of
from placement.models import Hit, Message
from placement.services import outbox
from tests.factories.clock import NOON
from tests.factories.outbox import make_message

SECOND = timedelta(seconds=1)


def owe(session: Session, domain: str, times: int = 1) -> None:
    for number in range(times):
        make_message(session, recipient=f"person{number}@{domain}")


def claimed(session: Session, token: str, rules: SendingRules, *, now: datetime = NOON) -> list[str]:
    """The domains of what a worker gets."""
    return [mail.domain for mail in outbox.claim_due(session, token=token, now=now, rules=rules, limit=50)]


def test_a_domain_over_its_limit_waits_and_others_go_on(session: Session) -> None:
    rules = SendingRules(per_domain_per_minute=2)
    owe(session, "busy.example", 60)  # more than a batch: they must not hide the rest
    owe(session, "quiet.example")
    assert claimed(session, "a", rules) == ["busy.example"] * 2
    assert claimed(session, "b", rules) == ["quiet.example"], "the limit is the same for another worker"
    assert claimed(session, "c", rules, now=NOON + 59 * SECOND) == []
    waiting = session.scalars(select(Message).where(Message.status == "todo")).all()
    assert {(mail.attempts, mail.due_at) for mail in waiting} == {(0, NOON)}
    assert claimed(session, "a", rules, now=NOON + 70 * SECOND) == ["busy.example"] * 2


def test_all_mail_together_keeps_the_overall_limit(session: Session) -> None:
    rules = SendingRules(per_minute=3, per_domain_per_minute=2)
    owe(session, "one.example", 3)
    owe(session, "two.example", 3)
    assert claimed(session, "a", rules) == ["one.example", "one.example", "two.example"]
    assert claimed(session, "b", rules) == []


def test_what_is_let_go_untried_counts_no_more(session: Session) -> None:
    rules = SendingRules(per_minute=2, per_domain_per_minute=2)
    owe(session, "one.example", 4)
    claimed(session, "a", rules)
    away = "the server is away"
    assert outbox.give_back(session, token="a", claimed_at=NOON, reason=away, rules=rules) == 2
    assert claimed(session, "a", rules, now=NOON + 61 * SECOND) == ["one.example"] * 2
    for later in (62, 71, 119):
        assert claimed(session, "b", rules, now=NOON + later * SECOND) == []


def test_no_stretch_of_a_minute_sees_more_than_the_limit(session: Session) -> None:
    rules = SendingRules(per_minute=5)
    owe(session, "one.example", 40)
    at = [
        NOON + second * SECOND
        for second in range(0, 180, 4)
        for _ in claimed(session, "a", rules, now=NOON + second * SECOND)
    ]
    assert len(at) >= 10, "mail goes on leaving"
    assert all(sum(moment <= other < moment + 60 * SECOND for other in at) <= 5 for moment in at)


def test_without_limits_nothing_is_counted(session: Session) -> None:
    owe(session, "one.example", 3)
    assert len(claimed(session, "a", ALL_MAIL)) == 3
    outbox.give_back(session, token="a", claimed_at=NOON, reason="the server is away")
    assert session.scalars(select(Hit)).all() == []
    assert (ALL_MAIL.limited, ALL_MAIL.holding, ALL_MAIL.in_words) == (False, False, ())


@given(st.text(), st.sampled_from(["a.example", "b.example", "A.example"]))
def test_mail_to_a_domain_is_kept_back_exactly_when_the_list_lacks_it(local: str, domain: str) -> None:
    rules = SendingRules(allow_domains=frozenset({"a.example"}))
    assert (rules.held_because(domain_of(f"{local}@{domain}")) == "") == (domain.lower() == "a.example")
