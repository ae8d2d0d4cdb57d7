"""Access needs are encrypted at rest and can be read only with the installation's key."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from placement.domain.errors import AccessKeyMissing, AccessKeyWrong
from placement.models import AccessNeed
from placement.services.access import CIPHER, cipher_for, needs_step_free, read_needs, record_need
from tests.databases import SECRET
from tests.factories.people import make_leader
from tests.factories.programmes import make_cohort

NEED = "Step-free way in, and a quiet room – for Zoë"


def count(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(AccessNeed)).one()


def test_a_need_is_read_as_it_was_recorded(session: Session) -> None:
    leader, other = make_leader(session), make_leader(session)
    record_need(session, leader, NEED)
    assert read_needs(session, [leader.id, other.id]) == {leader.id: NEED}
    assert read_needs(session, []) == {}


def test_the_database_never_holds_the_words(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    (kept,) = session.scalars(text("SELECT ciphertext FROM access_need"))
    assert b"Step-free" not in bytes(kept)
    assert NEED.encode() not in bytes(kept)


def test_the_same_words_look_different_for_two_leaders(session: Session) -> None:
    cohort = make_cohort(session)
    for _ in range(2):
        record_need(session, make_leader(session, cohort=cohort), NEED)
    session.flush()
    assert len(set(session.scalars(select(AccessNeed.ciphertext)))) == 2


def test_recording_again_replaces(session: Session) -> None:
    leader = make_leader(session)
    for need in (NEED, "A seat"):
        record_need(session, leader, need)
        session.flush()
    assert read_needs(session, [leader.id]) == {leader.id: "A seat"}
    assert count(session) == 1


def test_an_empty_need_removes_the_row(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    record_need(session, leader, "")
    assert count(session) == 0
    record_need(session, leader, "")


def test_a_leader_who_goes_takes_the_need_along(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    session.execute(text("DELETE FROM leader WHERE id = :id"), {"id": leader.id})
    assert count(session) == 0


def test_another_key_opens_nothing(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    session.info[CIPHER] = cipher_for("another-secret-for-tests-0123456789")
    with pytest.raises(AccessKeyWrong, match="another PLACEMENT_SECRET_KEY"):
        read_needs(session, [leader.id])


def test_without_a_key_nothing_is_recorded_or_read(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    session.info[CIPHER] = cipher_for("")
    with pytest.raises(AccessKeyMissing, match="PLACEMENT_SECRET_KEY"):
        read_needs(session, [leader.id])
    with pytest.raises(AccessKeyMissing):
        record_need(session, leader, "A seat")


def test_a_need_that_was_changed_in_the_database_is_not_believed(session: Session) -> None:
    leader = make_leader(session)
    record_need(session, leader, NEED)
    session.flush()
    row = session.get_one(AccessNeed, leader.id)
    row.ciphertext = row.ciphertext[:-1] + bytes([row.ciphertext[-1] ^ 1])
    session.flush()
    with pytest.raises(AccessKeyWrong):
        read_needs(session, [leader.id])


def test_the_key_is_derived_and_always_the_same() -> None:
    first, second = cipher_for(SECRET), cipher_for(SECRET)
    assert isinstance(first, Fernet)
    assert isinstance(second, Fernet)
    assert second.decrypt(first.encrypt(b"need")) == b"need"


@pytest.mark.parametrize(
    "need",
    [
        "Step-free access",
        "step free",
        "STEPFREE",
        "uses a wheelchair",
        "wheel chair user",
        "cannot climb stairs",
    ],
)
def test_needs_that_rule_out_steps_are_recognised(need: str) -> None:
    assert needs_step_free(need)


@pytest.mark.parametrize("need", ["", "hearing loop", "a quiet room", "parking close by", "large print"])
def test_other_needs_rule_out_no_place(need: str) -> None:
    assert not needs_step_free(need)
