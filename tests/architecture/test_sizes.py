"""Code stays small, and what is public says what it is for."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import CODE, Source, sources

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
LONGEST_TEST_FILE = 500


def test_no_function_is_longer_than_sixty_lines() -> None:
    long = [
        f"{source.name}:{function.lineno} {function.name} has {lines} lines"
        for source in sources(*CODE)
        for function in source.functions()
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_is_too_long_to_read() -> None:
    long = [
        f"{source.name} has {lines} lines"
        for source in sources(*CODE)
        if (lines := source.text.count("\n"))
        > (LONGEST_TEST_FILE if source.name.startswith("tests/") else LONGEST_FILE)
    ]
    assert long == []


def test_everything_public_is_documented() -> None:
    silent = [
        f"{source.name}:{getattr(node, 'lineno', 1)} {getattr(node, 'name', '')}"
        for source in sources("placement", "bench", "wsgi.py")
        for node in public(source)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def public(source: Source) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """The module, and what can be reached in it without going through a private name or a function."""
    todo: list[ast.Module | ast.ClassDef] = [source.tree]
    while todo:
        holder = todo.pop()
        yield holder
        for node in holder.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                todo.append(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
                yield node


def test_no_rule_of_size_is_switched_off_on_the_spot() -> None:
    switched_off = re.compile(r"noqa(?:$|:.*(?:C9[0]1|PLR[0]9))|ruff: *no[q]a")
    found = [
        f"{source.name}:{number}"
        for source in sources(*CODE)
        for number, line in enumerate(source.text.splitlines(), start=1)
        if switched_off.search(line)
    ]
    assert found == []
