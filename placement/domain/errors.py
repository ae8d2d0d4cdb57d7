"""One error for each rule of the service, named for the rule that was broken.

Each has a stable `code`, used in pages, logs and JSON, and a `message` fit for the person who broke it.
Only the entry points know which status or exit code an error becomes.
"""


class PlacementError(Exception):
    """A rule of the service was broken; safe to show to the person who broke it."""

    code = "placement_error"
    message = "Something went wrong."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))
