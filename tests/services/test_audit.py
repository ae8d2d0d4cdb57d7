"""The record of who did what: each event carries the hash of the one before, so that a gap shows."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from placement.models import AuditEvent
from placement.services.audit import FIRST_HASH, chained_hash, record
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.people import make_user
from tests.factories.programmes import make_cohort


def events(scope: Scope) -> list[AuditEvent]:
    return list(scope.session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_an_event_says_who_did_what_when_to_what(scope: Scope) -> None:
    cohort = make_cohort(scope.session)
    mine = Scope.of_user(scope.session, make_user(scope.session).id)
    record(mine, "confirm_run", "match_run:4", at=NOON, cohort_id=cohort.id, placed=3, unplaced=0)
    (event,) = events(scope)
    assert event.actor == f"user:{mine.actor.user_id}"
    assert (event.verb, event.subject, event.cohort_id) == ("confirm_run", "match_run:4", cohort.id)
    assert event.at == NOON
    assert event.facts == {"placed": 3, "unplaced": 0}


def test_what_the_service_does_by_itself_is_told_apart(scope: Scope) -> None:
    record(Scope.system(scope.session, label="worker"), "send", "message:1", at=NOON)
    record(scope, "import_cohort", "cohort:1", at=NOON)
    assert [event.actor for event in events(scope)] == ["worker", "system"]


def test_each_event_carries_the_hash_of_the_one_before(scope: Scope) -> None:
    for turn in range(4):
        record(scope, "confirm_run", f"match_run:{turn}", at=NOON + timedelta(minutes=turn), turn=turn)
    told = events(scope)
    assert [event.previous_hash for event in told] == [FIRST_HASH, *(event.hash for event in told[:-1])]
    scope.session.expire_all()
    assert [chained_hash(event) for event in events(scope)] == [event.hash for event in told]


def test_the_hash_can_be_computed_again_without_this_service(scope: Scope) -> None:
    record(scope, "confirm_run", "match_run:1", at=NOON, placed=3)
    (event,) = events(scope)
    said = [
        FIRST_HASH,
        "2027-01-12T12:00:00+00:00",
        "system",
        None,
        "confirm_run",
        "match_run:1",
        {"placed": 3},
    ]
    assert event.hash == sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclasses.dataclass
class Told:
    """An event as a plain value, to change one thing at a time."""

    previous_hash: str = FIRST_HASH
    at: datetime = NOON
    actor: str = "system"
    cohort_id: int | None = 1
    verb: str = "confirm_run"
    subject: str = "match_run:1"
    facts: dict[str, object] = dataclasses.field(default_factory=lambda: {"placed": 3})

    def hash(self) -> str:
        return chained_hash(AuditEvent(**vars(self)))


@pytest.mark.parametrize(
    "changed",
    [
        {"previous_hash": "1" * 64},
        {"at": NOON + timedelta(microseconds=1)},
        {"actor": "user:1"},
        {"cohort_id": None},
        {"cohort_id": 2},
        {"verb": "cancel_run"},
        {"subject": "match_run:2"},
        {"facts": {"placed": 4}},
        {"facts": {}},
    ],
    ids=str,
)
def test_a_change_of_anything_shows(changed: dict[str, object]) -> None:
    assert dataclasses.replace(Told(), **changed).hash() != Told().hash()  # type: ignore[arg-type]


def test_the_same_moment_in_another_zone_is_the_same_event() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert dataclasses.replace(Told(), at=elsewhere).hash() == Told().hash()


@given(
    one=st.text(max_size=8),
    other=st.text(max_size=8),
    facts=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3),
)
def test_words_cannot_slide_from_one_field_into_the_next(
    one: str, other: str, facts: dict[str, object]
) -> None:
    first = Told(verb=one, subject=other, facts=facts)
    second = Told(verb=one + other, subject="", facts=facts)
    assert (first.hash() == second.hash()) == (other == "")
    assert first.hash() == Told(verb=one, subject=other, facts=dict(reversed(facts.items()))).hash()


def test_an_event_is_only_kept_with_what_it_tells_of(scope: Scope) -> None:
    with scope.session.begin_nested() as step:
        record(scope, "confirm_run", "match_run:1", at=NOON)
        step.rollback()
    record(scope, "confirm_run", "match_run:2", at=datetime(2027, 1, 13, tzinfo=UTC))
    (event,) = events(scope)
    assert (event.subject, event.previous_hash) == ("match_run:2", FIRST_HASH)
