"""Which mail may leave, and how much of it in a minute."""

from dataclasses import dataclass

DRY_RUN_HELD = "PLACEMENT_MAIL_DRY_RUN is on, so no mail leaves."
DOMAIN_HELD = "PLACEMENT_MAIL_ALLOW_DOMAINS does not name the domain of this address."


@dataclass(frozen=True)
class SendingRules:
    """What an installation lets out. 0 means no limit; no `allow_domains` means every domain."""

    per_minute: int = 0
    per_domain_per_minute: int = 0
    dry_run: bool = False
    allow_domains: frozenset[str] = frozenset()

    @property
    def limited(self) -> bool:
        """Whether only so much may leave in a minute."""
        return bool(self.per_minute or self.per_domain_per_minute)

    @property
    def holding(self) -> bool:
        """Whether some mail, or all of it, may not leave at all."""
        return self.dry_run or bool(self.allow_domains)

    def held_because(self, domain: str) -> str:
        """Why mail to `domain` may not leave; empty where it may."""
        if self.dry_run:
            return DRY_RUN_HELD
        if self.allow_domains and domain not in self.allow_domains:
            return DOMAIN_HELD
        return ""

    @property
    def in_words(self) -> tuple[str, ...]:
        """Sentences about what does not leave as it comes; none where everything does."""
        said = []
        if self.dry_run:
            said.append("PLACEMENT_MAIL_DRY_RUN is on: no mail leaves. What is due is held back.")
        elif self.allow_domains:
            named = ", ".join(sorted(self.allow_domains))
            said.append(
                f"PLACEMENT_MAIL_ALLOW_DOMAINS is set: mail leaves to {named} alone. Other mail is held back."
            )
        if self.per_minute:
            said.append(f"At most {self.per_minute} mails leave in a minute.")
        if self.per_domain_per_minute:
            said.append(f"At most {self.per_domain_per_minute} mails leave to one domain in a minute.")
        return tuple(said)


ALL_MAIL = SendingRules()
"""Everything may leave at once."""


def domain_of(address: str) -> str:
    """The domain of an address as it is compared and counted."""
    return address.rpartition("@")[2].lower()
