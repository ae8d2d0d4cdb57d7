"""Users, and what they are: coordinators, leaders, partners. All synthetic, all in `.example`."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, Coordinator, Leader, Partner, User
from tests.factories.clock import next_number
from tests.factories.programmes import make_cohort


def make_user(session: Session, **facts: Any) -> User:
    """Whoever reads one mailbox."""
    number = next_number()
    user = User(**({"email": f"person{number}@people.example", "name": f"Person {number}"} | facts))
    session.add(user)
    session.flush()
    return user


def make_coordinator(
    session: Session, *, cohort: Cohort | None = None, user: User | None = None, **facts: Any
) -> Coordinator:
    """Somebody who runs the match of `cohort`."""
    cohort = cohort or make_cohort(session)
    user = user or make_user(session)
    coordinator = Coordinator(**({"cohort_id": cohort.id, "user_id": user.id} | facts))
    session.add(coordinator)
    session.flush()
    return coordinator


def make_leader(
    session: Session, *, cohort: Cohort | None = None, user: User | None = None, **facts: Any
) -> Leader:
    """A leader who needs one day and may go anywhere."""
    cohort = cohort or make_cohort(session)
    user = user or make_user(session)
    defaults = {
        "name": user.name,
        "sector": "hospital",
        "role": "ward manager",
        "base_postcode": "FY1 1AA",
        "latitude": 53.8175,
        "longitude": -3.0500,
    }
    leader = Leader(**(defaults | {"cohort_id": cohort.id, "user_id": user.id} | facts))
    session.add(leader)
    session.flush()
    return leader


def make_partner(
    session: Session, *, cohort: Cohort | None = None, user: User | None = None, **facts: Any
) -> Partner:
    """A partner with a mailbox of its own."""
    cohort = cohort or make_cohort(session)
    number = next_number()
    user = user or make_user(session, email=f"charity{number}@partners.example")
    defaults = {
        "name": f"Food bank {number}",
        "theme": "food",
        "contact_name": "Sam Synthetic",
        "phone": "01632 960000",
    }
    partner = Partner(**(defaults | {"cohort_id": cohort.id, "user_id": user.id} | facts))
    session.add(partner)
    session.flush()
    return partner
