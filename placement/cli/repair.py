"""Repairs in words and as JSON whose ids are e-mail addresses and references."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from placement.domain.choices import ordinal
from placement.services.reports.repair import Move, Proposal, RepairReport, Seat
from placement.services.reports.seats import SeatReport
from placement.services.reports.standing import Day, Standing

MOST = 20
"""How many who could take a seat are listed in words."""


def repair_as_json(report: RepairReport) -> dict[str, Any]:
    """A repair with its alternatives as one JSON value."""
    return {
        "given": _seat_as_json(report.seat),
        "nothing": _standing_as_json(report.nothing),
        "fewest": _proposal_as_json(report.fewest),
        "fresh": _proposal_as_json(report.fresh),
        "changes": report.changes,
        "confirmed": report.confirmed,
    }


def repair_in_words(report: RepairReport) -> str:
    """A repair as a coordinator reads it: what nothing, little and much would do."""
    return "\n".join(_lines(report))


def seats_as_json(report: SeatReport) -> dict[str, Any]:
    """Who could take a seat, as one JSON value."""
    return {
        "slot": report.day.reference,
        "free": report.free,
        "closed": report.closed,
        "takers": [
            {
                "leader": taker.own.person.email,
                "choice": taker.choice,
                "change": taker.change,
                "moves": [_move_as_json(move) for move in taker.moves],
                "sentence": taker.sentence,
            }
            for taker in report.takers
        ],
    }


def seats_in_words(report: SeatReport) -> str:
    """Who could take a seat, the best for everybody first."""
    seats = "1 free seat" if report.free == 1 else f"{report.free} free seats"
    lines = [f"{report.day.words}: {seats}."]
    if report.closed:
        lines.append(report.closed)
    for number, taker in enumerate(report.takers[:MOST], start=1):
        effect = ", ".join(f"{name} {_change(value)}" for name, value in taker.change.items())
        lines.append(
            f"{number:3}. {taker.own.person.email}: {taker.sentence}{f' ({effect})' if effect else ''}"
        )
    if len(report.takers) > MOST:
        lines.append(f"And {len(report.takers) - MOST} more, all of whom --json lists.")
    if report.takers:
        command = f"placement slot give {report.day.reference} EMAIL --cohort NAME"
        lines.append(f"See what giving it to one of them would change with: {command}")
    return "\n".join(lines)


def _lines(report: RepairReport) -> Iterator[str]:
    yield f"Repair of {report.cohort}."
    if report.seat is not None:
        yield f"{report.seat.person.email} is given a seat: {report.seat.day.words}."
    yield ""
    yield f"If nothing is done: {_days(report.nothing.placed)}, {_waiting(len(report.nothing.unplaced))}."
    yield from (f"  without a day: {one.person.email}" for one in report.nothing.unplaced)
    yield from (f"  - {sentence}" for sentence in report.nothing.broken)
    fewest = "the seat given with the fewest moves" if report.seat else "the fewest moves"
    for title, found in ((fewest, report.fewest), ("the best list made afresh", report.fresh)):
        if found is not None:
            yield ""
            yield from _proposal_lines(title, found, in_full=found is report.fewest)
    yield ""
    if report.confirmed:
        yield f"Run {report.confirmed} has been confirmed."
    elif report.changes:
        yield "These runs can no longer be confirmed, because the cohort has changed since:"
        yield from (f"  - {sentence}" for sentence in report.changes)
    else:
        yield from (
            f"Confirm with: placement match confirm {found.run.id}"
            for found in (report.fewest, report.fresh)
            if found is not None and found.moves
        )


def _proposal_lines(title: str, found: Proposal, *, in_full: bool) -> Iterator[str]:
    head = f"Run {found.run.id}, {title}"
    if not found.proof:
        yield f"{head}: {found.run.failure or found.run.status}"
        return
    if found.impossible:
        yield f"{head}: no list keeps every rule, so there is nothing to confirm."
        return
    if not found.moves:
        yield f"{head}: nothing would change."
        return
    yield (
        f"{head}: {found.moved} moved, {found.newly_placed} newly placed, {found.left_out} lose theirs; "
        f"{found.kept} stay as they are. {_days(found.placed)}, {_waiting(len(found.unplaced))}."
    )
    if in_full:
        yield from (
            f"  {move.person.email}: {_day(move.before)} → {_day(move.after)}" for move in found.moves
        )
    for stage in found.stages:
        proof = "" if stage.proven else " (not proven)"
        yield (
            f"  stage {stage.name:12} {json.dumps(stage.before)} → {json.dumps(stage.after)}"
            f"  {_change(stage.change)}{proof}"
        )


def _day(day: Day | None) -> str:
    if day is None:
        return "no day"
    return (
        f"{day.reference} ({ordinal(day.choice)} choice)" if day.choice else f"{day.reference} (not chosen)"
    )


def _days(number: int) -> str:
    return "1 day given" if number == 1 else f"{number} days given"


def _waiting(number: int) -> str:
    return "1 leader without" if number == 1 else f"{number} leaders without"


def _change(value: object) -> str:
    """By how much a stage changes: "+1", or rank by rank."""
    if isinstance(value, Mapping):
        return ", ".join(f"{rank}: {number:+}" for rank, number in value.items()) or "the same"
    if isinstance(value, int | float):
        return f"{value:+}" if value else "the same"
    return ""


def _seat_as_json(seat: Seat | None) -> dict[str, str] | None:
    return None if seat is None else {"leader": seat.person.email, "slot": seat.day.reference}


def _standing_as_json(found: Standing) -> dict[str, Any]:
    return {
        "placed": found.placed,
        "profile": found.profile,
        "unplaced": [{"leader": one.person.email, "days": one.days} for one in found.unplaced],
        "below_minimum": [
            {"slot": one.day.reference, "leaders": one.leaders, "minimum": one.minimum}
            for one in found.below_minimum
        ],
        "broken": found.broken,
    }


def _proposal_as_json(found: Proposal | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "run": found.run.id,
        "status": found.run.status,
        "moved": found.moved,
        "newly_placed": found.newly_placed,
        "left_out": found.left_out,
        "kept": found.kept,
        "placed": found.placed,
        "profile": found.profile,
        "unplaced": [{"leader": one.person.email, "days": one.days} for one in found.unplaced],
        "moves": [_move_as_json(move) for move in found.moves],
        "stages": [
            {
                "name": stage.name,
                "before": stage.before,
                "after": stage.after,
                "change": stage.change,
                "proven": stage.proven,
            }
            for stage in found.stages
        ],
    }


def _move_as_json(move: Move) -> dict[str, Any]:
    return {
        "leader": move.person.email,
        "from": move.before.reference if move.before else None,
        "to": move.after.reference if move.after else None,
        "kind": move.kind,
    }
