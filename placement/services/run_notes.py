"""Notes on a match run, for those who run the cohort; only whoever wrote one changes it."""

from datetime import datetime

from placement.domain.fixing_errors import NoteNotYours, NoteUnusable
from placement.domain.text import clean_text
from placement.models import RunNote
from placement.services import audit
from placement.services.scope import Scope

LONGEST_NOTE = 2000


def write_note(scope: Scope, cohort_id: int, run_id: int, *, text: str, now: datetime) -> int:
    """Add a note to a run; returns its id."""
    run = scope.run_of(scope.cohort(cohort_id), run_id)
    note = RunNote(
        cohort_id=run.cohort_id,
        match_run_id=run.id,
        text=_usable(text),
        written_by=scope.actor.label,
        written_at=now,
    )
    scope.session.add(note)
    scope.session.flush()
    facts = {"note": note.id}
    audit.record(scope, "write_note", f"match_run:{run.id}", at=now, cohort_id=run.cohort_id, **facts)
    return note.id


def change_note(scope: Scope, cohort_id: int, run_id: int, note_id: int, *, text: str, now: datetime) -> None:
    """Write a note of one's own anew."""
    note = _own(scope, cohort_id, run_id, note_id)
    note.text, note.changed_at = _usable(text), now
    facts = {"note": note.id}
    audit.record(scope, "change_note", f"match_run:{run_id}", at=now, cohort_id=note.cohort_id, **facts)


def remove_note(scope: Scope, cohort_id: int, run_id: int, note_id: int, *, now: datetime) -> str:
    """Remove a note of one's own; returns what it said."""
    note = _own(scope, cohort_id, run_id, note_id)
    scope.session.delete(note)
    facts = {"note": note_id}
    audit.record(scope, "remove_note", f"match_run:{run_id}", at=now, cohort_id=note.cohort_id, **facts)
    return note.text


def _own(scope: Scope, cohort_id: int, run_id: int, note_id: int) -> RunNote:
    note = scope.note_on(scope.run_of(scope.cohort(cohort_id), run_id), note_id)
    if note.written_by != scope.actor.label:
        raise NoteNotYours
    return note


def _usable(text: str) -> str:
    text = clean_text(text)
    if not 1 <= len(text) <= LONGEST_NOTE:
        raise NoteUnusable(most=LONGEST_NOTE)
    return text
