"""What services share about a cohort."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from placement.models import Cohort


def hold_cohort(session: Session, cohort_id: int) -> None:
    """Keep everybody else from changing what this cohort's match depends on, until the transaction ends.

    Whoever changes leaders, slots or preferences calls this first, and so does the confirmation of a run:
    nothing can slip in between its look at the cohort and its commit. (SQLite has one writer at a time
    anyway, and ignores the lock.) Inserting rows that merely belong to the cohort is not held up.
    """
    session.execute(select(Cohort.id).where(Cohort.id == cohort_id).with_for_update(key_share=True))
