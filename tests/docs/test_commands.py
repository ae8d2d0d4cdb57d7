"""docs/commands.md describes every command with all its options, and no other."""

from collections.abc import Iterator
from typing import Any

import click
import pytest

from placement.cli import main
from tests.docs.markdown import code, page, rows

COMMANDS = page("docs/commands.md")


def commands(group: click.Command, *names: str) -> Iterator[tuple[str, click.Command]]:
    """Each command that does something, with how it is called."""
    if not isinstance(group, click.Group):
        yield " ".join([*names, *operands(group)]), group
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from commands(command, *names, name)


def operands(command: click.Command) -> list[str]:
    return [
        param.make_metavar(click.Context(command))
        for param in command.params
        if isinstance(param, click.Argument)
    ]


ALL = dict(commands(main, "placement"))


def described(call: str) -> dict[str, list[str]]:
    """Each option of a command in the page, by its first name → its row."""
    return {code(row[0])[-1]: row for row in rows(COMMANDS.section(f"`{call}`"))}


def options(call: str) -> dict[str, click.Option]:
    return {param.opts[-1]: param for param in ALL[call].params if isinstance(param, click.Option)}


def test_every_command_is_described_and_no_other() -> None:
    headings = [heading.strip("`") for heading in COMMANDS.headings() if heading.startswith("`")]
    assert sorted(headings) == sorted(ALL)


@pytest.mark.parametrize("call", ALL)
def test_every_option_of_a_command_is_described_under_all_its_names(call: str) -> None:
    assert {name: sorted(code(row[0])) for name, row in described(call).items()} == {
        name: sorted(option.opts) for name, option in options(call).items()
    }


@pytest.mark.parametrize("call", ALL)
def test_what_an_option_may_be_and_what_it_is_otherwise_are_described(call: str) -> None:
    for name, (_, what, otherwise) in described(call).items():
        option = options(call)[name]
        assert (otherwise == "needed") == option.required, name
        if isinstance(option.type, click.Choice):
            assert code(what)[: len(option.type.choices)] == list(option.type.choices), name
        if option.show_default:
            assert code(otherwise) == [str(default_of(option))], name


def default_of(option: click.Option) -> Any:
    return option.get_default(click.Context(click.Command("any")))


@pytest.mark.parametrize("call", ALL)
def test_every_command_explains_itself_and_each_option(call: str) -> None:
    assert ALL[call].help
    assert [name for name, option in options(call).items() if not option.help] == []


def test_every_group_of_commands_explains_itself() -> None:
    context = click.Context(main)
    assert isinstance(main, click.Group)
    groups = [main.get_command(context, name) for name in main.list_commands(context)]
    assert [group.name for group in groups if group is not None and not group.help] == []
