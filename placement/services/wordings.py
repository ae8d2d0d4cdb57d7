"""A cohort's own words before each kind of its mails, and which of them go by themselves."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.errors import NotFound
from placement.domain.mail_errors import WordingChanged, WordingRefused
from placement.domain.mails import LONGEST_INTRO, MAIL_BY_KIND, SeasonMail
from placement.domain.text import clean_text
from placement.models import Cohort, Wording
from placement.services import audit
from placement.services.scope import Scope

NEVER_CHANGED = 0

Intros = Mapping[tuple[int, str], str]
"""The version of a wording that nobody has touched."""


@dataclass(frozen=True)
class Words:
    """What coordinators have said about one kind of mail; `changed_at` is None where nobody has."""

    intro: str = ""
    goes: bool = True
    version: int = NEVER_CHANGED
    changed_at: datetime | None = None


AS_SHIPPED = Words()


def words_of(session: Session, cohort_id: int) -> Mapping[str, Words]:
    """What coordinators of a cohort have said, by kind; a kind without a word goes as it is."""
    rows = session.scalars(select(Wording).where(Wording.cohort_id == cohort_id))
    return {row.kind: Words(row.intro, row.goes, row.version, row.updated_at) for row in rows}


def intros(session: Session, cohort_ids: Collection[int]) -> Intros:
    """The words that stand before mails, by cohort and kind; mostly none."""
    rows = session.execute(
        select(Wording.cohort_id, Wording.kind, Wording.intro).where(Wording.cohort_id.in_(cohort_ids))
    )
    return defaultdict(str, {(cohort_id, kind): intro for cohort_id, kind, intro in rows})


def season_mail(kind: str) -> SeasonMail:
    """What is known of a kind of mail. Raises `NotFound` for one that no cohort has."""
    found = MAIL_BY_KIND.get(kind)
    if found is None:
        raise NotFound(thing="mail")
    return found


def change_wording(
    scope: Scope, cohort_id: int, kind: str, *, intro: str, goes: bool, seen: int, now: datetime
) -> bool:
    """Set the words before one kind of a cohort's mails, and whether it goes; False where all is so already.

    `seen` is the version that the page showed. What is waiting to be sent keeps the words of before.

    Raises
    ------
    WordingChanged
        Somebody else was faster.
    WordingRefused
        The words are too many, or this mail cannot be switched off.

    """
    cohort, mail, cleaned = scope.cohort(cohort_id), season_mail(kind), clean_text(intro)
    _refuse(mail, cleaned, goes=goes)
    session = scope.session
    # The cohort is held, because a row that is not there yet cannot be.
    session.execute(select(Cohort.id).where(Cohort.id == cohort.id).with_for_update(key_share=True))
    held = session.get(Wording, (cohort.id, kind), populate_existing=True)
    before = (held.intro, held.goes) if held else (AS_SHIPPED.intro, AS_SHIPPED.goes)
    if before == (cleaned, goes):
        return False
    if (held.version if held else NEVER_CHANGED) != seen:
        raise WordingChanged
    if held is None:
        held = Wording(cohort_id=cohort.id, kind=kind, version=NEVER_CHANGED)
        session.add(held)
    held.intro, held.goes, held.version = cleaned, goes, held.version + 1
    held.updated_at, held.updated_by = now, scope.actor.user_id
    session.flush()
    facts = {"kind": kind, "goes": goes, "characters": len(cleaned)}
    audit.record(scope, "change_wording", f"cohort:{cohort.id}", at=now, cohort_id=cohort.id, **facts)
    return True


def _refuse(mail: SeasonMail, intro: str, *, goes: bool) -> None:
    if len(intro) > LONGEST_INTRO:
        raise WordingRefused(reason=f"The words before a mail can have up to {LONGEST_INTRO} characters.")
    if not goes and not mail.automatic:
        raise WordingRefused(reason="This mail always goes: nobody would know of their day otherwise.")
