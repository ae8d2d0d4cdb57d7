"""Goals joined into one: they compare as they do one after the other, and a bound of all is one for each."""

from collections.abc import Sequence
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from placement.domain.matching.outcome import Reached
from placement.domain.matching.rows.joint import Joint

Counts = tuple[int, ...]


@st.composite
def joints(draw: st.DrawFn) -> Joint:
    """Goals over five columns, one of each sign or none, with the limits that these columns set."""
    goals = draw(
        st.lists(
            st.dictionaries(st.integers(0, 4), st.integers(-3, 3).filter(bool), max_size=5),
            min_size=1,
            max_size=3,
        )
    )
    limits = tuple(
        (sum(min(0, cost) for cost in goal.values()), sum(max(0, cost) for cost in goal.values()))
        for goal in goals
    )
    return Joint(tuple(goals), limits)


def counted(joint: Joint, columns: Sequence[int]) -> Counts:
    return tuple(
        sum(goal.get(column, 0) for column, chosen in enumerate(columns) if chosen) for goal in joint.goals
    )


ALL = list(product((0, 1), repeat=5))


@given(joints())
def test_the_one_goal_compares_results_as_the_goals_do_one_after_the_other(joint: Joint) -> None:
    goal = joint.goal()
    by_one = {columns: sum(goal.get(at, 0) for at, chosen in enumerate(columns) if chosen) for columns in ALL}
    for columns in ALL:
        assert by_one[columns] == joint.weigh(counted(joint, columns))
    in_order = sorted(ALL, key=lambda columns: counted(joint, columns))
    assert [by_one[columns] for columns in in_order] == sorted(by_one.values())
    for first, second in pairwise(in_order):
        assert (by_one[first] == by_one[second]) == (counted(joint, first) == counted(joint, second))


@given(joints(), st.sets(st.sampled_from(ALL), min_size=1), st.data())
def test_a_bound_of_the_one_goal_is_one_for_each_goal_up_to_the_first_that_is_open(
    joint: Joint, possible: set[tuple[int, ...]], data: st.DataObject
) -> None:
    best = data.draw(st.sampled_from(sorted(possible)))
    true = min(joint.weigh(counted(joint, columns)) for columns in possible)
    bound = true - data.draw(st.integers(0, 20))
    values = counted(joint, best)
    told = joint.split(values, Reached(joint.weigh(values), bound, proven=bound == joint.weigh(values)))
    left = possible
    for place, one in enumerate(told):
        least = min(counted(joint, columns)[place] for columns in left)
        assert one.value == values[place]
        assert one.bound <= least
        assert not one.proven or one.value == least
        left = {columns for columns in left if counted(joint, columns)[place] == least}
    assert all(one.proven for one in told[:-1])
    assert len(told) == len(values) or not told[-1].proven


@given(joints())
def test_a_proven_result_proves_every_goal(joint: Joint) -> None:
    values = min(counted(joint, columns) for columns in ALL)
    reached = Reached(joint.weigh(values), joint.weigh(values), proven=True)
    assert joint.split(values, reached) == [Reached(value, value, proven=True) for value in values]
