"""Translators between plain values and the outside: mail, calendar files, spreadsheets; no database."""
