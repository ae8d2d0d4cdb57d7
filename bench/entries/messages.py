"""What it costs to write an invite: ours, and the same facts by icalendar and the standard library."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import partial

from icalendar import Alarm, Calendar, Component, Event, Timezone, vCalAddress

from bench.limits import Taken, timed
from placement.adapters import ics, messages
from placement.domain.invites import InviteDetails, Mailbox, invite_uid, message_id_for
from placement.domain.text import to_london

DOMAIN = "placement.example"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
MESSAGES = 200
"""How many are written for one figure."""


def details() -> InviteDetails:
    """A plain invite of the usual length."""
    uid, attendee = invite_uid("0123456789abcdef0123456789abcdef", DOMAIN), "zoe.okafor@trust.example"
    return InviteDetails(
        uid=uid,
        sequence=0,
        revision=0,
        method="REQUEST",
        partstat="NEEDS-ACTION",
        dtstamp=NOW,
        created_at=NOW,
        starts_at=datetime(2027, 1, 12, 9, 30, tzinfo=UTC),
        ends_at=datetime(2027, 1, 12, 15, 0, tzinfo=UTC),
        title="Sorting and handing out food parcels",
        partner="Seaport Food Bank",
        address="21 James Road, Seaport",
        postcode="FY1 1PR",
        latitude=53.82052,
        longitude=-3.04316,
        contact_name="Kate Hooper",
        contact_phone="01632 960575",
        what_to_know="Wear flat shoes.\nBring a packed lunch; the kettle is always on.",
        choice_sentence="This was your 2nd choice.",
        cohort="Fylde Coast 2027",
        programme="100 System Leaders",
        organizer=Mailbox("100 System Leaders", f"placements@{DOMAIN}"),
        attendee=Mailbox("Zoë Okafor", attendee),
        page_url=f"https://{DOMAIN}/my-placement",
        message_id=message_id_for(uid, 0, "REQUEST", attendee, DOMAIN),
    )


def ours(invite: InviteDetails) -> bytes:
    """The whole mail, its templates filled in too."""
    return messages.render_invite(invite, now=NOW)


def by_libraries(invite: InviteDetails, shown: messages.Preview, zone: Component) -> bytes:
    """The same by icalendar and `EmailMessage`, with its texts given and the time zone read once."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = formataddr((invite.organizer.name, invite.organizer.address))
    mail["To"] = formataddr((invite.attendee.name, invite.attendee.address))
    mail["Subject"], mail["Date"] = shown.subject, format_datetime(NOW)
    mail["Message-ID"], mail["Auto-Submitted"] = invite.message_id, "auto-generated"
    calendar = _calendar(invite, zone)
    mail.set_content(shown.text)
    mail.add_alternative(shown.html, subtype="html")
    mail.add_alternative(
        calendar, maintype="text", subtype="calendar", params={"method": "REQUEST", "charset": "utf-8"}
    )
    mail.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
    return mail.as_bytes()


def _calendar(invite: InviteDetails, zone: Component) -> bytes:
    calendar, event, alarm = Calendar(), Event(), Alarm()
    for name, word in (("version", "2.0"), ("prodid", "-//Peer//EN"), ("method", invite.method)):
        calendar.add(name, word)
    calendar.add_component(zone)
    facts = {
        "uid": invite.uid,
        "sequence": invite.sequence,
        "status": "CONFIRMED",
        "dtstamp": invite.dtstamp,
        "created": invite.created_at,
        "last-modified": invite.dtstamp,
        "dtstart": to_london(invite.starts_at),
        "dtend": to_london(invite.ends_at),
        "summary": ics.summary(invite),
        "description": ics.description(invite),
        "location": ics.place(invite),
        "url": invite.page_url,
        "geo": (invite.latitude, invite.longitude),
        "transp": "OPAQUE",
        "class": "PUBLIC",
    }
    for name, value in facts.items():
        event.add(name, value)
    for name, who in (("organizer", invite.organizer), ("attendee", invite.attendee)):
        person = vCalAddress(f"mailto:{who.address}")
        person.params["CN"] = who.name
        event.add(name, person)
    alarm.add("action", "DISPLAY")
    alarm.add("description", ics.summary(invite))
    event.add_component(alarm)
    calendar.add_component(event)
    octets: bytes = calendar.to_ical()
    return octets


def _repeat(work: Callable[[], bytes]) -> None:
    for _ in range(MESSAGES):
        work()


def measured(repeats: int) -> tuple[list[Taken], list[Taken], list[Taken]]:
    """For one message: our calendar object, our whole mail, the peer's mail, each in turn."""
    invite = details()
    shown = messages.preview(invite)
    zone = Timezone.from_ical(ics.TIMEZONE)
    works: tuple[Callable[[], bytes], ...] = (
        lambda: ics.build(invite),
        lambda: ours(invite),
        lambda: by_libraries(invite, shown, zone),
    )
    found: tuple[list[Taken], ...] = ([], [], [])
    for _ in range(repeats):
        for work, taken in zip(works, found, strict=True):
            one = timed(partial(_repeat, work))[1]
            taken.append(Taken(one.wall / MESSAGES, one.cpu / MESSAGES))
    return found[0], found[1], found[2]
