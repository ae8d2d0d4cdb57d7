"""A cohort in mid-season: a day that two leaders have, and the mails that the calendar asks for."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from placement.domain.letters import Letter
from placement.models import Cohort, Invite, Leader, Message, Slot
from placement.services import outbox, reminder_checks, reminders
from placement.services.mail_links import MailLinks
from placement.services.scope import Scope
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_slot
from tests.factories.people import make_leader
from tests.factories.placements import make_invite, make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.small_cohort import SENDER

LINKS = MailLinks(SENDER, "a secret for tests alone")
LONDON = ZoneInfo("Europe/London")
STARTS_AT = FIRST_DAY
"""Wednesday 3 February 2027, 9:30am."""
WEEK_BEFORE = datetime(2027, 1, 27, 9, 0, tzinfo=LONDON)
DAY_BEFORE = datetime(2027, 2, 2, 9, 0, tzinfo=LONDON)
DAY_AFTER = datetime(2027, 2, 4, 9, 0, tzinfo=LONDON)
WEEK_AFTER = datetime(2027, 2, 10, 9, 0, tzinfo=LONDON)
LATER = timedelta(minutes=5)


@dataclass(frozen=True)
class MidSeason:
    """The rows of the cohort: `leaders` have the day, with an invite that has left."""

    cohort: Cohort
    slot: Slot
    leaders: list[Leader]
    invites: list[Invite]


def in_a_week() -> datetime:
    """A moment whose reminder of seven days before came in the last 24 hours, and may go for 24 more."""
    day = (datetime.now(LONDON) - timedelta(hours=9)).date() + timedelta(days=7)
    return datetime.combine(day, time(12), LONDON)


def make_mid_season(
    session: Session, *, starts_at: datetime = STARTS_AT, told_at: datetime = NOON
) -> MidSeason:
    """Two leaders who were told at `told_at` that they are confirmed on one day."""
    cohort = make_cohort(session)
    hospital = make_organisation(session, cohort=cohort, name="Seaport Hospital")
    slot = make_slot(session, cohort=cohort, starts_at=starts_at)
    leaders = [
        make_leader(session, cohort=cohort, organisation_id=hospital.id, submitted_at=NOON) for _ in range(2)
    ]
    placements = [make_placement(session, leader=leader, slot=slot) for leader in leaders]
    invites = [
        make_invite(session, placement=placement, state="sent", dtstamp=told_at) for placement in placements
    ]
    session.expire_all()
    return MidSeason(cohort, slot, leaders, invites)


def due(session: Session, cohort: Cohort, now: datetime) -> list[Letter]:
    """What the cohort owes at `now`."""
    return reminders.due(session, cohort.id, links=LINKS, now=now)


def kinds(session: Session, cohort: Cohort, now: datetime) -> list[str]:
    """The kinds of the letters that the cohort owes at `now`."""
    return sorted(letter.kind for letter in due(session, cohort, now))


def owe(session: Session, cohort: Cohort, now: datetime) -> int:
    """Owe what is due at `now`; how many letters."""
    scope = Scope.system(session)
    return reminders.owe_due(scope, cohort.id, links=LINKS, now=now)


def leaving(session: Session, now: datetime) -> list[str]:
    """The kinds of the owed mails that a worker would send at `now`."""
    session.expire_all()
    claimed = outbox.claim_due(session, token="worker", now=now, limit=100)
    kept = reminder_checks.still_wanted(session, claimed, token="worker", now=now)
    session.expire_all()
    return sorted(message.kind for message in kept)


def unsent(session: Session) -> None:
    """Let the mails be claimed again."""
    session.execute(
        update(Message)
        .where(Message.status.in_(("sending", "cancelled")))
        .values(status="todo", lease_token=None, lease_until=None)
    )


def statuses(session: Session) -> list[str]:
    """How the mails stand."""
    return sorted(session.scalars(select(Message.status)))
