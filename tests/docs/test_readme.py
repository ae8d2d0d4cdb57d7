"""The README's commands do what it says, in its order, for somebody who has never seen the project."""

import email
import email.policy
import json
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.docs.newcomer import (
    block_with,
    free_port,
    newcomers_environment,
    plain_environment,
    readme_blocks,
    run_script,
    start_page,
    started,
)

MARK = "=== "
ROLES = ("partner", "leader", "coordinator")


def told_apart(block: str) -> str:
    """The block with a line before each command's output that repeats the command."""
    return "\n".join(f"printf '%s%s\\n' '{MARK}' {json.dumps(line)}\n{line}" for line in block.splitlines())


@pytest.mark.timeout(300)
def test_the_main_job_by_commands_ends_with_an_invite_for_each_placement(
    checkout: Path, tmp_path: Path
) -> None:
    script = block_with("export ") + told_apart(block_with("placement cohort import").replace('"', "'"))
    done = run_script(script, checkout, newcomers_environment(tmp_path / "home"))
    assert done.returncode == 0, done.stdout + done.stderr
    said = dict(part.split("\n", 1) for part in done.stdout.split(MARK)[1:])
    shown = json.loads(said["placement match show 1 --json"])
    assert all(stage["proven"] for stage in shown["solution"]["stages"])
    placed = sorted(pair["leader"] for pair in shown["solution"]["assignments"])
    assert len(placed) > 50
    mails = [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        for file in (checkout / "var" / "mail").rglob("*.eml")
    ]
    told = sorted(mail["To"].addresses[0].addr_spec for mail in mails)
    partners = [address for address in told if address.startswith("placements@")]
    assert [address for address in told if address not in partners] == placed
    assert len(partners) == len(set(partners)) > 5
    assert json.loads(said["placement outbox status --json"])["sent"] == len(told)
    assert said["placement doctor"].endswith("All is well.\n")
    (link,) = re.findall(r"^http://127\.0\.0\.1:8000/\S+$", done.stdout, re.M)
    assert "/sign-in/link/" in link


def test_the_commands_leave_nothing_outside_the_folders_that_the_readme_names(
    checkout: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    before = {path for path in checkout.rglob("*") if path.is_file()}
    script = block_with("export ") + "placement cohort list"
    assert run_script(script, checkout, newcomers_environment(home)).returncode == 0
    after = {path for path in checkout.rglob("*") if path.is_file()}
    assert {path.relative_to(checkout).parts[0] for path in after - before} == {"var"}
    assert list(home.iterdir()) == []


def test_without_settings_a_command_keeps_its_database_in_the_home(checkout: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = run_script("placement cohort list", checkout, newcomers_environment(home))
    assert done.returncode == 0, done.stderr
    assert [path.name for path in home.rglob("placement.sqlite3")] == ["placement.sqlite3"]
    assert not (checkout / "var").exists()


def test_the_demo_is_served_stopped_and_served_again_with_what_was_done(
    checkout: Path, tmp_path: Path
) -> None:
    start = block_with("demo --port").replace(".venv/bin/placement", "placement").splitlines()[-1]
    env = newcomers_environment(tmp_path / "home")
    comes_and_goes(start, checkout, env)
    secret = (checkout / "var" / "demo" / "secret-key").read_text()
    comes_and_goes(start, checkout, env)
    assert (checkout / "var" / "demo" / "secret-key").read_text() == secret


def comes_and_goes(start: str, folder: Path, env: dict[str, str]) -> None:
    """Start what is said to serve on port 8000, on a free one; look at its start page; stop it."""
    port = free_port()
    with started(start.replace("8000", str(port)), folder, env) as process:
        seen = start_page(process, port)
        assert all(role in seen.lower() for role in ROLES)
        process.send_signal(signal.SIGTERM)
        printed, _ = process.communicate(timeout=60)
    assert f"http://127.0.0.1:{port}" in printed
    assert "Stopped." in printed
    assert "Traceback" not in printed


@pytest.mark.skipif("CI" not in os.environ, reason="installs everything afresh: set CI to have it run")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("words", ["make run", "-m venv"])
def test_from_nothing_to_a_served_demo(checkout: Path, words: str) -> None:
    *before, start = block_with(words).partition("make test")[0].strip().splitlines()
    start = start.partition(" #")[0]
    if start.strip() == "make run":
        start = "make run PORT=8000"
    prepared = run_script("\n".join(before), checkout, plain_environment())
    assert prepared.returncode == 0, prepared.stderr
    comes_and_goes(start, checkout, plain_environment())
    comes_and_goes(start, checkout, plain_environment())
    shutil.rmtree(checkout / ".venv")


def makes(*arguments: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(["make", *arguments], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_run_serves_the_port_that_is_asked_for(checkout: Path, tmp_path: Path) -> None:
    env = newcomers_environment(tmp_path / "home")
    assert "placement demo --port 8000" in makes("-n", "run", folder=checkout, env=env)
    assert "placement demo --port 8123" in makes("-n", "run", "PORT=8123", folder=checkout, env=env)
    assert "placement demo --port 8124" in makes("-n", "run", folder=checkout, env=env | {"PORT": "8124"})


def test_make_test_runs_all_tests_or_those_that_are_asked_for(checkout: Path, tmp_path: Path) -> None:
    env = newcomers_environment(tmp_path / "home")
    assert "-m pytest" in makes("-n", "test", folder=checkout, env=env)
    assert "-k words" in makes("-n", "test", "ARGS=-k words", folder=checkout, env=env)


def test_make_alone_lists_what_can_be_done(checkout: Path, tmp_path: Path) -> None:
    listed = makes(folder=checkout, env=newcomers_environment(tmp_path / "home"))
    assert {"make run", "make test", "make lint", "make bench"} <= set(re.findall(r"make \w+", listed))


def test_every_shell_block_of_the_readme_is_run_by_a_test() -> None:
    run_here = {block_with(words) for words in ("make run", "-m venv", "export ", "placement cohort import")}
    assert set(readme_blocks()) == run_here
