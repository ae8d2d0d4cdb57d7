"""Writing to everybody who comes to a day: the text, what it would be like, then the button that sends it."""

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError
from placement.domain.hosting import LONGEST_MESSAGE, MOST_MESSAGES
from placement.domain.hosting_errors import MessagesUsedUp, NobodyToWriteTo, PeopleChanged
from placement.services.partner_messages import message_people, too_many
from placement.services.reports.hosting import MessageDesk, message_desk
from placement.web import between
from placement.web.auth import now, redirect_after_post, scope_of
from placement.web.mail_links import links
from placement.web.partner import blueprint
from placement.web.partner.forms.hosting import MessageForm
from placement.web.presenters import count
from placement.web.rendering import render_page

CHANGED = 409
GONE = "This message is sent. To send it once more, write it anew."


@blueprint.get("/days/<int:slot_id>/message")
def ask_message(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Ask for the text, and show what was sent before."""
    desk = _desk(partner_id, slot_id)
    if between.is_between():
        return _went_on(desk)
    return _page(desk, MessageForm(formdata=None, seen=desk.version))


@blueprint.post("/days/<int:slot_id>/message")
def send_message(partner_id: int, slot_id: int) -> ResponseReturnValue:
    """Show the message as it would go; with the button of that page, send it."""
    return _went_on(_desk(partner_id, slot_id))


def _went_on(desk: MessageDesk) -> ResponseReturnValue:
    form, step = MessageForm(), between.step()
    if step == "edit":
        return between.shown_by_get(lambda: _page(desk, form))
    if not form.validate():
        return _page(desk, form)
    if step != "send":
        return between.shown_by_get(lambda: _previewed(desk, form))
    try:
        return _sent(desk, form)
    except (PeopleChanged, MessagesUsedUp, NobodyToWriteTo) as refused:
        return _previewed(_desk(desk.partner_id, desk.slot_id), form, stale=refused)


def _previewed(
    desk: MessageDesk, form: MessageForm, *, stale: PlacementError | None = None
) -> ResponseReturnValue:
    """The message as it would go; why it cannot, where nobody is to be written to or it would be too many."""
    if between.is_between() and _has_gone(desk, form):
        flash(GONE, "notice")
        return redirect_after_post(_url(desk, ".show_day"))
    if desk.closed:
        flash(str(NobodyToWriteTo(state=desk.closed)), "notice")
        return redirect_after_post(_url(desk, ".ask_message"))
    if desk.next_at:
        form.text.errors = [str(too_many(desk.next_at))]
        return _page(desk, form)
    return render_page(
        "partner/message_check.html",
        desk=desk,
        text=form.text.data,
        stale=stale,
        status=CHANGED if stale else 200,
    )


def _has_gone(desk: MessageDesk, form: MessageForm) -> bool:
    """Whether this very message was sent from the page to which somebody came back."""
    newest = desk.sent[0].text if desk.sent else None
    return newest == str(form.text.data) and desk.version != str(form.seen.data)


def _sent(desk: MessageDesk, form: MessageForm) -> ResponseReturnValue:
    with unit_of_work() as session:
        sent = message_people(
            scope_of(session),
            desk.partner_id,
            desk.slot_id,
            text=str(form.text.data),
            seen=str(form.seen.data),
            links=links(),
            now=now(),
        )
    people = count(sent.people, "person", "people")
    if sent.again:
        flash(f"This message had gone to {people} already; nothing was sent a second time.", "notice")
    else:
        flash(f"Your message is on its way to {people}.")
    return redirect_after_post(_url(desk, ".show_day"))


def _page(desk: MessageDesk, form: MessageForm) -> ResponseReturnValue:
    return render_page(
        "partner/message.html", form=form, desk=desk, most=LONGEST_MESSAGE, times=MOST_MESSAGES
    )


def _desk(partner_id: int, slot_id: int) -> MessageDesk:
    with reading() as session:
        return message_desk(scope_of(session), partner_id, slot_id, now=now())


def _url(desk: MessageDesk, endpoint: str) -> str:
    return url_for(endpoint, partner_id=desk.partner_id, slot_id=desk.slot_id)
