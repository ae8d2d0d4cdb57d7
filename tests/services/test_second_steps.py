"""The second step: set up, asked for after the mail, locked after wrong codes, turned off, on record."""

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.db import unit_of_work
from placement.domain.errors import NotFound, PlacementError, UserUnknown
from placement.domain.second_step_errors import (
    HalfWayOver,
    SecondStepLocked,
    SecondStepUnreadable,
    SecondStepWrong,
    SetUpCodeWrong,
    SetUpOver,
)
from placement.models import AuditEvent, Message, RecoveryCode, SecondStep, SignedIn, User
from placement.services import recovery_codes, second_steps, sign_in
from placement.services.access import CIPHER, cipher_for
from placement.services.scope import Scope
from placement.services.sign_in import HalfWay, SecondAnswer
from tests.factories.clock import NOON
from tests.factories.people import make_coordinator, make_leader, make_partner, make_user
from tests.factories.signing_in import app_code, make_second_step
from tests.services.at_once import at_once
from tests.services.small_cohort import SENDER

Act = Callable[[Scope], PlacementError | None]
CAT = "cat@programme.example"
HALF_MINUTE = timedelta(seconds=30)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def cat(session: Session) -> User:
    """A coordinator."""
    return make_coordinator(session, user=make_user(session, email=CAT, name="Cat Orr")).user


@pytest.fixture
def own(session: Session, cat: User) -> Scope:
    return Scope.of_user(session, cat.id)


def half_way(scope: Scope, *, now: datetime = NOON) -> HalfWay:
    """What the mail of Cat's lets into."""
    path = sign_in.one_time_link(scope, CAT, now=now)
    entry = sign_in.spend_link(scope, path.removeprefix(sign_in.LINK_PATH), now=now)
    assert isinstance(entry, HalfWay)
    return entry


def step(scope: Scope, typed: str, *, now: datetime = NOON, entered: HalfWay | None = None) -> SecondAnswer:
    """The answer to one code after the mail."""
    entered = entered or half_way(scope, now=now)
    return sign_in.take_second_step(scope, entered, typed, sender=SENDER, now=now)


def wrong_code(now: datetime = NOON) -> str:
    right = {app_code(now + steps * HALF_MINUTE) for steps in (-1, 0, 1)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)


def news(session: Session) -> list[str]:
    """The headings of the mails about second steps."""
    rows = session.scalars(select(Message).where(Message.kind == "second_step").order_by(Message.id))
    return [str(row.payload["heading"]) for row in rows]


def set_up(own: Scope, *, now: datetime = NOON) -> tuple[str, tuple[str, ...]]:
    """The key of Cat's app, and the recovery codes that came with it."""
    second_steps.begin(own, now=now)
    found = second_steps.set_up(own, now=now)
    assert found is not None
    key = found.key.replace(" ", "")
    return key, second_steps.turn_on(own, app_code(now, key=key), sender=SENDER, now=now)


def test_it_counts_only_once_a_code_of_the_app_was_right(own: Scope, cat: User) -> None:
    second_steps.begin(own, now=NOON)
    assert second_steps.state(own) == second_steps.State(None, 0)
    shown = second_steps.set_up(own, now=NOON)
    assert shown is not None
    assert all(len(group) == 4 for group in shown.key.split())
    key = shown.key.replace(" ", "")
    assert parse_qs(urlsplit(shown.address).query)["secret"] == [key]
    with pytest.raises(SetUpCodeWrong):
        second_steps.turn_on(own, app_code(NOON + timedelta(hours=1), key=key), sender=SENDER, now=NOON)
    assert not second_steps.is_on(own.session, cat.id)
    made = second_steps.turn_on(own, f" {app_code(NOON, key=key)} ", sender=SENDER, now=NOON)
    assert len(set(made)) == 10
    assert second_steps.state(own) == second_steps.State(NOON, 10)
    assert second_steps.set_up(own, now=NOON) is None


def test_the_key_stays_the_same_for_an_hour_and_is_another_afterwards(own: Scope) -> None:
    shown = []
    for minutes in (0, 30, 60):
        now = NOON + timedelta(minutes=minutes)
        second_steps.begin(own, now=now)
        shown.append(second_steps.set_up(own, now=now))
    assert shown[0] == shown[1] != shown[2]
    assert second_steps.set_up(own, now=NOON + timedelta(hours=2)) is None
    with pytest.raises(SetUpOver):
        second_steps.turn_on(own, "123456", sender=SENDER, now=NOON + timedelta(hours=2))


def test_it_is_meant_for_those_who_coordinate_or_view(session: Session) -> None:
    for user in (make_leader(session).user, make_partner(session).user):
        scope = Scope.of_user(session, user.id)
        assert second_steps.state(scope) is None
        with pytest.raises(NotFound):
            second_steps.begin(scope, now=NOON)
    viewer = make_coordinator(session, role="viewer")
    assert second_steps.state(Scope.of_user(session, viewer.user_id)) == second_steps.State(None, 0)


def test_who_has_it_keeps_it_without_the_role(session: Session, scope: Scope) -> None:
    leader = make_leader(session, user=make_user(session, email=CAT))
    make_second_step(session, user=leader.user)
    assert second_steps.state(Scope.of_user(session, leader.user_id)) == second_steps.State(NOON, 0)
    assert half_way(scope).user_id == leader.user_id


def test_what_is_on_is_not_set_up_again(own: Scope) -> None:
    set_up(own)
    with pytest.raises(SetUpOver):
        second_steps.begin(own, now=NOON)


def test_the_database_holds_neither_key_nor_recovery_codes(session: Session, own: Scope) -> None:
    key, made = set_up(own)
    row = session.scalars(select(SecondStep)).one()
    assert key.encode() not in row.sealed
    hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    for code in made:
        plain = code.replace("-", "")
        assert {plain, sha256(plain.encode()).hexdigest()}.isdisjoint(hashes)
    assert len(hashes) == 10


def test_the_mail_alone_signs_nobody_in_who_has_a_second_step(
    session: Session, scope: Scope, cat: User
) -> None:
    make_second_step(session, user=cat)
    assert half_way(scope) == HalfWay(cat.id, "link", NOON)
    sign_in.request_sign_in(scope, email=CAT, sender=SENDER, remote="192.0.2.1", now=LATER)
    mail = session.scalars(select(Message).where(Message.kind == "sign_in")).one()
    answer = sign_in.spend_code(scope, email=CAT, code=str(mail.payload["code"]), now=LATER)
    assert answer.entry_or_refusal() == HalfWay(cat.id, "code", LATER)
    assert session.scalars(select(SignedIn)).all() == []


def test_the_code_of_the_app_signs_in_and_counts_once(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    visitor = sign_in.whoami(session, step(scope, app_code(NOON)).token_or_refusal(), now=NOON)
    assert visitor is not None
    assert visitor.user_id == cat.id
    with pytest.raises(SecondStepWrong):
        step(scope, app_code(NOON)).token_or_refusal()
    with pytest.raises(SecondStepWrong):
        step(scope, app_code(NOON - HALF_MINUTE)).token_or_refusal()
    assert step(scope, app_code(NOON + HALF_MINUTE)).token is not None


def test_the_code_that_turned_it_on_does_not_sign_in_as_well(scope: Scope, own: Scope) -> None:
    key, _ = set_up(own)
    assert isinstance(step(scope, app_code(NOON, key=key)).refusal, SecondStepWrong)
    assert step(scope, app_code(LATER, key=key), now=LATER).token is not None


def test_five_wrong_codes_lock_for_an_hour_from_the_first(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    entered = half_way(scope)
    said = [str(step(scope, wrong_code(), entered=entered).refusal) for _ in range(5)]
    assert said == [
        *(f"That code is not right, or was used before. Tries left: {left}." for left in (4, 3, 2, 1)),
        "Too many wrong codes were typed. Wait 60 minutes, then try again.",
    ]
    soon = NOON + timedelta(minutes=10)
    locked = step(scope, app_code(soon), now=soon).refusal
    assert str(locked) == "Too many wrong codes were typed. Wait 50 minutes, then try again."
    over = NOON + timedelta(hours=1)
    assert step(scope, app_code(over), now=over).token is not None


def test_a_new_mail_gives_no_new_tries(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    refusals = [step(scope, wrong_code()).refusal for _ in range(6)]
    assert [type(one) for one in refusals] == [*[SecondStepWrong] * 4, *[SecondStepLocked] * 2]


def test_a_right_code_gives_the_tries_back(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    for _ in range(4):
        step(scope, wrong_code())
    assert step(scope, app_code(NOON)).token is not None
    assert step(scope, wrong_code()).refusal is not None
    assert step(scope, app_code(NOON + HALF_MINUTE)).token is not None


def test_the_tries_of_one_are_not_those_of_another(session: Session, scope: Scope, cat: User) -> None:
    other = make_coordinator(session).user
    for user in (cat, other):
        make_second_step(session, user=user)
    for _ in range(5):
        second_steps.check(scope, other.id, wrong_code(), sender=SENDER, now=NOON)
    assert step(scope, app_code(NOON)).token is not None


def test_the_second_step_comes_within_ten_minutes(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    entered, late = half_way(scope), NOON + timedelta(minutes=10)
    with pytest.raises(HalfWayOver):
        step(scope, app_code(late), now=late, entered=entered)
    in_time = late - timedelta(seconds=1)
    assert step(scope, app_code(in_time), now=in_time, entered=entered).token is not None


def test_who_is_half_way_in_when_it_is_turned_off_begins_again(
    session: Session, scope: Scope, cat: User
) -> None:
    make_second_step(session, user=cat)
    entered = half_way(scope)
    second_steps.turn_off_for(scope, CAT, sender=SENDER, now=NOON)
    with pytest.raises(HalfWayOver):
        step(scope, app_code(NOON), entered=entered)


def test_a_recovery_code_signs_in_once(session: Session, scope: Scope, own: Scope) -> None:
    _, made = set_up(own)
    assert step(scope, f" {made[0].lower().replace('-', ' ')} ", now=LATER).token is not None
    assert isinstance(step(scope, made[0], now=LATER).refusal, SecondStepWrong)
    assert step(scope, made[1], now=LATER).token is not None
    assert second_steps.state(own) == second_steps.State(NOON, 8)
    assert news(session) == ["Your second step is on", "A recovery code was used", "A recovery code was used"]


def test_a_recovery_code_belongs_to_its_owner(session: Session, scope: Scope, own: Scope) -> None:
    _, made = set_up(own)
    other = make_coordinator(session).user
    make_second_step(session, user=other)
    assert second_steps.check(scope, other.id, made[0], sender=SENDER, now=NOON) is not None
    assert step(scope, made[0]).token is not None


def test_new_recovery_codes_take_the_place_of_the_old_ones(
    session: Session, scope: Scope, own: Scope
) -> None:
    key, old = set_up(own)
    refused = second_steps.renew_codes(own, wrong_code(), sender=SENDER, now=LATER)
    assert (refused.codes, type(refused.refusal)) == ((), SecondStepWrong)
    new = second_steps.renew_codes(own, app_code(LATER, key=key), sender=SENDER, now=LATER).codes
    assert len(new) == 10
    assert set(new).isdisjoint(old)
    assert step(scope, old[0], now=LATER).token is None
    assert step(scope, new[0], now=LATER).token is not None
    assert news(session)[1] == "You have new recovery codes"


@pytest.mark.parametrize("by", ["app", "recovery code"])
def test_it_is_turned_off_after_a_code(session: Session, scope: Scope, own: Scope, by: str) -> None:
    key, made = set_up(own)
    assert isinstance(second_steps.turn_off(own, wrong_code(), sender=SENDER, now=LATER), SecondStepWrong)
    typed = app_code(LATER, key=key) if by == "app" else made[3]
    assert second_steps.turn_off(own, typed, sender=SENDER, now=LATER) is None
    assert second_steps.state(own) == second_steps.State(None, 0)
    assert session.scalar(select(func.count()).select_from(RecoveryCode)) == 0
    path = sign_in.one_time_link(scope, CAT, now=LATER)
    assert isinstance(sign_in.spend_link(scope, path.removeprefix(sign_in.LINK_PATH), now=LATER), str)
    assert news(session)[-1] == "Your second step is off"
    with pytest.raises(SetUpOver):
        second_steps.turn_off(own, typed, sender=SENDER, now=LATER)


def test_whoever_runs_the_service_turns_it_off_for_somebody(
    session: Session, scope: Scope, cat: User
) -> None:
    make_second_step(session, user=cat)
    assert second_steps.turn_off_for(scope, "Cat@programme.example", sender=SENDER, now=NOON)
    assert not second_steps.turn_off_for(scope, CAT, sender=SENDER, now=NOON)
    assert not second_steps.is_on(session, cat.id)
    assert news(session) == ["Your second step is off"]
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.verb == "turn_off_second_step"))
    assert (event.actor, event.subject) == ("system", f"user:{cat.id}")
    with pytest.raises(UserUnknown):
        second_steps.turn_off_for(scope, "nobody@people.example", sender=SENDER, now=NOON)


def test_after_a_change_of_the_secret_key_recovery_codes_still_let_in(
    session: Session, scope: Scope, own: Scope
) -> None:
    key, made = set_up(own)
    session.info[CIPHER] = cipher_for("another secret key of this installation")
    refusals = [step(scope, app_code(LATER, key=key), now=LATER).refusal for _ in range(7)]
    assert {type(one) for one in refusals} == {SecondStepUnreadable}
    assert step(scope, made[0], now=LATER).token is not None
    assert second_steps.turn_off(own, made[1], sender=SENDER, now=LATER) is None
    _, renewed = set_up(own, now=LATER)
    assert len(renewed) == 10


def test_everything_is_on_record_and_told_without_secrets(session: Session, scope: Scope, own: Scope) -> None:
    key, made = set_up(own)
    wrong = wrong_code(LATER)
    step(scope, wrong, now=LATER)
    step(scope, made[0], now=LATER)
    second_steps.renew_codes(own, app_code(LATER, key=key), sender=SENDER, now=LATER)
    second_steps.turn_off(own, app_code(LATER + HALF_MINUTE, key=key), sender=SENDER, now=LATER)
    events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    me = f"user:{own.actor.user_id}"
    assert {row.subject for row in events} == {me}
    assert [row.verb for row in events if row.verb != "make_sign_in_link"] == [
        "begin_second_step",
        "turn_on_second_step",
        *("ask_second_step", "refuse_second_step"),
        *("ask_second_step", "use_recovery_code", "sign_in"),
        "renew_recovery_codes",
        "turn_off_second_step",
    ]
    mails = session.scalars(select(Message)).all()
    told = " ".join([*(str(row.facts) for row in events), *(str(row.payload) for row in mails)])
    for secret in (key, wrong, *made, *(code.replace("-", "") for code in made)):
        assert secret not in told
    assert {row.recipient for row in mails} == {CAT}


@pytest.fixture
def committed(app: Flask) -> tuple[int, str]:
    """The id of Cat, whose second step is on, and a recovery code."""
    with unit_of_work() as session:
        user = make_coordinator(session, user=make_user(session, email=CAT)).user
        make_second_step(session, user=user)
        return user.id, recovery_codes.make_codes(session, user.id, now=NOON)[0]


def test_of_many_wrong_codes_at_once_five_are_looked_at_and_lock(
    app: Flask, committed: tuple[int, str]
) -> None:
    user_id = committed[0]
    refusals = at_once(
        app, 10, lambda scope: second_steps.check(scope, user_id, wrong_code(), sender=SENDER, now=NOON)
    )
    assert [type(one) for one in refusals].count(SecondStepWrong) == 4
    assert [type(one) for one in refusals].count(SecondStepLocked) == 6
    with unit_of_work() as session:
        assert (
            session.scalar(
                select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == "refuse_second_step")
            )
            == 5
        )
        scope = Scope.system(session)
        assert second_steps.check(scope, user_id, app_code(NOON), sender=SENDER, now=NOON) is not None


@pytest.mark.parametrize("by", ["app", "recovery code"])
def test_of_one_code_typed_many_times_at_once_one_is_right(
    app: Flask, committed: tuple[int, str], by: str
) -> None:
    user_id, recovery_code = committed
    typed = app_code(NOON) if by == "app" else recovery_code
    refusals = at_once(
        app, 4, lambda scope: second_steps.check(scope, user_id, typed, sender=SENDER, now=NOON)
    )
    assert refusals.count(None) == 1


def test_a_key_that_nobody_finished_setting_up_signs_in_with_the_mail_alone(
    session: Session, scope: Scope, cat: User
) -> None:
    make_second_step(session, user=cat, on_since=None)
    path = sign_in.one_time_link(scope, CAT, now=NOON)
    assert isinstance(sign_in.spend_link(scope, path.removeprefix(sign_in.LINK_PATH), now=NOON), str)


def test_the_demonstration_asks_for_no_second_step(session: Session, scope: Scope, cat: User) -> None:
    make_second_step(session, user=cat)
    token = sign_in.enter_without_mail(scope, CAT, now=NOON)
    assert sign_in.whoami(session, token, now=NOON) is not None
