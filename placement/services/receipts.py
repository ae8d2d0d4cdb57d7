"""The receipt that leaders get by mail when they hand in their answers: what they said, frozen as it was."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.sender import Sender
from placement.domain.text import clean_line, date_in_words, day_in_words, shorten, time_in_words
from placement.models import Leader, Opportunity
from placement.services import outbox
from placement.services.invites import name_beside
from placement.services.wordings import intros

KIND = "answers_received"
LONGEST_LINE = 300


def owe_receipt(
    session: Session,
    leader: Leader,
    *,
    order: Sequence[int],
    answers: Mapping[date, str],
    sender: Sender,
    now: datetime,
) -> None:
    """Owe the leader a copy of what they have handed in: choices in `order`, and `answers` to dates."""
    outbox.owe(
        session, receipt(session, leader, order=order, answers=answers, sender=sender, now=now), now=now
    )


def receipt(
    session: Session,
    leader: Leader,
    *,
    order: Sequence[int],
    answers: Mapping[date, str],
    sender: Sender,
    now: datetime,
) -> Letter:
    """The copy, which is owed once for each time of handing in; writes nothing."""
    cohort, programme = leader.cohort, leader.cohort.programme.name
    closes_at = cohort.preferences_close_at
    subject, to = f"answers:{leader.id}:{now.isoformat()}", Mailbox(leader.name, leader.user.email)
    return Letter(
        kind=KIND,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, KIND, to.address, sender.domain),
        payload={
            "programme": _line(programme),
            "cohort": _line(name_beside(cohort.name, programme)),
            "intro": intros(session, [cohort.id])[cohort.id, KIND],
            "about": {"user_id": leader.user_id, "leader_id": leader.id},
            "submitted": _moment(now),
            "closes": _moment(closes_at) if closes_at else "",
            "choices": _titles(session, order),
            "cannot": _days(answers, "cannot"),
            "if_need_be": _days(answers, "if_need_be"),
            "can": sum(answer == "can" for answer in answers.values()),
            "page_url": sender.link(f"/leader/{leader.id}/check"),
        },
        cohort_id=cohort.id,
    )


def _titles(session: Session, order: Sequence[int]) -> list[list[str]]:
    """Title and partner of each choice, first choice first."""
    rows = session.scalars(select(Opportunity).where(Opportunity.id.in_(order))).unique()
    known = {row.id: [_line(row.title), _line(row.partner.name)] for row in rows}
    return [known[one] for one in order if one in known]


def _days(answers: Mapping[date, str], word: str) -> list[str]:
    return [date_in_words(day) for day in sorted(answers) if answers[day] == word]


def _moment(at: datetime) -> str:
    return f"{day_in_words(at)}, {time_in_words(at)}"


def _line(text: str) -> str:
    return shorten(clean_line(text), LONGEST_LINE)
