"""What mail servers say of a mail that they could not deliver is read, however they write it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.replies import read_reply
from placement.domain.bounces import Bounce, Fate
from placement.domain.replies import ReplyMail
from tests.factories.bounces import ID, RECIPIENT, RETURNED, WORDS, by_postfix, framed, report, returned
from tests.factories.replies import bounce as hand_made
from tests.factories.replies import calendar, mail, part, parts, text


def read(octets: bytes) -> ReplyMail:
    return read_reply(octets, authserv_id="mx.placement.example")


def bounced(octets: bytes) -> Bounce:
    found = read(octets)
    assert (found.kind, found.answer, found.breach) == ("bounce", None, "")
    assert found.bounce is not None
    return found.bounce


@pytest.mark.parametrize("name", RETURNED)
def test_a_mail_that_comes_back_is_known_by_its_message_id(name: str) -> None:
    found = bounced(RETURNED[name](ID))
    assert found.message_ids == (ID,)
    assert (found.worst.outcome, found.worst.recipient) == ("returned", RECIPIENT)


def test_what_the_server_said_is_read() -> None:
    assert bounced(by_postfix()).fates == (Fate(RECIPIENT, "failed", "5.1.1", WORDS),)
    assert bounced(by_postfix()).worst.reason == f"5.1.1: {WORDS}"
    assert bounced(RETURNED["Exim"](ID)).worst.reason == "The mail server did not say why."


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        (["Action: delayed", "Status: 4.4.1"], "delayed"),
        (["Action: failed", "Status: 4.4.7"], "returned"),
        (["Action: FAILED (gone)", "Status: 5.0.0 (undefined)"], "returned"),
        (["Status: 5.7.1"], "returned"),
        (["Status: 4.2.2"], "delayed"),
        (["Action: delivered", "Status: 2.0.0"], "delivered"),
        (["Action: relayed"], "delivered"),
        (["Action: nonsense", "Status: five"], "returned"),
        ([], "returned"),
    ],
)
def test_a_server_that_has_given_up_is_told_from_one_that_still_tries(
    fields: list[str], outcome: str
) -> None:
    assert bounced(by_postfix(ID, report(*fields))).worst.outcome == outcome


def test_the_worst_of_several_fates_counts() -> None:
    status = report("Action: delivered", "", "Final-Recipient: rfc822; other@trust.example", "Action: failed")
    found = bounced(by_postfix(ID, status))
    assert [fate.outcome for fate in found.fates] == ["delivered", "returned"]
    assert found.worst.recipient == "other@trust.example"


def test_a_report_that_gives_nothing_back_names_no_mail() -> None:
    body = parts(text("It failed."), report("Action: failed"), kind="report")
    assert bounced(framed(body)).message_ids == ()


def test_an_answer_inside_a_report_is_not_read() -> None:
    octets = by_postfix(ID, report("Action: failed"), part(calendar()))
    assert read(octets).answer is None


def test_a_forward_is_no_report() -> None:
    assert read(mail(parts(text("See below."), returned(ID)))).kind == "mail"


def test_no_more_is_kept_than_a_report_can_mean() -> None:
    many = b"".join(f"\r\nMessage-ID: <{number}@elsewhere.example>".encode() for number in range(5000))
    body = b"Content-Type: text/plain\r\n\r\n" + many
    found = bounced(framed(body, "X-Failed-Recipients: " + ", ".join(f"{n}@e.example" for n in range(2000))))
    assert (len(found.message_ids), len(found.fates)) == (5, 20)
    groups = [line for number in range(500) for line in ("", f"Final-Recipient: rfc822; {number}@e.example")]
    long = report("Action: failed", "Diagnostic-Code: smtp; " + "x" * 5000 + "\x1b\x00", *groups)
    found = bounced(by_postfix(ID, long))
    assert len(found.fates) == 20
    assert len(found.worst.reason) <= 320
    assert found.worst.reason.isprintable()


PIECES = [
    b"\r\n",
    b"\r\n\r\n",
    b"--outer\r\n",
    b"--outer--\r\n",
    b"Content-Type: message/delivery-status\r\n",
    b"Content-Type: message/rfc822\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Type: text/plain; charset*=klingon'en'x\r\n",
    b"Message-ID: <\xff>\r\n",
    b"Message-ID:\r\n <folded@placement.example>\r\n",
    b"Final-Recipient: utf-8; \xc3\xa9\r\n",
    b"Status: 5..\r\n",
    b"=?utf-8?b?////?=",
    b"\x00",
]


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_broken_report_breaks_nothing(data: st.DataObject) -> None:
    octets = data.draw(st.sampled_from([make(ID) for make in RETURNED.values()] + [hand_made()]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(octets)))
        cut = data.draw(st.integers(0, 60))
        octets = octets[:at] + data.draw(st.sampled_from(PIECES) | st.binary(max_size=8)) + octets[at + cut :]
    found = read(octets)
    if found.bounce is not None:
        assert found.bounce.worst.outcome in {"returned", "delayed", "delivered"}
        assert all(len(one) <= 255 for one in found.bounce.message_ids)
