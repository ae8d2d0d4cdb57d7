"""Setting up a cohort by command."""

import json

import pytest

from tests.cli.test_cohort import Installation, by_hand, installation

__all__ = ["installation"]

CHANGE = ("cohort", "change", "Coast 1")


def test_a_cohort_is_set_up_another_way_and_the_same_again_changes_nothing(
    installation: Installation,
) -> None:
    installation.bring_in()
    wanted = (*CHANGE, "--choices-minimum", "2", "--max-per-partner", "1", "--teams", "spread")
    dry = installation.run(*wanted, "--dry-run")
    assert dry.stdout.startswith("Dry run: nothing is changed."), dry.stderr
    done = json.loads(installation.run(*wanted, "--json").stdout)
    assert done["changed"]
    assert done["settings"] == ["choices_minimum", "max_per_partner", "teams"]
    assert "The cohort is so already" in installation.run(*wanted).stdout
    installation.run(*CHANGE, "--max-per-partner", "none", "--teams", "none", "--place-unranked", "no")
    kept = by_hand(
        installation.config, "SELECT choices_minimum, max_per_partner, teams, place_unranked FROM cohort"
    )
    assert [tuple(row) for row in kept] == [(2, None, None, False)]
    renamed = installation.run(*CHANGE, "--name", "none")
    assert "The cohort is called “none”" in renamed.stdout


def test_a_refusal_is_one_line_and_a_deadline_can_be_taken_away(installation: Installation) -> None:
    installation.bring_in()
    past = installation.run(*CHANGE, "--closes", "2020-01-12 17:00")
    assert past.exit_code == 1
    assert "has gone by" in past.stderr
    assert "nothing is changed" in installation.run(*CHANGE, "--no-deadline").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--closes", "2027-01-12 17:00", "--no-deadline"),
        ("--closes", "tomorrow"),
        ("--min-sectors", "4"),
        ("--choices-minimum", "0"),
    ],
)
def test_wrong_use_ends_with_status_2(installation: Installation, arguments: tuple[str, ...]) -> None:
    assert installation.run(*CHANGE, *arguments).exit_code == 2
