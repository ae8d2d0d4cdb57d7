"""The signed links of invites hold what they are about, and nobody else can make one."""

from hypothesis import given
from hypothesis import strategies as st

from placement.domain.answers import LinkFacts, link_token, links, read_link

SECRET = "a secret that only the service knows"
UIDS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=100)


@given(UIDS, st.integers(0, 10**6))
def test_a_token_gives_back_what_it_was_made_of_and_is_always_the_same(uid: str, sequence: int) -> None:
    facts = LinkFacts(uid, sequence)
    token = link_token(SECRET, facts)
    assert token == link_token(SECRET, facts)
    assert read_link(SECRET, token) == facts
    assert read_link(SECRET + "x", token) is None


@given(st.text(max_size=200))
def test_no_text_that_somebody_makes_up_opens_anything(text: str) -> None:
    assert read_link(SECRET, text) is None


@given(st.data())
def test_no_change_of_a_token_opens_another_invite(data: st.DataObject) -> None:
    facts = LinkFacts("6f1c0b5e-3a52-4c0e-9a54-3f1d2c7b8e90@placement.example", 1)
    token = link_token(SECRET, facts)
    place = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcXYZ019-_."))
    assert read_link(SECRET, token[:place] + letter + token[place + 1 :]) in (None, facts)


def test_each_answer_has_an_address_of_its_own() -> None:
    found = links("https://placement.example", "token")
    assert found.coming == "https://placement.example/answer/token/coming"
    assert found.perhaps == "https://placement.example/answer/token/perhaps"
    assert found.cannot == "https://placement.example/answer/token/cannot"
