"""Measures the building of invites and the reading of feeds."""
