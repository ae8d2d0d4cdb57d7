"""Telling whether the process that holds a lease is gone."""

import subprocess
import sys

from placement.worker.owner import SEPARATOR, is_gone, new_token

MAKE_TOKEN = "from placement.worker.owner import new_token; print(new_token())"


def token_of_a_process_that_ended() -> str:
    return subprocess.run(
        [sys.executable, "-c", MAKE_TOKEN], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_a_living_process_is_not_gone() -> None:
    assert not is_gone(new_token())


def test_a_process_that_ended_is_gone() -> None:
    assert is_gone(token_of_a_process_that_ended())


def test_a_process_that_was_killed_but_not_waited_for_is_gone() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", f"{MAKE_TOKEN}; import sys; sys.stdout.flush(); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        token = process.stdout.readline().strip()
        assert not is_gone(token)
        process.kill()
        process.stdout.read()  # ends when the process has
        while not is_gone(token):
            pass


def test_another_process_with_the_same_number_is_not_mistaken_for_it() -> None:
    place, pid, started, nonce = new_token().split(SEPARATOR)
    assert is_gone(SEPARATOR.join([place, pid, str(int(started) - 1), nonce]))


def test_nothing_is_said_about_other_machines_or_unreadable_tokens() -> None:
    _, *rest = token_of_a_process_that_ended().split(SEPARATOR)
    assert not is_gone(SEPARATOR.join(["elsewhere-1234-5678", *rest]))
    assert not is_gone("whatever")


def test_a_token_fits_its_column() -> None:
    assert len(new_token()) <= 120
    assert new_token() != new_token()
