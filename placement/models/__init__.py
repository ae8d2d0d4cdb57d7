"""Rows of the service, one module for each area.

Everything within a cohort carries its `cohort_id`, and composite foreign keys make sure that no row points
into another cohort or to another partner.
"""

from placement.models.access import (
    AccessNeed,
    CalendarVersion,
    Feed,
    Hit,
    InterruptedForm,
    MatchStamp,
    RecoveryCode,
    SecondStep,
    SignedIn,
    SignInLink,
)
from placement.models.answer import HeldAnswer, Task
from placement.models.attendance import Attendance, Feedback, Reflection
from placement.models.audit import AuditCheck, AuditEvent
from placement.models.conflict import Conflict
from placement.models.event import Event, EventGuest
from placement.models.fixed_pair import FixedPair, FixingStep, RunNote
from placement.models.hosting import PartnerMessage, Withdrawal
from placement.models.imports import ImportBatch, ImportRow, ImportUpload
from placement.models.letters import OptOut, Wording
from placement.models.lists import SavedView
from placement.models.match_run import Assignment, MatchRun
from placement.models.opportunity import Activity, Opportunity, Site
from placement.models.outbox import DeliveryTry, Message, WrittenMail
from placement.models.people import Coordinator, Leader, Partner, User, UserAlias
from placement.models.placement import Invite, Placement
from placement.models.preference import DateAnswer, Preference, PreviousRanking, RefusedOpportunity
from placement.models.programme import Cohort, Organisation, Programme, Team
from placement.models.reply import MailboxPosition, Reply
from placement.models.seat_offer import SeatOffer
from placement.models.slot import Slot
from placement.models.swap_request import SwapRequest
from placement.models.work import Schedule, Worker

__all__ = [
    "AccessNeed",
    "Activity",
    "Assignment",
    "Attendance",
    "AuditCheck",
    "AuditEvent",
    "CalendarVersion",
    "Cohort",
    "Conflict",
    "Coordinator",
    "DateAnswer",
    "DeliveryTry",
    "Event",
    "EventGuest",
    "Feed",
    "Feedback",
    "FixedPair",
    "FixingStep",
    "HeldAnswer",
    "Hit",
    "ImportBatch",
    "ImportRow",
    "ImportUpload",
    "InterruptedForm",
    "Invite",
    "Leader",
    "MailboxPosition",
    "MatchRun",
    "MatchStamp",
    "Message",
    "Opportunity",
    "OptOut",
    "Organisation",
    "Partner",
    "PartnerMessage",
    "Placement",
    "Preference",
    "PreviousRanking",
    "Programme",
    "RecoveryCode",
    "Reflection",
    "RefusedOpportunity",
    "Reply",
    "RunNote",
    "SavedView",
    "Schedule",
    "SeatOffer",
    "SecondStep",
    "SignInLink",
    "SignedIn",
    "Site",
    "Slot",
    "SwapRequest",
    "Task",
    "Team",
    "User",
    "UserAlias",
    "Withdrawal",
    "Wording",
    "Worker",
    "WrittenMail",
]
