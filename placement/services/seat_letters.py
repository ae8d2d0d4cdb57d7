"""The letter that offers a leader a free seat, with the link at which they answer."""

from datetime import datetime

from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.text import day_in_words, time_in_words
from placement.models import Leader, Slot
from placement.services.reminder_letters import Season, day_facts, season_letter

KIND = "seat_offer"


def seat_offer(
    season: Season, leader: Leader, slot: Slot, *, offer_id: int, expires_at: datetime, url: str
) -> Letter:
    """Asks a leader whether they take a seat; `url` is where they answer."""
    day = day_facts(slot)
    return season_letter(
        season,
        KIND,
        subject=f"{KIND}:{offer_id}",
        to=Mailbox(leader.name, leader.user.email),
        about={"offer_id": offer_id},
        facts={
            **{name: day[name] for name in ("title", "partner", "day", "hours")},
            "place": "Online" if slot.virtual else day["place"],
            "until": f"{day_in_words(expires_at)}, {time_in_words(expires_at)}",
            "offer_url": url,
            "page_url": season.links.sender.link(f"/leader/{leader.id}/placement"),
        },
    )
