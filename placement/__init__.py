"""Placement: days for leaders at voluntary-sector partners, matched fairly, kept true in every calendar."""

__version__ = "0.1.0"
