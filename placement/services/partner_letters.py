"""The letter that brings what a partner writes to somebody who comes to a day of theirs."""

from placement.domain.hosting import message_subject
from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.text import clean_line, clean_text, shorten
from placement.models import Leader, Slot
from placement.services.invites import name_beside
from placement.services.reminder_letters import LONGEST_LINE, Season, day_facts

KIND = "partner_message"


def partner_message(season: Season, leader: Leader, slot: Slot, *, number: int, text: str) -> Letter:
    """Brings message `number` of a partner to one leader; the partner learns no address by it."""
    sender, programme = season.links.sender, season.cohort.programme.name
    subject = f"{KIND}:{number}:{leader.id}"
    to, day = Mailbox(leader.name, leader.user.email), day_facts(slot)
    return Letter(
        kind=KIND,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, KIND, to.address, sender.domain),
        payload={
            "programme": shorten(clean_line(programme), LONGEST_LINE),
            "cohort": shorten(clean_line(name_beside(season.cohort.name, programme)), LONGEST_LINE),
            "intro": season.said(KIND).intro,
            "about": {
                "leader_id": leader.id,
                "slot_id": slot.id,
                "starts_at": slot.starts_at.isoformat(),
                "ends_at": slot.ends_at.isoformat(),
            },
            **{name: day[name] for name in ("title", "partner", "hours", "contact_name", "contact_phone")},
            "heading": message_subject(str(day["partner"]), slot.starts_at),
            "day": day["day"],
            "text": clean_text(text),
            "page_url": sender.link(f"/leader/{leader.id}/placement"),
        },
        cohort_id=season.cohort.id,
    )
