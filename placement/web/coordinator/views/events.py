"""The events of a cohort: planning, changing, holding online or in person, cancelling, and who is invited."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading
from placement.services import answers, event_guests, events
from placement.services.events import EventFacts, Planned
from placement.services.reports import events as reports
from placement.services.reports.answers import event_answers
from placement.services.reports.effects import Effect
from placement.services.reports.events import EventShown
from placement.services.scope import Scope
from placement.web import auth
from placement.web.coordinator.forms.event import (
    FIELDS,
    AddressForm,
    EventForm,
    event_form,
    new_event_form,
)
from placement.web.coordinator.forms.offer import LinkForm
from placement.web.coordinator.views import recording
from placement.web.coordinator.views.asking import Asking, Do, ask, do, go_on, is_opened, show_form
from placement.web.coordinator.views.recording import Answered
from placement.web.coordinator.words import plans as words
from placement.web.presenters import span
from placement.web.rendering import render_page

PREVIEWED = "On the next page you see what it would do, and who would get a mail."


def list_events(cohort_id: int) -> ResponseReturnValue:
    """All events, those to come first."""
    with reading() as session:
        found = reports.events_of(auth.scope_of(session), cohort_id, now=auth.now())
    return render_page("coordinator/events.html", found=found)


def show_event(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """One event: who is invited, what they answered, what can be done."""
    return render_page("coordinator/event.html", event=_event(cohort_id, event_id), words=words)


def plan_event(cohort_id: int) -> ResponseReturnValue:
    """Ask what is planned; show whom it would invite; plan it."""
    with reading() as session:
        found = reports.events_of(auth.scope_of(session), cohort_id, now=auth.now())
    form = new_event_form(found.teams)
    asking = Asking(
        cohort_id=cohort_id,
        title="Plan an event",
        caption=found.cohort,
        lead=PREVIEWED,
        button="Plan it",
        url=url_for(".plan_event", cohort_id=cohort_id),
        back_url=url_for(".list_events", cohort_id=cohort_id),
        back_text="Events",
        done="Planned: {}.",
        fields=FIELDS,
    )
    if is_opened():
        return show_form(asking, form)

    def call(plan: Callable[..., Planned], scope: Scope) -> Effect:
        facts, team_id = form.facts(), form.team_id
        found = plan(scope, cohort_id, facts=facts, team_id=team_id, sender=auth.sender(), now=auth.now())
        return found.effect

    return go_on(
        asking, form, preview=partial(call, events.preview_event), save=partial(call, events.plan_event)
    )


def change_event(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """Ask what is to be another way; show what it would do; do it."""
    shown = _event(cohort_id, event_id)
    asking = _about(shown, ".change_event", title="Change this event", button="Change it", lead=PREVIEWED)
    if is_opened():
        return show_form(asking, event_form(shown.facts, shown.version))
    form = EventForm()
    return go_on(
        asking,
        form,
        preview=lambda scope: events.preview_change(
            scope, cohort_id, event_id, facts=form.facts(), sender=auth.sender(), now=auth.now()
        ),
        save=lambda scope: events.change_event(
            scope,
            cohort_id,
            event_id,
            facts=form.facts(),
            sender=auth.sender(),
            now=auth.now(),
            seen=str(form.seen.data),
        ),
    )


def hold_online(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """Ask for the link; show what holding it online would do; do it."""
    shown = _event(cohort_id, event_id)
    asking = _about(
        shown, ".hold_online", title="Hold this event online", button="Hold it online", lead=PREVIEWED
    )
    if is_opened():
        return show_form(asking, LinkForm(formdata=None, joining_link=shown.facts.joining_link))
    form = LinkForm()
    preview, save = _switching(shown, lambda facts: events.virtual(facts, str(form.joining_link.data)))
    return go_on(asking, form, preview=preview, save=save)


def hold_in_person(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """Ask for the address; show what meeting in person would do; do it."""
    shown = _event(cohort_id, event_id)
    asking = _about(
        shown,
        ".hold_in_person",
        title="Hold this event in person",
        button="Hold it in person",
        lead=PREVIEWED,
    )
    if is_opened():
        facts = shown.facts
        return show_form(asking, AddressForm(formdata=None, address=facts.address, postcode=facts.postcode))
    form = AddressForm()
    preview, save = _switching(
        shown,
        lambda facts: events.in_person(facts, str(form.address.data), str(form.postcode.data or "")),
    )
    return go_on(asking, form, preview=preview, save=save)


def cancel_event(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """Show what cancelling would do; do it."""
    shown = _event(cohort_id, event_id)
    asking = _about(
        shown, ".cancel_event", title="Cancel this event", button="Cancel this event", done="Cancelled: {}."
    )
    call: dict[str, Any] = {"sender": auth.sender(), "now": auth.now()}
    if request.method == "GET":
        return ask(asking, lambda scope: events.preview_cancel(scope, cohort_id, event_id, **call))
    return do(asking, lambda scope: events.cancel_event(scope, cohort_id, event_id, **call))


def invite_missing(cohort_id: int, event_id: int) -> ResponseReturnValue:
    """Show who has joined since and is not invited; invite them."""
    shown = _event(cohort_id, event_id)
    asking = _about(
        shown,
        ".invite_missing",
        title="Invite who is missing",
        button="Invite them",
        done="Invited as well to {}.",
    )
    call: dict[str, Any] = {"sender": auth.sender(), "now": auth.now()}
    if request.method == "GET":
        return ask(asking, lambda scope: event_guests.preview_missing(scope, cohort_id, event_id, **call))
    return do(asking, lambda scope: event_guests.invite_missing(scope, cohort_id, event_id, **call))


def remove_guest(cohort_id: int, event_id: int, leader_id: int) -> ResponseReturnValue:
    """Show what taking one person off would do; do it."""
    asking = _about_guest(cohort_id, event_id, leader_id, ".remove_guest", "Take one person off")
    call: dict[str, Any] = {"sender": auth.sender(), "now": auth.now()}
    if request.method == "GET":
        return ask(
            asking, lambda scope: event_guests.preview_removal(scope, cohort_id, event_id, leader_id, **call)
        )
    return do(asking, lambda scope: event_guests.remove_guest(scope, cohort_id, event_id, leader_id, **call))


def add_guest(cohort_id: int, event_id: int, leader_id: int) -> ResponseReturnValue:
    """Show what inviting one person would do; do it."""
    asking = _about_guest(cohort_id, event_id, leader_id, ".add_guest", "Invite one person")
    call: dict[str, Any] = {"sender": auth.sender(), "now": auth.now()}
    if request.method == "GET":
        return ask(
            asking, lambda scope: event_guests.preview_addition(scope, cohort_id, event_id, leader_id, **call)
        )
    return do(asking, lambda scope: event_guests.add_guest(scope, cohort_id, event_id, leader_id, **call))


def show_guest_answers(cohort_id: int, event_id: int, leader_id: int) -> ResponseReturnValue:
    """The answers of one person to an event, and the form to write one down."""
    return recording.show_answers(_of_guest(cohort_id, event_id, leader_id))


def record_guest_answer(cohort_id: int, event_id: int, leader_id: int) -> ResponseReturnValue:
    """Write down what somebody who is invited has said."""
    return recording.record_answer(_of_guest(cohort_id, event_id, leader_id))


def undo_guest_answer(cohort_id: int, event_id: int, leader_id: int) -> ResponseReturnValue:
    """Take back the answer that counts."""
    return recording.undo_answer(_of_guest(cohort_id, event_id, leader_id))


def _of_guest(cohort_id: int, event_id: int, leader_id: int) -> Answered:
    shown = _event(cohort_id, event_id)
    keys: dict[str, Any] = {"cohort_id": cohort_id, "event_id": event_id, "leader_id": leader_id}
    return Answered(
        cohort_id,
        read=lambda scope: event_answers(scope, cohort_id, event_id, leader_id, now=auth.now()),
        record=lambda scope, given, seen: answers.record_event_answer(
            scope, cohort_id, event_id, leader_id, given, seen=seen, now=auth.now()
        ),
        url=url_for(".show_guest_answers", **keys),
        undo_url=url_for(".undo_guest_answer", **keys),
        back_url=url_for(".show_event", cohort_id=cohort_id, event_id=event_id),
        back_text=shown.title,
    )


def _event(cohort_id: int, event_id: int) -> EventShown:
    with reading() as session:
        return reports.event(auth.scope_of(session), cohort_id, event_id, now=auth.now())


def _switching(shown: EventShown, facts: Callable[[EventFacts], EventFacts]) -> tuple[Do, Do]:
    """Previewing and making a change of an event to the facts that `facts` makes of those it has."""
    call: dict[str, Any] = {"facts": facts(shown.facts), "sender": auth.sender(), "now": auth.now()}
    return (
        lambda scope: events.preview_change(scope, shown.cohort_id, shown.id, **call),
        lambda scope: events.change_event(scope, shown.cohort_id, shown.id, **call),
    )


def _about(
    shown: EventShown,
    endpoint: str,
    *,
    title: str,
    button: str,
    lead: str = "This is what it would do:",
    done: str = "The event is changed: {}.",
    **values: Any,
) -> Asking:
    """What is asked of one event."""
    keys: dict[str, Any] = {"cohort_id": shown.cohort_id, "event_id": shown.id}
    return Asking(
        cohort_id=shown.cohort_id,
        title=title,
        caption=f"{shown.title}, {span(shown.starts_at, shown.ends_at)}",
        lead=lead,
        button=button,
        url=url_for(endpoint, **keys, **values),
        back_url=url_for(".show_event", **keys),
        back_text=shown.title,
        done=done,
        fields=FIELDS,
    )


def _about_guest(cohort_id: int, event_id: int, leader_id: int, endpoint: str, title: str) -> Asking:
    return _about(
        _event(cohort_id, event_id),
        endpoint,
        title=title,
        button=title,
        done="The list of {} is changed.",
        leader_id=leader_id,
    )
