"""What a change of plans does, in words: to a day, to a leader, to those who get a mail."""

from collections.abc import Mapping
from dataclasses import dataclass

from placement.adapters import messages
from placement.services.partner_news import KIND
from placement.services.reports.effects import Effect, Mail, PartnerMail
from placement.services.reports.roster import HeldDay, Person, RosterDay
from placement.web.coordinator.words.mails import REPLIES
from placement.web.coordinator.words.runs import State
from placement.web.presenters import choice, count, listed

NEWS: Mapping[str, str] = {
    "cancelled": "a cancellation",
    "moved": "a changed invite",
    "updated": "an update",
    "invited": "an invite",
}
DAY_STATES: Mapping[str, State] = {
    "open": State("Open", "blue"),
    "running": State("People are coming", "green"),
    "amiss": State("Needs a repair", "orange"),
    "withdrawn": State("Withdrawn", "grey"),
    "over": State("Over", "grey"),
}


@dataclass(frozen=True)
class MailWords:
    """A mail that a change would send: to whom, and all that it says."""

    to: str
    brings: str
    text: str


def day_state(day: RosterDay) -> State:
    """How a day stands."""
    if day.state != "open":
        return DAY_STATES[day.state]
    return DAY_STATES["amiss" if day.amiss else "running" if day.people else "open"]


def people_words(day: RosterDay) -> str:
    """Who is confirmed on a day."""
    return listed(one.name for one in day.people) or "Nobody"


def reply_words(reply: str) -> str:
    """What somebody's calendar has answered."""
    return REPLIES.get(reply, "No answer yet")


def mails(effect: Effect) -> list[MailWords]:
    """The mails that a change would send, each with its text: to leaders, then to partners."""
    return [*(_mail(mail) for mail in effect.mails), *(partner_mail(mail) for mail in effect.partners)]


def number_of_mails(effect: Effect) -> int:
    """How many mails a change would send."""
    return len(effect.mails) + len(effect.partners)


def partners_told(effect: Effect) -> str:
    """Which partners get a mail: "Seaport Food Bank is"."""
    return (
        f"{listed(mail.partner for mail in effect.partners)} {'is' if len(effect.partners) == 1 else 'are'}"
    )


def partner_mail(mail: PartnerMail) -> MailWords:
    """The mail that tells a partner who is coming."""
    shown = messages.preview_letter(KIND, mail.facts, recipient=mail.recipient)
    return MailWords(mail.partner, "who is coming", shown.text)


def mails_sentence(effect: Effect) -> str:
    """How many people get a mail, and who is told nothing."""
    people, mails = len({mail.person.leader_id for mail in effect.mails}), len(effect.mails)
    brings = "a mail" if people == mails else count(mails, "mail")
    told = f"{count(people, 'person', 'people').capitalize()} would get {brings}."
    if effect.partners:
        told += f" {partners_told(effect)} told who is coming now."
    if not effect.quiet:
        return told
    quiet = listed(person.name for person in effect.quiet)
    return f"{told} Their first invite has not left yet, so nothing is sent to {quiet}."


def done_sentence(effect: Effect, said: str) -> str:
    """What was done, in one line; `said` tells of it with the name of what changed in its place."""
    if not effect.changed:
        return effect.sentences[0]
    number = number_of_mails(effect)
    mails = f"{count(number, 'mail').capitalize()} {'is' if number == 1 else 'are'} on the way."
    return f"{said.format(effect.about)} {mails if number else 'Nobody gets a mail.'}"


def held_words(day: HeldDay, who: Person) -> str:
    """Which choice a day is for a leader."""
    if day.rank is not None:
        return choice(day.rank).capitalize()
    return "Not on their list" if who.submitted_at else "No choices sent"


def _mail(mail: Mail) -> MailWords:
    return MailWords(mail.person.name, NEWS[mail.news], messages.preview(mail.details).text)
