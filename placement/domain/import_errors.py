"""Errors of imports by page: one for each rule, as in `errors`."""

from placement.domain.errors import PlacementError


class ImportChangedMeanwhile(PlacementError):
    """The cohort or the files changed after it was shown what an import would do."""

    code = "import_changed_meanwhile"
    message = (
        "Nothing was imported: the cohort or the files have changed since this page was opened. "
        "Look at what would happen now."
    )


class ImportGone(PlacementError):
    """Files were to be imported that do not wait any more."""

    code = "import_gone"
    message = (
        "These files do not wait here any more: they were imported, deleted, or sent more than a day ago. "
        "Nothing was imported now."
    )


class UndoChangedMeanwhile(PlacementError):
    """Rows changed after it was shown what undoing an import would do."""

    code = "undo_changed_meanwhile"
    message = (
        "Nothing was undone: rows have changed since this page was opened. Look at what would happen now."
    )
