"""A cohort in words: what needs its coordinator, what the next step is, how demand meets capacity."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from flask import url_for

from placement.services.audit_chain import ChainCheck
from placement.services.reports.answers import Waiting
from placement.services.reports.cohort import CohortReport, Demand, RunLine
from placement.services.reports.hosting import WithdrawnDay
from placement.services.reports.sending import Returned
from placement.web.presenters import count, day, moment, percent

SHOWN_RETURNED = 5
SHOWN_WITHDRAWN = 5

Task = tuple[str, str | None, str, str]
"""What to do, where, its status, and a hint: as the `tasks` component takes it."""

Address = Callable[..., str]


@dataclass(frozen=True)
class DemandRow:
    """One row of the table of demand: first choices as a share of the seats, for a bar."""

    offer: Demand
    percent: float
    tone: str


@dataclass(frozen=True)
class Step:
    """A button of the dashboard."""

    text: str
    url: str


def demand_rows(cohort: CohortReport) -> list[DemandRow]:
    """Each opportunity with its bar: full where all its seats could go to first choices."""
    return [
        DemandRow(offer, percent(offer.first_choices, offer.seats), _tone(offer.first_choices, offer.seats))
        for offer in cohort.demand
    ]


def attention(
    cohort: CohortReport,
    changes: Sequence[str],
    broken: Sequence[str],
    waiting: Waiting,
    chain: ChainCheck | None,
    seats_free_again: int = 0,
    withdrawn: Sequence[WithdrawnDay] = (),
    swaps_waiting: int = 0,
    lists_open: int = 0,
) -> list[Task]:
    """What needs the coordinator, most urgent first; an alarm and a missing deadline come before all.

    `changes` make the newest run out of date; `broken` is what does not hold of that which is confirmed;
    `waiting` counts what came back to invites; `chain` is how the last check of the audit log ended.
    `seats_free_again` counts offers of seats that nobody took; `withdrawn` are days that partners took back;
    `swaps_waiting` counts requests for swaps, `lists_open` the lists that organisations have not signed off.
    """
    page = partial(url_for, cohort_id=cohort.id)
    return [
        *_about_log(chain, page),
        *_about_deadline(cohort, page),
        *_about_withdrawn(withdrawn, page),
        *_about_invites(waiting, page),
        *_about_swaps(swaps_waiting, page),
        *_about_free_again(seats_free_again, page),
        *_about_offers(cohort, page),
        *_about_mail(cohort, page),
        *_about_broken(broken, page),
        *_about_runs(cohort, changes, page),
        *_about_answers(cohort, page),
        *_about_lists(lists_open, page),
        *_about_seats(cohort, page),
        *_about_unplaced(cohort, page),
    ]


def next_steps(cohort: CohortReport, changes: Sequence[str]) -> list[Step]:
    """The buttons of the dashboard: first the one that leads on; `changes` as in `attention`."""
    page = partial(url_for, cohort_id=cohort.id)
    newest = cohort.runs[0] if cohort.runs else None
    if not cohort.leaders or not cohort.capacity.days:
        return []
    again = Step("Run the match again" if newest else "Run the match", page(".ask_run"))
    if newest is None:
        return [again]
    if newest.unfinished:
        return [Step(f"See run {newest.id}", _run(page, newest))]
    if newest.confirmable and not changes and newest.approval:
        return [Step(f"Review run {newest.id}", _run(page, newest)), again]
    if newest.confirmable and not changes:
        confirm = Step(f"Confirm run {newest.id}", page(".ask_confirmation", run_id=newest.id))
        return [Step(f"Review run {newest.id}", _run(page, newest)), confirm, again]
    sending = Step("See the sending", page(".show_sending"))
    return [sending, again] if newest.status == "confirmed" else [again]


def _tone(wanted: int, seats: int) -> str:
    return "warning" if wanted > seats else "main"


def _run(page: Address, run: RunLine) -> str:
    return page(".show_run", run_id=run.id)


def _about_log(chain: ChainCheck | None, page: Address) -> Iterator[Task]:
    if chain is not None and chain.fault is not None:
        yield (
            "The audit log has been tampered with",
            page(".show_log"),
            "Alarm",
            "See where, and whom to tell",
        )


def _about_deadline(cohort: CohortReport, page: Address) -> Iterator[Task]:
    if cohort.window.is_open and cohort.window.closes_at is None:
        yield "Set a deadline", page(".set_up"), "No deadline", "Say until when leaders can choose"


def _about_withdrawn(withdrawn: Sequence[WithdrawnDay], page: Address) -> Iterator[Task]:
    for one in withdrawn[:SHOWN_WITHDRAWN]:
        left = "1 person still needs" if one.short == 1 else f"{one.short} people still need"
        yield (
            f"{one.partner} withdrew {day(one.starts_at)}",
            page(".show_day", slot_id=one.slot_id),
            "Withdrawn",
            f"{one.reason}. {left} another day",
        )
    if (more := len(withdrawn) - SHOWN_WITHDRAWN) > 0:
        text = f"Partners withdrew {count(more, 'more day')}"
        yield text, page(".list_days", show="withdrawn"), "Withdrawn", "People still need another day"


def _about_invites(waiting: Waiting, page: Address) -> Iterator[Task]:
    if waiting.tasks:
        text = f"{count(waiting.tasks, 'leader')} cannot come to {'their' if waiting.tasks == 1 else 'a'} day"
        yield text, page(".list_tasks"), "Cannot come", "See who could take the seat"
    if waiting.replies:
        text = f"{count(waiting.replies, 'reply', 'replies')} {_has(waiting.replies)} to be looked at"
        yield text, page(".list_replies"), "To look at", "A person has to read what came back"


def _about_swaps(number: int, page: Address) -> Iterator[Task]:
    if number:
        text = f"{count(number, 'leader')} {'asks' if number == 1 else 'ask'} for a swap"
        yield text, page(".list_swaps"), "Swap", "See whether a free seat or an exchange is possible"


def _about_lists(number: int, page: Address) -> Iterator[Task]:
    if number:
        text = f"{count(number, 'organisation')} {_has(number)} a list to sign off"
        yield text, page(".list_organisations", show="open"), "To sign off", "Ask them whom they send"


def _about_free_again(number: int, page: Address) -> Iterator[Task]:
    if number:
        text = f"{count(number, 'offered seat')} {_is(number)} free again"
        yield text, page(".show_waiting_list") + "#ended", "Free again", "Offer to the next who waits"


def _about_offers(cohort: CohortReport, page: Address) -> Iterator[Task]:
    if number := cohort.offers_waiting:
        text = f"{count(number, 'placement')} {'waits' if number == 1 else 'wait'} for approval"
        where = page(".list_opportunities", show="waiting", sort="waiting")
        yield (
            text,
            where,
            "To approve",
            "Leaders do not see them yet" if number > 1 else "Leaders do not see it yet",
        )


def _about_mail(cohort: CohortReport, page: Address) -> Iterator[Task]:
    sending, mail = page(".show_sending"), cohort.mail
    if failed := mail.counts.get("failed", 0):
        text = f"{count(failed, 'mail')} could not be delivered"
        yield text, page(".show_sending", show="failed"), "Not delivered", "See what the mail server said"
    yield from _about_returned(mail.returned, page)
    if mail.waiting and mail.waiting_since:
        text = f"{count(mail.waiting, 'mail')} {_is(mail.waiting)} waiting to be sent"
        yield text, sending, "Waiting", f"Since {moment(mail.waiting_since)}"


def _about_returned(returned: Sequence[Returned], page: Address) -> Iterator[Task]:
    """The first people whose mail comes back, and how many more there are."""
    sending = page(".show_sending", show="returned")
    for one in returned[:SHOWN_RETURNED]:
        where = page(".show_person", leader_id=one.leader_id) if one.leader_id else sending
        text, hint = f"Mail to {one.name or one.address} comes back", f"{one.address}: {one.reason}"
        yield text, where, "Came back", hint
    if (more := len(returned) - SHOWN_RETURNED) > 0:
        yield f"Mail to {count(more, 'more person', 'more people')} comes back", sending, "Came back", ""


def _about_broken(broken: Sequence[str], page: Address) -> Iterator[Task]:
    if broken:
        more = f" And {count(len(broken) - 1, 'more thing')}." if len(broken) > 1 else ""
        yield "What is confirmed needs a repair", page(".show_repairs"), "Repair", f"{broken[0]}{more}"


def _about_runs(cohort: CohortReport, changes: Sequence[str], page: Address) -> Iterator[Task]:
    if not cohort.runs:
        return
    newest = cohort.runs[0]
    name, where = f"Run {newest.id}", _run(page, newest)
    if newest.unfinished:
        yield f"{name} is being solved", where, "In progress", "It is safe to close the page"
    elif newest.status == "failed":
        yield f"{name} failed", where, "Failed", "See why, then run the match again"
    elif newest.proof == "infeasible" and newest.status == "solved":
        yield f"{name} found no list that keeps every rule", where, "No list", "See which rules clash"
    elif changes:
        hint = f"{count(len(changes), 'change')} since it was run, so it can no longer be confirmed"
        yield f"{name} is out of date", where, "Out of date", hint
    elif newest.confirmable and newest.approval:
        mine = newest.approval == "yours"
        hint = "Look at the list, then approve it" if mine else "You asked for it, so somebody else approves"
        yield f"{name} waits for {'your ' if mine else ''}approval", where, "To approve", hint
    elif newest.confirmable:
        hint = f"{newest.placed} of {count(cohort.leaders, 'leader')} would get a day"
        yield f"{name} is ready to review and confirm", where, "Ready", hint


def _about_answers(cohort: CohortReport, page: Address) -> Iterator[Task]:
    silent = cohort.leaders - cohort.answered
    if silent and not cohort.placed:
        open_until = f"They can answer {cohort.window.until}"
        closed = "Choices are closed. They are placed as having no preference"
        text = f"{count(silent, 'leader')} {'has' if silent == 1 else 'have'} not answered"
        where = page(".show_answers", show="not-answered")
        yield text, where, "Not answered", open_until if cohort.window.is_open else closed


def _about_seats(cohort: CohortReport, page: Address) -> Iterator[Task]:
    if cohort.leaders and cohort.capacity.short:
        text = f"{count(cohort.capacity.short, 'seat')} fewer than days needed"
        yield text, page(".start") + "#capacity", "Too few seats", "Ask partners for more days"


def _about_unplaced(cohort: CohortReport, page: Address) -> Iterator[Task]:
    confirmed = next((run for run in cohort.runs if run.status == "confirmed"), None)
    if confirmed and cohort.placed < cohort.leaders:
        without = cohort.leaders - cohort.placed
        text = f"{count(without, 'leader')} {_is(without)} without a placement"
        where = page(".show_leaders", run_id=confirmed.id, show="unplaced")
        yield text, where, "Without a day", "A new run adds days for them and moves nobody"


def _has(number: int) -> str:
    return "has" if number == 1 else "have"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
