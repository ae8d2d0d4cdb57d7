"""What a partner says of itself, and whom people ask for on the day."""

from dataclasses import asdict, dataclass
from datetime import datetime

from placement.domain.sender import Sender
from placement.domain.text import clean_line, clean_text
from placement.models import Partner
from placement.services.cohorts import hold_cohort
from placement.services.offer_effects import Change, carry_out, offers_of, preview, to_come
from placement.services.offer_versions import of_partner, refuse_stale
from placement.services.reports.effects import Effect
from placement.services.scope import Scope


@dataclass(frozen=True)
class ProfileFacts:
    """What leaders read of a partner, and whom they ask for."""

    about: str
    theme: str
    website: str
    contact_name: str
    phone: str


SAID = {
    "about": "What you say about yourselves is another text.",
    "theme": "The theme is another one.",
    "website": "The website is another one.",
}


def preview_profile(
    scope: Scope, partner_id: int, *, facts: ProfileFacts, seen: str, sender: Sender, now: datetime
) -> Effect:
    """What `change_profile` would do; nothing is written."""
    partner = scope.partner(partner_id)
    refuse_stale(of_partner(partner), seen)
    there = to_come(scope.session, partner.cohort, offers_of(scope.session, partner.id), now=now)
    return preview(
        scope.session, partner.cohort, there, lambda: _change(partner, facts), sender=sender, now=now
    )


def change_profile(
    scope: Scope, partner_id: int, *, facts: ProfileFacts, seen: str, sender: Sender, now: datetime
) -> Effect:
    """Change a partner's profile; entries with another contact follow, and answers stand."""
    partner = scope.partner(partner_id)
    hold_cohort(scope.session, partner.cohort_id)
    scope.session.refresh(partner)
    refuse_stale(of_partner(partner), seen)
    there = to_come(scope.session, partner.cohort, offers_of(scope.session, partner.id), now=now)
    return carry_out(scope, partner.cohort, there, lambda: _change(partner, facts), sender=sender, now=now)


def profile_of(partner: Partner) -> ProfileFacts:
    """The profile of a partner."""
    return ProfileFacts(
        about=partner.about,
        theme=partner.theme,
        website=partner.website,
        contact_name=partner.contact_name,
        phone=partner.phone,
    )


def _change(partner: Partner, facts: ProfileFacts) -> Change:
    before = asdict(profile_of(partner))
    after = {name: clean_line(text) for name, text in asdict(facts).items()}
    after["about"] = clean_text(facts.about)
    said = [words for name, words in SAID.items() if before[name] != after[name]]
    if any(before[name] != after[name] for name in ("contact_name", "phone")):
        told = ", ".join(filter(None, (after["contact_name"], after["phone"]))) or "nobody"
        said.append(f"The contact on the day is {told}.")
    for name, text in after.items():
        setattr(partner, name, text)
    return Change(partner.name, said, "change_profile", f"partner:{partner.id}")
