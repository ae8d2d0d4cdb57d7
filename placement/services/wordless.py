"""Rows of people without the words in them: what stays, for the figures, when the words are to go."""

from collections.abc import Mapping

from sqlalchemy import case

from placement.db import Base
from placement.models import Attendance, Feedback, FixedPair, SwapRequest
from placement.services.attendance import UNKNOWN

WORDLESS: Mapping[type[Base], Mapping[str, object]] = {
    Attendance: {"note": "", "reason": case((Attendance.reason.is_not(None), UNKNOWN))},
    Feedback: {"words": "", "call_me": False},
    FixedPair: {"reason": ""},
    SwapRequest: {"reason": "other", "words": "", "answer": ""},
}
"""What is written over each kind of row; no reason is known any more, where there was one."""
