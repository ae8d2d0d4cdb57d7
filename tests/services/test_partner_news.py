"""What partners are told of who is coming: all of it, once, and nothing that never came to be."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Leader, Message, Partner, Placement, Slot
from placement.services import outbox, partner_news
from placement.services.partner_news import KIND
from placement.services.reports.effects import PartnerMail
from tests.factories.clock import FIRST_DAY, NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_leader, make_partner
from tests.factories.placements import make_placement
from tests.factories.programmes import make_cohort, make_organisation
from tests.services.partner_mails import mails_to, newest, said
from tests.services.repairing import LATER
from tests.services.season import leaving
from tests.services.small_cohort import SENDER


class Season:
    """One partner with two days, and people who come and go by themselves."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.cohort = make_cohort(session)
        self.partner = make_partner(
            session, cohort=self.cohort, name="Seaport Food Bank", contact_name="Sam Hill"
        )
        offer = make_opportunity(session, partner=self.partner, title="Food parcels")
        self.slots = [
            make_slot(session, opportunity=offer, capacity=5, starts_at=FIRST_DAY + timedelta(days=7 * week))
            for week in range(2)
        ]
        self.hospital = make_organisation(session, cohort=self.cohort, name="Bay Hospital")
        self.people = {name: self._person(name) for name in ("Ada", "Ben", "Cyd")}

    def _person(self, name: str) -> Leader:
        return make_leader(self.session, cohort=self.cohort, name=name, organisation_id=self.hospital.id)

    def join(self, name: str, slot: Slot) -> None:
        make_placement(self.session, leader=self.people[name], slot=slot)

    def leave(self, name: str, slot: Slot) -> None:
        leader = self.people[name]
        query = select(Placement).where(Placement.leader_id == leader.id, Placement.slot_id == slot.id)
        for row in self.session.scalars(query):
            row.status, row.cancelled_at = "cancelled", NOON
        self.session.flush()

    def owe(self, **facts: object) -> tuple[PartnerMail, ...]:
        call = {"sender": SENDER, "now": NOON} | facts
        return partner_news.owe(self.session, self.cohort.id, **call)  # type: ignore[arg-type]

    def send(self) -> list[int]:
        """The worker sends what it may; what went."""
        gone: list[int] = []
        while batch := outbox.claim_due(self.session, token="worker", now=LATER):
            for mail in batch:
                assert outbox.record_sent(self.session, mail.id, token="worker", now=NOON)
                gone.append(mail.id)
        self.session.expire_all()
        return gone

    def leaving(self, now: datetime) -> list[str]:
        """The kinds of the owed mails that a worker would send at `now`."""
        return leaving(self.session, now)

    def statuses(self, partner: Partner | None = None) -> list[str]:
        return [mail.status for mail in mails_to(self.session, partner or self.partner)]


def named(*names: str) -> list[str]:
    return [f"{name}, Bay Hospital" for name in names]


@pytest.fixture
def season(session: Session) -> Season:
    return Season(session)


def test_the_first_mail_tells_all_days_at_once(season: Season) -> None:
    season.join("Ben", season.slots[0])
    season.join("Ada", season.slots[0])
    season.join("Cyd", season.slots[1])
    (told,) = season.owe()
    (mail,) = mails_to(season.session, season.partner)
    assert (mail.status, mail.invite_id, mail.cohort_id) == ("todo", None, season.cohort.id)
    assert (mail.recipient, mail.recipient_name) == (season.partner.user.email, "Sam Hill")
    assert (mail.payload["first"], told.facts) == (True, mail.payload)
    assert said(mail) == [
        (named("Ada", "Ben"), [], named("Ada", "Ben")),
        (named("Cyd"), [], named("Cyd")),
    ]


def test_nothing_is_owed_twice(season: Season) -> None:
    season.join("Ada", season.slots[0])
    assert len(season.owe()) == 1
    assert season.owe() == ()
    season.send()
    assert season.owe() == ()
    assert season.statuses() == ["sent"]


def test_a_later_mail_tells_only_what_is_new_and_who_comes_on_those_days(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.join("Cyd", season.slots[1])
    season.owe()
    season.send()
    season.join("Ben", season.slots[0])
    season.leave("Ada", season.slots[0])
    season.owe()
    mail = newest(season.session, season.partner)
    assert mail.payload["first"] is False
    assert said(mail) == [(named("Ben"), named("Ada"), named("Ben"))]


def test_a_mail_that_has_not_left_is_replaced_by_one_that_tells_both_changes(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    season.send()
    season.join("Ben", season.slots[0])
    season.owe()
    season.join("Cyd", season.slots[1])
    season.owe()
    assert season.statuses() == ["sent", "superseded", "todo"]
    assert said(newest(season.session, season.partner)) == [
        (named("Ben"), [], named("Ada", "Ben")),
        (named("Cyd"), [], named("Cyd")),
    ]


def test_who_joins_and_leaves_before_anything_was_sent_is_never_named(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    season.leave("Ada", season.slots[0])
    assert season.owe() == ()
    assert season.statuses() == ["cancelled"]
    assert season.send() == []


def test_who_leaves_and_comes_back_before_anything_was_sent_is_no_news(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    season.send()
    season.leave("Ada", season.slots[0])
    season.owe()
    season.join("Ada", season.slots[0])
    season.owe()
    assert season.statuses() == ["sent", "cancelled"]


def test_a_mail_that_a_worker_is_sending_counts_as_told_and_goes_first(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    (sending,) = outbox.claim_due(season.session, token="worker", now=NOON)
    season.leave("Ada", season.slots[0])
    season.owe()
    assert said(newest(season.session, season.partner)) == [([], named("Ada"), [])]
    assert outbox.claim_due(season.session, token="another", now=NOON) == []
    outbox.record_failure(season.session, sending.id, token="worker", now=NOON, reason="451 later")
    first, second = season.send()
    assert (first, season.statuses()) == (sending.id, ["sent", "sent"])
    assert second > first


def test_what_never_left_after_all_is_told_anew(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    (sending,) = outbox.claim_due(season.session, token="worker", now=NOON)
    season.join("Ben", season.slots[0])
    season.owe()
    outbox.record_failure(
        season.session, sending.id, token="worker", now=NOON, reason="550 no such mailbox", outcome="refused"
    )
    season.owe()
    assert season.statuses() == ["failed", "superseded", "todo"]
    mail = newest(season.session, season.partner)
    assert mail.payload["first"] is True
    assert said(mail) == [(named("Ada", "Ben"), [], named("Ada", "Ben"))]


def test_a_mail_whose_answer_was_lost_counts_as_told(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    (lost,) = outbox.claim_due(season.session, token="worker", now=NOON)
    outbox.record_failure(season.session, lost.id, token="worker", now=NOON, reason="lost", outcome="unknown")
    season.leave("Ada", season.slots[0])
    season.owe()
    assert season.statuses() == ["superseded", "todo"]
    assert said(newest(season.session, season.partner)) == [([], named("Ada"), [])]


def test_a_day_that_moves_is_told_with_where_it_was(season: Season) -> None:
    slot = season.slots[0]
    season.join("Ada", slot)
    season.owe()
    season.send()
    slot = season.session.get_one(Slot, slot.id)
    slot.starts_at, slot.ends_at = slot.starts_at + timedelta(days=1), slot.ends_at + timedelta(days=1)
    season.session.flush()
    season.session.expire_all()
    season.owe()
    payload: Any = newest(season.session, season.partner).payload
    (day,) = payload["days"]
    assert day["before"] == "Wednesday 3 February 2027, 9:30am to 4pm"
    assert day["day"] == "Thursday 4 February 2027"
    assert (day["joined"], day["left"], day["coming"]) == ([], [], named("Ada"))


def test_days_that_have_begun_are_no_news(season: Season) -> None:
    season.join("Ada", season.slots[0])
    assert season.owe(now=season.slots[0].starts_at) == ()
    season.join("Ben", season.slots[1])
    season.owe(now=season.slots[0].starts_at)
    assert said(newest(season.session, season.partner)) == [(named("Ben"), [], named("Ben"))]
    season.send()
    season.leave("Ada", season.slots[0])
    season.leave("Ben", season.slots[1])
    assert season.owe(now=season.slots[1].ends_at) == ()


def test_each_partner_is_told_of_their_own_days_alone(session: Session, season: Season) -> None:
    other = make_slot(session, cohort=season.cohort)
    elsewhere = make_slot(session)
    season.join("Ada", season.slots[0])
    season.join("Ben", other)
    make_placement(
        session, leader=make_leader(session, cohort=elsewhere.opportunity.partner.cohort), slot=elsewhere
    )
    partners = {mail.partner_id for mail in season.owe()}
    assert partners == {season.partner.id, other.partner_id}
    assert said(newest(session, season.partner)) == [(named("Ada"), [], named("Ada"))]
    assert said(newest(session, other.opportunity.partner)) == [(named("Ben"), [], named("Ben"))]
    assert mails_to(session, elsewhere.opportunity.partner) == []


def test_a_preview_writes_nothing_and_says_what_will_be_owed(season: Season) -> None:
    season.join("Ada", season.slots[0])
    pairs = [(season.people["Ben"].id, season.slots[1].id)]
    (supposed,) = partner_news.preview(season.session, season.cohort.id, sender=SENDER, now=NOON, pairs=pairs)
    assert [day["joined"] for day in _days(supposed)] == [named("Ben")]
    before = partner_news.preview(season.session, season.cohort.id, sender=SENDER, now=NOON)
    assert season.statuses() == []
    assert [mail.facts for mail in before] == [mail.facts for mail in season.owe()]


def test_no_address_no_role_and_no_need_stands_in_what_is_kept(session: Session, season: Season) -> None:
    season.people["Ada"].role = "Matron"
    season.join("Ada", season.slots[0])
    season.owe()
    kept = str(newest(session, season.partner).payload)
    assert "@" not in kept
    assert "Matron" not in kept


def test_only_these_mails_wait_for_one_another(session: Session, season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    (first,) = mails_to(session, season.partner)
    first.status, first.due_at = "todo", NOON + timedelta(days=1)
    session.flush()
    other = make_partner(session, cohort=season.cohort)
    for recipient in (first.recipient, other.user.email):
        session.add(_another(first, recipient))
    session.flush()
    claimed = outbox.claim_due(session, token="worker", now=NOON)
    assert [mail.recipient for mail in claimed] == [other.user.email]


def _another(mail: Message, recipient: str) -> Message:
    return Message(
        cohort_id=mail.cohort_id,
        kind=KIND,
        idem_key=f"another {recipient}"[:64],
        message_id=f"<another-{recipient}>",
        recipient=recipient,
        payload=mail.payload,
        due_at=NOON,
        created_at=NOON,
    )


def _days(mail: PartnerMail) -> Iterable[dict[str, object]]:
    days = mail.facts["days"]
    assert isinstance(days, list)
    return days


def test_news_that_would_come_after_all_its_days_does_not_go_and_holds_up_nothing(season: Season) -> None:
    first, second = season.slots
    season.join("Ada", first)
    season.owe()
    assert season.leaving(FIRST_DAY) == []
    assert season.statuses() == ["cancelled"]
    season.join("Ben", second)
    season.owe(now=FIRST_DAY)
    assert season.leaving(FIRST_DAY) == [KIND]
    assert said(newest(season.session, season.partner)) == [(named("Ben"), [], named("Ben"))]


def test_news_of_a_day_that_is_still_to_come_goes_though_another_has_begun(season: Season) -> None:
    for slot in season.slots:
        season.join("Ada", slot)
    season.owe()
    assert season.leaving(FIRST_DAY) == [KIND]


def test_news_that_was_put_off_is_looked_at_again_before_each_try(season: Season) -> None:
    season.join("Ada", season.slots[0])
    season.owe()
    (mail,) = mails_to(season.session, season.partner)
    assert season.leaving(NOON) == [KIND]
    outbox.keep_octets(season.session, {mail.id: b"as it was written"}, token="worker")
    outbox.record_failure(season.session, mail.id, token="worker", now=NOON, reason="try later")
    assert season.leaving(FIRST_DAY) == []
    assert season.statuses() == ["cancelled"]
