"""The states that rows go through, and the other closed lists of words."""

from typing import Literal, get_args

RunStatus = Literal["queued", "solving", "solved", "confirmed", "failed", "cancelled"]
RunKind = Literal["match", "repair", "fresh"]
"""A run that adds to what stands; one that keeps as much of it as it can; one that looks away from it."""
PlacementStatus = Literal["confirmed", "cancelled"]
SlotStatus = Literal["open", "withdrawn"]
InviteState = Literal["owed", "sent", "cancelled"]
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
DateAnswerWord = Literal["can", "if_need_be", "cannot"]
Check = Literal["none", "basic", "enhanced"]
Objective = Literal["generous", "rank-maximal", "total-rank", "lottery"]
TeamRule = Literal["spread", "together"]
CoordinatorRole = Literal["coordinator", "viewer"]
FeedPurpose = Literal["leader", "partner", "coordinator"]
"""Whose days a calendar feed holds: a leader's own, those at a partner, those of a cohort."""

RUN_STATUSES: tuple[RunStatus, ...] = get_args(RunStatus)
RUN_KINDS: tuple[RunKind, ...] = get_args(RunKind)
MESSAGE_STATUSES: tuple[MessageStatus, ...] = get_args(MessageStatus)
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
CHECKS: tuple[Check, ...] = get_args(Check)


def check_suffices(held: str, required: str) -> bool:
    """Whether a criminal-record check `held` covers the one `required` (none < basic < enhanced)."""
    order = {word: position for position, word in enumerate(CHECKS)}
    return order[held] >= order[required]  # type: ignore[index]  # a wrong word is a KeyError
