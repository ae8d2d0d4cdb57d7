"""What is kept no longer goes, and nothing else: least of all what a thread that goes on still needs."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from placement.models import (
    Attendance,
    AuditEvent,
    Cohort,
    Feedback,
    FixedPair,
    Hit,
    Message,
    Organisation,
    PartnerMessage,
    Reflection,
    Reply,
    RunNote,
    SecondStep,
    SignedIn,
    SignInLink,
    SwapRequest,
    Withdrawal,
)
from placement.services import retention
from placement.services.scope import Scope
from tests.factories.attendance import make_attendance, make_feedback, make_reflection
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.fixing import make_fixed_pair, make_run_note
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.opportunities import make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_leader, make_user
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_previous_ranking
from tests.factories.programmes import make_organisation
from tests.factories.replies import make_reply
from tests.factories.runs import make_run
from tests.factories.signing_in import make_second_step, make_sign_in_link, make_signed_in
from tests.factories.swaps import make_swap_request

DAYS = 90
RECORD_DAYS = 400
LATER = FIRST_DAY + timedelta(days=DAYS + 30)
OLD = LATER - timedelta(days=DAYS, hours=1)
NEW = LATER - timedelta(days=DAYS) + timedelta(hours=1)
WHOLE: dict[str, Any] = {"octets": b"Subject: a day", "payload": {"who": "Ada"}, "created_at": OLD}


def applied(scope: Scope) -> dict[str, int]:
    """What goes; a dry run says the same before, and a second time there is nothing left."""
    told = retention.look(scope, message_days=DAYS, record_days=RECORD_DAYS, now=LATER)
    assert retention.apply(scope, message_days=DAYS, record_days=RECORD_DAYS, now=LATER) == told
    assert not any(retention.apply(scope, message_days=DAYS, record_days=RECORD_DAYS, now=LATER).values())
    scope.session.expire_all()
    return {name: count for name, count in told.items() if count}


def emptied(session: Session, table: type[Message] | type[Reply]) -> set[int]:
    rows: Iterable[Message | Reply] = session.scalars(select(table))
    return {row.id for row in rows if row.octets is None}


def test_what_let_somebody_in_goes_after_a_day(session: Session, scope: Scope) -> None:
    user = make_user(session)
    for before, gone in ((timedelta(days=2), True), (timedelta(hours=20), False)):
        at = LATER - before
        make_sign_in_link(session, user=user, expires_at=at)
        make_signed_in(session, user=user, created_at=at)
        make_signed_in(session, user=user, created_at=at, ended_at=at)
        session.add(Hit(bucket=f"sign_in:{gone}", window_starts_at=at, count=1))
    session.flush()
    for before, on_since in (
        (timedelta(days=2), None),
        (timedelta(hours=20), None),
        (timedelta(days=2), NOON),
    ):
        make_second_step(session, user=make_user(session), begun_at=LATER - before, on_since=on_since)
    assert applied(scope) == {"sign_in_links": 1, "sessions": 2, "second_steps": 1, "counters": 1}
    tables = (SignInLink, SignedIn, SecondStep, Hit)
    left = [session.scalar(select(func.count()).select_from(table)) for table in tables]
    assert left == [1, 2, 2, 1]


def test_the_ranking_before_an_old_change_goes(session: Session, scope: Scope) -> None:
    for changed_at in (OLD, NEW):
        make_previous_ranking(session, leader=make_leader(session), changed_at=changed_at)
    assert applied(scope) == {"previous_rankings": 1}


def test_the_text_of_old_mail_goes_and_what_became_of_it_stays(session: Session, scope: Scope) -> None:
    old = [make_message(session, status=word, sent_at=OLD, **WHOLE) for word in ("sent", "failed")]
    never_rendered = make_message(session, status="superseded", **(WHOLE | {"octets": None}))
    make_message(session, status="sent", sent_at=NEW, **WHOLE)
    owed = [make_message(session, status=word, **WHOLE) for word in ("held", "todo", "sending")]
    assert applied(scope) == {"mails": 3}
    assert emptied(session, Message) == {*(mail.id for mail in old), never_rendered.id}
    assert (old[0].status, old[0].sent_at, old[0].payload) == ("sent", OLD, {})
    assert old[0].recipient
    assert all(mail.payload == {"who": "Ada"} for mail in owed)


def test_mail_of_a_thread_that_goes_on_is_kept_whole(session: Session, scope: Scope) -> None:
    over, to_come = (
        make_slot(session),
        make_slot(session, starts_at=LATER, ends_at=LATER + timedelta(hours=2)),
    )
    kept, gone = set[int](), set[int]()
    for slot, state, owes, stays in (
        (to_come, "sent", False, True),
        (to_come, "cancelled", False, False),
        (over, "sent", False, False),
        (over, "sent", True, True),
    ):
        leader = make_leader(session, cohort=slot.opportunity.partner.cohort)
        invite = make_invite(
            session, placement=make_placement(session, leader=leader, slot=slot), state=state
        )
        mail = make_message(session, invite=invite, status="sent", sent_at=OLD, **WHOLE)
        (kept if stays else gone).add(mail.id)
        if owes:
            kept.add(make_message(session, invite=invite, status="todo", **WHOLE).id)
    assert applied(scope) == {"mails": 2}
    assert emptied(session, Message) == gone


def test_a_reply_is_kept_whole_while_a_person_has_still_to_look_at_it(session: Session, scope: Scope) -> None:
    octets: dict[str, Any] = {"octets": b"Subject: Accepted"}
    settled = make_reply(session, action="applied", received_at=OLD, **octets)
    make_reply(session, action="review", received_at=OLD, **octets)
    make_reply(session, action="applied", received_at=NEW, **octets)
    assert applied(scope) == {"replies": 1}
    assert emptied(session, Reply) == {settled.id}


def test_what_went_is_on_record_and_nothing_is_when_nothing_went(session: Session, scope: Scope) -> None:
    retention.apply(scope, message_days=DAYS, record_days=RECORD_DAYS, now=NOON)
    make_reply(session, action="applied", received_at=OLD, octets=b"x")
    applied(scope)
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.verb == "apply_retention"))
    nothing = ("sign_in_links", "sessions", "second_steps", "counters", "mails", "run_notes", "fixed_places")
    of_lists = ("signatories",)
    of_imports = ("import_uploads", "import_rows")
    of_days = ("reflections", "feedback", "absences", "extra_people", "previous_rankings", "swap_requests")
    of_partners = ("partner_messages", "withdrawals")
    expected = dict.fromkeys([*nothing, *of_lists, *of_imports, *of_days, *of_partners], 0) | {"replies": 1}
    assert event.facts == expected


def test_notes_and_reasons_go_some_time_after_the_last_day_of_their_cohort(
    session: Session, scope: Scope
) -> None:
    for day, gone in ((OLD - timedelta(days=1), True), (NEW, False)):
        slot = make_slot(session, starts_at=day)
        cohort = session.get_one(Cohort, slot.cohort_id)
        leader = make_leader(session, cohort=cohort)
        make_fixed_pair(session, leader=leader, slot=slot, made_at=OLD, reason=f"Gone: {gone}")
        run = make_run(session, cohort=cohort)
        make_run_note(session, run=run, written_at=OLD, text=f"Gone: {gone}")
        organisation = make_organisation(session, cohort=cohort)
        organisation.signed_off_by, organisation.signed_off_at = f"Gone: {gone}", OLD
    assert applied(scope) == {"run_notes": 1, "fixed_places": 1, "signatories": 1}
    assert session.scalars(select(RunNote.text)).all() == ["Gone: False"]
    assert sorted(session.scalars(select(FixedPair.reason))) == ["", "Gone: False"]
    assert sorted(session.scalars(select(Organisation.signed_off_by))) == ["", "Gone: False"]
    assert applied(scope) == {}


def test_words_about_a_day_go_after_their_time_and_figures_stay(session: Session, scope: Scope) -> None:
    late = LATER + timedelta(days=RECORD_DAYS)
    leader = make_leader(session)
    for begins in (FIRST_DAY, late - timedelta(days=RECORD_DAYS - 1)):
        slot = make_slot(session, cohort=leader.cohort, starts_at=begins)
        make_attendance(session, slot=slot, leader=leader, state="absent", reason="ill", note="Flu")
        make_attendance(session, slot=slot, name="Una", organisation="Charity")
        make_feedback(session, slot=slot, words="Good", call_me=True)
        make_reflection(session, slot=slot, leader=leader)
        make_partner_message(session, slot=slot)
        make_withdrawal(session, slot=slot, words="A pipe burst")
        day = make_placement(session, leader=leader, slot=slot)
        make_swap_request(session, placement=day, words="A meeting", answer="All full", status="refused")
    kept = {"message_days": DAYS, "record_days": RECORD_DAYS, "now": late}
    told = retention.apply(scope, **kept)  # type: ignore[arg-type]
    names = ("reflections", "feedback", "absences", "extra_people", "swap_requests")
    of_days = {name: told[name] for name in (*names, "partner_messages", "withdrawals")}
    assert set(of_days.values()) == {1}
    assert not any(retention.look(scope, **kept).values())  # type: ignore[arg-type]
    session.expire_all()
    absent, extra, *_ = session.scalars(select(Attendance).order_by(Attendance.id))
    assert (absent.state, absent.reason, absent.note) == ("absent", "unknown", "")
    assert (extra.state, extra.reason, extra.name, extra.organisation) == ("came", None, "Extra person", "")
    gone, left = session.scalars(select(Feedback).order_by(Feedback.id))
    assert (gone.went, gone.words, gone.call_me) == (4, "", False)
    assert (left.words, left.call_me) == ("Good", True)
    assert session.scalar(select(func.count()).select_from(Reflection)) == 1
    assert sorted(session.scalars(select(PartnerMessage.text))) == ["", "Come to the back door."]
    assert sorted(session.scalars(select(Withdrawal.words))) == ["", "A pipe burst"]
    assert set(session.scalars(select(Withdrawal.reason))) == {"staff"}
    asked = session.scalars(select(SwapRequest).order_by(SwapRequest.id))
    words = [(one.status, one.reason, one.words, one.answer) for one in asked]
    assert words == [("refused", "other", "", ""), ("refused", "work", "A meeting", "All full")]
