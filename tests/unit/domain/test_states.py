"""The closed lists of words, and which check covers which."""

import itertools

import pytest

from placement.domain.states import CHECKS, MESSAGE_STATUSES, OBJECTIVES, RUN_STATUSES, check_suffices


@pytest.mark.parametrize(("held", "required"), list(itertools.product(CHECKS, CHECKS)))
def test_a_check_covers_itself_and_every_lesser_one(held: str, required: str) -> None:
    covered = {"none": {"none"}, "basic": {"none", "basic"}, "enhanced": {"none", "basic", "enhanced"}}
    assert check_suffices(held, required) == (required in covered[held])


@pytest.mark.parametrize("word", ["", "Basic", "dbs", "none "])
def test_a_word_that_is_no_check_is_never_taken_for_one(word: str) -> None:
    with pytest.raises(KeyError):
        check_suffices(word, "none")
    with pytest.raises(KeyError):
        check_suffices("enhanced", word)


def test_no_list_says_a_word_twice() -> None:
    for words in (RUN_STATUSES, MESSAGE_STATUSES, OBJECTIVES, CHECKS):
        assert len(set(words)) == len(words)
