"""What a coordinator changes of a leader's answers once the leader cannot any more."""

import datetime as dt
from collections.abc import Iterator, Mapping

from placement.domain.change_errors import LeaderChangedMeanwhile
from placement.domain.errors import NotFound
from placement.domain.states import DateAnswerWord
from placement.domain.text import day_in_words, london_to_utc
from placement.models import Leader
from placement.services import audit
from placement.services.cohorts import hold_cohort
from placement.services.preferences import date_answers, open_dates, write_dates
from placement.services.reports.effects import Effect
from placement.services.reports.standing import standing_now
from placement.services.scope import Scope

ANSWER_WORDS: Mapping[str, str] = {
    "can": "{name} can come on {day}.",
    "if_need_be": "{name} can come on {day} if need be.",
    "cannot": "{name} cannot come on {day}.",
}
MIDDAY = dt.time(12)


def change_dates(
    scope: Scope,
    cohort_id: int,
    leader_id: int,
    *,
    answers: Mapping[dt.date, DateAnswerWord],
    seen: Mapping[dt.date, str] | None = None,
    now: dt.datetime,
) -> Effect:
    """Keep what a leader now says of some dates, also after choices have closed.

    A placement on a date that has become impossible stands until a repair; nobody is told anything. `seen` is
    what was known of these dates; None where nobody had looked. Raises `NotFound` for a date on which nothing
    is offered, `LeaderChangedMeanwhile` where something else than what was seen is kept by now.
    """
    session, cohort = scope.session, scope.cohort(cohort_id)
    hold_cohort(session, cohort.id)
    leader = scope.leader_of(cohort, leader_id)
    offered = set(open_dates(session, cohort.id, now=now))
    for date in sorted(set(answers) - offered):
        raise NotFound(thing=f"date on which something is offered as {date:%Y-%m-%d}")
    kept = date_answers(session, leader.id)
    changed = {date: answer for date, answer in answers.items() if kept.get(date, "can") != answer}
    if seen is not None and any(kept.get(date, "can") != seen.get(date) for date in changed):
        raise LeaderChangedMeanwhile(what="dates", name=leader.name)
    if not changed:
        return Effect(leader.name, False, ("These answers are kept already; nothing is changed.",))
    write_dates(session, leader, changed)
    audit.record(
        scope, "change_dates", f"leader:{leader.id}", at=now, cohort_id=cohort.id, dates=len(changed)
    )
    return Effect(
        about=leader.name,
        changed=True,
        sentences=tuple(_said(leader, changed)),
        broken=standing_now(session, cohort, now=now).broken,
    )


def _said(leader: Leader, changed: Mapping[dt.date, str]) -> Iterator[str]:
    for date, answer in sorted(changed.items()):
        yield ANSWER_WORDS[answer].format(name=leader.name, day=day_in_words(london_to_utc(date, MIDDAY)))
