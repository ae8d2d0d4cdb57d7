"""The letters that tell a partner what became of an opportunity that they sent for approval."""

from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.text import clean_line, clean_text, shorten
from placement.models import Opportunity
from placement.services.reminder_letters import LONGEST_LINE, LONGEST_TEXT, Facts, Season, season_letter


def offer_approved(season: Season, row: Opportunity) -> Letter:
    """Tells a partner that leaders can choose an opportunity."""
    return _letter(season, "offer_approved", row, {})


def offer_returned(season: Season, row: Opportunity) -> Letter:
    """Tells a partner that an opportunity needs a change first, and which."""
    note = shorten(clean_text(row.review_note), LONGEST_TEXT)
    return _letter(season, "offer_returned", row, {"note": note})


def _letter(season: Season, kind: str, row: Opportunity, facts: Facts) -> Letter:
    partner, mark = row.partner, row.decided_at.isoformat() if row.decided_at else ""
    return season_letter(
        season,
        kind,
        subject=f"{kind}:{row.id}:{mark}",
        to=Mailbox(partner.contact_name or partner.name, partner.user.email),
        about={"user_id": partner.user_id, "opportunity_id": row.id, "decided_at": mark},
        facts={
            "title": _line(row.title),
            "partner": _line(partner.name),
            "page_url": season.links.sender.link(f"/partner/{partner.id}/opportunities/{row.id}"),
            **facts,
        },
    )


def _line(text: str) -> str:
    return shorten(clean_line(text), LONGEST_LINE)
