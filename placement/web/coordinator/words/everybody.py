"""The list of people in words: how far somebody is, what is done for several at once."""

from collections.abc import Mapping

from placement.services.bulk import BulkAction, BulkPreview
from placement.services.reports.people import ListedPerson
from placement.web.presenters import count, day, moment

ACTIONS: Mapping[BulkAction, str] = {
    "remind": "Remind them to choose",
    "hold": "Hold back mails that wait",
    "release": "Let held mails go",
}


def answer(row: ListedPerson) -> str:
    """Whether a leader has answered; nothing for a partner."""
    if row.left_at is not None:
        return f"Left on {day(row.left_at)}"
    if row.kind == "partner":
        return "Partner"
    return f"Answered on {moment(row.submitted_at)}" if row.submitted_at else "Not answered"


def days(row: ListedPerson) -> str:
    """How many days a leader has, or a partner offers."""
    if row.kind == "partner":
        return f"Offers {count(row.days, 'day')}"
    return f"Has {count(row.days, 'day')}"


def title(found: BulkPreview) -> str:
    """What is about to be done, for how many."""
    return f"{ACTIONS[found.action]}: {count(len(found.affected), 'person', 'people')}"


def sentence(found: BulkPreview) -> str:
    """What pressing the button does."""
    people = count(len(found.affected), "person", "people")
    mails = count(found.mails, "mail")
    if found.action == "remind":
        return f"This affects {people}: each gets a reminder to choose by e-mail, now."
    if found.action == "hold":
        return (
            f"This affects {people}: {mails} that wait for them will not leave until somebody lets them go."
        )
    return f"This affects {people}: {mails} held for them will leave now."


def button(found: BulkPreview) -> str:
    """What the button says."""
    if found.action == "remind":
        return f"Send {count(len(found.affected), 'reminder')}"
    return f"{'Hold' if found.action == 'hold' else 'Let go'} {count(found.mails, 'mail')}"


def done(action: BulkAction, mails: int) -> str:
    """What was done."""
    if not mails:
        return "Nothing was left to do, so nothing was done."
    if action == "remind":
        return f"{count(mails, 'reminder').capitalize()} on the way."
    return f"{count(mails, 'mail').capitalize()} {'held back' if action == 'hold' else 'let go'}."
