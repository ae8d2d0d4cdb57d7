"""Errors of what people say of themselves, and of having it erased."""

from placement.domain.errors import PlacementError


class AboutChanged(PlacementError):
    """What is known of a leader was changed on another page, or by a coordinator or an import."""

    code = "about_changed"
    message = (
        "What we know about you was changed in the meantime. Nothing was saved. Look at what is kept now."
    )


class ErasureBlocked(PlacementError):
    """Somebody was to be erased while something of theirs is still to come, or still on its way."""

    code = "erasure_blocked"
    message = "Nothing is erased yet. {reason}"


class PersonErased(PlacementError):
    """Something was to be done with a leader of whom only numbers are left."""

    code = "person_erased"
    message = "What was kept about this person was erased on {when}. It cannot be brought back."
