"""Everybody of a cohort in one list: leaders and partners, how far they are, when they last had a mail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from placement.models import Leader, Message, Organisation, Partner, Placement, Slot, User
from placement.services.scope import Scope

Kind = Literal["leader", "partner"]


@dataclass(frozen=True)
class ListedPerson:
    """One leader or partner.

    `days` are the confirmed days of a leader, or the days that a partner offers; `submitted_at` is when a
    leader sent choices, `left_at` when they left the cohort; `returned`: mail to their address comes back.
    """

    kind: Kind
    id: int
    name: str
    organisation: str
    email: str
    days: int
    last_mail_at: datetime | None
    returned: bool
    submitted_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def key(self) -> str:
        """What tells this person from all others of the list: "leader:7"."""
        return f"{self.kind}:{self.id}"

    @property
    def silent(self) -> bool:
        """Whether this is a leader who has not sent choices."""
        return self.kind == "leader" and self.submitted_at is None and self.left_at is None

    @property
    def unplaced(self) -> bool:
        """Whether this is a leader without a day."""
        return self.kind == "leader" and not self.days and self.left_at is None


@dataclass(frozen=True)
class People:
    """Everybody of a cohort, by name."""

    cohort_id: int
    cohort: str
    people: tuple[ListedPerson, ...]


def people_list(scope: Scope, cohort_id: int) -> People:
    """The leaders and partners of a cohort that the actor coordinates."""
    session, cohort = scope.session, scope.cohort(cohort_id)
    mails = _last_mails(session, cohort.id)
    found = [*_leaders(session, cohort.id, mails), *_partners(session, cohort.id, mails)]
    found.sort(key=lambda row: (row.name.casefold(), row.email, row.key))
    return People(cohort.id, cohort.name, tuple(found))


def _leaders(session: Session, cohort_id: int, mails: dict[str, datetime]) -> list[ListedPerson]:
    days = _counts(
        session, Placement.leader_id, Placement.cohort_id == cohort_id, Placement.status == "confirmed"
    )
    rows = session.execute(
        select(
            Leader.id,
            Leader.name,
            Organisation.name,
            User.email,
            User.bounced_at,
            Leader.submitted_at,
            Leader.withdrawn_at,
        )
        .join(User, User.id == Leader.user_id)
        .outerjoin(Organisation, Organisation.id == Leader.organisation_id)
        .where(Leader.cohort_id == cohort_id)
    )
    return [
        ListedPerson(
            kind="leader",
            id=leader_id,
            name=name,
            organisation=organisation or "",
            email=email,
            days=days.get(leader_id, 0),
            last_mail_at=mails.get(email),
            returned=bounced_at is not None,
            submitted_at=submitted_at,
            left_at=left_at,
        )
        for leader_id, name, organisation, email, bounced_at, submitted_at, left_at in rows
    ]


def _partners(session: Session, cohort_id: int, mails: dict[str, datetime]) -> list[ListedPerson]:
    days = _counts(session, Slot.partner_id, Slot.cohort_id == cohort_id, Slot.status == "open")
    rows = session.execute(
        select(Partner.id, Partner.name, Partner.contact_name, User.email, User.bounced_at)
        .join(User, User.id == Partner.user_id)
        .where(Partner.cohort_id == cohort_id)
    )
    return [
        ListedPerson(
            kind="partner",
            id=partner_id,
            name=contact or name,
            organisation=name,
            email=email,
            days=days.get(partner_id, 0),
            last_mail_at=mails.get(email),
            returned=bounced_at is not None,
        )
        for partner_id, name, contact, email, bounced_at in rows
    ]


def _counts(
    session: Session, of: InstrumentedAttribute[int], *conditions: ColumnElement[bool]
) -> dict[int, int]:
    rows = session.execute(select(of, func.count()).where(*conditions).group_by(of))
    return {one: number for one, number in rows}  # noqa: C416  # a row is no pair to the type checker


def _last_mails(session: Session, cohort_id: int) -> dict[str, datetime]:
    """When the last mail of the cohort left for each address."""
    rows = session.execute(
        select(Message.recipient, func.max(Message.sent_at))
        .where(Message.cohort_id == cohort_id, Message.status == "sent", Message.sent_at.is_not(None))
        .group_by(Message.recipient)
    )
    return {address: at for address, at in rows if at is not None}
