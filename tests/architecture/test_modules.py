"""Every module is used, and pages reach rows only in the one allowed way."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT, Source, project_files, relative, sources

ENTRY_POINTS = {"placement.__main__", "wsgi", "migrations.env"}
NAMED = re.compile(r"^(placement(?:\.\w+)+)(?::\w+)?$")  # a module named in a text, to be imported later
NOT_SCOPED = {"get_or_404", "first_or_404", "one_or_404", "query"}
READS_ROWS = {"add", "add_all", "delete", "execute", "get", "get_one", "merge", "query", "scalar", "scalars"}


def mentioned(source: Source) -> Iterator[str]:
    """Names that `source` imports or names as modules."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from NAMED.findall(node.value)


def with_packages(name: str) -> Iterator[str]:
    """A module and the packages around it, which are imported along."""
    parts = name.split(".")
    yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def test_no_module_is_dead() -> None:
    known = {source.module: source for source in sources("placement", "migrations", "wsgi.py")}
    migrations = {module for module in known if module.startswith("migrations.versions.")}
    todo, reached = [*ENTRY_POINTS, *migrations], set[str]()
    while todo:
        module = todo.pop()
        if module in reached or module not in known:
            continue
        reached.add(module)
        todo += [part for name in mentioned(known[module]) for part in with_packages(name)]
    ours = {module for module in known if module.startswith("placement")}
    assert sorted(ours - reached) == []


def test_pages_and_commands_never_go_round_the_scope() -> None:
    found = [
        f"{source.name}:{node.lineno} {ast.unparse(node)}"
        for source in sources("placement")
        if source.name.startswith(("placement/web/", "placement/cli/", "placement/worker/"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and goes_round(node, of_browser="session" in from_flask(source))
    ]
    assert found == []


def goes_round(node: ast.Attribute, *, of_browser: bool) -> bool:
    """Whether an expression reaches for rows by itself, such as Slot.query or session.get."""
    holder = ast.unparse(node.value)
    if holder == "session":
        return node.attr in READS_ROWS and not of_browser
    return node.attr in NOT_SCOPED and holder not in {"request", "url"}


def from_flask(source: Source) -> set[str]:
    """The names that a module has from Flask, whose `session` is the browser's and holds no rows."""
    return {
        alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "flask"
        for alias in node.names
    }


def test_only_entry_points_commit() -> None:
    """Services never commit, so that two of them are still one step."""
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources("placement")
        if source.name.startswith(("placement/services/", "placement/models/", "placement/domain/"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"session.commit", "session.rollback"}
    ]
    assert found == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in project_files() if relative(path).startswith("tests/")}
    holding = {folder for folder in folders if any(folder.glob("*.py"))}
    bare = [relative(folder) for folder in holding if not (folder / "__init__.py").is_file()]
    assert sorted(bare) == []
    assert (ROOT / "tests" / "__init__.py").is_file()
