"""The first test that a reply fails decides, and only what passes every test is applied."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement.domain.replies import REASONS, Answer, Attendee, HeldInvite, ReplyMail, Verdict, judge
from tests.factories.clock import NOON
from tests.factories.replies import LEADER, UID

HOUR = timedelta(hours=1)
INVITE = HeldInvite(live=True, leader=LEADER, sequence=1, stamp=NOON)
ANSWER = Answer(
    method="REPLY",
    mime_method="REPLY",
    events=1,
    uid=UID,
    attendees=(Attendee(LEADER, "ACCEPTED"),),
    sequence=1,
    stamp=NOON + HOUR,
)
MAIL = ReplyMail(digest="0" * 64, octets=b"", sender=LEADER, sender_check="passed", answer=ANSWER)

Facts = dict[str, dict[str, Any]]


def failing(reason: str, thing: str, **facts: Any) -> tuple[str, Facts]:
    return reason, {thing: facts}


# One entry for each test, in the order of docs/invites.md: the ways to fail it.
TESTS: list[list[tuple[str, Facts]]] = [
    [failing("too_deep", "mail", breach="too_deep")],
    [failing("seen", "judged", seen=True)],
    [failing(kind, "mail", kind=kind) for kind in ("bounce", "receipt", "automatic")],
    [failing("sender_unclear", "mail", sender="")],
    [failing("sender_failed", "mail", sender_check="failed")],
    [failing("no_calendar", "mail", answer=None)],
    [failing("calendar_unreadable", "answer", readable=False)],
    [failing("method_differs", "answer", mime_method="PUBLISH")],
    [
        failing("counter", "answer", method="COUNTER", mime_method=""),
        failing("not_a_reply", "answer", method="REQUEST", mime_method=""),
        failing("not_a_reply", "answer", method="", mime_method=""),
    ],
    [failing("delegated", "answer", attendees=(Attendee(LEADER, "DELEGATED", delegates=True),))],
    [failing("not_one_event", "answer", events=number) for number in (0, 2)],
    [failing("repeats", "answer", repeats=True)],
    [failing("invite_unknown", "judged", invite=None)],
    [failing("invite_over", "invite", live=False)],
    [
        failing("attendee_other", "answer", attendees=()),
        failing("attendee_other", "answer", attendees=(Attendee("other@trust.example", "ACCEPTED"),)),
        failing("attendee_other", "answer", attendees=ANSWER.attendees * 2),
    ],
    [
        failing("sender_colleague", "mail", sender="other@TRUST.example"),
        failing("sender_other", "mail", sender="zoe.okafor@elsewhere.example"),
    ],
    [failing("stale", "answer", sequence=0), failing("sequence_ahead", "answer", sequence=2)],
    [
        failing("stamp_missing", "answer", stamp=None),
        failing("stamp_ahead", "answer", stamp=NOON + 49 * HOUR),
        failing("not_newer", "answer", stamp=NOON),
        failing("not_newer", "answer", stamp=NOON - HOUR),
    ],
    [failing("no_answer", "answer", attendees=(Attendee(LEADER, "NEEDS-ACTION"),))],
    [failing("sender_unchecked", "mail", sender_check="unchecked")],
]


def verdict(facts: Facts) -> Verdict:
    """The verdict on the good reply with these facts changed."""
    answer = replace(ANSWER, **facts.get("answer", {}))
    mail_facts: dict[str, Any] = {"answer": answer} | facts.get("mail", {})
    judged: dict[str, Any] = {
        "invite": replace(INVITE, **facts.get("invite", {})),
        "seen": False,
    } | facts.get("judged", {})
    return judge(replace(MAIL, **mail_facts), judged["invite"], seen=judged["seen"], now=NOON + 2 * HOUR)


def together(failed: list[tuple[str, Facts]]) -> Facts:
    """All of these facts; where two speak of the same thing, the earlier test's."""
    found: Facts = {}
    for _, facts in reversed(failed):
        for thing, changed in facts.items():
            found[thing] = found.get(thing, {}) | changed
    return found


@pytest.mark.parametrize(
    ("partstat", "reason"), [("ACCEPTED", "accepted"), ("DECLINED", "declined"), ("TENTATIVE", "tentative")]
)
def test_a_reply_that_passes_every_test_is_applied(partstat: str, reason: str) -> None:
    found = verdict({"answer": {"attendees": (Attendee(LEADER, partstat),)}})
    assert (found.action, found.reason) == ("applied", reason)


@pytest.mark.parametrize(("reason", "facts"), [way for ways in TESTS for way in ways])
def test_a_reply_that_fails_one_test_is_not_applied(reason: str, facts: Facts) -> None:
    found = verdict(facts)
    assert found.reason == reason
    assert found.action != "applied"


@given(st.tuples(*[st.none() | st.sampled_from(ways) for ways in TESTS]))
def test_the_first_test_that_fails_decides(chosen: tuple[tuple[str, Facts] | None, ...]) -> None:
    failed = [way for way in chosen if way is not None]
    assert verdict(together(failed)).reason == (failed[0][0] if failed else "accepted")


@given(st.data())
def test_nothing_is_applied_but_a_newer_answer_of_the_leader_to_the_invite_as_it_is(
    data: st.DataObject,
) -> None:
    def pick(*values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    answer = replace(
        ANSWER,
        method=pick("REPLY", "REPLY", "REQUEST"),
        events=pick(1, 1, 2),
        attendees=pick(
            ANSWER.attendees, (Attendee(pick(LEADER, LEADER.upper(), "x@y.example"), pick("DECLINED", "")),)
        ),
        sequence=pick(1, 1, 0, 2),
        stamp=pick(None, NOON - HOUR, NOON, NOON + HOUR),
    )
    mail = replace(
        MAIL,
        answer=answer,
        sender=pick(LEADER, LEADER.title(), "other@trust.example", ""),
        sender_check=pick("passed", "passed", "failed", "unchecked"),
    )
    invite = replace(INVITE, live=pick(True, True, False), stamp=pick(None, NOON))
    found = judge(mail, invite, seen=pick(False, False, True), now=NOON + HOUR)
    if found.action == "applied":
        assert mail.sender_check == "passed"
        assert mail.sender.lower() == answer.attendees[0].address.lower() == LEADER
        assert invite.live
        assert answer.sequence == invite.sequence
        assert answer.stamp is not None
        assert invite.stamp is None or answer.stamp > invite.stamp


def test_case_does_not_matter_in_addresses() -> None:
    shouted = {"attendees": (Attendee(LEADER.upper(), "ACCEPTED"),)}
    assert verdict({"answer": shouted, "mail": {"sender": LEADER.title()}}).action == "applied"


def test_the_first_answer_to_an_invite_needs_no_older_one() -> None:
    assert verdict({"invite": {"stamp": None}, "answer": {"stamp": NOON - 100 * HOUR}}).action == "applied"


def test_every_outcome_has_a_sentence_that_ends() -> None:
    assert [reason for reason, (_, sentence) in REASONS.items() if not sentence.endswith(".")] == []


def test_applied_means_answered_or_come_back_and_nothing_else() -> None:
    applied = {reason for reason, (action, _) in REASONS.items() if action == "applied"}
    assert applied == {"accepted", "declined", "tentative", "returned"}


def test_a_further_address_of_the_leader_counts_as_theirs() -> None:
    known = {"invite": {"aliases": frozenset({"zoe@home.example"})}}
    from_home = {"mail": {"sender": "Zoe@home.example"}}
    attendee = {"answer": {"attendees": (Attendee("ZOE@home.example", "DECLINED"),)}}
    assert verdict(from_home | known).reason == "accepted"
    assert verdict(attendee | known).reason == "declined"
    assert (verdict(from_home).reason, verdict(attendee).reason) == ("sender_other", "attendee_other")
