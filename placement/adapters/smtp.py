"""An SMTP client that knows what it is owed, and speaks ahead to servers that take it so (RFC 2920)."""

import re
import smtplib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DOT_FIRST: Final = re.compile(rb"^\.", re.MULTILINE)
END: Final = b".\r\n"

Envelope = tuple[str, str, int]
"""Sender, recipient, and the size of the message in octets."""


class PlainClient(smtplib.SMTP):
    """Knows whether a message is out but not yet answered, and the last answer; it starts without TLS."""

    answer_owed = False
    last_answer: tuple[int, bytes] = (0, b"")
    announced: Envelope | None = None
    """Of the message that the server waits for by now: whatever else is said would be taken for that."""

    def send(self, s: "ReadableBuffer | str") -> None:
        """Send octets; those that end in the final dot are owed an answer."""
        super().send(s)
        self.answer_owed = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer."""
        self.last_answer = super().getreply()
        self.answer_owed = False
        return self.last_answer

    def announce(self, sender: str, recipient: str, size: int) -> None:
        """Say the envelope of the message that comes next, and do not wait for what is answered to it.

        The server prepares while the sender does something else; `hand_over` of that message reads on. Does
        nothing where the server takes no commands ahead.
        """
        if self.has_extn("pipelining"):
            self._say_envelope(sender, recipient, size)

    def hand_over(self, sender: str, recipient: str, octets: bytes) -> None:
        """Hand over one message, with two waits for the server where it takes commands ahead (RFC 2920).

        Both addresses are ASCII and clean. Raises what `smtplib.SMTP.sendmail` raises.
        """
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("pipelining"):
            self.sendmail(sender, [recipient], octets)
            return
        envelope = (sender, recipient, len(octets))
        if self.announced != envelope:
            self._say_envelope(*envelope)
        self._read_answers(sender, recipient)
        self.send(_stuffed(octets))
        code, said = self.getreply()
        if code != 250:
            raise smtplib.SMTPDataError(code, said)

    def _say_envelope(self, sender: str, recipient: str, size: int) -> None:
        """MAIL, RCPT and DATA at once."""
        if self.announced is not None:
            self.close()
            raise smtplib.SMTPServerDisconnected("another message was announced")
        self.announced = (sender, recipient, size)
        told = f" SIZE={size}" if self.has_extn("size") else ""
        self.send(f"MAIL FROM:<{sender}>{told}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode("ascii"))

    def _read_answers(self, sender: str, recipient: str) -> None:
        """What is answered to the envelope; returns when the server waits for the message."""
        self.announced = None
        mail, rcpt, data = self.getreply(), self.getreply(), self.getreply()
        refused = mail[0] != 250 or rcpt[0] not in {250, 251}
        if refused and data[0] == 354:
            # It waits for a message all the same. An empty one might be delivered, so it gets none at all.
            self.close()
        if mail[0] != 250:
            raise smtplib.SMTPSenderRefused(*mail, sender)
        if refused:
            raise smtplib.SMTPRecipientsRefused({recipient: rcpt})
        if data[0] != 354:
            raise smtplib.SMTPDataError(*data)


class TlsClient(PlainClient, smtplib.SMTP_SSL):
    """The same, speaking TLS from the first octet."""


def _stuffed(octets: bytes) -> bytes:
    """A message as it stands on the wire: no line of its own ends it."""
    if b"\n." in octets or octets.startswith(b"."):
        octets = DOT_FIRST.sub(b"..", octets)
    return octets + (END if octets.endswith(b"\r\n") else b"\r\n" + END)
