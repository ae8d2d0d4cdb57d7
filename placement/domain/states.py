"""The states that rows go through, and the other closed lists of words."""

from collections.abc import Mapping
from typing import Literal, get_args

RunStatus = Literal["queued", "solving", "solved", "confirmed", "failed", "cancelled"]
RunKind = Literal["match", "repair", "fresh"]
"""A run that adds to what stands; one that keeps as much of it as it can; one that looks away from it."""
PairKind = Literal["pin", "forbid"]
"""A place that a leader is to keep; one that they are never to be given."""
FixingWord = Literal["keep", "never", "change", "remove"]
PlacementStatus = Literal["confirmed", "cancelled"]
SlotStatus = Literal["open", "withdrawn"]
OpportunityStatus = Literal["draft", "waiting", "returned", "live"]
"""Being written by its partner; waiting for a coordinator's approval; sent back with a note; on offer."""
PartTaken = Literal["observe", "help", "both"]
"""Whether visitors look on, lend a hand, or do both."""
Photographs = Literal["no", "ask", "yes"]
ActivityKind = Literal[
    "shown_round",
    "staff_talks",
    "sorting",
    "practical",
    "serving_food",
    "group_session",
    "advice_desk",
    "outreach",
    "listening",
    "children_with_staff",
    "night_shift",
    "home_visit",
    "personal_care",
    "health_care",
    "handling_money",
    "driving_people",
    "children_alone",
]
"""What visitors may do on a day; what each needs is in `activities`."""
InviteState = Literal["owed", "sent", "undelivered", "past", "cancelled"]
"""`undelivered`: its newest mail came back, and one that leaves later makes it "sent" again; `past`: its day
is over, and nothing is sent of it any more."""
EventKind = Literal["workshop", "learning_set", "coaching", "other"]
EventMode = Literal["in_person", "virtual"]
EventStatus = Literal["planned", "cancelled"]
Partstat = Literal["NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE"]
ReplyAction = Literal["applied", "ignored", "review", "rejected"]
SenderCheck = Literal["passed", "failed", "unchecked"]
ReplyOutcome = Literal["taken", "nothing"]
"""What somebody made of a reply that was to be reviewed: an answer, or nothing."""
AnswerWord = Literal["ACCEPTED", "TENTATIVE", "DECLINED"]
AnswerWay = Literal["mail", "link", "page", "coordinator"]
"""How an answer came: a mail, the link of an invite, the leader's own page, somebody who runs the cohort."""
TaskOutcome = Literal["kept", "changed"]
"""How a decline was dealt with: the placement was kept as it is; the answer is another one now."""
MessageStatus = Literal["held", "todo", "sending", "sent", "failed", "cancelled", "superseded"]
DeliveryOutcome = Literal[
    "sent", "put_off", "refused", "unknown", "unwritable", "interrupted", "held", "released", "asked"
]
"""What became of one try to send a mail, or what somebody did about it."""
DateAnswerWord = Literal["can", "if_need_be", "cannot"]
Check = Literal["none", "basic", "enhanced"]
PostcodeKind = Literal["home", "work"]
"""Whose postcode a leader starts from."""
ConflictKind = Literal["funds", "commissions", "board", "works", "volunteers", "family", "other"]
"""What a leader is to a partner that they must not be sent to."""
CONFLICT_WORDS: Mapping[str, str] = {
    "funds": "funds it",
    "commissions": "commissions work from it",
    "board": "on its board, or a trustee",
    "works": "works there, or did",
    "volunteers": "volunteers there",
    "family": "somebody close has a tie to it",
    "other": "something else",
}
"""What a leader is to a partner, in a few words."""
SaidBy = Literal["leader", "coordinator"]
Objective = Literal["generous", "rank-maximal", "total-rank", "lottery"]
TeamRule = Literal["spread", "together"]
CoordinatorRole = Literal["coordinator", "viewer"]
FeedPurpose = Literal["leader", "partner", "coordinator"]
"""Whose days a calendar feed holds: a leader's own, those at a partner, those of a cohort."""
OptOutSort = Literal["reminders", "thanks", "renewals"]
"""What somebody may want no mails of."""
ChainFault = Literal["changed", "gap", "missing"]
"""How the chain of audit events is broken: an event says something else than its hash; one does not follow
on the one before; one that was there at an earlier check is gone."""
ListPage = Literal["people", "days"]
"""The lists of which coordinators keep views."""
AttendanceState = Literal["came", "late", "left_early", "absent"]
"""How a person took part in a day; who has no record yet is not known."""
AbsenceReason = Literal["ill", "work", "travel", "caring", "place_closed", "unknown"]
"""Why somebody did not come: nobody is blamed for any of them."""
MarkedBy = Literal["partner", "coordinator"]
WithdrawalReason = Literal["staff", "place", "activity", "safety", "urgent", "private"]
"""Why a partner takes a day back although people are coming: nobody is blamed for any of them."""
SeatOfferState = Literal["open", "accepted", "declined", "expired", "withdrawn"]
"""How a seat that was offered to one leader stands; an open one is held for them until it runs out."""
SwapReason = Literal["work", "caring", "travel", "place", "other"]
"""Why somebody would like another day: nobody is blamed for any of them."""
SWAP_REASON_WORDS: Mapping[str, str] = {
    "work": "Something at work falls on that day",
    "caring": "I look after somebody that day",
    "travel": "It is hard for me to get there",
    "place": "The place, or what happens there, does not suit me",
    "other": "Something else, or I would rather not say",
}
"""The reasons in the words of the leader."""
SwapStatus = Literal["waiting", "granted", "refused", "withdrawn", "lapsed"]
"""How a request for a swap stands; one lapses when its day ends in another way, or begins."""
HostAgain = Literal["yes", "maybe", "no"]
"""Whether a partner would host again."""

RUN_STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)
RUN_KINDS: tuple[RunKind, ...] = get_args(RunKind)
MESSAGE_STATUSES: tuple[MessageStatus, ...] = get_args(MessageStatus)
REPLY_ACTIONS: tuple[ReplyAction, ...] = get_args(ReplyAction)
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
EVENT_WORDS: Mapping[str, str] = {
    "workshop": "Workshop",
    "learning_set": "Learning set",
    "coaching": "Coaching session",
    "other": "Event",
}
"""What an event of each kind is called, on pages, in mails and in calendars."""
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
LIST_PAGES: tuple[ListPage, ...] = get_args(ListPage)
CHECKS: tuple[Check, ...] = get_args(Check)
CONFLICT_KINDS: tuple[ConflictKind, ...] = get_args(ConflictKind)
ATTENDANCE_STATES: tuple[AttendanceState, ...] = get_args(AttendanceState)
ABSENCE_REASONS: tuple[AbsenceReason, ...] = get_args(AbsenceReason)
WITHDRAWAL_REASONS: tuple[WithdrawalReason, ...] = get_args(WithdrawalReason)
SWAP_REASONS: tuple[SwapReason, ...] = get_args(SwapReason)
HOST_AGAIN: tuple[HostAgain, ...] = get_args(HostAgain)


def check_suffices(held: str, required: str) -> bool:
    """Whether a criminal-record check `held` covers the one `required` (none < basic < enhanced)."""
    order = {word: position for position, word in enumerate(CHECKS)}
    return order[held] >= order[required]  # type: ignore[index]  # a wrong word is a KeyError


def known_action(word: str) -> ReplyAction:
    """What was done with a reply, from the word that a row holds."""
    return next(action for action in REPLY_ACTIONS if action == word)
