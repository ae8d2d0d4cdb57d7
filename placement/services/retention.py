"""How long mails, ways in, words about days and what only undoes are kept; then they go by themselves.

What a mail was, to whom it went and what the mail server said stay; its text and octets go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from placement.db import Base
from placement.models import (
    Attendance,
    Event,
    Feedback,
    FixedPair,
    Hit,
    ImportBatch,
    ImportRow,
    ImportUpload,
    Invite,
    Message,
    Organisation,
    PartnerMessage,
    Placement,
    PreviousRanking,
    Reflection,
    Reply,
    RunNote,
    SecondStep,
    SignedIn,
    SignInLink,
    Slot,
    SwapRequest,
    Withdrawal,
    WrittenMail,
)
from placement.services import audit, mail_leases, outbox
from placement.services.attendance import UNKNOWN
from placement.services.imports.batches import UNDO_FOR
from placement.services.scope import Scope
from placement.services.sign_in import KEPT
from placement.services.wordless import WORDLESS

EXTRA = "Extra person"
SETTLED = ("sent", "failed", "cancelled", "superseded")


@dataclass(frozen=True)
class Rule:
    """Which rows of a table are kept no longer: removed, or emptied where `emptied` says of what.

    What `first` removes goes with them.
    """

    name: str
    table: type[Base]
    over: ColumnElement[bool]
    emptied: Mapping[str, object] = field(default_factory=dict)
    first: Delete | None = None


def look(scope: Scope, *, message_days: int, record_days: int, now: datetime) -> dict[str, int]:
    """How many rows each rule would remove or empty; changes nothing."""
    counted: dict[str, int] = {}
    for rule in _rules(message_days, record_days, now):
        query = select(func.count()).select_from(rule.table).where(rule.over)
        counted[rule.name] = scope.session.scalar(query) or 0
    return counted


def apply(scope: Scope, *, message_days: int, record_days: int, now: datetime) -> dict[str, int]:
    """Remove or empty what is kept no longer; returns the number of rows for each rule."""
    counted = look(scope, message_days=message_days, record_days=record_days, now=now)
    for rule in _rules(message_days, record_days, now):
        if rule.first is not None:
            scope.session.execute(rule.first)
        if rule.emptied:
            scope.session.execute(update(rule.table).where(rule.over).values(**rule.emptied))
        else:
            scope.session.execute(delete(rule.table).where(rule.over))
    if any(counted.values()):
        audit.record(scope, "apply_retention", "service", at=now, **counted)
    return counted


def _rules(message_days: int, record_days: int, now: datetime) -> tuple[Rule, ...]:
    soon, later = now - KEPT, now - timedelta(days=message_days)
    mail_over = _mail_over(later, now)
    octets_over = delete(WrittenMail).where(WrittenMail.message_id.in_(select(Message.id).where(mail_over)))
    return (
        Rule("sign_in_links", SignInLink, SignInLink.expires_at < soon),
        Rule("sessions", SignedIn, or_(SignedIn.ended_at < soon, SignedIn.created_at < soon)),
        Rule("second_steps", SecondStep, and_(SecondStep.on_since.is_(None), SecondStep.begun_at < soon)),
        Rule("counters", Hit, Hit.window_starts_at < soon),
        Rule("mails", Message, mail_over, {"payload": {}}, octets_over),
        Rule("import_uploads", ImportUpload, ImportUpload.uploaded_at < soon),
        Rule("import_rows", ImportRow, ImportRow.batch_id.in_(_over_batches(now))),
        Rule("run_notes", RunNote, and_(RunNote.written_at < later, _cohort_over(RunNote.cohort_id, later))),
        Rule(
            "fixed_places",
            FixedPair,
            and_(
                FixedPair.reason != "",
                FixedPair.made_at < later,
                _cohort_over(FixedPair.cohort_id, later),
            ),
            WORDLESS[FixedPair],
        ),
        Rule(
            "signatories",
            Organisation,
            and_(
                Organisation.signed_off_by != "",
                Organisation.signed_off_at < later,
                _cohort_over(Organisation.cohort_id, later),
            ),
            {"signed_off_by": ""},
        ),
        Rule("replies", Reply, _reply_over(later), {"octets": None}),
        *_day_rules(now - timedelta(days=record_days)),
        Rule("previous_rankings", PreviousRanking, PreviousRanking.changed_at < later),
    )


def _over_batches(now: datetime) -> Select[int]:
    return select(ImportBatch.id).where(ImportBatch.imported_at < now - UNDO_FOR)


def _day_rules(before: datetime) -> tuple[Rule, ...]:
    """What was written of days that are long over; who came, and how it went, stays for the figures."""
    over = select(Slot.id).where(Slot.ends_at < before)
    there = Attendance.slot_id.in_(over)
    told = or_(Attendance.note != "", Attendance.reason != UNKNOWN)
    named = and_(Attendance.leader_id.is_(None), Attendance.name != EXTRA)
    return (
        Rule("reflections", Reflection, Reflection.slot_id.in_(over)),
        Rule(
            "feedback",
            Feedback,
            and_(Feedback.slot_id.in_(over), or_(Feedback.words != "", Feedback.call_me)),
            WORDLESS[Feedback],
        ),
        Rule(
            "partner_messages",
            PartnerMessage,
            and_(PartnerMessage.slot_id.in_(over), PartnerMessage.text != ""),
            {"text": ""},
        ),
        Rule(
            "withdrawals",
            Withdrawal,
            and_(Withdrawal.slot_id.in_(over), Withdrawal.words != ""),
            {"words": ""},
        ),
        Rule("absences", Attendance, and_(there, told), WORDLESS[Attendance]),
        Rule(
            "swap_requests",
            SwapRequest,
            and_(
                SwapRequest.placement_id.in_(select(Placement.id).where(Placement.ends_at < before)),
                or_(SwapRequest.words != "", SwapRequest.answer != "", SwapRequest.reason != "other"),
            ),
            WORDLESS[SwapRequest],
        ),
        Rule("extra_people", Attendance, and_(there, named), {"name": EXTRA, "organisation": ""}),
    )


def _mail_over(later: datetime, now: datetime) -> ColumnElement[bool]:
    """Old, settled, not empty yet, and of no thread that goes on.

    A thread goes on while a mail of it is owed, and while what it is about is still to come: until then
    a later mail, and a reply, are read together with the earlier ones.
    """
    owed = aliased(Message)
    thread_owes = select(owed.id).where(
        owed.invite_id == Message.invite_id, owed.status.in_(outbox.UNFINISHED)
    )
    ended = (
        select(Invite.id)
        .outerjoin(Placement, Placement.id == Invite.placement_id)
        .outerjoin(Event, Event.id == Invite.event_id)
        .where(
            Invite.id == Message.invite_id,
            or_(Invite.state == "cancelled", Placement.ends_at < now, Event.ends_at < now),
        )
    )
    # The newest mail to a partner holds what they were told; the next one tells the difference to that.
    told_since = aliased(Message)
    newer = select(told_since.id).where(
        told_since.cohort_id == Message.cohort_id,
        told_since.kind == Message.kind,
        told_since.recipient == Message.recipient,
        told_since.payload["partner_id"].as_integer() == Message.payload["partner_id"].as_integer(),
        told_since.status == "sent",
        told_since.id > Message.id,
    )
    return and_(
        Message.status.in_(SETTLED),
        func.coalesce(Message.sent_at, Message.created_at) < later,
        or_(mail_leases.written(), cast(Message.payload, Text) != "{}"),
        ~thread_owes.exists(),
        or_(Message.invite_id.is_(None), ended.exists()),
        or_(Message.kind != outbox.WHO_IS_COMING, newer.exists()),
    )


def _cohort_over(cohort_id: InstrumentedAttribute[int], later: datetime) -> ColumnElement[bool]:
    """Whether the last day of a cohort is so long ago."""
    return ~select(Slot.id).where(Slot.cohort_id == cohort_id, Slot.ends_at >= later).exists()


def _reply_over(later: datetime) -> ColumnElement[bool]:
    return and_(Reply.action != "review", Reply.octets.is_not(None), Reply.received_at < later)
