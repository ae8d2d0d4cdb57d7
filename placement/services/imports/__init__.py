"""Importing a cohort from its five spreadsheets: look what would change, then change it, all or nothing.

`plan_import` compares the sheets with what is stored and gathers every fault; `apply_import` does what the
plan says, or raises `ImportRefused` with the faults in its fact `faults`. Neither commits.
"""

from placement.services.imports.apply import apply_import
from placement.services.imports.counts import CohortCounts, cohort_counts
from placement.services.imports.plan import ImportPlan, plan_import

__all__ = ["CohortCounts", "ImportPlan", "apply_import", "cohort_counts", "plan_import"]
