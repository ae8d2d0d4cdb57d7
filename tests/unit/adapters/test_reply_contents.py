"""What a person is shown of a reply: its text, plain and bounded, whatever somebody wrote into it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement.adapters.reply_contents import LONGEST_TEXT, Proposed, ReplyContents, read_contents
from tests.factories.replies import LEADER, calendar, event, forwarded, mail, part, parts, text
from tests.factories.reply_samples import SAMPLES


def proposing(start: str, end: str) -> bytes:
    lines = [line for line in event() if not line.startswith(("DTSTART", "DTEND"))]
    lines[1:1] = [start, end]
    return mail(part(calendar(lines, method="METHOD:COUNTER"), "text/calendar; method=COUNTER"))


@pytest.mark.parametrize(
    ("start", "moment"),
    [
        ("DTSTART:20270603T093000Z", datetime(2027, 6, 3, 9, 30, tzinfo=UTC)),
        ("DTSTART;TZID=Europe/London:20270603T093000", datetime(2027, 6, 3, 8, 30, tzinfo=UTC)),
        ('DTSTART;TZID="GMT Standard Time":20270603T093000', datetime(2027, 6, 3, 8, 30, tzinfo=UTC)),
        ("DTSTART;X-A=b;TZID=Europe/Paris:20270603T093000", datetime(2027, 6, 3, 7, 30, tzinfo=UTC)),
        ("DTSTART:20270603T093000", None),
        ("DTSTART;TZID=/etc/passwd:20270603T093000", None),
        ("DTSTART;TZID=Nowhere:20270603T093000", None),
        ("DTSTART:20271303T093000Z", None),
    ],
)
def test_a_proposed_time_is_an_instant_where_its_zone_is_known(start: str, moment: datetime | None) -> None:
    found = read_contents(proposing(start, "DTEND:20270603T160000Z"))
    assert found.starts is not None
    assert found.starts.moment == moment
    assert found.ends is not None
    assert found.ends.moment == datetime(2027, 6, 3, 16, tzinfo=UTC)


def test_a_time_without_a_known_zone_is_told_as_it_was_written() -> None:
    found = read_contents(proposing("DTSTART;TZID=Nowhere:20270603T093000", "DTEND:20270603T160000Z"))
    assert found.starts == Proposed(None, "03/06/2027 09:30 Nowhere")


def test_html_is_shown_as_the_text_that_it_shows() -> None:
    html = (
        b"<html><head><style>p{}</style></head><body><!-- a > b --><p>I am &lt;ill&gt;</p>"
        b"<script>x('<p>')</script>Bye<br>Zo\xc3\xab</body>"
    )
    found = read_contents(mail(part(html, "text/html; charset=utf-8")))
    assert found.text == "I am <ill>\nBye\nZo\u00eb"


@pytest.mark.parametrize(
    "piece", ["<a ", "<!--", "</", "<?", "<![", "&#", "<", "<script>", "<p>", "<!DOCTYPE "]
)
def test_what_is_no_html_raises_nothing(piece: str) -> None:
    html = (piece * 20_000).encode()
    assert len(read_contents(mail(part(html, "text/html"))).text) <= LONGEST_TEXT


def test_plain_text_goes_before_html_and_what_is_attached_is_only_named() -> None:
    file = part(b"secret", "text/plain; name=a.txt", Content_Disposition='attachment; filename="a.txt"')
    both = parts(text("In words"), part(b"<p>In HTML</p>", "text/html"), kind="alternative", boundary="b")
    found = read_contents(mail(parts(both, file)))
    assert (found.text, found.files) == ("In words", ("a.txt",))


def test_text_is_bounded_and_free_of_controls() -> None:
    found = read_contents(mail(text("a\x00\x1b[31mb " * 5000)))
    assert len(found.text) <= LONGEST_TEXT
    assert "\x00" not in found.text
    assert "\x1b" not in found.text


def test_a_mail_inside_the_mail_is_not_shown() -> None:
    assert read_contents(forwarded()).text == "See below."


def test_delegates_are_named_and_winmail_dat_is_known() -> None:
    attendee = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:deputy@trust.example":mailto:{LEADER}'
    assert read_contents(mail(part(calendar(event(attendees=[attendee]))))).delegates == (
        "deputy@trust.example",
    )
    assert read_contents(SAMPLES["winmail.dat"].octets).outlook_file


@pytest.mark.parametrize("name", SAMPLES)
def test_no_sample_raises(name: str) -> None:
    assert isinstance(read_contents(SAMPLES[name].octets), ReplyContents)


@given(
    st.binary(max_size=400), st.sampled_from(["text/calendar", "text/plain", "text/html", "application/x"])
)
@settings(max_examples=150, deadline=None)
def test_nothing_that_somebody_can_write_raises(octets: bytes, content_type: str) -> None:
    assert len(read_contents(mail(part(octets, content_type))).text) <= LONGEST_TEXT
    assert isinstance(read_contents(octets), ReplyContents)
