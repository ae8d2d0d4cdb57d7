"""Many clients write at the same moment, each on a connection of its own."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from placement.db import db, reading, unit_of_work
from placement.models import AuditEvent, Leader, Placement, Slot
from placement.services import audit
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort

CLIENTS = 16
CLAIMS = 3  # by each client
CAPACITY = 10


def all_at_once(app: Flask, claim: Callable[[int], str]) -> Counter[str]:
    """Call `claim` in all clients, which set off together; count what they report."""
    start = Barrier(CLIENTS)

    def client(number: int) -> list[str]:
        with app.app_context():
            start.wait()
            return [claim(number * CLAIMS + turn) for turn in range(CLAIMS)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(word for words in pool.map(client, range(CLIENTS)) for word in words)


def claim_place(leader_id: int, slot_id: int) -> str:
    """Try to place a leader; says "placed", or which limit refused."""
    try:
        with unit_of_work() as session:
            leader, slot = session.get_one(Leader, leader_id), session.get_one(Slot, slot_id)
            make_placement(session, leader=leader, slot=slot)
    except IntegrityError as refused:
        limits = ("taken_within_capacity", "no_overlap")
        return next((limit for limit in limits if limit in str(refused.orig)), str(refused.orig))
    return "placed"


def test_exactly_as_many_get_in_as_the_slot_has_places(app: Flask) -> None:
    with unit_of_work() as session:
        cohort = make_cohort(session)
        slot_id = make_slot(session, cohort=cohort, capacity=CAPACITY).id
        leaders = [make_leader(session, cohort=cohort).id for _ in range(CLIENTS * CLAIMS)]
    outcomes = all_at_once(app, lambda turn: claim_place(leaders[turn], slot_id))
    assert outcomes == {"placed": CAPACITY, "taken_within_capacity": CLIENTS * CLAIMS - CAPACITY}
    with reading() as session:
        assert session.get_one(Slot, slot_id).taken == CAPACITY
        assert session.scalar(select(func.count()).select_from(Placement)) == CAPACITY


def test_one_leader_claimed_by_many_gets_one_place(app: Flask) -> None:
    with unit_of_work() as session:
        cohort = make_cohort(session)
        leader_id = make_leader(session, cohort=cohort).id
        slots = [make_slot(session, cohort=cohort).id for _ in range(CLIENTS * CLAIMS)]
    outcomes = all_at_once(app, lambda turn: claim_place(leader_id, slots[turn]))
    assert outcomes == {"placed": 1, "no_overlap": CLIENTS * CLAIMS - 1}
    with reading() as session:
        assert session.scalar(select(func.sum(Slot.taken))) == 1


def test_the_audit_chain_never_forks(app: Flask) -> None:
    def tell(turn: int) -> str:
        with unit_of_work() as session:
            audit.record(Scope.system(session), "confirm_run", f"match_run:{turn}", at=NOON, turn=turn)
        return "told"

    assert all_at_once(app, tell) == {"told": CLIENTS * CLAIMS}
    with reading() as session:
        events = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        hashes = [audit.FIRST_HASH, *(event.hash for event in events)]
        assert [event.previous_hash for event in events] == hashes[:-1]
        assert [audit.chained_hash(event) for event in events] == hashes[1:]
    db.session.remove()
