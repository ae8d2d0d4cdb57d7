"""The letters that tell a partner what became of an opportunity that they sent for approval."""

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.text import clean_line, clean_text, shorten
from placement.models import Opportunity
from placement.services.invites import name_beside
from placement.services.reminder_letters import LONGEST_LINE, LONGEST_TEXT, Facts, Season


def offer_approved(season: Season, row: Opportunity) -> Letter:
    """Tells a partner that leaders can choose an opportunity."""
    return _letter(season, "offer_approved", row, {})


def offer_returned(season: Season, row: Opportunity) -> Letter:
    """Tells a partner that an opportunity needs a change first, and which."""
    note = shorten(clean_text(row.review_note), LONGEST_TEXT)
    return _letter(season, "offer_returned", row, {"note": note})


def _letter(season: Season, kind: str, row: Opportunity, facts: Facts) -> Letter:
    sender, partner, programme = season.links.sender, row.partner, season.cohort.programme.name
    mark = row.decided_at.isoformat() if row.decided_at else ""
    subject = f"{kind}:{row.id}:{mark}"
    to = Mailbox(partner.contact_name or partner.name, partner.user.email)
    return Letter(
        kind=kind,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, kind, to.address, sender.domain),
        payload={
            "programme": _line(programme),
            "cohort": _line(name_beside(season.cohort.name, programme)),
            "intro": season.said(kind).intro,
            "about": {"user_id": partner.user_id, "opportunity_id": row.id, "decided_at": mark},
            "title": _line(row.title),
            "partner": _line(partner.name),
            "page_url": sender.link(f"/partner/{partner.id}/opportunities/{row.id}"),
            **facts,
        },
        cohort_id=season.cohort.id,
    )


def _line(text: str) -> str:
    return shorten(clean_line(text), LONGEST_LINE)
