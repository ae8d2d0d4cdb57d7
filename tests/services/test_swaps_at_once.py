"""Coordinators who grant at the same moment: each swap is made once, and nobody has two days or none."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from placement.db import reading, unit_of_work
from placement.domain.swap_errors import SwapGone, SwapOver
from placement.models import Leader, Message, Placement, Slot
from placement.services import swap_requests
from placement.services.scope import Scope
from placement.services.swaps import Target, grant_swap, preview_swap
from tests.factories.clock import NOON
from tests.services.repairing import at, confirmed_cohort
from tests.services.small_cohort import SENDER
from tests.services.swapping import ask, statuses


@dataclass(frozen=True)
class Asked:
    """Two at the food bank and one at the café who ask, by id; the café has one free seat."""

    cohort_id: int
    slots: tuple[int, int]
    at_food: tuple[int, int]
    at_cafe: int
    leaders: tuple[int, int, int]
    users: tuple[int, int, int]


@pytest.fixture
def asked(app: Flask) -> Asked:
    with app.app_context(), unit_of_work() as session:
        small = confirmed_cohort(session)
        food, cafe = small.slots
        there = [*at(session, food), next(one for one in at(session, cafe) if one.submitted_at)]
        first, second, third = (ask(session, leader).id for leader in there)
        one, other, last = there
        return Asked(
            small.cohort.id,
            (food.id, cafe.id),
            (first, second),
            third,
            (one.id, other.id, last.id),
            (one.user_id, other.user_id, last.user_id),
        )


Act = Callable[[], None]


def granting(asked: Asked, request_id: int, target: Target) -> Act:
    """Grant as a page shows it that was opened before anything was done."""
    with reading() as session:
        scope = Scope.system(session)
        shown = preview_swap(scope, asked.cohort_id, request_id, target, sender=SENDER, now=NOON)

    def act() -> None:
        with unit_of_work() as session:
            scope = Scope.system(session)
            grant_swap(
                scope, asked.cohort_id, request_id, target, seen=shown.version, sender=SENDER, now=NOON
            )

    return act


def taking_back(asked: Asked, number: int, request_id: int) -> Act:
    def act() -> None:
        with unit_of_work() as session:
            scope = Scope.of_user(session, asked.users[number])
            swap_requests.take_back_request(scope, asked.leaders[number], request_id, now=NOON)

    return act


def all_at_once(app: Flask, acts: Sequence[Act]) -> Counter[str]:
    """Let all set off together; count what became of each."""
    start = Barrier(len(acts))

    def client(act: Act) -> str:
        with app.app_context():
            start.wait()
            try:
                act()
            except (SwapGone, SwapOver):
                return "refused"
            return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(client, acts))


def stands(asked: Asked) -> dict[int, list[int]]:
    """Which days each of those who asked has; the count of each day is looked at, too."""
    with reading() as session:
        rows = session.scalars(select(Placement).where(Placement.status == "confirmed")).all()
        for slot in session.scalars(select(Slot)):
            assert slot.taken == sum(row.slot_id == slot.id for row in rows) <= slot.capacity
        return {one: [row.slot_id for row in rows if row.leader_id == one] for one in asked.leaders}


def mails(leader_id: int, kind: str) -> int:
    with reading() as session:
        address = session.get_one(Leader, leader_id).user.email
        query = select(func.count()).select_from(Message)
        return session.scalar(query.where(Message.recipient == address, Message.kind == kind)) or 0


def test_two_coordinators_who_press_the_same_button_make_one_swap(app: Flask, asked: Asked) -> None:
    with app.app_context():
        act = granting(asked, asked.at_food[0], Target(slot_id=asked.slots[1]))
        assert all_at_once(app, [act] * 6) == {"done": 1, "refused": 5}
        assert stands(asked)[asked.leaders[0]] == [asked.slots[1]]
        assert mails(asked.leaders[0], "placement_cancelled") == 1
        assert mails(asked.leaders[0], "placement_confirmed") == 2


def test_one_free_seat_is_given_to_one_of_two_who_ask_for_it(app: Flask, asked: Asked) -> None:
    with app.app_context():
        cafe = Target(slot_id=asked.slots[1])
        acts = [granting(asked, one, cafe) for one in asked.at_food]
        assert all_at_once(app, acts) == {"done": 1, "refused": 1}
        found = stands(asked)
        assert sorted(found[one] for one in asked.leaders[:2]) == sorted([[asked.slots[0]], [asked.slots[1]]])


def test_an_exchange_and_its_mirror_and_a_seat_for_one_of_them_do_one_thing(app: Flask, asked: Asked) -> None:
    with app.app_context():
        first, cafe = asked.at_food[0], asked.slots[1]
        acts = [
            granting(asked, first, Target(other_id=asked.at_cafe)),
            granting(asked, asked.at_cafe, Target(other_id=first)),
            granting(asked, first, Target(slot_id=cafe)),
        ]
        assert all_at_once(app, acts) == {"done": 1, "refused": 2}
        found = stands(asked)
        assert [len(days) for days in found.values()] == [1, 1, 1]
        assert found[asked.leaders[0]] == [cafe]


def test_taking_a_request_back_and_granting_it_do_one_or_the_other(app: Flask, asked: Asked) -> None:
    with app.app_context():
        first = asked.at_food[0]
        acts = [granting(asked, first, Target(slot_id=asked.slots[1])), taking_back(asked, 0, first)]
        assert all_at_once(app, acts) == {"done": 1, "refused": 1}
        with reading() as session:
            status = statuses(session)[0]
        kept = asked.slots[0] if status == "withdrawn" else asked.slots[1]
        assert stands(asked)[asked.leaders[0]] == [kept]
