"""Links by which people meet online."""

from placement.domain.change_errors import JoiningLinkUnusable
from placement.domain.invites import is_joining_link


def link_or_none(text: str) -> str | None:
    """The joining link that `text` holds; None for an empty text.

    Raises `JoiningLinkUnusable` for anything that is no web address beginning with https.
    """
    link = text.strip()
    if link and not is_joining_link(link):
        raise JoiningLinkUnusable
    return link or None
