"""Random networks for the flow: small enough to try everything, or of real size."""

from typing import Any

from hypothesis import strategies as st

from placement.domain.matching import Problem
from placement.domain.matching.candidates import list_candidates
from placement.domain.matching.flow.exact import Exact, prepare
from tests.unit.domain.matching.strategies import problems

Json = dict[str, Any]


@st.composite
def searched_problems(draw: st.DrawFn, most_leaders: int = 4, most_slots: int = 4) -> Json:
    """Draw a problem of every objective but the draw."""
    objective = draw(st.sampled_from(["generous", "rank-maximal", "total-rank"]))
    return draw(problems(most_leaders, most_slots)) | {"objective": objective}


def network_of(problem: Json) -> Exact:
    """Write a problem as a network."""
    read = Problem.from_json(problem)
    return prepare(read, list_candidates(read))
