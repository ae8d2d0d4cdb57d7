"""The mail on a change of the second step: the same words in both forms, for every change."""

import pytest

from placement.adapters.messages import preview_letter
from placement.domain.invites import Mailbox
from placement.services.second_step_letters import KIND, WORDS, Change

FACTS = {
    "at": "Wednesday 3 February 2027, 9:30am",
    "answers_to": "placements@placement.example",
    "link": "https://placement.example/account",
}


@pytest.mark.parametrize("change", WORDS)
def test_it_says_what_changed_when_and_what_to_do_if_it_was_somebody_else(change: Change) -> None:
    heading, what = WORDS[change]
    facts = FACTS | {"heading": heading, "what": what.format(codes_left=7)}
    read = preview_letter(KIND, facts, recipient=Mailbox("Zoë & Sons", "zoe@trust.example"))
    assert read.subject == heading
    for said in (what.format(codes_left=7), *FACTS.values(), "Was it not you?"):
        assert said in read.text
        assert said in read.html
    assert "Hello Zoë & Sons," in read.text
    assert "Hello Zoë &amp; Sons," in read.html
    assert "None" not in read.text
