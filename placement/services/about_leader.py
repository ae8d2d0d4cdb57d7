"""What leaders say of themselves: where they start from, how far they go, their check, what they need.

What the match looks at can be changed until choices close. Access needs can be changed at any time: they are
told to nobody but the partner who hosts the leader, and to that one only where the leader wants it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from placement.domain.about_errors import AboutChanged
from placement.domain.errors import PreferencesClosed
from placement.domain.geo import Position
from placement.domain.states import Check, PostcodeKind
from placement.models import AccessNeed, Leader
from placement.services import access, audit
from placement.services.cohorts import hold_cohort
from placement.services.preferences import window_for
from placement.services.scope import Scope

LONGEST_POSTCODE = 10
LONGEST_ROLE = 300
LONGEST_NEED = 2000


@dataclass(frozen=True)
class MatchFacts:
    """What the match looks at, as a leader says it; `max_km` is None for no limit."""

    base_postcode: str
    postcode_kind: PostcodeKind | None
    max_km: float | None
    no_car: bool
    check_held: Check


@dataclass(frozen=True)
class Need:
    """What a leader needs, empty for nothing; `shared`: the partner who hosts them may know it."""

    text: str = ""
    shared: bool = False


def save_facts(
    scope: Scope, leader_id: int, facts: MatchFacts, *, position: Position | None, seen: str, now: datetime
) -> bool:
    """Keep what the match looks at; says whether anything is new. `position` is where the postcode is.

    A postcode that is as it was keeps the position that it had. Raises `PreferencesClosed`, `AboutChanged`.
    """
    leader = _held(scope, leader_id)
    window = window_for(scope.session, leader, now=now)
    if not window.is_open:
        raise PreferencesClosed(when=window.closed)
    changed = _differing(leader, facts)
    if changed and seen != facts_version(leader):
        raise AboutChanged
    if "base_postcode" in changed:
        leader.latitude, leader.longitude = position or (None, None)
    for name, value in changed.items():
        setattr(leader, name, value)
    leader.checked_at = now
    scope.session.flush()
    _note(scope, leader, "change_about", changed, now=now)
    return bool(changed)


def save_role(scope: Scope, leader_id: int, role: str, *, seen: str, now: datetime) -> bool:
    """Keep the leader's role, at any time; says whether it is new. Raises `AboutChanged`."""
    leader = _held(scope, leader_id)
    if leader.role == role:
        return False
    if seen != leader.role:
        raise AboutChanged
    leader.role = role
    scope.session.flush()
    _note(scope, leader, "change_about", {"role": role}, now=now)
    return True


def save_need(scope: Scope, leader_id: int, need: Need, *, seen: str, now: datetime) -> bool:
    """Keep what the leader needs and who may know it, at any time; an empty text removes both.

    Says whether anything is new. Raises `AboutChanged`.
    """
    leader = _held(scope, leader_id)
    before = need_of(scope.session, leader)
    wanted = need if need.text else Need()
    if before == wanted:
        return False
    if seen != need_version(before):
        raise AboutChanged
    access.record_need(scope.session, leader, wanted.text, shared=wanted.shared)
    scope.session.flush()
    verb = "change_need" if wanted.text else "remove_need"
    audit.record(scope, verb, f"leader:{leader.id}", at=now, cohort_id=leader.cohort_id, shared=wanted.shared)
    return True


def confirm_about(scope: Scope, leader_id: int, *, now: datetime) -> None:
    """Note that the leader has looked at what is known of them and finds it right."""
    leader = _held(scope, leader_id)
    if leader.checked_at is None:
        leader.checked_at = now
        scope.session.flush()
        audit.record(scope, "confirm_about", f"leader:{leader.id}", at=now, cohort_id=leader.cohort_id)


def need_of(session: Session, leader: Leader) -> Need:
    """What a leader needs, as it is kept."""
    text = access.read_needs(session, [leader.id]).get(leader.id, "")
    row = session.get(AccessNeed, leader.id)
    return Need(text, shared=row is not None and row.shared)


def facts_version(leader: Leader) -> str:
    """Tells one state of the facts from another; goes into the form that changes them."""
    return _digest({name: getattr(leader, name) for name in MatchFacts.__dataclass_fields__})


def need_version(need: Need) -> str:
    """Tells one state of an access need from another."""
    return _digest(asdict(need))


def _held(scope: Scope, leader_id: int) -> Leader:
    leader = scope.leader(leader_id)
    hold_cohort(scope.session, leader.cohort_id)
    scope.session.refresh(leader)
    return leader


def _differing(leader: Leader, facts: MatchFacts) -> dict[str, object]:
    return {name: value for name, value in asdict(facts).items() if getattr(leader, name) != value}


def _note(scope: Scope, leader: Leader, verb: str, changed: Mapping[str, object], *, now: datetime) -> None:
    if changed:
        audit.record(
            scope, verb, f"leader:{leader.id}", at=now, cohort_id=leader.cohort_id, fields=sorted(changed)
        )


def _digest(facts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]
