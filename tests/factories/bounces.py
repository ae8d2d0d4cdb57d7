"""Mails of servers that could not deliver a mail of ours: written after what they send."""

from tests.factories.replies import part, parts, text

ID = "<0123456789abcdef@placement.example>"
RECIPIENT = "zoe.okafor@trust.example"
WORDS = "550 5.1.1 No such person here"


def report(*fields: str, recipient: str = RECIPIENT) -> bytes:
    """The part of a report that machines read."""
    lines = [
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.trust.example",
        "Arrival-Date: Tue, 12 Jan 2027 12:00:00 +0000",
        "",
        f"Final-Recipient: rfc822; {recipient}",
        *fields,
        "",
    ]
    return "\r\n".join(lines).encode()


FAILED = report("Action: failed", "Status: 5.1.1", f"Diagnostic-Code: smtp; {WORDS}")


def header(message_id: str) -> bytes:
    """The header of the mail that is given back."""
    lines = [
        "From: placements@placement.example",
        f"To: {RECIPIENT}",
        f"Message-ID: {message_id}",
        "Subject: A",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def returned(message_id: str) -> bytes:
    """The mail that is given back, whole."""
    return b"Content-Type: message/rfc822\r\n\r\n" + header(message_id) + b"Hello.\r\n"


def framed(body: bytes, *fields: str) -> bytes:
    """A whole mail of a server."""
    head = [
        "Return-Path: <>",
        "Message-ID: <report@mail.trust.example>",
        "From: MAILER-DAEMON@mail.trust.example (Mail Delivery System)",
        "To: placements@placement.example",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        *fields,
    ]
    return "\r\n".join([*head, ""]).encode() + body


def by_postfix(message_id: str = ID, status: bytes = FAILED, *more: bytes) -> bytes:
    """A report as RFC 3464 wants it, with the mail given back whole."""
    inner = (text("I'm sorry."), status, returned(message_id), *more)
    return framed(parts(*inner, kind="report", boundary="outer", more="; report-type=delivery-status"))


def with_the_header_alone(message_id: str = ID) -> bytes:
    """A report that gives back no more than the header."""
    back = part(header(message_id), "text/rfc822-headers")
    inner = (text("It failed."), FAILED, back)
    return framed(parts(*inner, kind="report", boundary="outer", more="; report-type=delivery-status"))


def by_exchange(message_id: str = ID) -> bytes:
    """A report in which the HTML comes first, and in which the status has more to say."""
    status = report(
        "Original-Recipient: rfc822;" + RECIPIENT,
        "Action: failed",
        "Status: 5.1.10",
        "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP",
        "X-Display-Name: Zoe Okafor",
        recipient="Zoe.Okafor@forwarded.example",
    )
    words = parts(
        text("Delivery has failed."),
        part(b"<p>Delivery has failed</p>", "text/html; charset=us-ascii"),
        kind="alternative",
        boundary="words",
    )
    inner = (words, status, returned(message_id))
    body = parts(*inner, kind="report", boundary="outer", more='; report-type="delivery-status"')
    return framed(body, "X-MS-Exchange-Message-Is-Ndr:")


def beside_other_parts(message_id: str = ID) -> bytes:
    """A status and the mail, but the whole does not say that it is a report."""
    return framed(parts(text("It failed."), FAILED, returned(message_id), kind="mixed"))


def by_exim(message_id: str = ID) -> bytes:
    """Only a field names who failed, and the mail is given back as text."""
    words = b"This message was created automatically.\r\n\r\n  " + RECIPIENT.encode() + b"\r\n\r\n"
    copy = b"------ This is a copy of the message, including all the headers. ------\r\n\r\n" + header(
        message_id
    )
    body = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n" + words + copy + b"Hello.\r\n"
    return framed(body, f"X-Failed-Recipients: {RECIPIENT}")


RETURNED = {
    "Postfix": by_postfix,
    "the header alone": with_the_header_alone,
    "Exchange": by_exchange,
    "beside other parts": beside_other_parts,
    "Exim": by_exim,
}
"""Each way in which a mail is given back for good, by who does it."""
