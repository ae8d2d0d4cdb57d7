"""How people of different sectors and organisations are mixed on a day, in words."""

from placement.services.reports.review import Review, ReviewedSlot
from placement.web.presenters import count

NO_SECTOR = "No sector given"


def target(found: Review, slot: ReviewedSlot) -> str:
    """How many sectors a day is to have by the rules of the run; empty where there is no such rule."""
    if found.wanted_sectors is None or not slot.leaders:
        return ""
    return str(min(found.wanted_sectors, len(slot.leaders)))


def target_sentence(found: Review) -> str:
    """The rules of the mix, in a sentence."""
    rules = []
    if found.wanted_sectors is not None:
        rules.append(f"at least {found.wanted_sectors} sectors on each day, or as many as there are people")
    if found.most_of_one is not None:
        rules.append(f"at most {count(found.most_of_one, 'person', 'people')} of one organisation")
    if not rules:
        return "This run was made without a rule about who is mixed with whom."
    return f"The rules of this run: {' and '.join(rules)}."


def mix_words(found: Review, slot: ReviewedSlot) -> str:
    """How many sectors and organisations there are on a day, beside what is wanted."""
    wanted = target(found, slot)
    sectors = count(len(slot.sectors), "sector")
    beside = f" ({wanted} wanted)" if wanted else ""
    return f"{sectors}{beside}, {count(slot.organisations, 'organisation')}"


def met(found: Review, slot: ReviewedSlot) -> bool | None:
    """Whether a day has as many sectors as the rules want; None where there is no such rule."""
    wanted = target(found, slot)
    return len(slot.sectors) >= int(wanted) if wanted else None
