"""Errors of the second step at sign-in: codes of an app, and recovery codes."""

from placement.domain.errors import PlacementError


class SecondStepWrong(PlacementError):
    """A code of the app or a recovery code was wrong, or was used before."""

    code = "second_step_wrong"
    message = "That code is not right, or was used before. Tries left: {tries_left}."


class SecondStepLocked(PlacementError):
    """Too many wrong codes were typed; until then no code is looked at, not even a right one."""

    code = "second_step_locked"
    message = "Too many wrong codes were typed. Wait {wait}, then try again."


class SecondStepUnreadable(PlacementError):
    """The key of somebody's app was encrypted with another secret key than the present one."""

    code = "second_step_unreadable"
    message = (
        "The service cannot check the codes of your app any more, because its secret key was changed. "
        "Use a recovery code, or ask the people who run the service to turn your second step off."
    )


class SetUpCodeWrong(PlacementError):
    """The first code of an app was wrong, so that the second step is not on."""

    code = "set_up_code_wrong"
    message = "That code is not right. Type the code that the app shows now."


class SetUpOver(PlacementError):
    """A second step was to be turned on whose key is gone by now, or that is on already."""

    code = "set_up_over"
    message = "This page is too old. Begin again on your account page."


class HalfWayOver(PlacementError):
    """The second step came too long after the first, or is not asked for any more."""

    code = "half_way_over"
    message = "You took longer than 10 minutes. Sign in again."
