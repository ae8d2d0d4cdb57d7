"""Spreadsheet files, from bytes or a folder to rows of cells.

The kind of a file is told by its first bytes, not by its name. What a coordinator did wrong comes back as
faults in the result; nothing is raised for it.
"""

from placement.adapters.sheets.folder import read_files, read_folder

__all__ = ["read_files", "read_folder"]
