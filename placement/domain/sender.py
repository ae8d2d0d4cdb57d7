"""Who writes the service's mails, and from which address people reach its pages."""

from dataclasses import dataclass

from placement.domain.invites import Mailbox


@dataclass(frozen=True)
class Sender:
    """The mailbox that mails come from (and replies go to), and the address that their links begin with."""

    mailbox: Mailbox
    base_url: str

    @property
    def domain(self) -> str:
        """The domain that Message-IDs and calendar UIDs end in."""
        return self.mailbox.address.rpartition("@")[2]

    def link(self, path: str) -> str:
        """The whole address of a page, from its `path` ("/leader/3/placement")."""
        return f"{self.base_url}{path}"
