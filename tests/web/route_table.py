"""Every route of the site and who may use it. A page that is not here fails the route matrix.

To add a page, add one line to `ROUTES`: its endpoint and who may use it. Names in the address that end in
`_id` are filled from the crowd (`tests/web/crowd.py`): own, another cohort's, and one that never was. Other
names need an example: `Route(LEADER, example={"day": "2027-02-03"})`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.web.crowd import ANSWER_TOKEN, FEED_TOKEN

LEADER = frozenset({"leader"})
PARTNER = frozenset({"partner"})
COORDINATOR = frozenset({"coordinator"})
MEMBERS = frozenset({"leader", "partner", "coordinator", "viewer"})
SIGNED_IN = frozenset(
    {"leader", "partner", "coordinator", "viewer", "foreign leader", "foreign partner", "foreign coordinator"}
)
ANYONE = SIGNED_IN | {"signed out"}


@dataclass(frozen=True)
class Route:
    """Who may use the pages of one endpoint.

    `example` holds values for what in its address is not an id. `by_signature`: no session lets anybody in.
    """

    visitors: frozenset[str]
    example: Mapping[str, str] = field(default_factory=dict)
    all_cohorts: bool = False
    by_signature: bool = False


ROUTES: dict[str, Route] = {
    "static": Route(ANYONE, example={"filename": "site.css"}),
    "public.help_page": Route(ANYONE),
    "public.how_places_are_decided": Route(ANYONE),
    "public.rules_of_cohort": Route(MEMBERS),
    "public.accessibility": Route(ANYONE),
    "public.privacy": Route(ANYONE),
    "public.cookies": Route(ANYONE),
    "public.healthz": Route(ANYONE),
    "public.readyz": Route(ANYONE),
    "feed.read": Route(ANYONE, example={"token": FEED_TOKEN}),
    "mail_links.show_subscription": Route(ANYONE, example={"token": "never-given"}),
    "mail_links.unsubscribe": Route(ANYONE, example={"token": "never-given"}),
    "mail_links.resubscribe": Route(ANYONE, example={"token": "never-given"}),
    "mail_links.show_offers": Route(ANYONE, example={"token": "never-given"}),
    "mail_links.renew_offers": Route(ANYONE, example={"token": "never-given"}),
    "answer_link.show": Route(ANYONE, example={"token": ANSWER_TOKEN}),
    "answer_link.show_choice": Route(ANYONE, example={"token": ANSWER_TOKEN, "word": "cannot"}),
    "answer_link.give": Route(ANYONE, example={"token": ANSWER_TOKEN}),
    "inbound.take_in": Route(frozenset(), by_signature=True),
    "start.show": Route(ANYONE),
    "sign_in.ask": Route(ANYONE),
    "sign_in.request_mail": Route(ANYONE),
    "sign_in.check_your_email": Route(ANYONE),
    "sign_in.spend_code": Route(ANYONE),
    "sign_in.look_at_link": Route(ANYONE, example={"token": "never-given"}),
    "sign_in.spend_link": Route(ANYONE, example={"token": "never-given"}),
    "sign_in.sign_out": Route(ANYONE),
    "demo.enter": Route(ANYONE, example={"role": "leader"}),
    "home.tasks": Route(SIGNED_IN),
    "coordinator.start": Route(COORDINATOR),
    "coordinator.set_up": Route(COORDINATOR),
    "coordinator.show_readiness": Route(COORDINATOR),
    "coordinator.show_answers": Route(COORDINATOR),
    "coordinator.download_answers": Route(COORDINATOR),
    "coordinator.ask_address": Route(COORDINATOR),
    "coordinator.correct_address": Route(COORDINATOR),
    "coordinator.clear_address": Route(COORDINATOR),
    "coordinator.ask_run": Route(COORDINATOR),
    "coordinator.request_run": Route(COORDINATOR),
    "coordinator.show_comparison": Route(COORDINATOR),
    "coordinator.show_run": Route(COORDINATOR),
    "coordinator.show_leaders": Route(COORDINATOR),
    "coordinator.download_leaders": Route(COORDINATOR),
    "coordinator.show_days": Route(COORDINATOR),
    "coordinator.download_days": Route(COORDINATOR),
    "coordinator.show_leader": Route(COORDINATOR),
    "coordinator.show_why": Route(COORDINATOR),
    "coordinator.show_partners": Route(COORDINATOR),
    "coordinator.ask_confirmation": Route(COORDINATOR),
    "coordinator.confirm_run": Route(COORDINATOR),
    "coordinator.show_sending": Route(COORDINATOR),
    "coordinator.list_mails": Route(COORDINATOR),
    "coordinator.show_mail": Route(COORDINATOR, example={"kind": "thank_you"}),
    "coordinator.save_mail": Route(COORDINATOR, example={"kind": "thank_you"}),
    "coordinator.show_html": Route(COORDINATOR, example={"kind": "thank_you"}),
    "coordinator.send_test": Route(COORDINATOR, example={"kind": "thank_you"}),
    "coordinator.ask_reminding": Route(COORDINATOR),
    "coordinator.remind": Route(COORDINATOR),
    "coordinator.show_message": Route(COORDINATOR),
    "coordinator.try_mail": Route(COORDINATOR),
    "coordinator.hold_mail": Route(COORDINATOR),
    "coordinator.release_mail": Route(COORDINATOR),
    "coordinator.list_days": Route(COORDINATOR),
    "coordinator.show_day": Route(COORDINATOR),
    "coordinator.show_sheet": Route(COORDINATOR),
    "coordinator.ask_change": Route(COORDINATOR),
    "coordinator.change_day": Route(COORDINATOR),
    "coordinator.ask_withdrawal": Route(COORDINATOR),
    "coordinator.withdraw_day": Route(COORDINATOR),
    "coordinator.restore_day": Route(COORDINATOR),
    "coordinator.show_seats": Route(COORDINATOR),
    "coordinator.give_seat": Route(COORDINATOR),
    "coordinator.show_person": Route(COORDINATOR),
    "coordinator.ask_leaving": Route(COORDINATOR),
    "coordinator.withdraw_leader": Route(COORDINATOR),
    "coordinator.restore_leader": Route(COORDINATOR),
    "coordinator.ask_dates": Route(COORDINATOR),
    "coordinator.save_dates": Route(COORDINATOR),
    "coordinator.show_repairs": Route(COORDINATOR),
    "coordinator.request_repair": Route(COORDINATOR),
    "coordinator.show_repair": Route(COORDINATOR),
    "coordinator.hold_day_online": Route(COORDINATOR),
    "coordinator.hold_day_at_its_site": Route(COORDINATOR),
    "coordinator.change_words": Route(COORDINATOR),
    "coordinator.change_place": Route(COORDINATOR),
    "coordinator.change_contact": Route(COORDINATOR),
    "coordinator.list_events": Route(COORDINATOR),
    "coordinator.plan_event": Route(COORDINATOR),
    "coordinator.show_event": Route(COORDINATOR),
    "coordinator.change_event": Route(COORDINATOR),
    "coordinator.hold_online": Route(COORDINATOR),
    "coordinator.hold_in_person": Route(COORDINATOR),
    "coordinator.cancel_event": Route(COORDINATOR),
    "coordinator.invite_missing": Route(COORDINATOR),
    "coordinator.remove_guest": Route(COORDINATOR),
    "coordinator.add_guest": Route(COORDINATOR),
    "coordinator.show_guest_answers": Route(COORDINATOR),
    "coordinator.record_guest_answer": Route(COORDINATOR),
    "coordinator.undo_guest_answer": Route(COORDINATOR),
    "coordinator.list_invites": Route(COORDINATOR),
    "coordinator.download_invites": Route(COORDINATOR),
    "coordinator.show_history": Route(COORDINATOR),
    "coordinator.record_answer": Route(COORDINATOR),
    "coordinator.undo_answer": Route(COORDINATOR),
    "coordinator.ask_leaving_day": Route(COORDINATOR),
    "coordinator.leave_day": Route(COORDINATOR),
    "coordinator.list_replies": Route(COORDINATOR),
    "coordinator.show_reply": Route(COORDINATOR),
    "coordinator.take_reply": Route(COORDINATOR),
    "coordinator.add_alias": Route(COORDINATOR),
    "coordinator.settle_reply": Route(COORDINATOR),
    "coordinator.reopen_reply": Route(COORDINATOR),
    "coordinator.remove_alias": Route(COORDINATOR),
    "coordinator.list_tasks": Route(COORDINATOR),
    "coordinator.show_task": Route(COORDINATOR),
    "coordinator.keep_placement": Route(COORDINATOR),
    "coordinator.show_feed": Route(COORDINATOR),
    "coordinator.make_feed": Route(COORDINATOR),
    "coordinator.stop_feed": Route(COORDINATOR),
    "leader.start": Route(LEADER),
    "leader.show_choices": Route(LEADER),
    "leader.change_choices": Route(LEADER),
    "leader.show_dates": Route(LEADER),
    "leader.save_dates": Route(LEADER),
    "leader.check_answers": Route(LEADER),
    "leader.submit_answers": Route(LEADER),
    "leader.show_receipt": Route(LEADER),
    "leader.show_placement": Route(LEADER),
    "leader.show_events": Route(LEADER),
    "leader.download_calendar_entry": Route(LEADER),
    "leader.ask_answer": Route(LEADER),
    "leader.save_answer": Route(LEADER),
    "leader.show_feed": Route(LEADER),
    "leader.make_feed": Route(LEADER),
    "leader.stop_feed": Route(LEADER),
    "partner.start": Route(PARTNER),
    "partner.ask_day": Route(PARTNER),
    "partner.add_day": Route(PARTNER),
    "partner.show_day": Route(PARTNER),
    "partner.show_coming": Route(PARTNER),
    "partner.show_sheet": Route(PARTNER),
    "partner.ask_places": Route(PARTNER),
    "partner.save_places": Route(PARTNER),
    "partner.ask_withdrawal": Route(PARTNER),
    "partner.withdraw": Route(PARTNER),
    "partner.show_feed": Route(PARTNER),
    "partner.make_feed": Route(PARTNER),
    "partner.stop_feed": Route(PARTNER),
    "demo_outbox.list_mails": Route(ANYONE),
    "demo_outbox.show_mail": Route(ANYONE, all_cohorts=True),
    "demo_outbox.show_html": Route(ANYONE, all_cohorts=True),
}
