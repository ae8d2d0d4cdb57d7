"""Progress bars for people at a terminal; nothing at all for scripts."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@contextmanager
def shown_progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr that is moved by calling what this yields with the number done so far."""
    if not sys.stderr.isatty() or length < 1:
        yield lambda _done: None
        return
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield lambda done: bar.update(max(0, min(done, length) - bar.pos))
