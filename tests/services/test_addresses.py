"""A corrected address gets the invites of the days to come; match runs go on as if nothing had changed."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.adapters.messages import preview
from placement.adapters.replies import read_reply
from placement.domain.door_errors import AddressTaken
from placement.domain.errors import AddressUnusable, NotFound, UserUnknown
from placement.domain.letters import thaw
from placement.models import AuditEvent, Invite, Leader, Message, User
from placement.services import addresses, confirmations, events, match_runs, replies
from placement.services.people import places_of
from placement.services.reports.confirming import confirming
from placement.services.reports.effects import Effect
from placement.services.reports.review import changes
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.letters import make_wording
from tests.factories.people import make_leader, make_user
from tests.factories.replies import calendar, event, mail, part
from tests.services.importing import bring_in, faults
from tests.services.importing import leader as leader_of_sheets
from tests.services.repairing import confirmed_cohort, invite_of, send_all
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run
from tests.services.test_events import WORKSHOP
from tests.unit.domain.sheets.samples import small_cohort

LATER = NOON + timedelta(hours=2)
NEW = "right@people.example"


@pytest.fixture
def small(session: Session) -> SmallCohort:
    return confirmed_cohort(session)


def correct(scope: Scope, leader: Leader, email: str = NEW) -> Effect:
    found = addresses.correct_address(
        scope, leader.cohort_id, leader.id, email=email, sender=SENDER, now=LATER
    )
    scope.session.expire_all()
    return found


def held(invite: Invite) -> tuple[str, datetime | None, int | None]:
    return invite.partstat, invite.partstat_stamp, invite.partstat_seq


def mails(session: Session, invite: Invite) -> list[tuple[str, str, str]]:
    rows = session.scalars(select(Message).where(Message.invite_id == invite.id).order_by(Message.id))
    return [(row.recipient, row.kind, row.status) for row in rows]


def test_the_new_address_gets_the_invite_and_the_old_one_nothing(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, before = small.leaders[0], small.leaders[0].user.email
    invite = invite_of(session, leader)
    invite.partstat, invite.partstat_stamp, invite.partstat_seq = "ACCEPTED", NOON, 0
    uid = invite.uid
    effect = correct(scope, leader)
    assert (effect.changed, [mail.person.email for mail in effect.mails]) == (True, [NEW])
    assert (leader.user.email, leader.user.name, leader.match_id) == (NEW, leader.name, before)
    assert mails(session, invite) == [
        (before, "placement_confirmed", "sent"),
        (NEW, "placement_confirmed", "todo"),
    ]
    newest = session.scalars(select(Message).where(Message.recipient == NEW)).one()
    told = thaw(newest.payload)
    assert (told.uid, told.sequence, told.revision, told.method) == (uid, 0, 1, "REQUEST")
    assert (told.attendee.address, told.partstat, told.dtstamp) == (NEW, "NEEDS-ACTION", LATER)
    assert held(invite) == ("NEEDS-ACTION", None, None)
    send_all(session)
    assert invite_of(session, leader).state == "sent"


def test_the_new_address_gets_the_coordinators_words_and_a_first_invite(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = small.leaders[0]
    for kind in ("placement_confirmed", "event_confirmed"):
        make_wording(session, cohort=small.cohort, kind=kind, intro=f"Words before {kind}.")
    events.plan_event(scope, small.cohort.id, facts=WORKSHOP, sender=SENDER, now=NOON)
    effect = correct(scope, leader)
    rows = session.scalars(select(Message).where(Message.recipient == NEW).order_by(Message.kind)).all()
    told = [(row.kind, thaw(row.payload)) for row in rows]
    assert [(kind, details.intro) for kind, details in told] == [
        ("event_confirmed", "Words before event_confirmed."),
        ("placement_confirmed", "Words before placement_confirmed."),
    ]
    shown = [preview(details) for _, details in told]
    assert "You are invited to “Leading, in a system”." in shown[0].text
    assert shown[1].subject.startswith("Your day on")
    assert len(effect.mails) == 2
    old = session.scalars(select(Message.status).where(Message.kind == "event_confirmed")).all()
    assert sorted(old) == ["superseded", *["todo"] * len(small.leaders)]


def test_an_invite_that_has_not_left_goes_to_the_new_address_alone(session: Session, scope: Scope) -> None:
    small = confirmed_cohort(session, sent=False)
    before = small.leaders[0].user.email
    correct(scope, small.leaders[0])
    assert mails(session, invite_of(session, small.leaders[0])) == [
        (before, "placement_confirmed", "superseded"),
        (NEW, "placement_confirmed", "todo"),
    ]


def test_days_gone_by_and_cancelled_ones_are_not_told_again(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    invite_of(session, small.leaders[0]).state = "cancelled"
    session.flush()
    assert correct(scope, small.leaders[0]).mails == ()
    past = addresses.correct_address(
        scope,
        small.cohort.id,
        small.leaders[1].id,
        email="late@people.example",
        sender=SENDER,
        now=NOON + timedelta(days=999),
    )
    assert past.mails == ()


def test_the_reader_of_the_old_address_is_let_in_no_more_and_stays_what_they_are_elsewhere(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, old = small.leaders[0], small.leaders[0].user_id
    elsewhere = make_leader(session, user=leader.user)
    correct(scope, leader)
    assert [place.id for place in places_of(Scope.of_user(session, old))] == [elsewhere.id]
    with pytest.raises(NotFound):
        Scope.of_user(session, old).leader(leader.id)
    assert Scope.of_user(session, leader.user_id).leader(leader.id) is leader


def test_an_address_that_a_user_has_already_makes_the_leader_theirs(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    known = make_user(session, email=NEW, name="Known")
    correct(scope, small.leaders[0], " Right@People.Example ")
    assert (small.leaders[0].user_id, known.name) == (known.id, "Known")


def test_an_address_of_another_leader_or_none_at_all_is_refused(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    first, second = small.leaders[:2]
    former = second.user.email
    with pytest.raises(AddressTaken, match=former):
        correct(scope, first, former)
    correct(scope, second)
    with pytest.raises(AddressTaken):
        correct(scope, first, former)
    with pytest.raises(AddressUnusable):
        correct(scope, first, "nobody")
    assert not correct(scope, second).changed
    correct(scope, second, former)
    assert (second.user.email, second.match_id) == (former, former)


def test_a_run_that_waits_is_not_out_of_date_for_it(session: Session, scope: Scope) -> None:
    small = make_small_cohort(session)
    run = solved_run(session, small.cohort)
    correct(scope, small.leaders[0])
    assert changes(scope, small.cohort.id, run.id, now=NOON) == ()
    assert confirming(scope, small.cohort.id, run.id, sender=SENDER, now=NOON) is not None
    confirmations.confirm_run(scope, run.id, sender=SENDER, now=NOON)
    assert len(session.scalars(select(Message).where(Message.recipient == NEW)).all()) == 1
    again = match_runs.request_run(scope, small.cohort.id, seconds=20, now=NOON)
    assert match_runs.load_run(scope, again) is not None


def test_a_flag_goes_with_the_address_and_can_be_taken_back(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader = small.leaders[0]
    leader.user.bounced_at, leader.user.bounce_reason = NOON, "5.1.1"
    old = leader.user
    session.flush()
    correct(scope, leader)
    assert [one.bounced_at for one in (leader.user, old)] == [None, NOON]
    assert addresses.clear_user_flag(scope, old.email, now=LATER)
    assert not addresses.clear_user_flag(scope, old.email, now=LATER)
    assert (old.bounced_at, old.bounce_reason) == (None, None)
    with pytest.raises(UserUnknown):
        addresses.clear_user_flag(scope, "nobody@people.example", now=LATER)
    leader.user.bounced_at = NOON
    session.flush()
    assert addresses.clear_flag(scope, small.cohort.id, leader.id, now=LATER).changed
    assert not addresses.clear_flag(scope, small.cohort.id, leader.id, now=LATER).changed
    verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs[-3:] == ["correct_address", "clear_address", "clear_address"]


def test_an_answer_from_the_old_address_counts_no_more(
    session: Session, scope: Scope, small: SmallCohort
) -> None:
    leader, before = small.leaders[0], small.leaders[0].user.email
    uid = invite_of(session, leader).uid
    correct(scope, leader)

    def answer(address: str) -> str:
        lines = event(
            uid=uid,
            sequence="SEQUENCE:0",
            attendees=[f"ATTENDEE;PARTSTAT=DECLINED:mailto:{address}"],
            stamp=f"DTSTAMP:{LATER:%Y%m%dT%H%M%SZ}",
        )
        octets = mail(part(calendar(lines)), sender=address, message_id=f"<{address}>", results=[])
        found = replies.ingest(scope, read_reply(octets, authserv_id="", vouched=True), now=LATER)
        return found.verdict.reason

    assert (answer(before), answer(NEW)) == ("attendee_other", "declined")
    assert session.scalars(select(User).where(User.email == before)).one() is not None


def test_a_sheet_that_still_has_the_old_address_is_refused(session: Session, scope: Scope) -> None:
    bring_in(scope)
    ada = leader_of_sheets(session, "ada@trust.example")
    correct(scope, ada)
    told = faults(scope, small_cohort())
    assert ("leaders.csv", "email") in {(fault.file, fault.column) for fault in told}
    assert any(f"whose address is {NEW} now" in fault.problem for fault in told)
