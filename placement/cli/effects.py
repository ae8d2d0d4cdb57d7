"""A change that mails tell of, and telling what it did: in words, or as JSON of addresses and references."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from placement.cli.context import opened
from placement.db import reading, unit_of_work
from placement.domain.sender import Sender
from placement.services.invites import sender_of
from placement.services.reports.effects import Effect
from placement.services.scope import Scope

NEWS = {
    "invited": "An invite",
    "moved": "A changed invite",
    "updated": "An update, which leaves answers as they are,",
    "cancelled": "A cancellation",
}


CLASHES = "Who would have to be in two places at once:"


@contextmanager
def changing(*, dry_run: bool) -> Iterator[tuple[Scope, Sender]]:
    """A transaction for a change, and who writes the mails that it causes; a dry run keeps nothing."""
    with opened() as config:
        sender = sender_of(config)
        with reading() if dry_run else unit_of_work() as session:
            yield Scope.system(session, label="command"), sender


def tell(effect: Effect, *, cohort: str, as_json: bool, dry_run: bool = False) -> None:
    """Print what a change did to a cohort, or would do."""
    if as_json:
        click.echo(json.dumps(_as_json(effect, dry_run=dry_run), ensure_ascii=False))
        return
    for line in _lines(effect, cohort, dry_run=dry_run):
        click.echo(line)


def listed(addresses: Iterable[str]) -> str:
    """Addresses in one line."""
    return ", ".join(addresses)


def _as_json(effect: Effect, *, dry_run: bool) -> dict[str, object]:
    return {
        "about": effect.about,
        "changed": effect.changed and not dry_run,
        "dry_run": dry_run,
        "sentences": effect.sentences,
        "mails": [
            {"leader": mail.person.email, "name": mail.person.name, "news": mail.news}
            for mail in effect.mails
        ],
        "partners": [{"partner": mail.recipient.address, "name": mail.partner} for mail in effect.partners],
        "quiet": [person.email for person in effect.quiet],
        "broken": effect.broken,
        "clashes": effect.clashes,
    }


def _lines(effect: Effect, cohort: str, *, dry_run: bool) -> Iterator[str]:
    if dry_run and effect.changed:
        yield "Dry run: nothing is changed. Without --dry-run this happens:"
    yield f"{effect.about}:" if effect.changed else effect.about
    yield from effect.sentences
    yield from _mail_lines(effect)
    yield from _amiss(effect)
    if effect.changed and not dry_run:
        yield from _next_steps(effect, cohort)


def _mail_lines(effect: Effect) -> Iterator[str]:
    """Who gets a mail, and who is told nothing."""
    for news, words in NEWS.items():
        people = [mail.person.email for mail in effect.mails if mail.news == news]
        if people:
            yield f"{words} goes to {listed(people)}."
    if effect.quiet:
        people = [person.email for person in effect.quiet]
        yield f"No mail, because no invite has left yet, for {listed(people)}."
    if effect.partners:
        addresses = listed(mail.recipient.address for mail in effect.partners)
        yield f"A mail about who is coming now goes to {addresses}."
    if effect.changed and not (effect.mails or effect.quiet or effect.partners):
        yield "Nobody gets a mail."


def _amiss(effect: Effect) -> Iterator[str]:
    for said, sentences in (("What does not hold then:", effect.broken), (CLASHES, effect.clashes)):
        if sentences:
            yield said
            yield from (f"  - {sentence}" for sentence in sentences)


def _next_steps(effect: Effect, cohort: str) -> Iterator[str]:
    if effect.broken or effect.quiet or any(mail.news == "cancelled" for mail in effect.mails):
        yield f'See who could move with: placement match repair --cohort "{cohort}"'
    if effect.mails or effect.partners:
        yield "Send the mail with: placement outbox send"
