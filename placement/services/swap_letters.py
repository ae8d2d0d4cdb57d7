"""The letter that tells a leader that a swap is not possible, and that they keep their day."""

from placement.domain.invites import Mailbox
from placement.domain.letters import Letter
from placement.domain.text import clean_text, shorten
from placement.models import Leader, Slot
from placement.services.reminder_letters import LONGEST_TEXT, Season, day_facts, season_letter

KIND = "swap_refused"


def swap_refused(season: Season, leader: Leader, slot: Slot, *, request_id: int, answer: str) -> Letter:
    """Tells a leader why they keep their day; `answer` is the coordinator's sentence."""
    sender, day = season.links.sender, day_facts(slot)
    return season_letter(
        season,
        KIND,
        subject=f"{KIND}:{request_id}",
        to=Mailbox(leader.name, leader.user.email),
        about={"request_id": request_id},
        facts={
            **{name: day[name] for name in ("title", "partner", "day", "hours")},
            "place": "Online" if slot.virtual else day["place"],
            "answer": shorten(clean_text(answer), LONGEST_TEXT),
            "answers_to": sender.mailbox.address,
            "page_url": sender.link(f"/leader/{leader.id}/placement"),
        },
    )
