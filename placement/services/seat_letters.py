"""The letter that offers a leader a free seat, with the link at which they answer."""

from datetime import datetime

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.text import clean_line, day_in_words, shorten, time_in_words
from placement.models import Leader, Slot
from placement.services.invites import name_beside
from placement.services.reminder_letters import LONGEST_LINE, Season, day_facts

KIND = "seat_offer"


def seat_offer(
    season: Season, leader: Leader, slot: Slot, *, offer_id: int, expires_at: datetime, url: str
) -> Letter:
    """Asks a leader whether they take a seat; `url` is where they answer."""
    sender, programme = season.links.sender, season.cohort.programme.name
    subject = f"{KIND}:{offer_id}"
    to = Mailbox(leader.name, leader.user.email)
    day = day_facts(slot)
    return Letter(
        kind=KIND,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, KIND, to.address, sender.domain),
        payload={
            "programme": shorten(clean_line(programme), LONGEST_LINE),
            "cohort": shorten(clean_line(name_beside(season.cohort.name, programme)), LONGEST_LINE),
            "intro": season.said(KIND).intro,
            "about": {"offer_id": offer_id},
            **{name: day[name] for name in ("title", "partner", "day", "hours")},
            "place": "Online" if slot.virtual else day["place"],
            "until": f"{day_in_words(expires_at)}, {time_in_words(expires_at)}",
            "offer_url": url,
            "page_url": sender.link(f"/leader/{leader.id}/placement"),
        },
        cohort_id=season.cohort.id,
    )
