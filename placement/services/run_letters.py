"""The mail to whoever asked for a run that took long, so that they need not wait beside it."""

import json
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.sender import Sender
from placement.domain.text import clean_line, shorten
from placement.models import Coordinator, MatchRun, User
from placement.services import outbox

KIND = "run_finished"
LONG = timedelta(minutes=1)
"""After so long, whoever asked has turned to something else; before, they still look at the page."""
LONGEST_LINE = 300


def owe_news_of_run(session: Session, run_id: int, *, sender: Sender) -> None:
    """Owe the mail that a run has ended, where it took long and a coordinator asked for it.

    It is owed once for each run, in the transaction that ends it.
    """
    run = session.get_one(MatchRun, run_id, populate_existing=True)
    if run.finished_at is None or run.finished_at - run.requested_at < LONG:
        return
    user = _who_asked(session, run)
    if user is not None and user.bounced_at is None:
        outbox.owe(session, _letter(run, user, sender), now=run.finished_at)


def _who_asked(session: Session, run: MatchRun) -> User | None:
    """The coordinator of the run's cohort who asked for it; None where a command or the service did."""
    kind, _, number = run.requested_by.partition(":")
    if kind != "user" or not number.isdecimal():
        return None
    return session.scalars(
        select(User)
        .join(Coordinator, Coordinator.user_id == User.id)
        .where(
            User.id == int(number),
            Coordinator.cohort_id == run.cohort_id,
            Coordinator.role == "coordinator",
        )
    ).one_or_none()


def _letter(run: MatchRun, user: User, sender: Sender) -> Letter:
    subject, reason = f"{KIND}:{run.id}", shorten(clean_line(_why_no_list(run)), LONGEST_LINE)
    return Letter(
        kind=KIND,
        subject=subject,
        recipient=Mailbox(user.name, user.email),
        message_id=message_id_for(subject, 0, KIND, user.email, sender.domain),
        payload={
            "run": run.id,
            "repair": run.kind != "match",
            "cohort": shorten(clean_line(run.cohort.name), LONGEST_LINE),
            "solved": not reason,
            "reason": reason,
            "link": sender.link(f"/coordinator/{run.cohort_id}/runs/{run.id}"),
        },
        cohort_id=run.cohort_id,
    )


def _why_no_list(run: MatchRun) -> str:
    """Why a run has no list to look at, as a sentence; empty where it has one."""
    if run.status != "solved":
        return run.failure or "The solver stopped without a result."
    infeasible = json.loads(run.result or "{}").get("status") == "infeasible"
    return "No list keeps every rule." if infeasible else ""
