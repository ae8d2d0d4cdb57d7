"""Code, pages, mails and database use the glossary's words."""

import re

from placement.db import Base
from placement.domain.states import OBJECTIVES
from placement.models import MatchRun
from tests.docs.markdown import page, rows


def words() -> dict[str, str]:
    """Each word of the glossary → what it means."""
    found: dict[str, str] = {}
    for named, meaning in rows(page("docs/glossary.md").prose):
        plain = re.sub(r"\([^)]*\)", "", named)
        for word in plain.split(","):
            assert word.strip() not in found, word
            found[word.strip()] = meaning
    return found


def tables() -> dict[str, str]:
    """Each model → its table."""
    found = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in Base.registry.mappers}
    assert found[MatchRun.__name__] == "match_run"
    return found


def test_every_table_is_named_with_a_word_of_the_glossary() -> None:
    known = {word.replace("-", " ") for word in words()}
    assert [name for name in tables().values() if name.replace("_", " ") not in known] == []


def test_every_model_is_named_like_its_table() -> None:
    assert {model: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model).lower() for model in tables()} == tables()


def test_every_objective_is_named_in_the_glossary() -> None:
    assert [objective for objective in OBJECTIVES if objective not in words()["objective"]] == []


def test_every_word_has_a_meaning() -> None:
    assert [word for word, meaning in words().items() if not word or not meaning] == []
