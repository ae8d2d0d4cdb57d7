"""Spreadsheet files, from bytes or a folder to rows of cells.

The kind of a file is told by its first bytes, not by its name. What a coordinator did wrong comes back as
faults in the result; nothing is raised for it.
"""

from placement.adapters.sheets.folder import read_files, read_folder
from placement.adapters.sheets.uploaded import nothing_found, why_refused

__all__ = ["nothing_found", "read_files", "read_folder", "why_refused"]
