"""A season of a thousand days: one leader goes to all of them, all are at one partner, in one cohort."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import insert
from sqlalchemy.orm import Session

from placement.config import sqlite_url
from placement.db import unit_of_work
from placement.domain.states import FeedPurpose
from placement.models import (
    Cohort,
    Coordinator,
    Invite,
    Leader,
    Opportunity,
    Organisation,
    Partner,
    Placement,
    Programme,
    Site,
    Slot,
    User,
)
from placement.services import feeds
from placement.services.scope import Scope

EVENTS = 1_000
SITES, OPPORTUNITIES = 10, 20
LOCAL_SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"
NOTES = "Wear flat shoes, please; the yard is steep. Bring a packed lunch: the kettle is always on."


def make_season(now: datetime, *, events: int = EVENTS) -> dict[FeedPurpose, str]:
    """Write the season into the database, with two people on each day; the paths of the three feeds."""
    with unit_of_work() as session:
        cohort, people = _people(session, now)
        partner_id = _partner(session, cohort, people["partner"])
        places = _places(session, cohort, partner_id)
        leaders = _leaders(session, cohort, [people["leader"], people["other"]])
        _days(session, cohort, partner_id, places, leaders, now, events)
        subjects: dict[FeedPurpose, int] = {
            "leader": leaders[0],
            "partner": partner_id,
            "coordinator": cohort,
        }
        return {
            purpose: feeds.make_feed(
                Scope.of_user(session, people[purpose]), purpose, subject, seen=0, now=now
            )
            for purpose, subject in subjects.items()
        }


def _people(session: Session, now: datetime) -> tuple[int, dict[str, int]]:
    programme = Programme(name="100 System Leaders")
    session.add(programme)
    session.flush()
    cohort = Cohort(name="Fylde Coast", programme_id=programme.id, created_at=now, seed="seed")
    users = {name: User(email=f"{name}@bench.example", name=name) for name in ("leader", "other", "partner")}
    users["coordinator"] = User(email="coordinator@bench.example", name="coordinator")
    session.add_all([cohort, *users.values()])
    session.flush()
    session.add(Coordinator(cohort_id=cohort.id, user_id=users["coordinator"].id, role="coordinator"))
    session.flush()
    return cohort.id, {name: user.id for name, user in users.items()}


def _partner(session: Session, cohort: int, user: int) -> int:
    partner = Partner(
        cohort_id=cohort,
        user_id=user,
        name="Seaport Food Bank",
        contact_name="Kate Hooper",
        phone="01632 960575",
    )
    session.add(partner)
    session.flush()
    return partner.id


def _places(session: Session, cohort: int, partner: int) -> list[int]:
    keys = {"cohort_id": cohort, "partner_id": partner}
    sites = [
        Site(
            **keys,
            address=f"{number} James Road, Seaport",
            postcode="FY1 1PR",
            latitude=53.82,
            longitude=-3.04,
        )
        for number in range(SITES)
    ]
    session.add_all(sites)
    session.flush()
    offers = [
        Opportunity(
            **keys,
            site_id=sites[number % SITES].id,
            reference=f"offer-{number}",
            title=f"Sorting and handing out food parcels, round {number}",
            what_to_know=NOTES,
        )
        for number in range(OPPORTUNITIES)
    ]
    session.add_all(offers)
    session.flush()
    return [offer.id for offer in offers]


def _leaders(session: Session, cohort: int, users: list[int]) -> list[int]:
    trust = Organisation(cohort_id=cohort, name="Bay Hospitals Trust")
    session.add(trust)
    session.flush()
    names = ("Zoë Okafor", "Ben Hill")
    leaders = [
        Leader(cohort_id=cohort, user_id=user, name=name, organisation_id=trust.id)
        for user, name in zip(users, names, strict=True)
    ]
    session.add_all(leaders)
    session.flush()
    return [leader.id for leader in leaders]


def _days(
    session: Session,
    cohort: int,
    partner: int,
    offers: list[int],
    leaders: list[int],
    now: datetime,
    events: int,
) -> None:
    first = now.astimezone(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    hours = [
        {"starts_at": start, "ends_at": start + timedelta(hours=6)}
        for start in (first + timedelta(days=day) for day in range(1, events + 1))
    ]
    slots = [
        {
            "id": number,
            "cohort_id": cohort,
            "partner_id": partner,
            "opportunity_id": offers[number % len(offers)],
            "reference": f"day-{number}",
            "capacity": 4,
            **when,
        }
        for number, when in enumerate(hours, start=1)
    ]
    session.execute(insert(Slot), slots)
    pairs = [(leader, slot) for slot in slots for leader in leaders]
    keys = [{"id": n, "cohort_id": cohort, "leader_id": pair[0]} for n, pair in enumerate(pairs, start=1)]
    session.execute(
        insert(Placement),
        [
            {**key, "slot_id": slot["id"], "rank": 1, "confirmed_at": now, **hours[int(str(slot["id"])) - 1]}
            for key, (_, slot) in zip(keys, pairs, strict=True)
        ],
    )
    session.execute(
        insert(Invite),
        [
            {
                **key,
                "placement_id": key["id"],
                "uid": f"{uuid4()}@bench.example",
                "dtstamp": now,
                "created_at": now,
                "state": "sent",
            }
            for key in keys
        ],
    )


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """The kinds of database that are here, each with the URL of a new one."""
    yield "SQLite", sqlite_url(folder / "season.sqlite3")
    server = os.environ.get("PLACEMENT_TEST_POSTGRES_URL", LOCAL_SERVER).replace("+psycopg", "")
    try:
        psycopg.connect(server, connect_timeout=3).close()
    except psycopg.OperationalError:
        return
    with _database_on(server) as url:
        yield "PostgreSQL", url


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    name = f"placement_bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield f"{server.rpartition('/')[0]}/{name}".replace("postgresql://", "postgresql+psycopg://")
        finally:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
