"""The page on which somebody makes, renews and stops a calendar feed; the same for all roles.

A new address is shown in the answer to the form that made it, and kept nowhere. Sending the form again makes
no other one, because it names the feed that the page had seen.
"""

from dataclasses import dataclass

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from placement.db import reading, unit_of_work
from placement.domain.errors import FeedChanged
from placement.domain.states import FeedPurpose
from placement.services import feeds
from placement.web import auth
from placement.web.errors import status_of
from placement.web.rendering import render_page

NEVER_SHOWN = -1


@dataclass(frozen=True)
class FeedPages:
    """The pages of one role; its addresses call the leader, partner or cohort `id_name`."""

    purpose: FeedPurpose
    id_name: str

    def join(self, blueprint: Blueprint) -> None:
        """Give `blueprint` these pages."""
        blueprint.add_url_rule("/calendar", "show_feed", self.show)
        blueprint.add_url_rule("/calendar", "make_feed", self.make, methods=["POST"])
        blueprint.add_url_rule("/calendar/stop", "stop_feed", self.stop, methods=["POST"])

    def show(self, **ids: int) -> ResponseReturnValue:
        """How the feed stands."""
        return self._page(ids)

    def make(self, **ids: int) -> ResponseReturnValue:
        """Make the feed, or renew its address, which is shown this once."""
        try:
            with unit_of_work() as session:
                path = feeds.make_feed(
                    auth.scope_of(session), self.purpose, ids[self.id_name], seen=_seen(), now=auth.now()
                )
        except FeedChanged as refused:
            return self._page(ids, refused=refused)
        return self._page(ids, address=auth.sender().link(path))

    def stop(self, **ids: int) -> ResponseReturnValue:
        """End the feed."""
        try:
            with unit_of_work() as session:
                feeds.stop_feed(
                    auth.scope_of(session), self.purpose, ids[self.id_name], seen=_seen(), now=auth.now()
                )
        except FeedChanged as refused:
            return self._page(ids, refused=refused)
        flash("The feed is stopped. Its address opens nothing any more.")
        return auth.redirect_after_post(url_for(".show_feed", **ids))  # type: ignore[arg-type]  # names of ids

    def _page(
        self, ids: dict[str, int], *, address: str | None = None, refused: FeedChanged | None = None
    ) -> ResponseReturnValue:
        with reading() as session:
            state = feeds.feed_state(auth.scope_of(session), self.purpose, ids[self.id_name])
        return render_page(
            "feed/show.html",
            status=status_of(refused) if refused else 200,
            purpose=self.purpose,
            ids=ids,
            state=state,
            address=address,
            opening=f"webcal://{address.partition('://')[2]}" if address else None,
            refusal=str(refused) if refused else None,
        )


def _seen() -> int:
    """The feed that the page had seen, as its form says."""
    return request.form.get("seen", default=NEVER_SHOWN, type=int)
