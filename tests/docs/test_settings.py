"""Every setting is in the README, and the README names no other."""

import re
from collections.abc import Iterator, Mapping

import pytest

from placement.config import Config
from placement.config_values import UnsafeSetting
from tests.architecture.sources import project_files, relative, sources
from tests.docs.markdown import code, page, rows

SETTING = re.compile(r"PLACEMENT_[A-Z]+(?:_[A-Z]+)*(?![A-Z_])")
SPOKEN_OF = (".md", ".html", ".txt", ".py")
SPEAKING = ("README.md", "CHANGELOG.md", "SECURITY.md", "docs/", "placement/", "templates/")


class Asked(Mapping[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, told: Mapping[str, str]) -> None:
        self.told = told
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return self.told[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)


def asked_for(**told: str) -> set[str]:
    """Which settings are read where those in `told` are set."""
    asked = Asked(told)
    Config.from_env(asked)
    return asked.names


def settings_table() -> dict[str, tuple[str, str]]:
    """Name of each setting in the README → what it is, and what holds if it is missing."""
    found: dict[str, tuple[str, str]] = {}
    for names, what, missing in rows(page("README.md").section("Settings")):
        for name in code(names):
            assert name not in found, name
            found[name] = (what, missing)
    return found


def test_every_setting_that_is_read_stands_in_the_readme_and_no_other() -> None:
    assert asked_for() | asked_for(PLACEMENT_MAIL_FOLDER="mail") == set(settings_table())


def test_only_the_settings_module_reads_the_environment_for_settings() -> None:
    reading = re.compile(r"(?:env|environ)(?:\.get\(|\[)\s*[\"']PLACEMENT_")
    found = [source.name for source in sources("placement", "wsgi.py") if reading.search(source.text)]
    assert found == ["placement/config.py", "placement/config_values.py"]


def test_no_setting_is_spoken_of_that_does_not_exist() -> None:
    unknown = {
        f"{relative(path)}: {name}"
        for path in project_files()
        if path.suffix in SPOKEN_OF and relative(path).startswith(SPEAKING)
        for name in SETTING.findall(path.read_text())
        if name not in settings_table()
    }
    assert unknown == set()


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("PLACEMENT_MAIL_BACKEND", Config.mail_backend),
        ("PLACEMENT_MAIL_SERVER", Config.mail_server),
        ("PLACEMENT_MAIL_PORT", Config.mail_port),
        ("PLACEMENT_MAIL_TLS", Config.mail_tls),
        ("PLACEMENT_SOLVER_SECONDS", f"{Config.solver_seconds:g}"),
        ("PLACEMENT_SOLVER_MEMORY_MB", Config.solver_memory_mb),
        ("PLACEMENT_ENGINE", Config.engine),
        ("PLACEMENT_MESSAGE_DAYS", Config.message_days),
        ("PLACEMENT_RECORD_DAYS", Config.record_days),
        ("PLACEMENT_PROXIES", Config.proxies),
    ],
)
def test_the_readme_says_what_holds_where_a_setting_is_missing(name: str, held: object) -> None:
    assert str(held) in code(settings_table()[name][1])


@pytest.mark.parametrize("name", ["PLACEMENT_MAIL_BACKEND", "PLACEMENT_MAIL_TLS"])
def test_each_word_that_the_readme_allows_is_allowed(name: str) -> None:
    words = code(settings_table()[name][0])
    assert len(words) >= 2
    for word in words:
        Config.from_env({name: word, "PLACEMENT_MAIL_FOLDER": "mail"})


def test_the_commands_in_the_readme_set_what_is_needed() -> None:
    with pytest.raises(UnsafeSetting) as stopped:
        Config.from_env({}).require_all()
    exported = {name for block in page("README.md").blocks("sh") for name in SETTING.findall(block)}
    assert set(SETTING.findall(str(stopped.value))) <= exported
