"""Rows of the service, one module for each area.

Everything within a cohort carries its `cohort_id`, and composite foreign keys make sure that no row points
into another cohort or to another partner.
"""

from placement.models.access import AccessNeed, CalendarVersion, Feed, Hit, SignedIn, SignInLink
from placement.models.audit import AuditEvent
from placement.models.match_run import Assignment, MatchRun
from placement.models.opportunity import Opportunity, Site
from placement.models.outbox import Message
from placement.models.people import Coordinator, Leader, Partner, User
from placement.models.placement import Invite, Placement
from placement.models.preference import DateAnswer, Preference
from placement.models.programme import Cohort, Organisation, Programme, Team
from placement.models.reply import Reply
from placement.models.slot import Slot

__all__ = [
    "AccessNeed",
    "Assignment",
    "AuditEvent",
    "CalendarVersion",
    "Cohort",
    "Coordinator",
    "DateAnswer",
    "Feed",
    "Hit",
    "Invite",
    "Leader",
    "MatchRun",
    "Message",
    "Opportunity",
    "Organisation",
    "Partner",
    "Placement",
    "Preference",
    "Programme",
    "Reply",
    "SignInLink",
    "SignedIn",
    "Site",
    "Slot",
    "Team",
    "User",
]
