"""Every mail that a cohort's season knows: what it is called, to whom it goes, when, and how to stop it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from placement.domain.states import OptOutSort

LONGEST_INTRO = 1000


@dataclass(frozen=True)
class SeasonMail:
    """One kind of mail: `name`, `to` and `when` are words for the coordinator.

    `sort` is what its reader may stop, None for what nobody can do without. Only an `automatic` mail can be
    switched off. `folder` holds its templates.
    """

    kind: str
    name: str
    to: str
    when: str
    sort: OptOutSort | None = None
    automatic: bool = False
    folder: str = ""

    @property
    def template(self) -> str:
        """The folder of its templates in `templates/email`."""
        return self.folder or self.kind


SEASON_MAILS = (
    SeasonMail(
        "choices_reminder",
        "Please choose",
        "leaders who have not sent their choices",
        "7 days and 1 day before choices close, at 9am, and when you remind them yourself",
        sort="reminders",
        automatic=True,
    ),
    SeasonMail(
        "answers_received",
        "Your answers are in",
        "leaders who send their choices, as a copy of what they said",
        "when they send them",
    ),
    SeasonMail(
        "offer_renewal",
        "Is this still true?",
        "partners who have said nothing of an offer for 6 weeks, until places are decided",
        "at 9am, and again every 14 days",
        sort="renewals",
        automatic=True,
    ),
    SeasonMail(
        "offer_approved",
        "Your placement is approved",
        "partners whose placement leaders can now choose",
        "when you approve it",
    ),
    SeasonMail(
        "offer_returned",
        "Please change your placement",
        "partners whose placement needs a change first, with your note",
        "when you send it back",
    ),
    SeasonMail(
        "seat_offer",
        "A day is free for you",
        "leaders whom you offer a free seat",
        "when you offer it, on the page of who could take it",
    ),
    SeasonMail(
        "placement_confirmed",
        "Invite",
        "leaders who get a day",
        "when you confirm a match run or a repair, or grant a swap",
    ),
    SeasonMail(
        "placement_changed",
        "New time",
        "leaders whose day moves",
        "when you change the day",
        folder="placement_confirmed",
    ),
    SeasonMail(
        "placement_cancelled",
        "Cancellation",
        "leaders whose day ends",
        "when you confirm a repair, grant a swap, withdraw a day, or somebody leaves",
    ),
    SeasonMail(
        "swap_refused",
        "No swap this time",
        "leaders who asked for a swap and keep their day, with your sentence",
        "when you refuse it",
    ),
    SeasonMail(
        "who_is_coming",
        "Who joins and who leaves",
        "partners whose days somebody joins or leaves, or whose day moves, with the names of who comes",
        "at the change, one mail for all of it",
    ),
    SeasonMail(
        "partner_message",
        "Message from a partner",
        "leaders who come to a day, from the partner who hosts it, in the partner’s own words",
        "when the partner sends it, at most 3 times within 24 hours for each day",
    ),
    SeasonMail(
        "event_confirmed",
        "Invite to an event",
        "leaders who are invited to an event",
        "when you plan an event, or invite somebody to it",
    ),
    SeasonMail(
        "event_changed",
        "Event changed",
        "leaders who are invited to an event that changes",
        "when you change the event",
        folder="event_confirmed",
    ),
    SeasonMail(
        "event_cancelled",
        "Event cancelled",
        "leaders whose event is cancelled, or who are taken off it",
        "when you cancel an event, take somebody off it, or somebody leaves",
    ),
    SeasonMail(
        "placement_reminder",
        "Your day is near",
        "leaders with a day, unless they have said that they cannot come",
        "7 days and 1 day before their day, at 9am",
        sort="reminders",
        automatic=True,
    ),
    SeasonMail(
        "day_reminder",
        "Who is coming",
        "partners, with the names of who comes",
        "7 days and 1 day before the day, at 9am",
        sort="reminders",
        automatic=True,
    ),
    SeasonMail(
        "thank_you",
        "Thank you, to leaders",
        "leaders who had a day",
        "on the day after it, at 9am",
        sort="thanks",
        automatic=True,
    ),
    SeasonMail(
        "reflection_reminder",
        "Will you write it down?",
        "leaders who had a day and have not finished a reflection on it",
        "7 days after it, at 9am, once",
        sort="reminders",
        automatic=True,
    ),
    SeasonMail(
        "day_thank_you",
        "Thank you, to partners",
        "partners who hosted a day",
        "on the day after it, at 9am",
        sort="thanks",
        automatic=True,
    ),
)

MAIL_BY_KIND: Mapping[str, SeasonMail] = MappingProxyType({mail.kind: mail for mail in SEASON_MAILS})

AUTOMATIC_KINDS = frozenset(mail.kind for mail in SEASON_MAILS if mail.automatic)
"""Mails that are owed because of the calendar."""

OPT_OUT_NAMES: Mapping[OptOutSort, str] = MappingProxyType(
    {"reminders": "reminders", "thanks": "thank-you mails", "renewals": "questions about offers"}
)
"""What a reader can stop, in their words."""
