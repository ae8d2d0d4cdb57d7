"""What the repository holds, and what it must not hold."""

import re
import tomllib

import pytest

from placement.cli import Commands, main
from tests.architecture.sources import ROOT, project_files, relative, vendored

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "SECURITY.md",
    "bench",
    "docs",
    "migrations",
    "placement",
    "pyproject.toml",
    "requirements.lock",
    "templates",
    "tests",
    "wsgi.py",
}
NOT_HERE = {  # one letter of each in brackets, so that this file may hold what it looks for
    "work left open": r"\b(?:TO[D]O|FIX[M]E|XX[X]|HA[C]K)\b",
    "a path of one machine": r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]|User[s])/\w",
    "where packages come from": r"index[-]url|pypi[.]org|python[h]osted|registry[.]npm|deb[.]debian",
}
TEXT = {"", ".cfg", ".css", ".html", ".ini", ".js", ".lock", ".mako", ".md", ".py", ".toml", ".txt", ".yaml"}
COMMAND = re.compile(r"(?:^|[\s$`])placement ([a-z]+)(?: ([a-z]+))?", re.M)
CODE_SPAN = re.compile(r"```.*?```|`[^`\n]+`", re.S)


def readme_code() -> list[str]:
    return CODE_SPAN.findall((ROOT / "README.md").read_text())


@pytest.mark.parametrize("what", NOT_HERE)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(NOT_HERE[what])
    found = [
        f"{relative(path)}:{number}: {line.strip()[:80]}"
        for path in project_files()
        if path.suffix in TEXT and not vendored(path)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_top_level_holds_what_the_house_names() -> None:
    found = {relative(path).partition("/")[0] for path in project_files()}
    assert found - TOP_LEVEL == set()
    assert {"placement", "templates", "migrations", "tests", "wsgi.py", "Makefile", "README.md"} <= found


def test_every_command_that_the_readme_names_exists() -> None:
    named = [match for code in readme_code() for match in COMMAND.findall(code)]
    assert isinstance(main, Commands)
    unknown = [name for name, _ in named if name not in main.modules]
    assert unknown == []


def test_every_make_target_that_the_readme_names_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = {name for code in readme_code() for name in re.findall(r"\bmake ([a-z]+)", code)}
    assert named - targets == set()


def test_every_make_target_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.M)
    assert sorted(phony.split()) == sorted(re.findall(r"^([a-z]+):.*## [A-Z].+$", text, re.M))


def test_everything_that_the_service_needs_is_pinned_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = {
        re.split(r"[^a-z0-9-]", line.lower())[0]
        for line in [*project["dependencies"], *extras["postgres"], *extras["server"]]
    }
    blocks = re.split(r"\n(?=\S)", (ROOT / "requirements.lock").read_text().partition("\n    --hash")[2])
    text = (ROOT / "requirements.lock").read_text()
    pinned = set(re.findall(r"^([a-z0-9-]+)(?:\[[a-z]+\])?==", text, re.M))
    assert wanted - pinned == set()
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_hooks_before_a_commit_run_what_make_lint_runs() -> None:
    makefile = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    checks = set(re.findall(r"\$\(BIN\)/([a-z-]+)", makefile))
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"entry: \.venv/bin/([a-z-]+)", hooks)) == checks
    assert "repo: http" not in hooks
