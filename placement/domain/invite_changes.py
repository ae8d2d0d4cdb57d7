"""What has changed of a day since somebody was last told of it, in sentences for their mail."""

from collections.abc import Iterator

from placement.domain.invites import InviteDetails
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten

LONGEST_NAME = 120

ASKED_ANEW = "Please answer once more: an earlier answer was for how it was before."
AS_BEFORE = "A change of it was taken back, so it is as you were told before."


def changes_between(told: InviteDetails, now: InviteDetails) -> tuple[str, ...]:
    """How `now` differs from what was `told`, a sentence each; empty where a reader sees no difference."""
    return (*_moves(told, now), *_texts(told, now))


def _moves(told: InviteDetails, now: InviteDetails) -> Iterator[str]:
    if (told.starts_at, told.ends_at) != (now.starts_at, now.ends_at):
        hours = hours_in_words(told.starts_at, told.ends_at)
        yield f"Before, it was on {day_in_words(told.starts_at)}, {hours}."
    if bool(told.joining_link) != bool(now.joining_link):
        yield _switched(told, now)
    elif _place(told) != _place(now):
        yield f"The place was: {_place(told)}." if _place(told) else "The place is known now."
    elif told.joining_link != now.joining_link:
        yield "The link to join is another one."


def _switched(told: InviteDetails, now: InviteDetails) -> str:
    if now.joining_link:
        place = f": before, the place was {_place(told)}" if _place(told) else ""
        return f"You meet online, and need not travel{place}."
    return "You meet in person. Before, it was online."


def _texts(told: InviteDetails, now: InviteDetails) -> Iterator[str]:
    if clean_line(told.title) != clean_line(now.title):
        yield f"It was called “{shorten(clean_line(told.title), LONGEST_NAME)}”."
    if clean_line(told.partner) != clean_line(now.partner):
        yield f"It was with {shorten(clean_line(told.partner), LONGEST_NAME)}."
    if _contact(told) != _contact(now):
        yield "Your contact on the day is another one."
    if clean_text(told.what_to_know) != clean_text(now.what_to_know):
        yield "What to know about it has changed."
    if told.event != now.event:
        yield f"It was announced as: {told.event}."


def _place(details: InviteDetails) -> str:
    if details.joining_link:
        return ""
    return ", ".join(filter(None, (clean_line(details.address), clean_line(details.postcode))))


def _contact(details: InviteDetails) -> tuple[str, str]:
    return clean_line(details.contact_name), clean_line(details.contact_phone)
