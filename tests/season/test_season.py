"""A whole season's mails: every rule kept, read alike by programs of others, and right when replayed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from email import message_from_bytes, policy
from itertools import pairwise

import pytest
from sqlalchemy import or_, select

from placement.db import reading, unit_of_work
from placement.domain.states import FeedPurpose
from placement.models import Cohort, Event, EventGuest, Invite, Leader, Partner, Placement, User
from placement.services import feeds
from placement.services.scope import Scope
from tests.conftest import Server
from tests.factories.people import make_coordinator
from tests.season.client import after, ways_to_arrive
from tests.season.played import STEPS, season_in
from tests.season.readers import READERS, ReaderMissing, Seen
from tests.season.story import NAMES, NEED, Season, Sent, Truth, truth_of
from tests.smtp_sink import open_sink
from tests.unit.adapters.checklist import breaches, decoded
from tests.unit.adapters.checklist_calendar import LONDON, Calendar, Expected

DOMAIN = "placement.example"
STATUS = {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}


@pytest.fixture(scope="module")
def season(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """The season played to its end, once for each kind of database."""
    with (
        server.database() as url,
        open_sink() as sink,
        season_in(url, tmp_path_factory.mktemp("season"), sink) as played,
    ):
        yield played


def threads(season: Season) -> dict[str, list[Sent]]:
    """The mails of each person, in the order in which they were sent."""
    found: dict[str, list[Sent]] = defaultdict(list)
    for mail in season.sent:
        found[mail.truth.recipient].append(mail)
    return found


def meant(truth: Truth) -> Seen:
    """What every reader must find in a mail of which this is true."""
    return Seen(
        method=truth.method,
        uid=truth.uid,
        sequence=truth.sequence,
        stamp=truth.stamp.replace(microsecond=0),
        status=STATUS[truth.method],
        summary=truth.summary,
        location=truth.location,
        organizer="mailto:placements@placement.example",
        attendees=(f"mailto:{truth.recipient}",),
        starts=truth.starts_at,
        ends=truth.ends_at,
    )


def test_the_season_holds_every_kind_of_message(season: Season) -> None:
    """Without this, an empty season would pass all that follows."""
    told = Counter((mail.truth.method, min(mail.truth.sequence, 1)) for mail in season.sent)
    assert told["REQUEST", 0] >= len(NAMES) + 3
    assert told["REQUEST", 1] >= 7
    assert told["CANCEL", 1] >= 5
    assert {mail.step for mail in season.sent} >= {step.__name__ for step in STEPS[:-1]}
    quiet = [mail for mail in season.sent if mail.step == STEPS[-1].__name__]
    assert quiet == [], "who never heard of a day hears of no cancellation"


def test_every_mail_keeps_every_rule(season: Season) -> None:
    older: dict[str, Calendar] = {}
    broken = {}
    for mail in season.sent:
        truth = mail.truth
        expected = Expected(
            method=truth.method,
            recipient=truth.recipient,
            title=truth.title,
            link=truth.link,
            starts_at=truth.starts_at,
            ends_at=truth.ends_at,
            older=older.get(truth.uid),
        )
        if found := breaches(mail.octets, expected, DOMAIN):
            broken[mail.step, truth.summary] = found
        older[truth.uid] = Calendar(mail.calendar)
    assert broken == {}


@pytest.mark.parametrize("reader", READERS)
def test_another_program_reads_what_was_meant_by_the_zone_that_was_sent(season: Season, reader: str) -> None:
    try:
        found = READERS[reader]([mail.calendar for mail in season.sent])
    except ReaderMissing as missing:
        pytest.skip(f"not found here: {missing}")
    assert len(found) == len(season.sent)
    for seen, mail in zip(found, season.sent, strict=True):
        assert seen == meant(mail.truth), mail.step


def test_numbers_of_an_entry_only_rise_and_a_cancellation_is_the_last_word(season: Season) -> None:
    by_uid: dict[str, list[Truth]] = defaultdict(list)
    for mail in season.sent:
        by_uid[mail.truth.uid].append(mail.truth)
    for told in by_uid.values():
        numbers = [(truth.sequence, truth.stamp) for truth in told]
        assert numbers == sorted(set(numbers))
        assert [truth.method for truth in told[:-1]] == ["REQUEST"] * (len(told) - 1)
        for older, newer in pairwise(told):
            moved = (older.starts_at, older.ends_at) != (newer.starts_at, newer.ends_at)
            assert newer.sequence > older.sequence or not moved
    revived = [truth.uid for told in by_uid.values() for truth in told[1:] if truth.sequence == 0]
    assert revived == []


def test_each_thread_replayed_in_any_way_ends_in_what_the_database_says(season: Season) -> None:
    with reading() as session:
        everybody = session.scalars(select(User.email).join(Leader, Leader.user_id == User.id))
        standing: dict[str, list[Seen]] = {email: [] for email in everybody}
        live = session.execute(
            select(User.email, Invite)
            .select_from(Invite)
            .join(Leader, Leader.id == Invite.leader_id)
            .join(User, User.id == Leader.user_id)
            .outerjoin(Placement, Placement.id == Invite.placement_id)
            .outerjoin(Event, Event.id == Invite.event_id)
            .outerjoin(
                EventGuest,
                (EventGuest.event_id == Event.id)
                & (EventGuest.leader_id == Leader.id)
                & EventGuest.removed_at.is_(None),
            )
            .where(
                or_(Placement.status == "confirmed", (Event.status == "planned") & EventGuest.id.is_not(None))
            )
            .order_by(Invite.uid)
        )
        for email, invite in live:
            standing[email].append(meant(truth_of(invite, email, season.sender)))
    wrong = []
    for recipient, mails in threads(season).items():
        seen = READERS["vobject"]([mail.calendar for mail in mails])
        wrong += [
            (recipient, way) for way, order in ways_to_arrive(seen) if after(order) != standing[recipient]
        ]
    assert wrong == []
    assert sum(map(bool, standing.values())) >= 10
    assert [] in standing.values()


def test_a_thread_that_is_wrong_would_be_seen(season: Season) -> None:
    """A cancellation under another UID, or one that is not newer, leaves an entry standing."""
    read = (READERS["vobject"]([mail.calendar for mail in mails]) for mails in threads(season).values())
    *before, last = next(seen for seen in read if not after(seen))
    assert last.method == "CANCEL"
    assert after([*before, _changed(last, uid="another")]) != []
    assert after([*before, _changed(last, sequence=before[-1].sequence, stamp=before[-1].stamp)]) != []


def _changed(seen: Seen, **facts: object) -> Seen:
    return Seen(**(vars(seen) | facts))


def test_no_mail_and_no_feed_tells_an_access_need_and_no_feed_an_address(season: Season) -> None:
    for mail in season.sent:
        parts = message_from_bytes(mail.octets, policy=policy.default).walk()
        said = [mail.octets, *(decoded(part) for part in parts if not part.is_multipart())]
        assert not [octets for octets in said if b"Planted" in octets or NEED.encode() in octets]
    with reading() as session:
        addresses = session.scalars(select(User.email)).all()
    for purpose, calendars in calendars_of(season).items():
        text = "".join(calendars).replace("\r\n ", "")
        assert text.count("BEGIN:VEVENT") >= 10, purpose
        assert [one for one in ("mailto:", "Planted", NEED, *addresses) if one in text] == []


def test_the_feed_of_each_person_shows_what_their_mails_left_in_the_calendar(season: Season) -> None:
    with reading() as session:
        emails = {leader.id: leader.user.email for leader in session.scalars(select(Leader))}
    mails, compared = threads(season), 0
    for text in calendars_of(season)["leader"]:
        calendar = Calendar(text.encode())
        link = next((line.value for line in calendar.all("URL")), None)
        if link is None:
            continue
        recipient = emails[int(link.split("/")[-2])]
        shown = after(READERS["vobject"]([mail.calendar for mail in mails[recipient]]))
        live = [
            (uid.value, sequence.value, start.value)
            for uid, sequence, start, status in zip(
                *(calendar.all(name) for name in ("UID", "SEQUENCE", "DTSTART", "STATUS")), strict=True
            )
            if status.value == "CONFIRMED"
        ]
        assert sorted(live) == [
            (entry.uid, f"{entry.sequence}", f"{entry.starts.astimezone(LONDON):%Y%m%dT%H%M%S}")
            for entry in shown
        ]
        compared += len(live)
    assert compared >= 10


def calendars_of(season: Season) -> dict[FeedPurpose, list[str]]:
    """Every feed that there can be, read once by its address as calendar programs do."""
    if season.feeds:
        return season.feeds
    with unit_of_work() as session:
        owners: list[tuple[FeedPurpose, int, int]] = [
            *(("leader", row.user_id, row.id) for row in session.scalars(select(Leader))),
            *(("partner", row.user_id, row.id) for row in session.scalars(select(Partner))),
        ]
        cohort = session.get_one(Cohort, season.cohort_id)
        owners.append(("coordinator", make_coordinator(session, cohort=cohort).user_id, cohort.id))
        paths = [
            (purpose, feeds.make_feed(Scope.of_user(session, user), purpose, subject, seen=0, now=season.now))
            for purpose, user, subject in owners
        ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("placement.web.auth.now", season.clock)
        for purpose, path in paths:
            answer = season.app.test_client().get(path)
            assert answer.status_code == 200
            season.feeds[purpose].append(answer.text)
    return season.feeds
