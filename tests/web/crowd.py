"""Two cohorts with everybody and everything that an address can name, for the route matrix."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from placement.domain.answers import LinkFacts, link_token
from tests.databases import SECRET
from tests.factories.answers import make_held_answer, make_task, make_user_alias
from tests.factories.attendance import make_attendance, make_reflection
from tests.factories.clock import NOON
from tests.factories.events import make_event, make_event_invite, make_guest
from tests.factories.fixing import make_fixed_pair, make_run_note
from tests.factories.hosting import make_partner_message, make_withdrawal
from tests.factories.imports import make_import
from tests.factories.lists import make_saved_view
from tests.factories.opportunities import make_opportunity, make_site, make_slot
from tests.factories.outbox import make_message
from tests.factories.people import make_coordinator, make_leader, make_partner
from tests.factories.placements import make_invite, make_placement
from tests.factories.preferences import make_ranking
from tests.factories.programmes import make_cohort, make_organisation
from tests.factories.replies import make_reply
from tests.factories.seat_offers import make_seat_offer
from tests.factories.signing_in import make_feed
from tests.factories.swaps import make_swap_request
from tests.services.small_cohort import solved_run

NEVER_WAS = 987_654_321
ANSWER_UID = "crowd@placement.example"
ANSWER_TOKEN = link_token(SECRET, LinkFacts(ANSWER_UID, 0))
FEED_TOKEN = "a-token-that-a-calendar-program-has"
TOO_LARGE = 10**15
"""No id of a database can be that large."""
NAMES = (
    "cohort_id",
    "leader_id",
    "partner_id",
    "site_id",
    "opportunity_id",
    "slot_id",
    "placement_id",
    "invite_id",
    "message_id",
    "event_id",
    "reply_id",
    "alias_id",
    "task_id",
    "view_id",
    "pair_id",
    "note_id",
    "batch_id",
    "offer_id",
    "request_id",
    "other_id",
    "organisation_id",
)


@dataclass(frozen=True)
class Crowd:
    """The e-mail address of each visitor, and ids by the name that addresses give them.

    `own` are those of the visitors' cohort, `foreign` those of the other. No two kinds of object share an id,
    so a page that mistakes one for another finds nothing.
    """

    emails: dict[str, str]
    own: dict[str, int]
    foreign: dict[str, int]


def make_crowd(session: Session) -> Crowd:
    """The visitors of the matrix: all of one cohort, and those of another."""
    emails, own = _populate(session, first_id=1000)
    foreign_emails, foreign = _populate(session, first_id=2000)
    del foreign_emails["viewer"]
    return Crowd(emails | {f"foreign {who}": email for who, email in foreign_emails.items()}, own, foreign)


def _populate(session: Session, *, first_id: int) -> tuple[dict[str, str], dict[str, int]]:
    ids = {name: first_id + 10 * number for number, name in enumerate(NAMES)}
    cohort = make_cohort(session, id=ids["cohort_id"])
    organisation = make_organisation(session, cohort=cohort, id=ids["organisation_id"])
    leader = make_leader(session, cohort=cohort, id=ids["leader_id"], organisation_id=organisation.id)
    partner = make_partner(session, cohort=cohort, id=ids["partner_id"])
    site = make_site(session, partner=partner, id=ids["site_id"])
    opportunity = make_opportunity(session, partner=partner, site=site, id=ids["opportunity_id"])
    slot = make_slot(session, opportunity=opportunity, id=ids["slot_id"])
    make_ranking(session, leader=leader, opportunities=[opportunity])
    run = solved_run(session, cohort)
    ids["run_id"] = run.id
    placement = make_placement(session, leader=leader, slot=slot, id=ids["placement_id"])
    own = {"uid": ANSWER_UID} if first_id == 1000 else {}
    invite = make_invite(session, placement=placement, id=ids["invite_id"], partstat="DECLINED", **own)
    make_reply(session, invite=invite, id=ids["reply_id"], action="review", reason="counter")
    make_user_alias(session, user=leader.user, id=ids["alias_id"])
    make_task(session, answer=make_held_answer(session, invite=invite), id=ids["task_id"])
    # Never due while the tests run, whatever the year: no worker is there to send it.
    make_message(session, invite=invite, id=ids["message_id"], due_at=NOON.replace(year=2097))
    make_attendance(session, slot=slot, leader=leader)
    make_reflection(session, slot=slot, leader=leader)
    event = make_event(session, cohort=cohort, id=ids["event_id"])
    make_guest(session, event=event, leader=leader)
    make_event_invite(session, event=event, leader=leader)
    coordinator = make_coordinator(session, cohort=cohort)
    make_saved_view(session, coordinator=coordinator, id=ids["view_id"])
    make_fixed_pair(session, leader=leader, slot=slot, id=ids["pair_id"])
    make_run_note(session, run=run, id=ids["note_id"], written_by=f"user:{coordinator.user.id}")
    make_import(session, cohort=cohort, id=ids["batch_id"])
    make_seat_offer(session, leader=leader, slot=slot, id=ids["offer_id"])
    make_withdrawal(session, slot=slot)
    make_partner_message(session, slot=slot)
    make_swap_request(session, placement=placement, id=ids["request_id"])
    make_swap_request(session, placement=placement, id=ids["other_id"], status="withdrawn")
    people = {
        "leader": leader.user,
        "partner": partner.user,
        "coordinator": coordinator.user,
        "viewer": make_coordinator(session, cohort=cohort, role="viewer").user,
    }
    if first_id == 1000:
        make_feed(session, user=leader.user, subject_id=leader.id, token=FEED_TOKEN)
    return {who: user.email for who, user in people.items()}, ids
