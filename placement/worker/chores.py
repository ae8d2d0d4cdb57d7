"""Small periodic work that needs nothing but services."""

from datetime import datetime

from placement.config import Config
from placement.db import unit_of_work
from placement.services import audit_chain, closing, retention, seat_offers, swap_requests
from placement.services.scope import Scope

WORKER = "worker"


def close_preferences(config: Config, *, now: datetime) -> None:
    """Record of each cohort that its deadline for choices has gone by."""
    del config
    with unit_of_work() as session:
        closing.close_preferences(Scope.system(session, label=WORKER), now=now)


def expire_seat_offers(config: Config, *, now: datetime) -> None:
    """End the offers of seats whose time is up."""
    del config
    with unit_of_work() as session:
        seat_offers.expire_offers(Scope.system(session, label=WORKER), now=now)


def lapse_swap_requests(config: Config, *, now: datetime) -> None:
    """Note of requests for swaps that they wait no more."""
    del config
    with unit_of_work() as session:
        swap_requests.lapse_requests(Scope.system(session, label=WORKER), now=now)


def apply_retention(config: Config, *, now: datetime) -> None:
    """Remove what is kept no longer."""
    with unit_of_work() as session:
        scope = Scope.system(session, label=WORKER)
        retention.apply(scope, message_days=config.message_days, record_days=config.record_days, now=now)


def check_audit_log(config: Config, *, now: datetime) -> None:
    """Look whether the whole record of who did what is as it was written."""
    del config
    with unit_of_work() as session:
        audit_chain.check_whole(Scope.system(session, label=WORKER), now=now)
