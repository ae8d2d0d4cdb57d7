"""Erasing leaves nothing that tells who it was, and everything that was counted."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Session

from placement.db import Base
from placement.domain.about_errors import ErasureBlocked, PersonErased
from placement.domain.errors import NotFound
from placement.models import (
    AuditEvent,
    Invite,
    Leader,
    MatchRun,
    Message,
    Placement,
    RecoveryCode,
    SecondStep,
    SignedIn,
    User,
)
from placement.services import addresses, erasing, erasing_rows, restoring, sign_in, withdrawals
from placement.services.recovery_codes import make_codes
from placement.services.reports.review import review
from placement.services.scope import Scope
from placement.services.wordless import WORDLESS
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.events import make_event, make_guest
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.runs import make_run
from tests.factories.signing_in import make_second_step
from tests.services.repairing import at, confirmed_cohort, send_all
from tests.services.small_cohort import SENDER, SmallCohort
from tests.services.test_subject import NEED, everything_about

AFTERWARDS = FIRST_DAY + timedelta(days=100)
ABOUT_PEOPLE = {"leader_id", "user_id"}
KEPT_FOR_OTHERS = {"coordinator", "partner", "leader", "wording", "user"}
"""What else points to users: roles, which keep their user from being emptied, and the user itself."""


def words_in(session: Session) -> str:
    """Everything that the database holds, as one text, but for what was done by whom."""
    found = []
    for table in Base.metadata.sorted_tables:
        octets = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
        for row in session.execute(select(table)).mappings():
            found += [repr({name: value for name, value in row.items() if name not in octets})]
            found += [(row[name] or b"").decode("utf-8", "replace") for name in octets]
    return "\n".join(found)


@pytest.fixture
def small(session: Session) -> SmallCohort:
    """A cohort that was matched, told, and is over."""
    return confirmed_cohort(session)


def erase(session: Session, leader: Leader, *, scope: Scope | None = None) -> erasing.Erasure:
    scope = scope or Scope.system(session)
    done = erasing.erase_leader(scope, leader.cohort_id, leader.id, now=AFTERWARDS)
    session.flush()
    session.expire_all()
    return done


def test_nothing_tells_any_more_who_it_was(session: Session) -> None:
    leader = everything_about(session)
    leader.name, leader.role = "Ada Unforgettable", "Chief of everything"
    leader.base_postcode, leader.pay_band, leader.travel = "LA1 4YW", "Band 9", "by bicycle"
    session.flush()
    told = [leader.user.email, leader.name, leader.role, leader.base_postcode, "Band 9", "bicycle", NEED]
    told += ["I look forward to it", "See you there", "ada.home@people.example"]
    told += ["I learned much", "Knows the team", "A meeting that I cannot move"]
    before = words_in(session)
    assert [word for word in told if word != NEED and word not in before] == []
    erase(session, leader)
    assert [word for word in told if word in words_in(session)] == []


def test_mails_and_runs_of_others_name_the_person_no_more(session: Session, small: SmallCohort) -> None:
    leader, other = at(session, small.slots[0])
    email, name, kept = leader.user.email, leader.name, other.user.email
    assert email in words_in(session)
    erase(session, leader)
    found = words_in(session)
    assert (email in found, name in found) == (False, False)
    assert (kept in found, other.name in found) == (True, True)


def test_what_was_matched_stays_as_numbers_and_older_runs_can_be_read(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    run_id = session.scalars(select(MatchRun.id)).one()
    before = review(scope, small.cohort.id, run_id)
    leader = at(session, small.slots[0])[0]
    erase(session, leader)
    after = review(scope, small.cohort.id, run_id)
    assert after.profile == before.profile
    assert len(at(session, small.slots[0])) == 2
    assert sorted(one.name for one in after.leaders).count(erasing_rows.NAME) == 1


def test_where_the_person_lives_cannot_be_worked_out_from_a_run(session: Session, small: SmallCohort) -> None:
    leader = at(session, small.slots[0])[0]
    erase(session, leader)
    frozen = json.loads(session.scalars(select(MatchRun.frozen_input)).one())
    distances = {one["id"]: one["distance_km"] for one in frozen["leaders"]}
    assert distances.pop(leader.match_id) == {}
    assert all(distances.values())


def test_erasing_is_told_before_it_is_done_and_done_as_told(session: Session, scope: Scope) -> None:
    leader = everything_about(session)
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    shown = erasing.preview_leader(scope, leader.cohort_id, leader.id, now=AFTERWARDS)
    assert leader.erased_at is None
    assert dict(shown.goes)["Conflicts of interest"] == 1
    assert dict(shown.goes)["Reflections"] == 1
    assert dict(shown.stays)["Placement days, as numbers"] == 1
    assert erase(session, leader).goes == shown.goes
    left = {
        name: session.scalar(select(func.count()).select_from(tables[name]))
        for name in ("access_need", "conflict", "preference", "date_answer", "signed_in", "user_alias")
    }
    assert set(left.values()) == {0}


@pytest.mark.parametrize("what", ["day", "event", "mail", "run"])
def test_nothing_is_erased_while_something_is_still_to_come(
    session: Session, scope: Scope, what: str
) -> None:
    leader = make_leader(session)
    if what == "day":
        small = confirmed_cohort(session)
        leader = at(session, small.slots[0])[0]
    elif what == "event":
        make_guest(session, event=make_event(session, cohort=leader.cohort), leader=leader)
    elif what == "mail":
        placement = make_placement(session, leader=leader, slot=make_slot(session, cohort=leader.cohort))
        make_message(session, invite=make_invite(session, placement=placement))
        placement.status = "cancelled"
        session.flush()
    else:
        make_run(session, cohort=leader.cohort, status="queued")
    with pytest.raises(ErasureBlocked) as refused:
        erasing.erase_leader(scope, leader.cohort_id, leader.id, now=NOON)
    expected = {"day": "still to come", "event": "still to come", "mail": "must still leave"}
    assert expected.get(what, "is being worked out") in str(refused.value)
    assert leader.erased_at is None


def test_who_has_left_is_erased_once_their_calendar_was_told(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = at(session, small.slots[0])[0]
    withdrawals.withdraw_leader(scope, leader.cohort_id, leader.id, sender=SENDER, now=NOON)
    with pytest.raises(ErasureBlocked):
        erasing.erase_leader(scope, leader.cohort_id, leader.id, now=NOON)
    send_all(session)
    erasing.erase_leader(scope, leader.cohort_id, leader.id, now=NOON)
    session.expire_all()
    assert session.get_one(Leader, leader.id).erased_at == NOON


def test_who_is_nothing_else_is_signed_out_and_cannot_sign_in(session: Session, scope: Scope) -> None:
    leader = make_leader(session)
    email = leader.user.email
    token = sign_in.enter_without_mail(scope, email, now=AFTERWARDS)
    make_second_step(session, user=leader.user)
    make_codes(session, leader.user_id, now=AFTERWARDS)
    own = Scope.of_user(session, leader.user_id)
    assert not erasing.erase_self(own, leader.id, now=AFTERWARDS).elsewhere
    session.flush()
    assert sign_in.whoami(session, token, now=AFTERWARDS) is None
    for table in (SignedIn, SecondStep, RecoveryCode):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert session.scalars(select(User).where(User.email == email)).all() == []


def test_who_is_something_else_keeps_that_and_the_way_in(session: Session) -> None:
    leader = make_leader(session)
    user, email = leader.user, leader.user.email
    partner = make_partner(session, user=user)
    assert erase(session, leader).elsewhere
    assert (user.email, partner.user_id) == (email, user.id)
    assert leader.user_id != user.id
    assert leader.user.email.endswith(".invalid")


def test_erasing_twice_changes_nothing(session: Session) -> None:
    leader = make_leader(session)
    erase(session, leader)
    again = erase(session, leader)
    assert (again.erased_at, again.goes) == (AFTERWARDS, ())
    verbs = session.scalars(select(AuditEvent.verb)).all()
    assert verbs.count("erase_leader") == 1


def test_nobody_is_brought_back_or_written_to_who_was_erased(session: Session, scope: Scope) -> None:
    leader = make_leader(session)
    erase(session, leader)
    with pytest.raises(PersonErased):
        restoring.restore_leader(scope, leader.cohort_id, leader.id, now=AFTERWARDS)
    with pytest.raises(PersonErased):
        addresses.correct_address(
            scope,
            leader.cohort_id,
            leader.id,
            email="new@people.example",
            sender=SENDER,
            now=AFTERWARDS,
        )


def test_a_coordinator_erases_in_their_own_cohort_only(session: Session) -> None:
    leader, stranger = make_leader(session), make_coordinator(session)
    own = make_coordinator(session, cohort=leader.cohort)
    with pytest.raises(NotFound):
        erase(session, leader, scope=Scope.of_user(session, stranger.user_id))
    erase(session, leader, scope=Scope.of_user(session, own.user_id))
    assert session.get_one(Leader, leader.id).erased_at == AFTERWARDS


def number_of(session: Session, table: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_mail_without_a_calendar_entry_does_not_leave_any_more(session: Session) -> None:
    leader = make_leader(session)
    mail = make_message(session, cohort_id=leader.cohort_id, recipient=leader.user.email)
    erase(session, leader)
    assert (mail.status, mail.payload, mail.recipient) == ("cancelled", {}, leader.user.email)


def tables_about_people() -> Iterator[str]:
    """Tables whose rows belong to a leader or a user."""
    for table in Base.metadata.sorted_tables:
        if ABOUT_PEOPLE & set(table.c.keys()):
            yield table.name


def test_every_table_about_people_is_removed_emptied_or_kept_as_numbers() -> None:
    handled: list[type[Base]] = [*erasing_rows.REMOVED, *erasing_rows.WAYS_IN, *WORDLESS]
    removed = {table.__tablename__ for table in handled}
    known = removed | set(erasing_rows.NUMBERS) | KEPT_FOR_OTHERS
    assert [name for name in tables_about_people() if name not in known] == []


def test_rows_that_stay_hang_together_as_before(session: Session, small: SmallCohort) -> None:
    leader = at(session, small.slots[0])[0]
    counted = {
        row: session.scalar(select(func.count()).select_from(row)) for row in (Placement, Invite, Message)
    }
    erase(session, leader)
    assert counted == {row: session.scalar(select(func.count()).select_from(row)) for row in counted}
