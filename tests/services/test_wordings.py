"""Words of a cohort's own before its mails: kept, guarded against two at once, and in every mail."""

from datetime import timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.invites import InviteDetails
from placement.domain.letters import thaw
from placement.domain.mail_errors import NothingToShow, WordingChanged, WordingRefused
from placement.domain.mails import LONGEST_INTRO, SEASON_MAILS
from placement.domain.states import OptOutSort
from placement.models import AuditEvent, Coordinator, Event, Invite, Message, Placement, Wording
from placement.services import (
    confirmations,
    event_guests,
    events,
    examples,
    invites,
    outbox,
    reminder_checks,
    withdrawals,
    wordings,
)
from placement.services.reports.season_mails import mail_state, season_mails
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.events import make_event, make_guest
from tests.factories.letters import make_opt_out, make_wording
from tests.factories.people import make_coordinator, make_leader
from tests.factories.programmes import make_cohort
from tests.services.repairing import send_all
from tests.services.season import DAY_BEFORE, LINKS, MidSeason, make_mid_season, owe
from tests.services.small_cohort import SENDER, make_small_cohort, solved_run
from tests.services.test_events import WORKSHOP

KIND = "placement_reminder"


@pytest.fixture
def season(session: Session) -> MidSeason:
    return make_mid_season(session)


@pytest.fixture
def coordinator(session: Session, season: MidSeason) -> Coordinator:
    return make_coordinator(session, cohort=season.cohort)


def change(
    scope: Scope, cohort_id: int, intro: str, *, seen: int, goes: bool = True, kind: str = KIND
) -> bool:
    return wordings.change_wording(scope, cohort_id, kind, intro=intro, goes=goes, seen=seen, now=NOON)


def test_words_are_cleaned_kept_and_counted_up(
    session: Session, season: MidSeason, coordinator: Coordinator
) -> None:
    scope = Scope.of_user(session, coordinator.user_id)
    assert change(scope, season.cohort.id, "Bring\r\na\x00 coat\u202e. ", seen=0)
    held = wordings.words_of(session, season.cohort.id)[KIND]
    assert (held.intro, held.goes, held.version, held.changed_at) == ("Bring\na coat.", True, 1, NOON)
    assert change(scope, season.cohort.id, "", seen=1, goes=False)
    assert not change(scope, season.cohort.id, "", seen=1, goes=False), "all is so already"
    assert session.scalars(select(Wording.updated_by)).all() == [coordinator.user_id]
    events = session.scalars(select(AuditEvent.facts).where(AuditEvent.verb == "change_wording")).all()
    assert events == [
        {"kind": KIND, "goes": True, "characters": 13},
        {"kind": KIND, "goes": False, "characters": 0},
    ]


def test_of_two_coordinators_the_second_is_told_and_overwrites_nothing(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    change(scope, season.cohort.id, "First", seen=0)
    for seen in (0, 7):
        with pytest.raises(WordingChanged):
            change(scope, season.cohort.id, "Second", seen=seen)
    assert wordings.words_of(session, season.cohort.id)[KIND].intro == "First"


def test_what_always_goes_cannot_be_switched_off_and_words_have_an_end(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    with pytest.raises(WordingRefused, match="always goes"):
        change(scope, season.cohort.id, "", seen=0, goes=False, kind="placement_cancelled")
    with pytest.raises(WordingRefused, match="1000"):
        change(scope, season.cohort.id, "é" * (LONGEST_INTRO + 1), seen=0)
    assert change(scope, season.cohort.id, "é" * LONGEST_INTRO, seen=0)
    with pytest.raises(NotFound):
        change(scope, season.cohort.id, "", seen=0, kind="sign_in")


def test_another_cohorts_coordinator_reaches_no_mail(session: Session, season: MidSeason) -> None:
    stranger = Scope.of_user(session, make_coordinator(session).user_id)
    with pytest.raises(NotFound):
        change(stranger, season.cohort.id, "", seen=0)
    with pytest.raises(NotFound):
        examples.send_test(stranger, season.cohort.id, KIND, links=LINKS, now=NOON)
    with pytest.raises(NotFound):
        mail_state(stranger, season.cohort.id, KIND)


def test_invites_changes_and_cancellations_carry_the_words_of_their_own_kind(session: Session) -> None:
    scope, small = Scope.system(session), make_small_cohort(session)
    for kind in ("placement_confirmed", "placement_cancelled"):
        make_wording(session, cohort=small.cohort, kind=kind, intro=f"Words before {kind}.")
    confirmations.confirm_run(scope, solved_run(session, small.cohort).id, sender=SENDER, now=NOON)
    for message in session.scalars(select(Message).where(Message.kind == "placement_confirmed")):
        assert thaw(message.payload).intro == "Words before placement_confirmed."
        message.status = "sent"
    leader = small.leaders[0]
    session.flush()
    withdrawals.withdraw_leader(scope, small.cohort.id, leader.id, sender=SENDER, now=NOON)
    (cancelling,) = session.scalars(select(Message).where(Message.kind == "placement_cancelled"))
    assert thaw(cancelling.payload).intro == "Words before placement_cancelled."


EVENT_KINDS = ("event_confirmed", "event_changed", "event_cancelled")


def intro_of(session: Session, kind: str) -> str:
    """The words before the newest mail of a kind, as they would go out."""
    row = session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id.desc())).first()
    assert row is not None
    return str(row.payload["intro"])


def test_mails_of_an_event_carry_the_words_of_their_own_kind(session: Session) -> None:
    scope, small = Scope.system(session), make_small_cohort(session)
    for kind in EVENT_KINDS:
        make_wording(session, cohort=small.cohort, kind=kind, intro=f"Words before {kind}.")
    call: dict[str, Any] = {"sender": SENDER, "now": NOON}
    event_id = events.plan_event(scope, small.cohort.id, facts=WORKSHOP, **call).event_id
    send_all(session)
    event, guest = session.get_one(Event, event_id), small.leaders[0]
    facts = events.virtual(events.facts_of(event), "https://meet.example/j/1")
    seen = events.preview_change(scope, small.cohort.id, event_id, facts=facts, **call)
    assert {mail.details.intro for mail in seen.mails} == {"Words before event_changed."}
    events.change_event(scope, small.cohort.id, event_id, facts=facts, **call)
    send_all(session)
    event_guests.remove_guest(scope, small.cohort.id, event_id, guest.id, **call)
    for kind in EVENT_KINDS:
        assert intro_of(session, kind) == f"Words before {kind}."
    again = event_guests.preview_addition(scope, small.cohort.id, event_id, guest.id, **call)
    assert [mail.details.intro for mail in again.mails] == ["Words before event_confirmed."]


def test_what_is_owed_keeps_the_words_of_before_and_what_takes_its_place_has_the_new_ones(
    session: Session,
) -> None:
    scope, small = Scope.system(session), make_small_cohort(session)
    for kind in ("event_confirmed", "who_is_coming"):
        make_wording(session, cohort=small.cohort, kind=kind, intro="Words of before.")
    events.plan_event(scope, small.cohort.id, facts=WORKSHOP, sender=SENDER, now=NOON)
    confirmations.confirm_run(scope, solved_run(session, small.cohort).id, sender=SENDER, now=NOON)
    for kind in ("event_confirmed", "who_is_coming"):
        assert change(scope, small.cohort.id, "Words of now.", seen=1, kind=kind)
        assert intro_of(session, kind) == "Words of before."
    gone = session.scalars(select(Placement).where(Placement.status == "confirmed")).first()
    assert gone is not None
    withdrawals.withdraw_leader(scope, small.cohort.id, gone.leader_id, sender=SENDER, now=NOON)
    assert intro_of(session, "who_is_coming") == "Words of now."


def test_the_example_of_an_event_is_the_next_one_with_somebody_who_is_invited(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    def told(kind: str) -> InviteDetails:
        found = examples.example(scope, season.cohort.id, kind, links=LINKS, now=NOON)
        assert found is not None
        assert found.details is not None
        return found.details

    assert told("event_confirmed").title == "A workshop"
    assert told("event_confirmed").attendee.address == season.leaders[0].user.email
    for days, reference in ((-3, "EVENT001"), (9, "EVENT003"), (3, "EVENT002")):
        starts_at = NOON + timedelta(days=days)
        event = make_event(session, cohort=season.cohort, starts_at=starts_at, reference=reference)
        make_guest(session, event=event, leader=season.leaders[0], removed_at=NOON)
        make_guest(session, event=event, leader=season.leaders[1])
    for kind in EVENT_KINDS:
        assert told(kind).starts_at == NOON + timedelta(days=3)
        assert told(kind).attendee.address == season.leaders[1].user.email
    assert told("event_cancelled").method == "CANCEL"
    assert session.scalars(select(Event.reference).order_by(Event.reference)).all()[-1] == "EVENT003"


def test_the_example_of_who_is_coming_names_those_who_come(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    found = examples.example(scope, season.cohort.id, "who_is_coming", links=LINKS, now=NOON)
    assert found is not None
    assert found.letter is not None
    days: Any = found.letter.payload["days"]
    assert [len(day["coming"]) for day in days] == [len(season.leaders)]
    assert found.recipient.address == season.slot.opportunity.partner.user.email


def test_an_invite_owed_before_there_were_words_is_still_read(session: Session) -> None:
    scope, small = Scope.system(session), make_small_cohort(session)
    confirmations.confirm_run(scope, solved_run(session, small.cohort).id, sender=SENDER, now=NOON)
    message = session.scalars(select(Message).where(Message.invite_id.is_not(None))).first()
    assert message is not None
    old = {name: fact for name, fact in message.payload.items() if name not in {"intro", "is_test"}}
    assert thaw(old).intro == ""


def test_every_kind_has_an_example_of_real_rows_before_and_after_confirming(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    waiting = make_small_cohort(session).cohort
    for cohort in (season.cohort, waiting):
        for mail in SEASON_MAILS:
            found = examples.example(scope, cohort.id, mail.kind, links=LINKS, now=NOON)
            assert found is not None
            assert (found.letter is None) == (found.details is not None)
    (shown,) = [examples.example(scope, season.cohort.id, KIND, links=LINKS, now=NOON)]
    assert shown is not None
    assert shown.recipient.address == season.leaders[0].user.email
    assert session.scalars(select(Message)).all() == []
    assert session.scalars(select(Invite)).all() == season.invites


def test_a_cohort_without_people_has_nothing_to_show(session: Session, coordinator: Coordinator) -> None:
    empty = make_cohort(session)
    make_coordinator(session, cohort=empty, user=coordinator.user)
    scope = Scope.of_user(session, coordinator.user_id)
    assert examples.example(scope, empty.id, KIND, links=LINKS, now=NOON) is None
    with pytest.raises(NothingToShow):
        examples.send_test(scope, empty.id, KIND, links=LINKS, now=NOON)


@pytest.mark.parametrize("kind", [mail.kind for mail in SEASON_MAILS])
def test_a_test_goes_to_the_coordinator_alone_and_touches_nobody_else(
    session: Session, season: MidSeason, coordinator: Coordinator, kind: str
) -> None:
    scope = Scope.of_user(session, coordinator.user_id)
    address = examples.send_test(scope, season.cohort.id, kind, links=LINKS, now=NOON)
    (message,) = session.scalars(select(Message))
    assert address == message.recipient == coordinator.user.email
    assert (message.cohort_id, message.invite_id, message.payload["is_test"]) == (None, None, True)
    others = [*(leader.user_id for leader in season.leaders), season.slot.opportunity.partner.user_id]
    for sort in get_args(OptOutSort):
        theirs = {LINKS.unsubscribe(user_id, sort) for user_id in others}
        assert message.payload.get("unsubscribe_url") not in theirs
    if kind in invites.KINDS:
        details = thaw(message.payload)
        assert details.attendee.address == coordinator.user.email
        assert details.uid not in {invite.uid for invite in season.invites}
    make_opt_out(session, user=coordinator.user)
    claimed = outbox.claim_due(session, token="worker", now=NOON)
    assert len(reminder_checks.still_wanted(session, claimed, token="worker", now=NOON)) == 1
    assert sum(state.sent for state in season_mails(scope, season.cohort.id).mails) == 0


def test_the_list_says_how_many_have_gone_and_who_wants_none(
    session: Session, scope: Scope, season: MidSeason
) -> None:
    owe(session, season.cohort, DAY_BEFORE)
    for message in session.scalars(select(Message)):
        message.status = "sent"
    make_opt_out(session, user=season.leaders[0].user)
    make_opt_out(session, user=season.slot.opportunity.partner.user)
    make_opt_out(session, user=make_leader(session).user)
    found = season_mails(scope, season.cohort.id)
    sent = {state.mail.kind: state.sent for state in found.mails if state.sent}
    assert sent == {"day_reminder": 1, KIND: 2}
    assert found.wanting_none == {"reminders": 2}
