"""The version of a row that a page showed, as its form sends it back."""

from wtforms import HiddenField


def version_in(field: HiddenField) -> int:
    """The number in `field`; 0, which stands for no row, where it holds none."""
    text = str(field.data or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def show_version(field: HiddenField, version: int) -> None:
    """Put another version into a form that was sent: saving again then overwrites knowingly."""
    show_seen(field, str(version))


def show_seen(field: HiddenField, seen: str) -> None:
    """The same for what says by itself what it is, such as an address."""
    field.raw_data, field.data = None, seen
