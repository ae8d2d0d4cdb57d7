"""Calendar feeds: who may have one, what its token opens, and what ends it."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from placement.db import db
from placement.domain.errors import FeedChanged, NotFound, NotSignedIn, TooManyRequests
from placement.domain.states import FeedPurpose
from placement.models import Feed, User
from placement.services import feeds
from placement.services.feeds import KeptTag
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_coordinator, make_leader, make_user
from tests.factories.programmes import make_cohort

PURPOSES: tuple[FeedPurpose, ...] = ("leader", "partner", "coordinator")


@dataclass(frozen=True)
class World:
    """One cohort, its people, and whose days each purpose is about."""

    people: dict[str, User]
    subjects: dict[FeedPurpose, int]


def make_world(session: Session) -> World:
    cohort = make_cohort(session)
    leader, slot = make_leader(session, cohort=cohort), make_slot(session, cohort=cohort)
    partner = slot.opportunity.partner
    people = {
        "leader": leader.user,
        "partner": partner.user,
        "coordinator": make_coordinator(session, cohort=cohort).user,
        "viewer": make_coordinator(session, cohort=cohort, role="viewer").user,
        "nobody": make_user(session),
    }
    return World(people, {"leader": leader.id, "partner": partner.id, "coordinator": cohort.id})


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def ada(session: Session, world: World) -> Scope:
    """The leader."""
    return Scope.of_user(session, world.people["leader"].id)


def token_in(path: str) -> str:
    return path.removeprefix("/feed/").removesuffix(".ics")


def make(scope: Scope, world: World, purpose: FeedPurpose = "leader", *, seen: int = 0) -> str:
    """Make the feed and return its token."""
    return token_in(feeds.make_feed(scope, purpose, world.subjects[purpose], seen=seen, now=NOON))


def test_a_token_has_192_random_bits_and_is_new_each_time(ada: Scope, world: World) -> None:
    tokens = []
    for _ in range(20):
        seen = feeds.feed_state(ada, "leader", world.subjects["leader"]).feed_id
        tokens.append(make(ada, world, seen=seen))
    assert len(set(tokens)) == 20
    assert {len(base64.urlsafe_b64decode(token)) * 8 for token in tokens} == {192}


def test_the_database_holds_no_token_anywhere(ada: Scope, world: World) -> None:
    token = make(ada, world)
    for table in db.metadata.sorted_tables:
        rows = ada.session.execute(text(f'SELECT * FROM "{table.name}"')).all()
        assert token not in repr(rows)
    assert ada.session.query(Feed).one().token_hash == feeds.token_hash(token)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_only_somebody_whose_days_they_are_can_make_see_and_stop_a_feed(
    session: Session, world: World, purpose: FeedPurpose
) -> None:
    theirs = make_world(session)
    subject = world.subjects[purpose]
    asked: tuple[Callable[[Scope], object], ...] = (
        lambda scope: feeds.feed_state(scope, purpose, subject),
        lambda scope: feeds.make_feed(scope, purpose, subject, seen=0, now=NOON),
        lambda scope: feeds.stop_feed(scope, purpose, subject, seen=0, now=NOON),
    )
    others = {who: user for who, user in world.people.items() if who != purpose}
    for user in [*others.values(), *theirs.people.values()]:
        for ask in asked:
            with pytest.raises(NotFound):
                ask(Scope.of_user(session, user.id))
    assert session.query(Feed).count() == 0
    make(Scope.of_user(session, world.people[purpose].id), world, purpose)
    assert session.query(Feed).count() == 1


def test_the_service_itself_has_no_feed(scope: Scope, world: World) -> None:
    with pytest.raises(NotSignedIn):
        make(scope, world)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_token_opens_the_days_that_it_was_made_for(
    session: Session, world: World, purpose: FeedPurpose
) -> None:
    user = world.people[purpose]
    token = make(Scope.of_user(session, user.id), world, purpose)
    opened = feeds.open_feed(session.connection(), token, now=NOON)
    assert opened is not None
    assert (opened.user_id, opened.purpose, opened.subject_id) == (user.id, purpose, world.subjects[purpose])


def test_what_is_no_token_opens_nothing(session: Session, ada: Scope, world: World) -> None:
    token = make(ada, world)
    wrong = ("", "x", token[:-1], f"{token}A", token.swapcase(), feeds.token_hash(token), "é\0")
    assert [feeds.open_feed(session.connection(), one, now=NOON) for one in wrong] == [None] * len(wrong)


def test_a_new_address_ends_the_old_one_at_once(session: Session, ada: Scope, world: World) -> None:
    old = make(ada, world)
    first = feeds.feed_state(ada, "leader", world.subjects["leader"]).feed_id
    new = make(ada, world, seen=first)
    assert feeds.open_feed(session.connection(), old, now=NOON) is None
    opened = feeds.open_feed(session.connection(), new, now=NOON)
    assert opened is not None
    assert feeds.feed_state(ada, "leader", world.subjects["leader"]).feed_id == opened.feed_id != first


def test_a_stopped_feed_opens_nothing_and_can_be_made_anew(
    session: Session, ada: Scope, world: World
) -> None:
    subject = world.subjects["leader"]
    old = make(ada, world)
    state = feeds.feed_state(ada, "leader", subject)
    feeds.stop_feed(ada, "leader", subject, seen=state.feed_id, now=NOON)
    assert feeds.open_feed(session.connection(), old, now=NOON) is None
    stopped = feeds.feed_state(ada, "leader", subject)
    assert (stopped.feed_id, stopped.made_at, stopped.last_used_at) == (0, None, None)
    assert feeds.open_feed(session.connection(), make(ada, world), now=NOON) is not None
    assert feeds.open_feed(session.connection(), old, now=NOON) is None


def test_a_page_that_is_out_of_date_changes_nothing(session: Session, ada: Scope, world: World) -> None:
    subject = world.subjects["leader"]
    token = make(ada, world)
    seen = feeds.feed_state(ada, "leader", subject).feed_id
    for stale in (0, seen + 1, -1, 10**30):
        with pytest.raises(FeedChanged):
            make(ada, world, seen=stale)
        with pytest.raises(FeedChanged):
            feeds.stop_feed(ada, "leader", subject, seen=stale, now=NOON)
    assert feeds.open_feed(session.connection(), token, now=NOON) is not None
    assert session.query(Feed).count() == 1


def test_feeds_of_one_person_for_different_days_live_side_by_side(session: Session, world: World) -> None:
    user = world.people["leader"]
    second = make_leader(session, user=user)
    make_coordinator(session, cohort=second.cohort, user=user)
    scope = Scope.of_user(session, user.id)
    paths = [
        feeds.make_feed(scope, "leader", world.subjects["leader"], seen=0, now=NOON),
        feeds.make_feed(scope, "leader", second.id, seen=0, now=NOON),
        feeds.make_feed(scope, "coordinator", second.cohort_id, seen=0, now=NOON),
    ]
    opened = [feeds.open_feed(session.connection(), token_in(path), now=NOON) for path in paths]
    assert None not in opened
    assert len({one.feed_id for one in opened if one}) == 3


def test_the_last_use_is_shown_and_noted_once_in_a_while(session: Session, ada: Scope, world: World) -> None:
    token = make(ada, world)
    opened = feeds.open_feed(session.connection(), token, now=NOON)
    assert opened is not None
    assert opened.unmarked
    kept = KeptTag("a" * 64, opened.state("1"), NOON)
    feeds.note_read(session, opened.feed_id, kept, now=NOON)
    session.expire_all()
    assert feeds.feed_state(ada, "leader", world.subjects["leader"]).last_used_at == NOON
    for later, unmarked in ((timedelta(minutes=59), False), (timedelta(hours=1), True)):
        again = feeds.open_feed(session.connection(), token, now=NOON + later)
        assert again is not None
        assert again.unmarked == unmarked
        assert again.kept == kept


def test_addresses_that_open_nothing_are_counted_by_where_they_come_from(session: Session) -> None:
    for _ in range(feeds.MISSES.most):
        feeds.count_miss(session, remote="192.0.2.1", now=NOON)
    with pytest.raises(TooManyRequests):
        feeds.count_miss(session, remote="192.0.2.1", now=NOON)
    feeds.count_miss(session, remote="192.0.2.2", now=NOON)
    feeds.count_miss(session, remote="192.0.2.1", now=NOON + feeds.MISSES.window)


def test_making_and_stopping_is_on_record_without_the_token(
    session: Session, ada: Scope, world: World
) -> None:
    token = make(ada, world)
    seen = feeds.feed_state(ada, "leader", world.subjects["leader"]).feed_id
    feeds.stop_feed(ada, "leader", world.subjects["leader"], seen=seen, now=NOON)
    events = session.execute(text("SELECT actor, verb, subject, facts FROM audit_event ORDER BY id")).all()
    assert [(event.actor, event.verb, event.subject) for event in events] == [
        (ada.actor.label, "make_feed", f"feed:{seen}"),
        (ada.actor.label, "stop_feed", f"feed:{seen}"),
    ]
    assert token not in repr(events)
