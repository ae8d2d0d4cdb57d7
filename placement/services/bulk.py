"""What is done for several people of a cohort at once, after its coordinator has seen for whom."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from placement.domain.errors import NotFound
from placement.domain.states import MessageStatus
from placement.services import mail_holding, reminders
from placement.services.mail_links import MailLinks
from placement.services.preferences import window_of
from placement.services.reports.people import ListedPerson, people_list
from placement.services.scope import Scope

BulkAction = Literal["remind", "hold", "release"]
BULK_ACTIONS: tuple[BulkAction, ...] = get_args(BulkAction)
WAITING: Mapping[BulkAction, MessageStatus] = {"hold": "todo", "release": "held"}


@dataclass(frozen=True)
class Affected:
    """Somebody whom it would affect, or why it would not (`reason`); `mails` is how many mails of theirs."""

    person: ListedPerson
    mails: int = 0
    reason: str = ""


@dataclass(frozen=True)
class BulkPreview:
    """What doing `action` would do: for whom, and for whom not and why."""

    cohort_id: int
    cohort: str
    action: BulkAction
    affected: tuple[Affected, ...]
    left_out: tuple[Affected, ...]

    @property
    def mails(self) -> int:
        """How many mails it is about."""
        return sum(one.mails for one in self.affected)


def bulk_action(word: str) -> BulkAction:
    """What a form asks for. Raises `NotFound`."""
    found = next((action for action in BULK_ACTIONS if action == word), None)
    if found is None:
        raise NotFound(thing="action")
    return found


def preview(
    scope: Scope, cohort_id: int, action: BulkAction, keys: Collection[str], *, now: datetime
) -> BulkPreview:
    """What doing `action` for the people with these keys would do now."""
    found = people_list(scope, cohort_id)
    people = [person for person in found.people if person.key in keys]
    told = list(_reminding(scope, cohort_id, people, now=now) if action == "remind" else ())
    if action in WAITING:
        told = list(_holding(scope, cohort_id, people, action))
    return BulkPreview(
        cohort_id=found.cohort_id,
        cohort=found.cohort,
        action=action,
        affected=tuple(one for one in told if not one.reason),
        left_out=tuple(one for one in told if one.reason),
    )


def act(
    scope: Scope,
    cohort_id: int,
    action: BulkAction,
    keys: Collection[str],
    *,
    links: MailLinks,
    now: datetime,
) -> int:
    """Do it for those whom it still concerns; returns how many mails that is."""
    people = [one.person for one in preview(scope, cohort_id, action, keys, now=now).affected]
    if action == "remind":
        among = {person.id for person in people}
        return reminders.remind_now(scope, cohort_id, links=links, now=now, among=among) if among else 0
    change: Callable[..., int] = mail_holding.hold_to if action == "hold" else mail_holding.release_to
    return change(scope, cohort_id, {person.email for person in people}, now=now) if people else 0


def _reminding(
    scope: Scope, cohort_id: int, people: Sequence[ListedPerson], *, now: datetime
) -> Iterator[Affected]:
    cohort = scope.cohort(cohort_id)
    closed = window_of(scope.session, cohort, now=now).closed is not None
    among = {person.id for person in people if person.kind == "leader"}
    asked = {leader.id for leader in reminders.asking(scope, cohort_id, now=now, among=among).leaders}
    for person in people:
        if closed:
            reason = "choices are closed"
        elif person.kind == "partner":
            reason = "is a partner: only leaders are reminded"
        elif person.left_at is not None:
            reason = "has left the cohort"
        elif person.submitted_at is not None:
            reason = "has sent choices"
        else:
            reason = "" if person.id in asked else "had a reminder today, or wants none by e-mail"
        yield Affected(person, mails=0 if reason else 1, reason=reason)


def _holding(
    scope: Scope, cohort_id: int, people: Sequence[ListedPerson], action: BulkAction
) -> Iterator[Affected]:
    addresses = {person.email for person in people}
    waiting = mail_holding.waiting_for(scope.session, scope.cohort(cohort_id).id, addresses, WAITING[action])
    nothing = "no mail waits for them" if action == "hold" else "no mail is held for them"
    counted: set[str] = set()
    for person in people:
        mails = 0 if person.email in counted else waiting.get(person.email, 0)
        counted.add(person.email)
        yield Affected(person, mails=mails, reason="" if waiting.get(person.email) else nothing)
