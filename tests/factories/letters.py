"""What people have said about mails."""

from typing import Any

from sqlalchemy.orm import Session

from placement.models import Cohort, OptOut, User, Wording
from tests.factories.clock import NOON
from tests.factories.people import make_user
from tests.factories.programmes import make_cohort


def make_wording(
    session: Session, *, cohort: Cohort | None = None, kind: str = "thank_you", **facts: Any
) -> Wording:
    """A coordinator's words before the thank-you mails of `cohort`."""
    cohort = cohort or make_cohort(session)
    defaults = {"intro": "It was good to see you.", "updated_at": NOON}
    wording = Wording(**(defaults | {"cohort_id": cohort.id, "kind": kind} | facts))
    session.add(wording)
    session.flush()
    return wording


def make_opt_out(session: Session, *, user: User | None = None, sort: str = "reminders") -> OptOut:
    """Somebody who wants no reminders."""
    made = OptOut(user_id=(user or make_user(session)).id, sort=sort, since=NOON)
    session.add(made)
    session.flush()
    return made
