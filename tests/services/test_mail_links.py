"""What the signed links of mails do: what they are for and no more, for their reader and nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.domain.mail_errors import MailLinkWrong
from placement.models import AuditEvent, OptOut
from placement.services import opt_outs, renewals
from placement.services.mail_links import RENEWAL_PATH, UNSUBSCRIBE_PATH
from placement.services.scope import Scope
from tests.factories.clock import NOON
from tests.factories.opportunities import make_opportunity, make_slot
from tests.factories.people import make_user
from tests.factories.runs import make_run
from tests.services.season import LINKS

NOBODYS = 987_654_321


def token_of(address: str) -> str:
    return address.removeprefix("https://placement.example").rpartition("/")[2]


def test_stopping_is_kept_harmless_twice_and_can_be_undone(session: Session, scope: Scope) -> None:
    user = make_user(session)
    token = token_of(LINKS.unsubscribe(user.id, "thanks"))
    assert opt_outs.subscription(scope, token, links=LINKS).since is None
    for later in range(2):
        opt_outs.unsubscribe(scope, token, links=LINKS, now=NOON + timedelta(days=later))
    assert opt_outs.subscription(scope, token, links=LINKS).since == NOON
    assert opt_outs.sorts_of(session, user.id) == ("thanks",)
    assert opt_outs.who_wants_none(session, "thanks", [user.id, NOBODYS]) == {user.id}
    assert opt_outs.who_wants_none(session, "reminders", [user.id]) == set()
    for _ in range(2):
        opt_outs.resubscribe(scope, token, links=LINKS, now=NOON)
    assert session.scalars(select(OptOut)).all() == []
    verbs = session.scalars(select(AuditEvent.verb).order_by(AuditEvent.id)).all()
    assert verbs == ["unsubscribe", "resubscribe"]


def test_a_link_of_another_installation_purpose_or_nobody_opens_nothing(
    session: Session, scope: Scope
) -> None:
    user = make_user(session)
    foreign = replace(LINKS, secret="another secret")
    for address in (
        foreign.unsubscribe(user.id, "thanks"),
        LINKS.renewal(user.id, now=NOON),
        LINKS.unsubscribe(NOBODYS, "thanks"),
        LINKS.unsubscribe(user.id, "everything"),  # type: ignore[arg-type]
        LINKS.unsubscribe(user.id, "thanks")[:-1],
    ):
        with pytest.raises(MailLinkWrong):
            opt_outs.unsubscribe(scope, token_of(address), links=LINKS, now=NOON)
    with pytest.raises(MailLinkWrong):
        renewals.renewal(scope, token_of(LINKS.unsubscribe(user.id, "thanks")), links=LINKS, now=NOON)
    assert session.scalars(select(OptOut)).all() == []


@given(st.text(max_size=80))
def test_no_made_up_text_is_a_link(text: str) -> None:
    with pytest.raises(MailLinkWrong):
        LINKS.read_unsubscribe(text)
    with pytest.raises(MailLinkWrong):
        LINKS.read_renewal(text, now=NOON)


def test_the_secret_stands_in_no_printed_form_and_links_are_the_same_each_time() -> None:
    assert LINKS.secret not in repr(LINKS)
    assert LINKS.unsubscribe(3, "thanks") == LINKS.unsubscribe(3, "thanks")
    assert UNSUBSCRIBE_PATH in LINKS.unsubscribe(3, "thanks")
    assert RENEWAL_PATH in LINKS.renewal(3, now=NOON)


def test_a_partner_renews_their_own_offers_and_no_others(session: Session, scope: Scope) -> None:
    cohort_slot = make_slot(session, starts_at=NOON + timedelta(days=90))
    offer, partner = cohort_slot.opportunity, cohort_slot.opportunity.partner
    over = make_opportunity(session, partner=partner)
    make_slot(session, opportunity=over, starts_at=NOON - timedelta(days=1))
    others = make_slot(session, cohort=partner.cohort, starts_at=NOON + timedelta(days=90)).opportunity
    now = NOON + timedelta(days=50)
    token = token_of(LINKS.renewal(partner.id, now=now))
    found = renewals.renewal(scope, token, links=LINKS, now=now)
    assert [(shown.id, shown.stale) for shown in found.offers] == [(offer.id, True)]
    assert renewals.renew(scope, token, [offer.id, others.id], links=LINKS, now=now) == 1
    assert (offer.renewed_at, others.renewed_at) == (now, None)
    again = renewals.renewal(scope, token, links=LINKS, now=now)
    assert [(shown.stale, shown.said_at) for shown in again.offers] == [(False, now)]
    assert renewals.renew(scope, token, [others.id], links=LINKS, now=now) == 0
    assert session.scalars(select(AuditEvent.facts)).all() == [{"offers": [offer.id]}]


def test_a_link_to_renew_is_good_for_sixty_days(session: Session, scope: Scope) -> None:
    partner = make_slot(session, starts_at=NOON + timedelta(days=90)).opportunity.partner
    token = token_of(LINKS.renewal(partner.id, now=NOON))
    renewals.renewal(scope, token, links=LINKS, now=NOON + timedelta(days=60))
    with pytest.raises(MailLinkWrong):
        renewals.renewal(scope, token, links=LINKS, now=NOON + timedelta(days=60, seconds=1))


def test_nothing_is_stale_once_places_are_decided(session: Session) -> None:
    slot = make_slot(session, starts_at=NOON + timedelta(days=90))
    cohort, later = slot.opportunity.partner.cohort, NOON + timedelta(days=50)
    assert len(renewals.stale_offers(session, cohort, now=later)) == 1
    make_run(session, cohort=cohort, status="confirmed")
    assert renewals.stale_offers(session, cohort, now=later) == []
