"""`placement event`: workshops, learning sets and coaching of a cohort, and who is invited to them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from placement.cli.context import opened
from placement.cli.effects import changing, tell
from placement.db import reading
from placement.domain.states import EVENT_KINDS, EventKind
from placement.domain.text import day_in_words, hours_in_words, london_to_utc, to_london
from placement.services import events
from placement.services.events import EventFacts
from placement.services.reports.events import EventShown, events_of
from placement.services.scope import Scope

KIND = click.Choice(EVENT_KINDS)
DAY, TIME = click.DateTime(["%Y-%m-%d"]), click.DateTime(["%H:%M"])


@click.group()
def event() -> None:
    """Plan events beside the placements: workshops, learning sets, coaching."""


@event.command("add")
@click.argument("title")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort that it is for.")
@click.option("--team", "team_name", metavar="NAME", help="Invite this team alone.")
@click.option("--kind", type=KIND, default="workshop", show_default=True, help="What it is.")
@click.option("--date", "date", type=DAY, required=True, metavar="DATE", help="Such as 2027-03-02.")
@click.option("--start", type=TIME, required=True, metavar="TIME", help="In UK time, such as 09:30.")
@click.option("--end", type=TIME, required=True, metavar="TIME", help="In UK time, on the same day.")
@click.option("--address", default="", help="Where people meet in person.")
@click.option("--postcode", default="", help="The postcode of that address.")
@click.option("--virtual", "link", default="", metavar="LINK", help="Hold it online, at this https address.")
@click.option("--description", default="", help="What people should know.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def add(
    title: str,
    cohort_name: str,
    *,
    team_name: str | None,
    kind: EventKind,
    date: datetime,
    start: datetime,
    end: datetime,
    address: str,
    postcode: str,
    link: str,
    description: str,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Plan an event and invite a whole cohort, or one team of it."""
    facts = EventFacts(
        kind=kind,
        title=title,
        starts_at=london_to_utc(date.date(), start.time()),
        ends_at=london_to_utc(date.date(), end.time()),
        mode="virtual" if link else "in_person",
        description=description,
        address=address,
        postcode=postcode,
        joining_link=link,
    )
    do = events.preview_event if dry_run else events.plan_event
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        team_id = scope.team_named(cohort, team_name).id if team_name else None
        made = do(scope, cohort.id, facts=facts, team_id=team_id, sender=sender, now=datetime.now(UTC))
    tell(made.effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


@event.command("list")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort whose events.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_events(cohort_name: str, *, as_json: bool) -> None:
    """List the events of a cohort, with how many are invited and have answered."""
    with opened(), reading() as session:
        scope = Scope.system(session)
        found = events_of(scope, scope.cohort_named(cohort_name).id, now=datetime.now(UTC))
    if as_json:
        told = [_as_json(one) for one in found.events]
        click.echo(json.dumps({"cohort": found.cohort, "events": told}, ensure_ascii=False))
        return
    for one in found.events:
        click.echo(_in_words(one))
    if not found.events:
        click.echo(f"{found.cohort} has no events.")


@event.command("change")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the event.")
@click.option("--title", help="What it is called.")
@click.option("--date", "date", type=DAY, metavar="DATE", help="The new date, such as 2027-03-02.")
@click.option("--start", type=TIME, metavar="TIME", help="The new start in UK time, such as 09:30.")
@click.option("--end", type=TIME, metavar="TIME", help="The new end in UK time.")
@click.option("--virtual", "link", metavar="LINK", help="Hold it online, at this https address.")
@click.option("--in-person", is_flag=True, help="Hold it in person, at the address that it has or is given.")
@click.option("--address", help="Where people meet in person.")
@click.option("--postcode", help="The postcode of that address.")
@click.option("--description", help="What people should know.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def change(
    reference: str,
    cohort_name: str,
    *,
    date: datetime | None,
    start: datetime | None,
    end: datetime | None,
    link: str | None,
    in_person: bool,
    dry_run: bool,
    as_json: bool,
    **texts: str | None,
) -> None:
    """Change an event. A new time or place asks everybody again; other words leave answers as they are."""
    if in_person and link:
        raise click.UsageError("An event is held either online or in person: --virtual or --in-person.")
    wanted: dict[str, Any] = {name: text for name, text in texts.items() if text is not None}
    wanted |= {"mode": "virtual", "joining_link": link} if link else {}
    wanted |= {"mode": "in_person"} if in_person else {}
    if not (wanted or date or start or end):
        raise click.UsageError("Say what is to change; see: placement event change --help")
    do = events.preview_change if dry_run else events.change_event
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.event_named(cohort, reference)
        facts = replace(_moved(events.facts_of(found), date, start, end), **wanted)
        effect = do(scope, cohort.id, found.id, facts=facts, sender=sender, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


@event.command("cancel")
@click.argument("reference", metavar="REF")
@click.option("--cohort", "cohort_name", required=True, metavar="NAME", help="The cohort of the event.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def cancel(reference: str, cohort_name: str, *, dry_run: bool, as_json: bool) -> None:
    """Cancel an event: whoever was invited gets a cancellation. Twice changes nothing."""
    do = events.preview_cancel if dry_run else events.cancel_event
    with changing(dry_run=dry_run) as (scope, sender):
        cohort = scope.cohort_named(cohort_name)
        found = scope.event_named(cohort, reference)
        effect = do(scope, cohort.id, found.id, sender=sender, now=datetime.now(UTC))
    tell(effect, cohort=cohort_name, as_json=as_json, dry_run=dry_run)


def _moved(
    facts: EventFacts, date: datetime | None, start: datetime | None, end: datetime | None
) -> EventFacts:
    """The facts at another date or other hours; what is not said stays."""
    if not (date or start or end):
        return facts
    starts, ends = to_london(facts.starts_at), to_london(facts.ends_at)
    on = date.date() if date else starts.date()
    nights = ends.date() - starts.date()
    return replace(
        facts,
        starts_at=london_to_utc(on, start.time() if start else starts.time()),
        ends_at=london_to_utc(on if end else on + nights, end.time() if end else ends.time()),
    )


def _as_json(one: EventShown) -> dict[str, object]:
    return {
        "reference": one.reference,
        "kind": one.facts.kind,
        "title": one.title,
        "starts_at": one.starts_at.isoformat(),
        "ends_at": one.ends_at.isoformat(),
        "mode": one.facts.mode,
        "place": one.place,
        "joining_link": one.joining_link,
        "team": one.team or None,
        "cancelled": one.cancelled,
        "invited": len(one.invited),
        "answers": dict(one.answers),
        "missing": len(one.missing),
    }


def _in_words(one: EventShown) -> str:
    where = f"online at {one.joining_link}" if one.virtual else one.place
    state = " (cancelled)" if one.cancelled else ""
    when = f"{day_in_words(one.starts_at)}, {hours_in_words(one.starts_at, one.ends_at)}"
    people = f"{len(one.invited)} invited, {one.answers['ACCEPTED']} coming"
    return f"{one.reference}  {one.kind}: {one.title}{state}, {when}, {where}; {people}."
