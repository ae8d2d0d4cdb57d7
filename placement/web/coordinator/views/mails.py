"""The mails of a season: what goes when and to whom, in which words, what it looks like, and a test of it."""

from typing import Any

from flask import Response, flash, url_for
from flask.typing import ResponseReturnValue

from placement.adapters import messages
from placement.adapters.messages import Preview
from placement.db import reading, unit_of_work
from placement.domain.errors import PlacementError
from placement.domain.mail_errors import WordingChanged
from placement.domain.mails import LONGEST_INTRO, MAIL_BY_KIND, OPT_OUT_NAMES
from placement.services import examples, reminders, wordings
from placement.services.examples import Example
from placement.services.reports.season_mails import mail_state, remind_page, season_mails
from placement.web import auth
from placement.web.coordinator.forms.wording import WordingForm
from placement.web.errors import status_of
from placement.web.headers import MAIL_POLICY, framing_policy
from placement.web.mail_links import links
from placement.web.presenters import count
from placement.web.rendering import render_page

CHOICES = "choices_reminder"


def list_mails(cohort_id: int) -> ResponseReturnValue:
    """Every kind of mail."""
    with reading() as session:
        found = season_mails(auth.scope_of(session), cohort_id)
    return render_page("coordinator/mails.html", cohort_id=cohort_id, found=found, names=OPT_OUT_NAMES)


def show_mail(cohort_id: int, kind: str) -> ResponseReturnValue:
    """One kind of mail: its words, and what it looks like."""
    return _page(cohort_id, kind)


def save_mail(cohort_id: int, kind: str) -> ResponseReturnValue:
    """Keep a coordinator's words, and whether the mail goes."""
    form = WordingForm()
    if not form.validate():
        return _page(cohort_id, kind, form=form)
    goes = bool(form.goes.data) or not wordings.season_mail(kind).automatic
    try:
        with unit_of_work() as session:
            changed = wordings.change_wording(
                auth.scope_of(session),
                cohort_id,
                kind,
                intro=form.intro.data or "",
                goes=goes,
                seen=form.seen.data or 0,
                now=auth.now(),
            )
    except WordingChanged as refused:
        return _page(cohort_id, kind, form=form, refused=refused)
    flash("Saved." if changed else "Nothing was changed.", "success" if changed else "notice")
    return _to(cohort_id, kind)


def show_html(cohort_id: int, kind: str) -> ResponseReturnValue:
    """The HTML form of the example alone, shut in by its own policy."""
    shown = _preview(kind, _example(cohort_id, kind))
    return Response(shown.html if shown else "", headers={"Content-Security-Policy": MAIL_POLICY})


def send_test(cohort_id: int, kind: str) -> ResponseReturnValue:
    """Send the example to the coordinator who asks."""
    with unit_of_work() as session:
        address = examples.send_test(auth.scope_of(session), cohort_id, kind, links=links(), now=auth.now())
    flash(f"A test is on its way to {address}. Its subject begins with [Test].")
    return _to(cohort_id, kind)


def ask_reminding(cohort_id: int) -> ResponseReturnValue:
    """Whom a reminder of choices would reach now, and what it would say."""
    with reading() as session:
        found = remind_page(auth.scope_of(session), cohort_id, now=auth.now())
    shown = _preview(CHOICES, _example(cohort_id, CHOICES)) if found.names else None
    return render_page("coordinator/remind.html", cohort_id=cohort_id, found=found, preview=shown)


def remind(cohort_id: int) -> ResponseReturnValue:
    """Remind everybody who has not sent choices."""
    with unit_of_work() as session:
        number = reminders.remind_now(auth.scope_of(session), cohort_id, links=links(), now=auth.now())
    if number:
        flash(f"{count(number, 'reminder').capitalize()} on the way.")
    else:
        flash("Nobody was left to remind today, so no mail goes.", "notice")
    return auth.redirect_after_post(url_for(".show_answers", cohort_id=cohort_id, show="not-answered"))


def _to(cohort_id: int, kind: str) -> ResponseReturnValue:
    return auth.redirect_after_post(url_for(".show_mail", cohort_id=cohort_id, kind=kind))


def _page(
    cohort_id: int, kind: str, *, form: Any = None, refused: PlacementError | None = None
) -> ResponseReturnValue:
    with reading() as session:
        cohort, state = mail_state(auth.scope_of(session), cohort_id, kind)
    found = _example(cohort_id, kind)
    words = state.words
    if form is None:
        form = WordingForm(formdata=None, intro=words.intro, goes=words.goes, seen=words.version)
    elif refused is not None:
        form.seen.raw_data, form.seen.data = None, words.version  # saving again now overwrites knowingly
    body, status = render_page(
        "coordinator/mail.html",
        form=form,
        status=status_of(refused) if refused else 200,
        cohort_id=cohort_id,
        cohort=cohort,
        state=state,
        refused=refused is not None,
        most=LONGEST_INTRO,
        recipient=found.recipient if found else None,
        preview=_preview(kind, found),
    )
    return Response(body, status, {"Content-Security-Policy": framing_policy()})


def _example(cohort_id: int, kind: str) -> Example | None:
    with reading() as session:
        return examples.example(auth.scope_of(session), cohort_id, kind, links=links(), now=auth.now())


def _preview(kind: str, found: Example | None) -> Preview | None:
    """What the example shows; None without one."""
    if found is None:
        return None
    if found.details is not None:
        return messages.preview(found.details)
    payload = found.letter.payload if found.letter else {}
    return messages.preview_letter(MAIL_BY_KIND[kind].template, payload, recipient=found.recipient)
