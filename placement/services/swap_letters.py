"""The letter that tells a leader that a swap is not possible, and that they keep their day."""

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.text import clean_line, clean_text, shorten
from placement.models import Leader, Slot
from placement.services.invites import name_beside
from placement.services.reminder_letters import LONGEST_LINE, LONGEST_TEXT, Season, day_facts

KIND = "swap_refused"


def swap_refused(season: Season, leader: Leader, slot: Slot, *, request_id: int, answer: str) -> Letter:
    """Tells a leader why they keep their day; `answer` is the coordinator's sentence."""
    sender, programme = season.links.sender, season.cohort.programme.name
    subject = f"{KIND}:{request_id}"
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
            "about": {"request_id": request_id},
            **{name: day[name] for name in ("title", "partner", "day", "hours")},
            "place": "Online" if slot.virtual else day["place"],
            "answer": shorten(clean_text(answer), LONGEST_TEXT),
            "answers_to": sender.mailbox.address,
            "page_url": sender.link(f"/leader/{leader.id}/placement"),
        },
        cohort_id=season.cohort.id,
    )
