"""The letters that go by themselves: what each tells, frozen when it is owed.

No letter tells an access need, and none that partners read an address. `about` says by ids what a letter is
about, so that it can be looked at once more before it leaves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.mails import MAIL_BY_KIND
from placement.domain.text import clean_line, clean_text, day_in_words, hours_in_words, shorten, time_in_words
from placement.models import Cohort, Invite, Leader, Opportunity, Partner, Slot, User
from placement.services.invites import name_beside
from placement.services.mail_links import MailLinks
from placement.services.wordings import AS_SHIPPED, Words

LONGEST_LINE = 500
LONGEST_TEXT = 2000

Facts = dict[str, object]


@dataclass(frozen=True)
class Season:
    """What all letters of one cohort share."""

    cohort: Cohort
    words: Mapping[str, Words]
    links: MailLinks

    def said(self, kind: str) -> Words:
        """What coordinators have said about one kind."""
        return self.words.get(kind, AS_SHIPPED)


@dataclass(frozen=True)
class Coming:
    """Somebody on a partner's list: no address, no need."""

    name: str
    organisation: str
    declined: bool


def choices_reminder(season: Season, leader: Leader, *, mark: str) -> Letter:
    """Asks a leader for their choices; `mark` tells one reminder from another."""
    closes_at, cohort = season.cohort.preferences_close_at, season.cohort
    return _letter(
        season,
        "choices_reminder",
        subject=f"choices:{leader.id}:{mark}",
        to=Mailbox(leader.name, leader.user.email),
        user=leader.user,
        about={"leader_id": leader.id},
        facts={
            "closes": f"{day_in_words(closes_at)}, {time_in_words(closes_at)}" if closes_at else "",
            "choices_minimum": cohort.choices_minimum,
            "placed_anyway": cohort.place_unranked,
            "page_url": season.links.sender.link(f"/leader/{leader.id}/"),
        },
    )


def placement_reminder(season: Season, invite: Invite, leader: Leader, slot: Slot, *, days: int) -> Letter:
    """Tells a leader once more of their day; keyed by the SEQUENCE, so that a moved day reminds anew."""
    return _letter(
        season,
        "placement_reminder",
        subject=f"placement_reminder:{invite.uid}:{invite.sequence}:{days}",
        to=Mailbox(leader.name, leader.user.email),
        user=leader.user,
        about={"invite_id": invite.id, "sequence": invite.sequence},
        facts={
            **day_facts(slot),
            "what_to_know": shorten(
                clean_text(slot.opportunity.good_to_know(virtual=slot.virtual)), LONGEST_TEXT
            ),
            "page_url": season.links.sender.link(f"/leader/{leader.id}/placement"),
        },
    )


def day_reminder(season: Season, slot: Slot, coming: Sequence[Coming], *, days: int, now: datetime) -> Letter:
    """Tells a partner who comes on a day."""
    partner = slot.opportunity.partner
    return _letter(
        season,
        "day_reminder",
        subject=f"day_reminder:{slot.id}:{slot.starts_at.isoformat()}:{days}",
        to=_mailbox(partner),
        user=partner.user,
        about={"slot_id": slot.id, "starts_at": slot.starts_at.isoformat()},
        facts={
            **day_facts(slot),
            "visitors": [
                [_line(one.name), _line(one.organisation), one.declined]
                for one in sorted(coming, key=lambda one: one.name.casefold())
            ],
            "coming": sum(not one.declined for one in coming),
            "as_of": f"{day_in_words(now)}, {time_in_words(now)}",
            "page_url": season.links.sender.link(f"/partner/{partner.id}/days/{slot.id}"),
        },
    )


def thank_you(season: Season, invite: Invite, leader: Leader, slot: Slot) -> Letter:
    """Thanks a leader after their day, and asks how it was."""
    return _letter(
        season,
        "thank_you",
        subject=f"thank_you:{invite.uid}",
        to=Mailbox(leader.name, leader.user.email),
        user=leader.user,
        about={"invite_id": invite.id, "sequence": invite.sequence},
        facts={
            **day_facts(slot),
            "answers_to": season.links.sender.mailbox.address,
            "page_url": _reflection_page(season, invite, leader),
        },
    )


def reflection_reminder(season: Season, invite: Invite, leader: Leader, slot: Slot) -> Letter:
    """Asks a leader who has not finished one whether they will write a reflection on their day."""
    return _letter(
        season,
        "reflection_reminder",
        subject=f"reflection_reminder:{invite.uid}",
        to=Mailbox(leader.name, leader.user.email),
        user=leader.user,
        about={"invite_id": invite.id, "sequence": invite.sequence},
        facts={**day_facts(slot), "page_url": _reflection_page(season, invite, leader)},
    )


def _reflection_page(season: Season, invite: Invite, leader: Leader) -> str:
    return season.links.sender.link(f"/leader/{leader.id}/placement/{invite.placement_id}/reflection")


def day_thank_you(season: Season, slot: Slot, coming: Sequence[Coming]) -> Letter:
    """Thanks a partner after a day, and asks how it was."""
    partner = slot.opportunity.partner
    return _letter(
        season,
        "day_thank_you",
        subject=f"day_thank_you:{slot.id}:{slot.starts_at.isoformat()}",
        to=_mailbox(partner),
        user=partner.user,
        about={"slot_id": slot.id, "starts_at": slot.starts_at.isoformat()},
        facts={
            **day_facts(slot),
            "coming": sum(not one.declined for one in coming),
            "answers_to": season.links.sender.mailbox.address,
            "page_url": season.links.sender.link(f"/partner/{partner.id}/days/{slot.id}/afterwards"),
        },
    )


def offer_renewal(
    season: Season,
    partner: Partner,
    offers: Sequence[tuple[Opportunity, Sequence[Slot]]],
    *,
    mark: str,
    now: datetime,
) -> Letter:
    """Asks a partner whether offers are still true; `mark` tells one time of asking from another."""
    return _letter(
        season,
        "offer_renewal",
        subject=f"offer_renewal:{partner.id}:{mark}",
        to=_mailbox(partner),
        user=partner.user,
        about={"partner_id": partner.id},
        facts={
            "partner": _line(partner.name),
            "offers": [
                [_line(offer.title), [_when(slot) for slot in sorted(slots, key=lambda one: one.starts_at)]]
                for offer, slots in offers
            ],
            "renew_url": season.links.renewal(partner.id, now=now),
            "page_url": season.links.sender.link(f"/partner/{partner.id}/"),
        },
    )


def _letter(
    season: Season, kind: str, *, subject: str, to: Mailbox, user: User, about: Facts, facts: Facts
) -> Letter:
    sort = MAIL_BY_KIND[kind].sort
    if sort is None:
        raise ValueError(f"{kind} goes by itself, so its reader must be able to stop it")
    return season_letter(
        season,
        kind,
        subject=subject,
        to=to,
        about={"user_id": user.id, **about},
        facts={"unsubscribe_url": season.links.unsubscribe(user.id, sort), **facts},
    )


def season_letter(
    season: Season, kind: str, *, subject: str, to: Mailbox, about: Facts, facts: Facts
) -> Letter:
    """A letter of one kind to one recipient: `facts`, with what all letters of a season say."""
    programme = season.cohort.programme.name
    shared: Facts = {
        "programme": _line(programme),
        "cohort": _line(name_beside(season.cohort.name, programme)),
        "intro": season.said(kind).intro,
        "about": about,
    }
    return Letter(
        kind=kind,
        subject=subject,
        recipient=to,
        message_id=message_id_for(subject, 0, kind, to.address, season.links.sender.domain),
        payload={**shared, **facts},
        cohort_id=season.cohort.id,
    )


def day_facts(slot: Slot) -> Facts:
    """When and where a day is."""
    opportunity = slot.opportunity
    partner, site = opportunity.partner, opportunity.site
    return {
        "title": _line(opportunity.title),
        "partner": _line(partner.name),
        "day": day_in_words(slot.starts_at),
        "hours": hours_in_words(slot.starts_at, slot.ends_at),
        "place": ", ".join(filter(None, (_line(site.address), _line(site.postcode)))),
        "contact_name": _line(partner.contact_name),
        "contact_phone": _line(partner.phone),
    }


def _when(slot: Slot) -> str:
    return f"{day_in_words(slot.starts_at)}, {hours_in_words(slot.starts_at, slot.ends_at)}"


def _mailbox(partner: Partner) -> Mailbox:
    return Mailbox(partner.contact_name or partner.name, partner.user.email)


def _line(text: str) -> str:
    return shorten(clean_line(text), LONGEST_LINE)
