"""Calendar feeds as calendar programs read them: by the token in the address, without signing in."""

import gzip
from datetime import datetime

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from placement.adapters import feed
from placement.db import asking, reading, unit_of_work
from placement.domain.errors import NotFound
from placement.services import feeds
from placement.services.feeds import KeptTag, OpenFeed
from placement.services.reports.feed import FeedContents, feed_contents
from placement.services.scope import Scope
from placement.web import auth
from placement.web.headers import no_referrer

blueprint = Blueprint("feed", __name__)


@blueprint.get("/feed/<token>.ics")
@no_referrer
def read(token: str) -> ResponseReturnValue:
    """The days of the feed that `token` opens; the same 404 for every token that opens none.

    Where nothing has changed since the last time, that takes one query, and no day is looked at.
    """
    now = auth.now()
    with asking() as connection:
        opened = feeds.open_feed(connection, token, now=now)
    if opened is not None:
        return _answer(opened, now)
    with unit_of_work() as session:
        feeds.count_miss(session, remote=request.remote_addr or "", now=now)
    raise NotFound(thing="calendar feed")


def _answer(opened: OpenFeed, now: datetime) -> Response:
    """The calendar, or only that it is unchanged where the program says that it has it."""
    state = opened.state(_form())
    contents, kept = None, opened.kept
    if not kept.is_true(state, now=now):
        contents = _contents(opened, now)
        kept = KeptTag(contents.digest(feed.FORM), state, contents.until)
    if kept != opened.kept or opened.unmarked:
        with unit_of_work() as session:
            feeds.note_read(session, opened.feed_id, kept, now=now)
    tag, zipped = kept.tag or "", request.accept_encodings.quality("gzip") > 0
    plain_and_zipped = (tag, f"{tag}-gzip")
    if any(request.if_none_match.contains_weak(one) for one in plain_and_zipped):
        answer = Response(status=304)
    else:
        answer = _calendar(opened, contents or _contents(opened, now), zipped=zipped)
    answer.set_etag(plain_and_zipped[zipped])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Accept-Encoding")
    return answer


def _form() -> str:
    """The form in which days are written here: what the tag hangs on beside the rows."""
    sender = auth.sender()
    return f"{feed.FORM}\0{sender.domain}\0{sender.base_url}"


def _contents(opened: OpenFeed, now: datetime) -> FeedContents:
    """What the feed holds; raises `NotFound` where the days have just ceased to be its owner's."""
    with reading() as session:
        scope = Scope.of_user(session, opened.user_id)
        return feed_contents(scope, opened.purpose, opened.subject_id, sender=auth.sender(), now=now)


def _calendar(opened: OpenFeed, contents: FeedContents, *, zipped: bool) -> Response:
    octets = feed.build(contents.name, contents.entries())
    answer = Response(
        gzip.compress(octets, mtime=0) if zipped else octets, content_type="text/calendar; charset=utf-8"
    )
    answer.last_modified = max(filter(None, (opened.made_at, contents.changed_at)))
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
