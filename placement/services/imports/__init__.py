"""Importing a cohort from its five spreadsheets: look what would change, then change it, all or nothing.

`plan_import` compares the sheets with what is stored and gathers every fault; `apply_import` does what the
plan says, or raises `ImportRefused` with the faults in its fact `faults`; `import_undoably` does the same and
keeps what each row was before. None of them commits.
"""

from placement.services.imports.apply import apply_import
from placement.services.imports.batches import BatchLine, import_undoably, list_imports
from placement.services.imports.counts import CohortCounts, cohort_counts
from placement.services.imports.plan import ImportPlan, plan_import

__all__ = [
    "BatchLine",
    "CohortCounts",
    "ImportPlan",
    "apply_import",
    "cohort_counts",
    "import_undoably",
    "list_imports",
    "plan_import",
]
