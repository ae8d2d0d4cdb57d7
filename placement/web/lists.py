"""Long lists: part of them by a filter and a search, a page at a time, all of it in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import flash, request, url_for

from placement.domain.text import clean_line
from placement.web.presenters import count

Row = TypeVar("Row")
PAGE_SIZE = 100
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Filter(Generic[Row]):
    """One way to look at a list: its word in the address, what the link says, which rows it keeps."""

    word: str
    label: str
    keeps: Callable[[Row], bool]


@dataclass(frozen=True)
class Sort(Generic[Row]):
    """One order of a list: its word in the address, what the link says, what rows are ordered by."""

    word: str
    label: str
    key: Callable[[Row], Any]


@dataclass(frozen=True)
class FilterLink:
    """The link to one way of looking at a list."""

    label: str
    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class SortLink:
    """The link to one order of a list."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list as asked for: `found` are all rows that were asked for, `rows` those of this page.

    `address` is what its address says of the part and the order, `sorted_by` the order's word if named.
    """

    found: tuple[Row, ...]
    rows: tuple[Row, ...]
    total: int
    filters: tuple[FilterLink, ...]
    shown: str
    search: str
    page: int
    pages: int
    address: Mapping[str, str]
    sorts: tuple[SortLink, ...] = ()
    sorted_by: str = ""

    @property
    def query(self) -> str:
        """What follows the ? of its address."""
        return urlencode(self.address)

    @property
    def narrowed(self) -> bool:
        """Whether the list was asked for in part."""
        return bool(self.search) or not self.filters[0].current

    def page_url(self, page: int) -> str:
        """The address of another page of the same list."""
        return _here({**self.address, "page": str(page)})

    def url_of(self, endpoint: str) -> str:
        """The address at which another page, such as a download, has the same part of the list."""
        return _address(endpoint, self.address)


def listing(
    rows: Sequence[Row],
    filters: Sequence[Filter[Row]],
    text: Callable[[Row], str],
    sorts: Sequence[Sort[Row]] = (),
) -> Listing[Row]:
    """The part of `rows` that the address asks for; `text` is what a search looks through.

    The first of `filters`, and of `sorts`, is meant where the address names none. Words of the address that
    mean nothing are passed over.
    """
    search = clean_line(request.args.get("search", ""))[:LONGEST_SEARCH]
    words = search.casefold().split()
    matching = [row for row in rows if all(word in text(row).casefold() for word in words)]
    chosen = next((one for one in filters if one.word == request.args.get("show")), filters[0])
    order = next((one for one in sorts if one.word == request.args.get("sort")), sorts[0] if sorts else None)
    kept = [row for row in matching if chosen.keeps(row)]
    found = tuple(sorted(kept, key=order.key) if order else kept)
    pages = max(1, -(-len(found) // PAGE_SIZE))
    page = min(page_asked(), pages)
    searching = {"search": search} if search else {}
    sorted_by = order.word if order is not None and order is not sorts[0] else ""
    sorting = {"sort": sorted_by} if sorted_by else {}
    showing = {"show": chosen.word} if chosen is not filters[0] else {}
    return Listing(
        found=found,
        rows=found[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        total=len(rows),
        filters=tuple(
            _link(one, matching, {**searching, **sorting}, current=one is chosen) for one in filters
        ),
        shown=chosen.word,
        search=search,
        page=page,
        pages=pages,
        address={**searching, **showing, **sorting},
        sorts=tuple(
            SortLink(one.label, _here({**searching, **showing, "sort": one.word}), one is order)
            for one in sorts
        ),
        sorted_by=sorted_by,
    )


def announce(shown: Listing[Row], one: str, several: str | None = None) -> None:
    """Say how many rows there are, so that it is read out after a search or another filter."""
    if shown.narrowed:
        flash(f"{count(len(shown.found), one, several)} found, of {shown.total}.".capitalize(), "status")


def page_asked() -> int:
    """Which page of a list the address asks for."""
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _link(
    one: Filter[Row], matching: Sequence[Row], searching: Mapping[str, str], *, current: bool
) -> FilterLink:
    url = _here({**searching, "show": one.word})
    return FilterLink(one.label, sum(one.keeps(row) for row in matching), url, current)


def _here(query: Mapping[str, str]) -> str:
    return _address(str(request.endpoint), query)


def _address(endpoint: str, query: Mapping[str, str]) -> str:
    values: dict[str, Any] = {**(request.view_args or {}), **query}
    return url_for(endpoint, **values)
