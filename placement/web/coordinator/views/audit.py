"""The audit log: who did what, when; in part by its address, to download, and whether it is whole."""

from datetime import date
from typing import Any

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.text import clean_line, to_london
from placement.services import audit_chain
from placement.services.reports.audit_log import Asked, all_lines, audit_log
from placement.web import auth
from placement.web.coordinator.words import audit as words
from placement.web.downloads import csv_file
from placement.web.lists import LONGEST_SEARCH, PAGE_SIZE, page_asked
from placement.web.presenters import count
from placement.web.rendering import render_page

FILTERS = ("who", "what", "about", "from", "to")
HEAD = ("Entry", "When", "Who", "What", "About", "Facts")


def show_log(cohort_id: int) -> ResponseReturnValue:
    """What was done in the cohort, newest first."""
    asked, wrong = _asked()
    with reading() as session:
        log = audit_log(auth.scope_of(session), cohort_id, asked, page=page_asked(), size=PAGE_SIZE)
    address = _address()
    if address and not wrong:
        flash(f"{count(log.found, 'entry', 'entries')} found.".capitalize(), "status")
    return render_page(
        "coordinator/audit.html",
        log=log,
        address=address,
        asked=asked,
        wrong=wrong,
        words=words,
        verbs=sorted(words.VERBS.items(), key=lambda verb: verb[1]),
        kinds=sorted(words.KINDS.items(), key=lambda kind: kind[1]),
        page_url=lambda page: url_for(".show_log", cohort_id=cohort_id, **address, page=page),
    )


def download_log(cohort_id: int) -> ResponseReturnValue:
    """What the page shows, with what is on its further pages."""
    asked, _ = _asked()
    with reading() as session:
        rows = [
            (
                line.id,
                to_london(line.at).isoformat(sep=" ", timespec="seconds"),
                words.who(line),
                words.what(line),
                words.about(line),
                "; ".join(words.facts(line)),
            )
            for line in all_lines(auth.scope_of(session), cohort_id, asked)
        ]
    return csv_file("audit-log", HEAD, rows)


def check_log(cohort_id: int) -> ResponseReturnValue:
    """Look whether the log is whole, from where the last look ended."""
    with unit_of_work() as session:
        scope = auth.scope_of(session)
        scope.cohort(cohort_id)
        found = audit_chain.check_new(scope, now=auth.now())
    flash(words.chain_state(found), "success" if found.fault is None else "notice")
    return auth.redirect_after_post(url_for(".show_log", cohort_id=cohort_id))


def _address() -> dict[str, Any]:
    """What the address asks for, without what means nothing."""
    given = {name: clean_line(request.args.get(name, ""))[:LONGEST_SEARCH] for name in FILTERS}
    return {name: value for name, value in given.items() if value}


def _asked() -> tuple[Asked, str]:
    """Which events are meant, and what is wrong with the days, in a sentence; empty where nothing is."""
    given = _address()
    first, last = _day(given.get("from")), _day(given.get("to"))
    wrong = ""
    if ("from" in given and first is None) or ("to" in given and last is None):
        wrong = "Write a day as year, month, day, such as 2027-02-03."
    elif first and last and last < first:
        wrong = "The last day is before the first, so nothing can be found."
    who = given.get("who", "")
    asked = Asked(who, given.get("what", ""), given.get("about", ""), first, last, words.parts_named(who))
    return asked, wrong


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None
