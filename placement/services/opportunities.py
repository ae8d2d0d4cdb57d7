"""What partners offer: describing an opportunity part by part, and sending it for approval.

A new one is a draft from its first page on, so that nothing typed is lost. Leaders see it once a coordinator
has approved it. What changes afterwards is live at once, unless visitors are to do something that needs a
higher check: then it waits for approval again.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from placement.domain.activities import highest, is_regulated, lowest_check
from placement.domain.errors import OpportunityKnown
from placement.domain.offer_errors import CheckTooLow, OfferHasDays, OfferIncomplete, OfferSentAlready
from placement.domain.references import next_reference
from placement.domain.sender import Sender
from placement.domain.states import Check, check_suffices
from placement.domain.text import clean_line, clean_text
from placement.models import Activity, Opportunity, Partner, Site, Slot
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.offer_effects import Change, carry_out, preview, to_come
from placement.services.offer_versions import of_opportunity, refuse_stale
from placement.services.reports.effects import Effect
from placement.services.scope import Scope

FIRST_REFERENCE = "OPP01"
HELD = "It goes back to your coordinator for approval. Until then nobody new is sent."
LINES = frozenset({"title", "language"})
CHECK_WORDS = {"none": "no check", "basic": "a basic check", "enhanced": "an enhanced check"}


@dataclass(frozen=True)
class OfferFacts:
    """Everything that a partner says of an opportunity; None where it was not said yet."""

    title: str
    site_id: int
    description: str = ""
    who_they_meet: str = ""
    part_taken: str | None = None
    activities: frozenset[str] = frozenset()
    check_required: Check = "none"
    lone_working: bool | None = None
    women_only: bool = False
    what_to_know: str = ""
    what_to_wear: str = ""
    language: str = ""
    house_rules: str = ""
    photographs: str | None = None
    confidentiality: str = ""


SAID = {
    "description": "What visitors do is another text.",
    "who_they_meet": "Whom visitors meet is another text.",
    "part_taken": "Whether visitors watch or help is changed.",
    "activities": "The list of activities is changed.",
    "lone_working": "Whether visitors are ever alone is changed.",
    "women_only": "Whether it is for women only is changed.",
    "what_to_know": "What to know before coming is another text.",
    "what_to_wear": "What to wear or bring is another text.",
    "language": "The languages are changed.",
    "house_rules": "The house rules are another text.",
    "photographs": "Whether photographs may be taken is changed.",
    "confidentiality": "What stays in confidence is another text.",
}
COLUMNS = tuple(field.name for field in fields(OfferFacts) if field.name not in {"activities", "site_id"})


def begin_opportunity(scope: Scope, partner_id: int, *, facts: OfferFacts, now: datetime) -> Opportunity:
    """Begin a draft with its title and site; the same draft again gives the one that is there.

    Raises `OpportunityKnown` where another opportunity at that site has the title.
    """
    partner = scope.partner(partner_id)
    session = scope.session
    hold_cohort(session, partner.cohort_id)
    site, title = scope.site_of(partner, facts.site_id), clean_line(facts.title)
    if (known := _titled(session, site, title)) is not None:
        if known.status == "draft" and known.description == "":
            return known
        raise OpportunityKnown(title=known.title)
    row = Opportunity(
        cohort_id=partner.cohort_id,
        partner_id=partner.id,
        site_id=site.id,
        reference=_next_reference(session, partner),
        title=title,
        step_free=bool(site.step_free),
        status="draft",
        renewed_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(scope, "begin_opportunity", f"opportunity:{row.id}", at=now, cohort_id=row.cohort_id)
    return row


def preview_opportunity(
    scope: Scope,
    partner_id: int,
    opportunity_id: int,
    *,
    facts: OfferFacts,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """What `change_opportunity` would do; nothing is written."""
    partner, row, wanted = _wanted(scope, partner_id, opportunity_id, facts, seen)
    there = to_come(scope.session, partner.cohort, [row.id], now=now)
    site = scope.site_of(partner, wanted.site_id)
    return preview(
        scope.session,
        partner.cohort,
        there,
        lambda: _change(row, wanted, site, now=now),
        sender=sender,
        now=now,
    )


def change_opportunity(
    scope: Scope,
    partner_id: int,
    opportunity_id: int,
    *,
    facts: OfferFacts,
    seen: str,
    sender: Sender,
    now: datetime,
) -> Effect:
    """Say something else of an opportunity; whoever is coming hears of it where their invite said otherwise.

    Raises
    ------
    OfferChangedMeanwhile
        Somebody else changed it after the page was opened.
    OpportunityKnown
        Another opportunity at that site has the title.
    CheckTooLow
        The check does not cover what visitors do.

    """
    hold_cohort(scope.session, scope.partner(partner_id).cohort_id)
    partner, row, wanted = _wanted(scope, partner_id, opportunity_id, facts, seen)
    there = to_come(scope.session, partner.cohort, [row.id], now=now)
    site = scope.site_of(partner, wanted.site_id)
    before = row.kinds

    def make() -> Change:
        change = _change(row, wanted, site, now=now)
        if frozenset(before) != wanted.activities:
            _write_activities(scope.session, row, wanted.activities)
        return change

    effect = carry_out(scope, partner.cohort, there, make, sender=sender, now=now)
    if effect.changed:
        row.renewed_at = now
        scope.session.flush()
    return effect


def send_for_approval(
    scope: Scope, partner_id: int, opportunity_id: int, *, seen: str, now: datetime
) -> Opportunity:
    """Let a coordinator look at a draft, or again at what came back; doing so twice is harmless.

    Raises `OfferIncomplete` while something is missing, and `OfferChangedMeanwhile`.
    """
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    row = scope.opportunity_of(partner, opportunity_id)
    if row.status in {"waiting", "live"}:
        return row
    refuse_stale(of_opportunity(row), seen)
    if missing_parts(facts_of(row)):
        raise OfferIncomplete
    row.status, row.waiting_since, row.renewed_at = "waiting", now, now
    scope.session.flush()
    audit.record(scope, "send_opportunity", f"opportunity:{row.id}", at=now, cohort_id=row.cohort_id)
    return row


def discard_draft(scope: Scope, partner_id: int, opportunity_id: int, *, now: datetime) -> None:
    """Delete an opportunity that was never sent and has no days.

    Raises `OfferSentAlready` and `OfferHasDays`.
    """
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    row = scope.opportunity_of(partner, opportunity_id)
    if row.status != "draft":
        raise OfferSentAlready(title=row.title)
    if has_days(scope.session, row):
        raise OfferHasDays(title=row.title)
    scope.session.execute(delete(Activity).where(Activity.opportunity_id == row.id))
    scope.session.delete(row)
    scope.session.flush()
    audit.record(scope, "discard_draft", f"opportunity:{opportunity_id}", at=now, cohort_id=partner.cohort_id)


def has_days(session: Session, row: Opportunity) -> bool:
    """Whether a day was ever offered of an opportunity."""
    return bool(session.scalar(select(exists().where(Slot.opportunity_id == row.id))))


def opportunities_of(scope: Scope, partner_id: int) -> list[Opportunity]:
    """The opportunities of a partner, by title."""
    partner = scope.partner(partner_id)
    query = select(Opportunity).where(Opportunity.partner_id == partner.id)
    query = query.options(selectinload(Opportunity.activities))
    return list(scope.session.scalars(query.order_by(Opportunity.title, Opportunity.id)))


def read_activities(session: Session, ids: Collection[int]) -> None:
    """Read what visitors do at these opportunities in one query, however many they are."""
    query = select(Opportunity).where(Opportunity.id.in_(list(ids)))
    session.scalars(query.options(selectinload(Opportunity.activities))).unique().all()


def facts_of(row: Opportunity) -> OfferFacts:
    """What has been said of an opportunity."""
    told = {name: getattr(row, name) for name in COLUMNS}
    return OfferFacts(site_id=row.site_id, activities=frozenset(row.kinds), **told)


def missing_parts(facts: OfferFacts) -> tuple[str, ...]:
    """The parts that must still be filled in before a coordinator can look at it."""
    needed = {
        "visit": bool(facts.description and facts.who_they_meet and facts.part_taken),
        "activities": bool(facts.activities),
        "checks": facts.lone_working is not None
        and check_suffices(facts.check_required, lowest_check(facts.activities)),
        "practical": facts.photographs is not None,
    }
    return tuple(part for part, filled in needed.items() if not filled)


def _wanted(
    scope: Scope, partner_id: int, opportunity_id: int, facts: OfferFacts, seen: str
) -> tuple[Partner, Opportunity, OfferFacts]:
    """The partner, the row, and what is to be said of it; a check rises by itself with the activities."""
    partner = scope.partner(partner_id)
    row = scope.opportunity_of(partner, opportunity_id)
    refuse_stale(of_opportunity(row), seen)
    wanted, lowest = _cleaned(facts), lowest_check(facts.activities)
    if wanted.activities != frozenset(row.kinds):
        wanted = replace(wanted, check_required=highest([wanted.check_required, lowest]))
    elif not check_suffices(wanted.check_required, lowest):
        raise CheckTooLow(lowest=lowest)
    known = _titled(scope.session, scope.site_of(partner, wanted.site_id), wanted.title)
    if known is not None and known.id != row.id:
        raise OpportunityKnown(title=known.title)
    return partner, row, wanted


def _change(row: Opportunity, wanted: OfferFacts, site: Site, *, now: datetime) -> Change:
    before, about = facts_of(row), row.title
    said = list(_said(before, wanted))
    if row.site_id != site.id:
        said.append(f"The place was {_where(row.site)} and is {_where(site)}.")
    if row.status == "live" and _needs_approval(before, wanted):
        row.status, row.waiting_since = "waiting", now
        said.append(HELD)
    for name in COLUMNS:
        setattr(row, name, getattr(wanted, name))
    moves = row.site_id != site.id
    if moves:
        row.site_id = site.id
        set_committed_value(row, "site", site)
        row.step_free = row.step_free if site.step_free is None else site.step_free
    return Change(about, said, "change_opportunity", f"opportunity:{row.id}", moves=moves)


def _said(before: OfferFacts, after: OfferFacts) -> list[str]:
    said = []
    if before.title != after.title:
        said.append(f"It was called “{before.title}” and is called “{after.title}”.")
    if before.check_required != after.check_required:
        said.append(f"Visitors now need {CHECK_WORDS[after.check_required]}.")
    said += [words for name, words in SAID.items() if getattr(before, name) != getattr(after, name)]
    return said


def _needs_approval(before: OfferFacts, after: OfferFacts) -> bool:
    """Whether visitors are to do something that needs a higher check than was approved."""
    higher = not check_suffices(before.check_required, lowest_check(after.activities))
    return higher or (is_regulated(after.activities) and not is_regulated(before.activities))


def _write_activities(session: Session, row: Opportunity, kinds: frozenset[str]) -> None:
    session.execute(delete(Activity).where(Activity.opportunity_id == row.id, Activity.kind.not_in(kinds)))
    session.add_all(
        Activity(cohort_id=row.cohort_id, opportunity_id=row.id, kind=kind)
        for kind in sorted(kinds - set(row.kinds))
    )
    session.flush()
    session.expire(row, ["activities"])


def _cleaned(facts: OfferFacts) -> OfferFacts:
    texts = {
        name: clean_line(text) if name in LINES else clean_text(text)
        for name in COLUMNS
        if isinstance(text := getattr(facts, name), str)
    }
    return replace(facts, **texts)  # type: ignore[arg-type]  # each text goes back to where it came from


def _titled(session: Session, site: Site, title: str) -> Opportunity | None:
    rows = session.scalars(select(Opportunity).where(Opportunity.site_id == site.id))
    return next((row for row in rows if row.title.casefold() == title.casefold()), None)


def _next_reference(session: Session, partner: Partner) -> str:
    taken = session.execute(
        select(Opportunity.reference, Opportunity.partner_id).where(
            Opportunity.cohort_id == partner.cohort_id
        )
    ).all()
    return next_reference(
        [reference for reference, _ in taken],
        own=[reference for reference, partner_id in taken if partner_id == partner.id],
        first=FIRST_REFERENCE,
    )


def _where(site: Site) -> str:
    return ", ".join(filter(None, (site.address, site.postcode)))
