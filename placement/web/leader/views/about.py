"""What we know about a leader: looking at it, and putting right what the match and the partner see."""

from collections.abc import Iterator

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.about_errors import AboutChanged
from placement.domain.errors import PlacementError, PreferencesClosed
from placement.services import about_leader
from placement.services.about_leader import MatchFacts
from placement.services.reports import about as report
from placement.services.reports.about import AboutLeader
from placement.web import auth
from placement.web.errors import status_of
from placement.web.leader import about_words as words
from placement.web.leader.forms.about import FactsForm, RoleForm, facts_form, show_again
from placement.web.rendering import render_page


def show_about(leader_id: int) -> ResponseReturnValue:
    """All that is known of the leader, with ways to put it right."""
    found = found_about(leader_id)
    return render_page(
        "leader/about.html",
        about=found,
        standing=found.standing,
        rows=words.about_rows(found),
        odd_postcode=words.odd_postcode(found),
    )


def confirm_about(leader_id: int) -> ResponseReturnValue:
    """Note that all of it is right."""
    with unit_of_work() as session:
        about_leader.confirm_about(auth.scope_of(session), leader_id, now=auth.now())
    flash("Thank you. You said that what we know about you is right.", "status")
    return auth.redirect_after_post(url_for(".start", leader_id=leader_id))


def ask_facts(leader_id: int) -> ResponseReturnValue:
    """Ask for what the match looks at; to read only once choices are closed."""
    found = found_about(leader_id)
    return _facts_page(found, facts_form(found.facts, found.facts_version))


def save_facts(leader_id: int) -> ResponseReturnValue:
    """Keep what the match looks at."""
    form = FactsForm()
    if not form.validate():
        return _facts_page(found_about(leader_id), form)
    try:
        with unit_of_work() as session:
            changed = about_leader.save_facts(
                auth.scope_of(session),
                leader_id,
                form.facts(),
                position=form.position(),
                seen=str(form.seen.data),
                now=auth.now(),
            )
    except (AboutChanged, PreferencesClosed) as refused:
        return _facts_page(found_about(leader_id), form, refused=refused)
    flash("Saved." if changed else "Nothing was changed.", "status")
    return auth.redirect_after_post(url_for(".show_about", leader_id=leader_id))


def ask_role(leader_id: int) -> ResponseReturnValue:
    """Ask for the leader's role."""
    found = found_about(leader_id)
    return _role_page(found, RoleForm(formdata=None, seen=found.role, role=found.role))


def save_role(leader_id: int) -> ResponseReturnValue:
    """Keep the leader's role."""
    form = RoleForm()
    if not form.validate():
        return _role_page(found_about(leader_id), form)
    try:
        with unit_of_work() as session:
            changed = about_leader.save_role(
                auth.scope_of(session),
                leader_id,
                str(form.role.data or ""),
                seen=str(form.seen.data or ""),
                now=auth.now(),
            )
    except AboutChanged as refused:
        return _role_page(found_about(leader_id), form, refused=refused)
    flash("Saved." if changed else "Nothing was changed.", "status")
    return auth.redirect_after_post(url_for(".show_about", leader_id=leader_id))


def found_about(leader_id: int) -> AboutLeader:
    """What is known of the visitor as a leader."""
    with reading() as session:
        return report.about_leader(auth.scope_of(session), leader_id, now=auth.now())


def _facts_page(
    found: AboutLeader, form: FactsForm, *, refused: PlacementError | None = None
) -> ResponseReturnValue:
    differing = list(_differing(found.facts, form.facts())) if isinstance(refused, AboutChanged) else []
    show_again(form.seen, found.facts_version) if refused else None
    return render_page(
        "leader/about_facts.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        differing=differing,
        about=found,
        standing=found.standing,
        state=words.state_words(found),
        rows=words.facts_rows(found),
    )


def _differing(kept: MatchFacts, typed: MatchFacts) -> Iterator[tuple[str, str, str]]:
    """What is kept now and what was typed, where the two differ."""
    for name, label in words.FACTS.items():
        now, then = words.fact_words(kept, name), words.fact_words(typed, name)
        if now != then:
            yield label, now, then


def _role_page(
    found: AboutLeader, form: RoleForm, *, refused: PlacementError | None = None
) -> ResponseReturnValue:
    show_again(form.seen, found.role) if refused else None
    return render_page(
        "leader/about_role.html",
        form=form,
        status=status_of(refused) if refused else 200,
        refusal=str(refused) if refused else None,
        about=found,
        standing=found.standing,
    )
