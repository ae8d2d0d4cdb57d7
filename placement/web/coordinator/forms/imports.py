"""Sending spreadsheets, and agreeing to what was shown."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import PurePath, PureWindowsPath

from flask_wtf.file import MultipleFileField
from wtforms import HiddenField

from placement.adapters.sheets import why_refused
from placement.domain.text import clean_line
from placement.web.forms import PageForm

LONGEST_NAME = 100


class SheetsForm(PageForm):
    """One file or several."""

    files = MultipleFileField(
        "Files to import",
        render_kw={"multiple": "multiple", "accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.ods"},
    )

    def sent(self) -> dict[str, bytes]:
        """The files by name; empty, with the reasons at the field, where one of them cannot be a sheet."""
        files: dict[str, bytes] = {}
        twice = []
        for upload in self.files.data or []:
            name = _name(str(upload.filename or ""))
            with closing(upload.stream) as stream:
                data = stream.read()
            if name in files:
                twice.append(f"Two files are called {name}.")
            elif name:
                files[name] = data
        if not files:
            return self._refuse(["Choose the files to import."])
        return self._refuse(refused) if (refused := [*twice, *why_refused(files)]) else files

    def _refuse(self, sentences: Iterable[str]) -> dict[str, bytes]:
        self.files.errors = [" ".join(sentences)]
        return {}


class SeenForm(PageForm):
    """Agreeing to what a page showed; `seen` stands for all of it."""

    seen = HiddenField()


def _name(sent: str) -> str:
    """A file's name without the folders that some browsers send along, and not too long to be shown."""
    name = clean_line(PureWindowsPath(PurePath(sent).name).name)
    path = PurePath(name)
    return (
        f"{path.stem[: LONGEST_NAME - len(path.suffix)]}{path.suffix}" if len(name) > LONGEST_NAME else name
    )
