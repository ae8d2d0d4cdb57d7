"""The mail that tells somebody of each change of their second step, so that none goes unseen."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from placement.domain.invites import Mailbox, message_id_for
from placement.domain.letters import Letter
from placement.domain.sender import Sender
from placement.domain.text import day_in_words, time_in_words
from placement.models import User
from placement.services import outbox

KIND = "second_step"
ACCOUNT_PATH = "/account"

Change = Literal["on", "off", "off_by_command", "new_codes", "code_used"]
WORDS: Mapping[Change, tuple[str, str]] = {
    "on": (
        "Your second step is on",
        "From now on you are asked for a code of your app when you sign in.",
    ),
    "off": (
        "Your second step is off",
        "The second step was turned off on your account page. From now on your e-mail alone lets you in.",
    ),
    "off_by_command": (
        "Your second step is off",
        "The people who run the service have turned it off. Your e-mail alone lets you in from now on.",
    ),
    "new_codes": (
        "You have new recovery codes",
        "New recovery codes were made on your account page. The old ones do not work any more.",
    ),
    "code_used": (
        "A recovery code was used",
        "One of your recovery codes took the place of a code of your app. How many are left: {codes_left}.",
    ),
}
"""What each change is called, and what the mail says of it."""


def owe_news(
    session: Session, user: User, change: Change, *, codes_left: int, sender: Sender, now: datetime
) -> None:
    """Owe `user` the mail that says what has changed, and when."""
    heading, what = WORDS[change]
    subject = f"{KIND}:{user.id}:{change}:{codes_left}:{now.isoformat()}"
    letter = Letter(
        kind=KIND,
        subject=subject,
        recipient=Mailbox(user.name, user.email),
        message_id=message_id_for(subject, 0, KIND, user.email, sender.domain),
        payload={
            "heading": heading,
            "what": what.format(codes_left=codes_left),
            "at": f"{day_in_words(now)}, {time_in_words(now)}",
            "answers_to": sender.mailbox.address,
            "link": sender.link(ACCOUNT_PATH),
        },
    )
    outbox.owe(session, letter, now=now)
