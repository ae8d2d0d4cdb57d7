"""Letters that go by themselves: right for machines and people, with every kind of text."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

import html5lib
import pytest

from placement.adapters import messages
from placement.adapters.messages import read_back
from placement.config import resource_folder
from placement.domain.invites import Mailbox
from placement.domain.mails import AUTOMATIC_KINDS, SEASON_MAILS
from placement.domain.text import clean_line, clean_text
from placement.services import examples, invites, reminder_checks
from tests.unit.adapters.checklist import RULES, Wire, display_name, shape
from tests.unit.adapters.checklist_calendar import Expected
from tests.unit.adapters.letters import DAY, RECIPIENT, STOP, facts, letter
from tests.unit.adapters.samples import AWKWARD_TEXTS, DOMAIN, make_details
from tests.unit.adapters.test_messages import NOW

KINDS = sorted(AUTOMATIC_KINDS)
STARTS_AT = datetime(2027, 2, 3, 9, 30, tzinfo=ZoneInfo("Europe/London"))
EXPECTED = Expected(
    method="REQUEST",
    recipient=RECIPIENT,
    title="",
    link="",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(hours=5, minutes=30),
    older=None,
)
FOR_LETTERS = [name for name in RULES if name not in {"M4", "M5", "M6", "M7", "M8", "M9", "M12", "H9"}]
"""Rules of the checklist that say nothing of calendars."""
STOPPING = {"List-Unsubscribe": f"<{STOP}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_keeps_the_checklist_and_can_be_stopped_whatever_people_write(kind: str) -> None:
    for text in AWKWARD_TEXTS:
        octets = letter(kind, text)
        wire = Wire(octets, EXPECTED, DOMAIN)
        assert [name for name in FOR_LETTERS if not RULES[name](wire)] == []
        assert shape(wire.mail) == ["text/plain", "text/html"]
        assert {part.get_content_charset() for part in wire.leaves} == {"utf-8"}
        assert {name: wire.mail[name] for name in STOPPING} == STOPPING
        assert wire.addresses("From") == ["placements@placement.example"]
        assert display_name(octets, "To") == clean_line(text)


@pytest.mark.parametrize("kind", KINDS)
def test_both_texts_tell_what_people_wrote_as_they_wrote_it(kind: str) -> None:
    for text in AWKWARD_TEXTS:
        read = read_back(letter(kind, text))
        seen = shown(read.html)
        assert clean_text(text) in read.text
        assert squeezed(text) in seen
        assert DAY in read.text
        assert DAY in seen
        assert "UK time" in read.text
        assert "UK time" in seen
        assert not re.search(
            r"&(amp|lt|gt|quot|#\d+);|</?(p|br|td|strong|a|ul|li)\b", without(read.text, text)
        )
        assert not re.search(r"\bNone\b|\{\{|\{%", without(read.text, text))
        assert "\n\n\n" not in without(read.text, text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_is_well_formed_and_its_buttons_are_44_pixels_high(kind: str) -> None:
    html = read_back(letter(kind, "Zoë & Co <b>")).html
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(html)
    assert [error for _, error, _ in parser.errors] == []
    levels = [int(e.tag[1]) for e in root.iter() if e.tag in {"h1", "h2", "h3"}]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    for button in re.findall(r'<a href="[^"]*" style="display:inline-block;([^"]*)"', html):
        padding = int(re.findall(r"padding:(\d+)px", button)[0])
        assert 2 * padding + 26 >= 44, "the line is 26 pixels high"


@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_a_partners_message_is_told_as_they_wrote_it_and_in_plain_text_alone(text: str) -> None:
    octets = letter("partner_message", text)
    wire = Wire(octets, EXPECTED, DOMAIN)
    assert [name for name in FOR_LETTERS if not RULES[name](wire)] == []
    assert "Reply-To" not in wire.mail
    read = read_back(octets)
    assert clean_text(text) in read.text
    assert squeezed(text) in shown(read.html)
    assert not re.search(r"\bNone\b|\{\{|\{%", without(read.text, text))
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(read.html)
    assert [error for _, error, _ in parser.errors] == []


def test_a_partners_message_says_how_to_answer_with_and_without_a_telephone() -> None:
    told = read_back(letter("partner_message", "Ring twice.")).text
    assert "call Ring twice., 01632 960575. They do not have your e-mail address." in told
    quiet = read_back(letter("partner_message", "Ring twice.", contact_phone="")).text
    assert "Ring twice. does not have your e-mail address." in quiet
    assert "If you answer this e-mail, those who run the programme read it." in quiet


@pytest.mark.parametrize("text", AWKWARD_TEXTS)
def test_a_coordinator_is_told_who_withdrew_which_day_and_why(text: str) -> None:
    day = facts(text, "day_reminder")
    told = {name: day[name] for name in ("title", "partner", "day", "hours", "cohort", "page_url")}
    octets = messages.render_letter(
        "day_withdrawn",
        {**told, "people": 2, "reason": "Something urgent came up"},
        sender=make_details().organizer,
        recipient=Mailbox(text, RECIPIENT),
        message_id="<letter@placement.example>",
        date=NOW,
    )
    wire = Wire(octets, EXPECTED, DOMAIN)
    assert [name for name in FOR_LETTERS if not RULES[name](wire)] == []
    read = read_back(octets)
    for said in ("2 people had a place on it.", "Reason: Something urgent came up", DAY, day["page_url"]):
        assert said in squeezed(read.text)
        assert said in shown(read.html)


def test_a_letter_is_octet_by_octet_the_same_each_time() -> None:
    for kind in KINDS:
        assert letter(kind, AWKWARD_TEXTS[0]) == letter(kind, AWKWARD_TEXTS[0])


def test_nobody_can_stop_an_invite_a_cancellation_or_a_sign_in() -> None:
    invite = messages.render_invite(make_details(), now=NOW)
    cancelling = make_details(method="CANCEL", sequence=1)
    signing_in = {"link": "https://placement.example/sign-in", "code": "123 456", "minutes": 15}
    for octets in (
        invite,
        messages.render_invite(cancelling, now=NOW),
        messages.render_letter(
            "sign_in",
            signing_in,
            sender=make_details().organizer,
            recipient=make_details().attendee,
            message_id="<letter@placement.example>",
            date=NOW,
        ),
    ):
        assert "List-Unsubscribe" not in message_from_bytes(octets, policy=policy.default)
        assert "unsubscribe" not in read_back(octets).text


def test_words_of_ones_own_stand_after_the_greeting_and_are_escaped_once() -> None:
    intro = 'Parking is <free> & easy.\nSee "you" there — 🍲'
    details = make_details(intro=intro)
    for read in (
        messages.preview(details),
        messages.preview(replace(details, method="CANCEL", sequence=1)),
        messages.preview(replace(details, event="Workshop")),
        messages.preview(replace(details, event="Workshop", method="CANCEL", sequence=1)),
        read_back(letter("thank_you", "Zoe", intro=intro)),
        read_back(letter("who_is_coming", "Zoe", intro=intro)),
    ):
        assert read.text.index("Hello") < read.text.index(intro) < read.text.index("Thank you")
        assert "Parking is &lt;free&gt; &amp; easy.\nSee &#34;you&#34; there — 🍲" in read.html
        assert intro.replace("\n", " ") not in read.subject
        assert "\n\n\n" not in read.text
    assert messages.preview(make_details()).text.startswith("Hello Zoe Okafor,\n\nYou have a place")


def test_a_test_says_so_and_is_otherwise_the_same() -> None:
    for kind in KINDS:
        real, test = read_back(letter(kind, "Zoe")), read_back(letter(kind, "Zoe", is_test=True))
        assert test.subject == f"[Test] {real.subject}"
        assert test.text == f"{messages.TEST_SENTENCE}\n\n{real.text}"
        assert "that you sent to yourself" in test.html
        assert "that you sent to yourself" not in real.html


def test_a_test_of_an_invite_is_marked_in_the_calendar_too() -> None:
    shown_test = messages.preview(make_details(is_test=True))
    assert "SUMMARY:Placement: [Test] Sorting and handing out" in shown_test.calendar.replace("\r\n ", "")
    assert shown_test.subject.startswith("[Test] Your day on")
    assert shown_test.text.startswith(messages.TEST_SENTENCE)


def test_a_preview_of_a_letter_is_what_is_sent() -> None:
    read = read_back(letter("thank_you", "Zoe"))
    preview = messages.preview_letter(
        "thank_you", facts("Zoe", "thank_you"), recipient=Mailbox("Zoe", RECIPIENT)
    )
    assert (preview.subject, preview.text, preview.html) == (read.subject, read.text, read.html)


WITHOUT_A_PAGE = {"sign_in", "address_bounced", "day_withdrawn", "run_finished", "second_step"}
"""Templates of mails that coordinators give no words of their own."""


def test_every_mail_has_three_templates_and_every_folder_belongs_to_a_mail() -> None:
    folder = resource_folder("templates") / "email"
    found = {
        path.name: sorted(file.name for file in path.iterdir()) for path in folder.iterdir() if path.is_dir()
    }
    assert set(found) == {mail.template for mail in SEASON_MAILS} | WITHOUT_A_PAGE
    assert {tuple(files) for files in found.values()} == {("body.html", "body.txt", "subject.txt")}


def test_every_kind_of_mail_has_all_that_it_needs() -> None:
    by_hand = {"who_is_coming", "answers_received", "offer_approved", "offer_returned", "seat_offer"}
    by_hand |= {"partner_message", "swap_refused"}
    letters = AUTOMATIC_KINDS | by_hand
    assert {mail.kind for mail in SEASON_MAILS} == letters | set(invites.KINDS)
    assert set(reminder_checks.CHECKS) == set(examples.LETTERS) == letters
    assert len({mail.name for mail in SEASON_MAILS}) == len(SEASON_MAILS)
    assert all(mail.sort for mail in SEASON_MAILS if mail.automatic)
    assert not any(mail.sort for mail in SEASON_MAILS if not mail.automatic)


class _Text(HTMLParser):
    """The text of an HTML document, as a reader sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def shown(html: str) -> str:
    """What a reader sees, with single spaces."""
    parser = _Text()
    parser.feed(html)
    return squeezed("".join(parser.pieces))


def squeezed(text: str) -> str:
    return clean_line(clean_text(text))


def without(said: str, text: str) -> str:
    """What the template itself says: without what people wrote."""
    for piece in chain((clean_text(text),), (clean_line(text),)):
        said = said.replace(piece, "*")
    return said
