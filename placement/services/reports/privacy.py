"""What a coordinator sees of privacy: what is due to go, who has been erased, and finding one person."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from placement.domain.text import clean_line
from placement.models import Leader, User
from placement.services.scope import Scope

MOST_FOUND = 20


@dataclass(frozen=True)
class FoundPerson:
    """A leader who fits what was looked for."""

    leader_id: int
    name: str
    email: str


@dataclass(frozen=True)
class Privacy:
    """The state of a cohort; `found` are the first leaders who fit `wanted`, of `fitting` in all."""

    cohort_id: int
    cohort: str
    erased: int
    wanted: str
    found: tuple[FoundPerson, ...]
    fitting: int


def privacy(scope: Scope, cohort_id: int, *, wanted: str) -> Privacy:
    """How privacy stands in a cohort that the actor coordinates, with the leaders who fit `wanted`."""
    session, cohort, text = scope.session, scope.cohort(cohort_id), clean_line(wanted)[:100]
    here = (Leader.cohort_id == cohort.id, Leader.user_id == User.id)
    erased = select(func.count()).where(Leader.cohort_id == cohort.id, Leader.erased_at.is_not(None))
    fits = or_(Leader.name.icontains(text, autoescape=True), User.email.icontains(text, autoescape=True))
    query = select(Leader.id, Leader.name, User.email).where(*here, Leader.erased_at.is_(None), fits)
    rows = session.execute(query.order_by(Leader.name, Leader.id)).all() if text else []
    return Privacy(
        cohort_id=cohort.id,
        cohort=cohort.name,
        erased=session.scalar(erased) or 0,
        wanted=text,
        found=tuple(FoundPerson(*row) for row in rows[:MOST_FOUND]),
        fitting=len(rows),
    )
