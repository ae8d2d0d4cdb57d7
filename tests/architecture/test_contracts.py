"""The import contracts hold, without a single exception."""

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

from tests.architecture.sources import ROOT

CONTRACTS = {
    "One way down",
    "The domain is plain Python",
    "Services and models know no web, no mail, no calendar format",
    "Adapters know no database",
    "Entry points reach rows only through services",
    "Only the domain computes with numpy and scipy",
    "Only the worker knows the queue",
    "Pages do not talk to mail servers",
}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_contract_is_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    kept = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert kept.returncode == 0, kept.stdout + kept.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in kept.stdout


def test_no_contract_is_missing_and_none_has_exceptions() -> None:
    settings = project()["tool"]["importlinter"]
    contracts = settings["contracts"]
    assert {contract["name"] for contract in contracts} == CONTRACTS
    exceptions = [
        (contract["name"], key)
        for contract in [settings | {"name": "all"}, *contracts]
        for key in contract
        if "ignore" in key or key.startswith("exclude")
    ]
    assert exceptions == []


def test_a_new_module_must_choose_its_floor() -> None:
    layers = next(c for c in project()["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    assert layers["exhaustive"]
    assert "exhaustive_ignores" not in layers


def test_types_and_style_are_held_without_loopholes() -> None:
    tools = project()["tool"]
    assert tools["mypy"]["strict"]
    assert not any("ignore_errors" in override for override in tools["mypy"]["overrides"])
    chosen = tools["ruff"]["lint"]
    assert {"C90", "D"} <= set(chosen["select"])
    assert chosen["mccabe"]["max-complexity"] == 8
    let_off = {rule for rules in chosen["per-file-ignores"].values() for rule in rules} | set(
        chosen["ignore"]
    )
    assert not {rule for rule in let_off if rule.startswith("C9")}
    assert "error" in tools["pytest"]["ini_options"]["filterwarnings"]
    assert tools["pytest"]["ini_options"]["xfail_strict"]
