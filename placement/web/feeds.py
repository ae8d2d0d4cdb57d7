"""Calendar feeds as calendar programs read them: by the token in the address, without signing in."""

import gzip

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from placement.adapters import feed
from placement.db import reading, unit_of_work
from placement.domain.errors import NotFound
from placement.services import feeds
from placement.services.feeds import OpenFeed
from placement.services.reports.feed import FeedContents, feed_contents
from placement.services.scope import Scope
from placement.web import auth
from placement.web.headers import no_referrer

blueprint = Blueprint("feed", __name__)


@blueprint.get("/feed/<token>.ics")
@no_referrer
def read(token: str) -> ResponseReturnValue:
    """The days of the feed that `token` opens; the same 404 for every token that opens none."""
    found = _found(token)
    if found is None:
        with unit_of_work() as session:
            feeds.count_miss(session, remote=request.remote_addr or "", now=auth.now())
        raise NotFound(thing="calendar feed")
    opened, contents = found
    if opened.unmarked:
        with unit_of_work() as session:
            feeds.mark_used(session, opened.feed_id, now=auth.now())
    return _answer(opened, contents)


def _found(token: str) -> tuple[OpenFeed, FeedContents] | None:
    """The feed and what it holds; None where the token opens nothing, or days no longer its owner's."""
    now = auth.now()
    with reading() as session:
        opened = feeds.open_feed(session, token, now=now)
        if opened is None:
            return None
        scope = Scope.of_user(session, opened.user_id)
        try:
            contents = feed_contents(scope, opened.purpose, opened.subject_id, sender=auth.sender(), now=now)
        except NotFound:
            return None
    return opened, contents


def _answer(opened: OpenFeed, contents: FeedContents) -> Response:
    """The calendar, or only that it is unchanged where the program says that it has it."""
    tag, zipped = contents.digest(feed.FORM), request.accept_encodings.quality("gzip") > 0
    plain_and_zipped = (tag, f"{tag}-gzip")
    if any(request.if_none_match.contains_weak(one) for one in plain_and_zipped):
        answer = Response(status=304)
    else:
        answer = _calendar(contents, zipped=zipped)
        answer.last_modified = max(filter(None, (opened.made_at, contents.changed_at)))
    answer.set_etag(plain_and_zipped[zipped])
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.vary.add("Accept-Encoding")
    return answer


def _calendar(contents: FeedContents, *, zipped: bool) -> Response:
    octets = feed.build(contents.name, contents.entries())
    answer = Response(
        gzip.compress(octets, mtime=0) if zipped else octets, content_type="text/calendar; charset=utf-8"
    )
    if zipped:
        answer.headers["Content-Encoding"] = "gzip"
    return answer
