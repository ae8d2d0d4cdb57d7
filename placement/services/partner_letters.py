"""Letters about what partners do while people are coming: their words to these, that a day is withdrawn."""

from placement.domain.hosting import TOLD_REASONS, message_subject
from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.sender import Sender
from placement.domain.text import clean_line, clean_text, shorten
from placement.models import Coordinator, Leader, Slot, Withdrawal
from placement.services.reminder_letters import LONGEST_LINE, Season, day_facts, season_letter

KIND = "partner_message"
WITHDRAWN = "day_withdrawn"


def partner_message(season: Season, leader: Leader, slot: Slot, *, number: int, text: str) -> Letter:
    """Brings message `number` of a partner to one leader; the partner learns no address by it."""
    day = day_facts(slot)
    return season_letter(
        season,
        KIND,
        subject=f"{KIND}:{number}:{leader.id}",
        to=Mailbox(leader.name, leader.user.email),
        about={
            "leader_id": leader.id,
            "slot_id": slot.id,
            "starts_at": slot.starts_at.isoformat(),
            "ends_at": slot.ends_at.isoformat(),
        },
        facts={
            **{name: day[name] for name in ("title", "partner", "hours", "contact_name", "contact_phone")},
            "heading": message_subject(str(day["partner"]), slot.starts_at),
            "day": day["day"],
            "text": clean_text(text),
            "page_url": season.links.sender.link(f"/leader/{leader.id}/placement"),
        },
    )


def day_withdrawn(row: Withdrawal, slot: Slot, coordinator: Coordinator, *, sender: Sender) -> Letter:
    """Tells a coordinator that a partner took a day back, why, and how many need another one."""
    subject, day = f"{WITHDRAWN}:{row.id}", day_facts(slot)
    to = Mailbox(coordinator.user.name, coordinator.user.email)
    return Letter(
        kind=WITHDRAWN,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, WITHDRAWN, to.address, sender.domain),
        payload={
            **{name: day[name] for name in ("title", "partner", "day", "hours")},
            "cohort": shorten(clean_line(slot.opportunity.partner.cohort.name), LONGEST_LINE),
            "people": row.people,
            "reason": TOLD_REASONS[row.reason],
            "page_url": sender.link(f"/coordinator/{slot.cohort_id}/days/{slot.id}"),
        },
        cohort_id=slot.cohort_id,
    )
