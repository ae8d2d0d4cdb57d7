"""Measures the matching engine beside other solvers, each in a process of its own."""
