"""Answers to invites, replies and declines in words."""

from collections.abc import Mapping

from placement.adapters.reply_contents import Proposed, ReplyContents
from placement.domain.text import day_in_words, hours_in_words, time_in_words
from placement.services.reports.answers import AnswerHistory, InviteLine, PastAnswer
from placement.services.reports.replies import PossibleDay, ReplyLine
from placement.web.coordinator.words.mails import KINDS, REPLIES, STATES
from placement.web.coordinator.words.runs import State
from placement.web.presenters import day, listed, moment

ANSWERS: Mapping[str, State] = {
    "NEEDS-ACTION": State(REPLIES["NEEDS-ACTION"], "grey"),
    "ACCEPTED": State(REPLIES["ACCEPTED"], "green"),
    "TENTATIVE": State(REPLIES["TENTATIVE"], "blue"),
    "DECLINED": State(REPLIES["DECLINED"], "red"),
}
WAYS: Mapping[str, str] = {
    "mail": "From their calendar",
    "link": "By the link in their e-mail",
    "page": "On their own page",
    "coordinator": "Written down",
}
SAID: Mapping[str, str] = {
    "ACCEPTED": "coming",
    "TENTATIVE": "perhaps",
    "DECLINED": "cannot come",
}
NOTHING_SAID = "The mail holds no text."


def answer_state(partstat: str) -> State:
    """An answer as a tag."""
    return ANSWERS.get(partstat, ANSWERS["NEEDS-ACTION"])


def way_words(answer: PastAnswer) -> str:
    """How an answer came, and by whom it was written down."""
    return f"{WAYS[answer.way]} by {answer.by}" if answer.by else WAYS[answer.way]


def standing_words(answer: PastAnswer, history: AnswerHistory) -> str:
    """Whether an answer of the history counts, and if not, why."""
    if answer.undone_at is not None:
        return f"Undone {moment(answer.undone_at)}"
    if answer.counts:
        return "This one counts"
    return "The day has moved since" if answer.sequence < history.day.sequence else "Replaced by a newer one"


def mail_words(line: InviteLine) -> str:
    """The last mail about a day: "Invite sent Tuesday 12 January 2027, 9:30am"."""
    if line.mail_at is None:
        return "No mail yet"
    kind = KINDS.get(line.mail_kind, line.mail_kind.replace("_", " ").capitalize())
    return f"{kind}: {STATES[line.mail_status].text.lower()}, {moment(line.mail_at)}"


def who_wrote(line: ReplyLine) -> str:
    """The sender of a reply."""
    return line.sender or "A sender who cannot be told"


def outcome_words(line: ReplyLine) -> str:
    """What was made of a settled reply."""
    done = "Taken as an answer" if line.outcome == "taken" else "Nothing to do"
    when = f", {moment(line.settled_at)}" if line.settled_at else ""
    return f"{done}{when}" + (f", by {line.settled_by}" if line.settled_by else "")


def day_choice(one: PossibleDay) -> str:
    """A day that a reply may be about, as a choice of a list."""
    return f"{one.leader}: {day(one.starts_at)}, {one.title}"


def facts_of(line: ReplyLine, contents: ReplyContents) -> list[str]:
    """What the calendar part of a reply and its files say, a sentence each."""
    found = []
    if line.partstat in SAID:
        found.append(f"The calendar part says: {SAID[line.partstat]}.")
    if line.reason == "counter" and contents.starts:
        found.append(f"It proposes another time: {_proposed(contents.starts, contents.ends)}.")
    if contents.delegates:
        found.append(f"It would send somebody else: {listed(contents.delegates)}.")
    if contents.outlook_file:
        found.append(
            "It comes in a form that only Outlook reads (winmail.dat), so the answer in it cannot be read "
            "here. Ask the sender, or open it in Outlook."
        )
    if contents.files and not contents.outlook_file:
        found.append(f"Files that came with it, which are not kept: {listed(contents.files)}.")
    return found


def _proposed(starts: Proposed, ends: Proposed | None) -> str:
    if starts.moment is None:
        return starts.written
    if ends is None or ends.moment is None or ends.moment <= starts.moment:
        return f"{day_in_words(starts.moment)}, {time_in_words(starts.moment)}"
    return f"{day_in_words(starts.moment)}, {hours_in_words(starts.moment, ends.moment)}"
