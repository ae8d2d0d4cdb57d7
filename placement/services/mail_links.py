"""Signed addresses in mails: to stop a sort of mail, to say that an offer holds, to answer that of a seat.

A link acts for whoever holds the mail, without signing in, and does nothing but what it is for. Nothing of it
is kept: the signature is made with the secret key of the installation.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from itsdangerous import BadData, URLSafeSerializer

from placement.domain.mail_errors import MailLinkWrong
from placement.domain.reminders import RENEWAL_LINK_LIFE
from placement.domain.sender import Sender
from placement.domain.states import OptOutSort

UNSUBSCRIBE_PATH = "/unsubscribe/"
RENEWAL_PATH = "/still-true/"
SEAT_PATH = "/seat/"


@dataclass(frozen=True)
class MailLinks:
    """Makes and reads the signed addresses of one installation."""

    sender: Sender
    secret: str = field(repr=False)

    def unsubscribe(self, user_id: int, sort: OptOutSort) -> str:
        """The address at which a user stops one sort of mail; it is always the same, and never runs out."""
        return self.sender.link(UNSUBSCRIBE_PATH + self._signer("unsubscribe").dumps([user_id, sort]))

    def read_unsubscribe(self, token: str) -> tuple[int, OptOutSort]:
        """Whose mails of which sort the link is about. Raises `MailLinkWrong`."""
        user_id, told = self._read("unsubscribe", token)
        for sort in get_args(OptOutSort):
            if told == sort:
                return user_id, sort
        raise MailLinkWrong

    def renewal(self, partner_id: int, *, now: datetime) -> str:
        """The address at which a partner says that offers are still true, good for some weeks."""
        made = int(now.timestamp())
        return self.sender.link(RENEWAL_PATH + self._signer("renewal").dumps([partner_id, made]))

    def read_renewal(self, token: str, *, now: datetime) -> int:
        """The partner whom the link is about. Raises `MailLinkWrong`, also when it is too old."""
        partner_id, made = self._read("renewal", token)
        if not isinstance(made, int) or now.timestamp() - made > RENEWAL_LINK_LIFE.total_seconds():
            raise MailLinkWrong
        return partner_id

    def seat_offer(self, offer_id: int) -> str:
        """The address at which the offer of a seat is answered; the offer itself says until when."""
        return self.sender.link(SEAT_PATH + self._signer("seat").dumps([offer_id, "seat"]))

    def read_seat_offer(self, token: str) -> int:
        """Which offer of a seat the link is about. Raises `MailLinkWrong`."""
        offer_id, _ = self._read("seat", token)
        if not isinstance(offer_id, int):
            raise MailLinkWrong
        return offer_id

    def _read(self, purpose: str, token: str) -> tuple[int, object]:
        try:
            first, second = self._signer(purpose).loads(token)
        except (BadData, TypeError, ValueError):
            raise MailLinkWrong from None
        return first, second

    def _signer(self, purpose: str) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret, salt=f"placement.mail.{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )
