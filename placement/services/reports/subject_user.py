"""What is kept about whoever reads one mailbox, whatever they are in a cohort."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from placement.models import (
    AuditEvent,
    Feed,
    ImportUpload,
    InterruptedForm,
    Message,
    OptOut,
    SecondStep,
    SignedIn,
    UserAlias,
)
from placement.services.recovery_codes import codes_left
from placement.services.reports.subject_sections import Cell, Section, section


def mails(session: Session, email: str, cohort_id: int) -> Section:
    """The mails of one cohort, and of none, that went to an address or are to go there."""
    query = (
        select(Message.created_at, Message.kind, Message.recipient, Message.status, Message.sent_at)
        .where(
            Message.recipient == email,
            or_(Message.cohort_id == cohort_id, Message.cohort_id.is_(None)),
        )
        .order_by(Message.id)
    )
    rows = (
        (at, kind.replace("_", " "), to, status, sent_at)
        for at, kind, to, status, sent_at in session.execute(query)
    )
    return section("mails", "E-mails to you", ("Written", "Kind", "To", "State", "Sent"), rows)


def ways_in(session: Session, user_id: int) -> Section:
    """When they signed in, and what else goes with their mailbox."""
    rows: list[tuple[Cell, ...]] = [
        ("Signed in", row.created_at, "signed out" if row.ended_at else "")
        for row in session.scalars(select(SignedIn).where(SignedIn.user_id == user_id))
    ]
    rows += [
        (f"Calendar feed ({row.purpose})", row.created_at, "stopped" if row.revoked_at else "")
        for row in session.scalars(select(Feed).where(Feed.user_id == user_id))
    ]
    rows += [
        ("Further address", row.created_at, row.email)
        for row in session.scalars(select(UserAlias).where(UserAlias.user_id == user_id))
    ]
    rows += [
        ("Wants no more mails", row.since, row.sort)
        for row in session.scalars(select(OptOut).where(OptOut.user_id == user_id))
    ]
    rows += [
        ("A form that you sent too late, sealed", row.kept_at, "for a day")
        for row in session.scalars(select(InterruptedForm).where(InterruptedForm.user_id == user_id))
    ]
    rows += [
        ("Files that you sent for an import, sealed", row.uploaded_at, "for a day")
        for row in session.scalars(select(ImportUpload).where(ImportUpload.user_id == user_id))
    ]
    rows += [
        ("Second step when you sign in", row.on_since, f"{codes_left(session, user_id)} recovery codes left")
        for row in session.scalars(
            select(SecondStep).where(SecondStep.user_id == user_id, SecondStep.on_since.is_not(None))
        )
    ]
    title = "Signing in, calendar feeds, mails you do not want"
    return section("ways_in", title, ("What", "Since", "Details"), rows)


def records(session: Session, subject: str, user_id: int) -> Section:
    """What the log says by number: what was done by the user, or about `subject`."""
    query = (
        select(AuditEvent.verb, func.count(), func.min(AuditEvent.at), func.max(AuditEvent.at))
        .where(or_(AuditEvent.subject == subject, AuditEvent.actor == f"user:{user_id}"))
        .group_by(AuditEvent.verb)
        .order_by(AuditEvent.verb)
    )
    rows = (
        (verb.replace("_", " "), times, first, last) for verb, times, first, last in session.execute(query)
    )
    columns = ("What was done", "How often", "First", "Last")
    return section("records", "What was done by you, or about you", columns, rows)
