"""Measurements: each program prints its figures beside the machine's limits, and fails below its goals."""
