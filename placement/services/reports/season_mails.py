"""All kinds of mail of a cohort's season, as the coordinator sees them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union

from placement.domain.mails import SEASON_MAILS, SeasonMail
from placement.domain.windows import RankingWindow
from placement.models import Leader, Message, OptOut, Partner
from placement.services import reminders
from placement.services.preferences import window_of
from placement.services.reminders import Asking
from placement.services.scope import Scope
from placement.services.wordings import AS_SHIPPED, Words, season_mail, words_of


@dataclass(frozen=True)
class MailState:
    """One kind of mail: what it is, what coordinators have said about it, and how many have gone."""

    mail: SeasonMail
    words: Words
    sent: int


@dataclass(frozen=True)
class SeasonMails:
    """All kinds of mail in the order in which a season has them.

    `wanting_none` counts by sort the people of the cohort who have stopped it.
    """

    cohort_id: int
    cohort: str
    mails: tuple[MailState, ...]
    wanting_none: Mapping[str, int]


@dataclass(frozen=True)
class RemindPage:
    """What reminding at once would do: how choices stand, and whom it would reach, by name."""

    cohort_id: int
    cohort: str
    window: RankingWindow
    asking: Asking
    names: tuple[str, ...]


def season_mails(scope: Scope, cohort_id: int) -> SeasonMails:
    """The kinds of mail of a cohort that the actor coordinates."""
    cohort = scope.cohort(cohort_id)
    session, words = scope.session, words_of(scope.session, cohort.id)
    counted = session.execute(
        select(Message.kind, func.count())
        .where(Message.cohort_id == cohort.id, Message.status == "sent")
        .group_by(Message.kind)
    )
    sent = {kind: number for kind, number in counted}  # noqa: C416  # a row is no pair to the type checker
    people = union(
        select(Leader.user_id).where(Leader.cohort_id == cohort.id),
        select(Partner.user_id).where(Partner.cohort_id == cohort.id),
    )
    stopped = session.scalars(select(OptOut.sort).where(OptOut.user_id.in_(people)))
    return SeasonMails(
        cohort_id=cohort.id,
        cohort=cohort.name,
        mails=tuple(
            MailState(mail, words.get(mail.kind, AS_SHIPPED), sent.get(mail.kind, 0)) for mail in SEASON_MAILS
        ),
        wanting_none=Counter(stopped),
    )


def mail_state(scope: Scope, cohort_id: int, kind: str) -> tuple[str, MailState]:
    """One kind of mail of a cohort that the actor coordinates, with the cohort's name."""
    mail, found = season_mail(kind), season_mails(scope, cohort_id)
    return found.cohort, next(state for state in found.mails if state.mail is mail)


def remind_page(scope: Scope, cohort_id: int, *, now: datetime) -> RemindPage:
    """Whom a reminder of choices would reach now, by name."""
    cohort = scope.cohort(cohort_id)
    asking = reminders.asking(scope, cohort_id, now=now)
    return RemindPage(
        cohort_id=cohort.id,
        cohort=cohort.name,
        window=window_of(scope.session, cohort, now=now),
        asking=asking,
        names=tuple(sorted((leader.name for leader in asking.leaders), key=str.casefold)),
    )
