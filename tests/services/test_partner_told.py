"""Whatever changes who is coming tells the partners exactly that, and the previews say so beforehand."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import placement.services
from placement.models import Leader, Partner, Slot
from placement.services import confirmations, restoring, seats, slot_changes, withdrawals
from placement.services.reports.confirming import confirming
from placement.services.reports.effects import PartnerMail
from placement.services.scope import Scope
from placement.services.slot_changes import SlotChange
from tests.factories.clock import NOON
from tests.factories.people import make_leader
from tests.services.partner_mails import mails_to, newest, said
from tests.services.repairing import at, confirmed_cohort, send_all, solve_run, solved_repair
from tests.services.small_cohort import SENDER, SmallCohort, make_small_cohort, solved_run

Told = list[tuple[list[str], list[str], list[str]]]


class Teller:
    """The cohort, and what its two partners are owed after something was done to it."""

    def __init__(self, session: Session, small: SmallCohort) -> None:
        self.session, self.small = session, small
        self.scope = Scope.system(session)
        self.call = {"sender": SENDER, "now": NOON}

    @property
    def partners(self) -> tuple[Partner, Partner]:
        return self.small.food.partner, self.small.cafe.partner

    def names(self, slot: Slot) -> list[str]:
        return sorted((leader.name for leader in at(self.session, slot)), key=str.casefold)

    def first_on(self, slot: Slot) -> Leader:
        return at(self.session, slot)[0]

    def owed(self) -> list[Told | None]:
        """What each partner's newest mail says where it is still owed; None where nothing is."""
        found = [newest(self.session, partner) for partner in self.partners]
        return [said(mail) if mail.status == "todo" else None for mail in found]

    def confirm(self, run_id: int) -> list[Told | None]:
        shown = confirming(self.scope, self.small.cohort.id, run_id, sender=SENDER, now=NOON)
        done = confirmations.confirm_run(self.scope, run_id, sender=SENDER, now=NOON)
        assert done.partners == len(shown.partners)
        self.as_shown(shown.partners)
        return self.owed()

    def as_shown(self, shown: tuple[PartnerMail, ...]) -> None:
        """The mails that are owed are those that a preview has shown."""
        owed = [newest(self.session, partner) for partner in self.partners]
        assert [mail.payload for mail in owed if mail.status == "todo"] == [mail.facts for mail in shown]


@pytest.fixture
def told(session: Session) -> Teller:
    """Everybody has a day, and everybody, the partners too, has been told so."""
    return Teller(session, confirmed_cohort(session))


def test_a_first_confirmation_tells_each_partner_once_with_all_its_people(session: Session) -> None:
    teller = Teller(session, make_small_cohort(session))
    food, cafe = teller.small.slots
    found = teller.confirm(solved_run(session, teller.small.cohort).id)
    assert found == [
        [(teller.names(food), [], teller.names(food))],
        [(teller.names(cafe), [], teller.names(cafe))],
    ]
    assert [len(mails_to(session, partner)) for partner in teller.partners] == [1, 1]


def test_a_later_run_tells_only_the_partner_of_the_newcomer(session: Session, told: Teller) -> None:
    newcomer = make_leader(session, cohort=told.small.cohort, name="Zoë New")
    found = told.confirm(solved_run(session, told.small.cohort).id)
    assert found == [None, [([newcomer.name], [], told.names(told.small.slots[1]))]]


def test_a_repair_tells_who_joined_here_and_left_there(session: Session, told: Teller) -> None:
    food, cafe = told.small.slots
    before = told.names(food), told.names(cafe)
    change = SlotChange(capacity=1)
    slot_changes.change_slot(told.scope, told.small.cohort.id, food.id, change=change, **told.call)  # type: ignore[arg-type]
    assert told.owed() == [None, None]
    found = told.confirm(solved_repair(session, told.small).repair)
    (gone,) = set(before[0]) - set(told.names(food))
    assert found == [
        [([], [gone], told.names(food))],
        [([gone], [], sorted([*before[1], gone], key=str.casefold))],
    ]


def test_a_given_seat_tells_both_partners(session: Session, told: Teller) -> None:
    food, cafe = told.small.slots
    leader, before = told.first_on(food), told.names(food)
    run_id = seats.request_seat(told.scope, told.small.cohort.id, cafe.id, leader.id, seconds=20, now=NOON)
    solve_run(session, run_id)
    found = told.confirm(run_id)
    assert found == [
        [([], [leader.name], [name for name in before if name != leader.name])],
        [([leader.name], [], told.names(cafe))],
    ]


def test_a_leader_who_leaves_is_told_to_their_partner(session: Session, told: Teller) -> None:
    food = told.small.slots[0]
    leader = told.first_on(food)
    call = (told.scope, told.small.cohort.id, leader.id)
    shown = withdrawals.preview_leader(*call, **told.call)  # type: ignore[arg-type]
    effect = withdrawals.withdraw_leader(*call, **told.call)  # type: ignore[arg-type]
    assert told.owed() == [[([], [leader.name], told.names(food))], None]
    assert shown.partners == effect.partners
    told.as_shown(effect.partners)


def test_a_day_that_is_called_off_tells_its_partner_that_nobody_comes(session: Session, told: Teller) -> None:
    food = told.small.slots[0]
    names = told.names(food)
    call = (told.scope, told.small.cohort.id, food.id)
    shown = withdrawals.preview_slot(*call, **told.call)  # type: ignore[arg-type]
    effect = withdrawals.withdraw_slot(*call, **told.call)  # type: ignore[arg-type]
    assert told.owed() == [[([], names, [])], None]
    assert [day["called_off"] for day in effect.partners[0].facts["days"]] == [True]  # type: ignore[attr-defined]
    assert shown.partners == effect.partners


def test_a_day_that_moves_is_told_to_its_partner(session: Session, told: Teller) -> None:
    food = told.small.slots[0]
    call = (told.scope, told.small.cohort.id, food.id)
    change = SlotChange(date=(food.starts_at + timedelta(days=1)).date())
    shown = slot_changes.preview_change(*call, change=change, **told.call)  # type: ignore[arg-type]
    effect = slot_changes.change_slot(*call, change=change, **told.call)  # type: ignore[arg-type]
    assert told.owed() == [[([], [], told.names(food))], None]
    assert shown.partners == effect.partners
    assert [day["before"] for day in effect.partners[0].facts["days"]] == [  # type: ignore[attr-defined]
        "Wednesday 3 February 2027, 9:30am to 4pm"
    ]


def test_who_comes_back_has_no_place_so_nobody_is_told(session: Session, told: Teller) -> None:
    food = told.small.slots[0]
    leader = told.first_on(food)
    withdrawals.withdraw_leader(told.scope, told.small.cohort.id, leader.id, **told.call)  # type: ignore[arg-type]
    withdrawals.withdraw_slot(told.scope, told.small.cohort.id, food.id, **told.call)  # type: ignore[arg-type]
    send_all(session)
    before = [len(mails_to(session, partner)) for partner in told.partners]
    restoring.restore_leader(told.scope, told.small.cohort.id, leader.id, now=NOON)
    restoring.restore_slot(told.scope, told.small.cohort.id, food.id, now=NOON)
    assert [len(mails_to(session, partner)) for partner in told.partners] == before


def test_what_is_undone_before_anything_was_sent_is_never_told(session: Session, told: Teller) -> None:
    food = told.small.slots[0]
    day, later = food.starts_at.date(), (food.starts_at + timedelta(days=1)).date()
    for date in (later, day):
        change = SlotChange(date=date)
        slot_changes.change_slot(told.scope, told.small.cohort.id, food.id, change=change, **told.call)  # type: ignore[arg-type]
    assert [mail.status for mail in mails_to(session, told.partners[0])] == ["sent", "cancelled"]


CHANGES_PLACEMENTS = {"open_placements", "end_placements", "tell_moved"}


def test_every_service_that_changes_placements_tells_the_partners() -> None:
    """A repair leaves it to the confirmation, which is the only one that carries it out."""
    folder = Path(placement.services.__file__).parent
    changing, telling = set(), set()
    for path in folder.rglob("*.py"):
        calls = {
            _name(node.func)
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        }
        if calls & CHANGES_PLACEMENTS:
            changing.add(path.stem)
        if "partner_news.owe" in calls:
            telling.add(path.stem)
    assert changing - telling == {"repairs"}
    assert changing


def _name(called: ast.expr) -> str:
    if (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id == "partner_news"
    ):
        return f"partner_news.{called.attr}"
    return getattr(called, "attr", getattr(called, "id", ""))
