"""`placement solve`: files in, files out, and one clear line when something is wrong."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from placement.cli import main
from tests.unit.domain.matching.test_contract import WRONG_PINS, WRONG_VALUES, changed
from tests.unit.domain.matching.test_contract import problem as two_leaders

Json = dict[str, Any]
CONTRACTS = Path(__file__).parents[1] / "contracts"
EXAMPLE = CONTRACTS / "example-problem.json"


def run(*words: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["solve", *map(str, words)], input=stdin)


def written(folder: Path, problem: Json) -> Path:
    file = folder / "problem.json"
    file.write_text(json.dumps(problem))
    return file


def infeasible() -> Json:
    return {
        "version": 1,
        "leaders": [{"id": "ada", "preferences": [["a"]]}],
        "slots": [{"id": "a", "capacity": 2, "minimum": 2}],
        "pins": [["ada", "a"]],
    }


def assert_refused(result: Result, *, saying: str) -> None:
    """See exit status 2, one line on stderr, nothing on stdout."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.endswith("\n")
    assert len(result.stderr.splitlines()) == 1
    assert saying in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_file_to_write_the_solution_goes_to_stdout() -> None:
    result = run(EXAMPLE)
    solution = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert solution["status"] == "optimal"
    assert solution["profile"] == {"1": 2, "2": 1, "unranked": 1}


def test_the_solution_is_written_to_a_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "solution.json"
    result = run(EXAMPLE, "-o", target, "--explain", "--diagnose", "--time-limit", "30")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert json.loads(target.read_text())["status"] == "optimal"
    assert [file.name for file in tmp_path.iterdir()] == ["solution.json"]


def test_reasons_and_a_diagnosis_come_only_when_asked_for() -> None:
    reasons = {"explanations", "slot_explanations", "partner_explanations", "explanations_complete"}
    plain = json.loads(run(EXAMPLE).stdout)
    explained = json.loads(run(EXAMPLE, "--explain").stdout)
    diagnosed = json.loads(run(EXAMPLE, "--diagnose").stdout)
    assert set(explained) - set(plain) == reasons
    assert set(diagnosed) - set(plain) == {"diagnosis", "what_if"}
    assert explained["assignments"] == diagnosed["assignments"] == plain["assignments"]
    assert explained["explanations"][0]["sentence"].startswith("With food-tue, this leader's first choice,")


def test_a_result_is_not_lost_when_time_is_too_short_to_explain_it() -> None:
    result = run(EXAMPLE, "--explain", "--diagnose", "--time-limit", "0.0001")
    solution = json.loads(result.stdout)
    assert result.exit_code == 0
    assert len(solution["assignments"]) == 4


def test_the_file_gets_the_permissions_that_any_new_file_would_get(tmp_path: Path) -> None:
    run(EXAMPLE, "-o", tmp_path / "solution.json")
    (tmp_path / "other").touch()
    assert stat.S_IMODE((tmp_path / "solution.json").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "other").stat().st_mode
    )


def test_a_link_to_a_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    run(EXAMPLE, "-o", tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text())["version"] == 1


def test_a_device_is_written_to_and_not_replaced() -> None:
    assert run(EXAMPLE, "-o", os.devnull).exit_code == 0
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_dash_reads_the_problem_from_stdin() -> None:
    result = run("-", stdin=EXAMPLE.read_bytes())
    assert json.loads(result.stdout)["status"] == "optimal"


def test_ids_in_any_writing_come_out_as_they_went_in(tmp_path: Path) -> None:
    leaders = [{"id": "Zoë 王", "preferences": [["café"]]}]
    problem = {"version": 1, "leaders": leaders, "slots": [{"id": "café", "capacity": 1}]}
    run(written(tmp_path, problem), "-o", tmp_path / "solution.json")
    solution = json.loads((tmp_path / "solution.json").read_text(encoding="utf-8"))
    assert solution["assignments"] == [{"leader": "Zoë 王", "slot": "café", "rank": 1}]


def test_an_infeasible_problem_ends_with_3_and_says_why(tmp_path: Path) -> None:
    target = tmp_path / "solution.json"
    result = run(written(tmp_path, infeasible()), "-o", target)
    solution = json.loads(target.read_text())
    assert (result.exit_code, result.stderr) == (3, "")
    assert (solution["status"], solution["assignments"]) == ("infeasible", [])
    assert solution["diagnosis"][0]["slots"] == ["a"]


def test_a_short_time_limit_is_no_error() -> None:
    result = run(EXAMPLE, "--time-limit", "0.0001")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] in ("feasible", "optimal")


def test_a_fault_in_the_problem_is_named_by_its_place_and_nothing_is_written(tmp_path: Path) -> None:
    problem = json.loads(EXAMPLE.read_text())
    problem["leaders"][2]["preferences"] = [["food-tue"], ["food-thu", "food-tue"]]
    target = tmp_path / "solution.json"
    result = run(written(tmp_path, problem), "-o", target)
    assert_refused(result, saying='leaders[2].preferences[1]: slot "food-tue" stands twice')
    assert not target.exists()


def test_a_fault_leaves_an_older_solution_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "solution.json"
    target.write_text("old")
    assert_refused(run("-", "-o", target, stdin=b"{}"), saying='key "version" is missing')
    assert target.read_text() == "old"


@pytest.mark.parametrize(("path", "value", "saying"), WRONG_VALUES)
def test_each_wrong_value_is_refused_in_one_line_and_nothing_is_written(
    path: list[str | int], value: Any, saying: str, tmp_path: Path
) -> None:
    older, target = tmp_path / "older.json", tmp_path / "solution.json"
    older.write_text("old")
    wrong = written(tmp_path, changed(path, value))
    assert_refused(run(wrong, "-o", older, "--explain", "--diagnose"), saying=saying)
    assert_refused(run(wrong, "-o", target), saying=saying)
    assert older.read_text() == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["older.json", "problem.json"]


@pytest.mark.parametrize(("changes", "saying"), WRONG_PINS)
def test_each_wrong_pin_is_refused_in_one_line(changes: Json, saying: str, tmp_path: Path) -> None:
    assert_refused(run(written(tmp_path, two_leaders(**changes))), saying=saying)


@pytest.mark.parametrize(
    ("octets", "saying"),
    [
        (b"", "line 1 column 1: not JSON"),
        (b" \n", "line 2 column 1: not JSON"),
        (b"\xef\xbb\xbf", "line 1 column 1: not JSON"),
        ("{}".encode("utf-16"), "byte 1: not UTF-8"),
        (b'{"seed": "\xc3(', "byte 11: not UTF-8"),
        (b"{} {}", "line 1 column 4: not JSON"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[" * 900 + b"]" * 900, "problem: must be an object, not a list"),
        (b"[" + b"9" * 5000 + b"]", "a whole number has too many digits"),
        (b'{"version": 1, "leaders": [], "slots": [{"id": "a", "capacity": 1e999}]}', "slots[0].capacity: "),
        (
            b'{"version": 1, "leaders": [], "slots": [{"id": "a", "capacity": NaN}]}',
            "slots[0].capacity: must",
        ),
        (b'{"version": 1,\n"leaders": oops}', "line 2 column 12: not JSON"),
        (b"\xff\xfe", "byte 1: not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"version": 1, "leaders": [], "slots": [], "slots": []}', 'key "slots" stands twice'),
    ],
)
def test_what_is_no_problem_file_is_refused(octets: bytes, saying: str) -> None:
    assert_refused(run("-", stdin=octets), saying=saying)


def test_a_byte_order_mark_is_no_fault() -> None:
    plain = json.loads(run("-", stdin=EXAMPLE.read_bytes()).stdout)
    marked = json.loads(run("-", stdin=b"\xef\xbb\xbf" + EXAMPLE.read_bytes()).stdout)
    assert marked | {"seconds": 0} == plain | {"seconds": 0}


@pytest.mark.parametrize(
    "octets", [b"", b"\xff", b"[" * 100_000, b'{"version": 2, "leaders": [], "slots": []}']
)
def test_the_program_itself_refuses_with_one_line_and_leaves_an_older_file(
    octets: bytes, tmp_path: Path
) -> None:
    target = tmp_path / "solution.json"
    target.write_text("old")
    done = subprocess.run(
        [sys.executable, "-m", "placement", "solve", "-", "-o", str(target)],
        input=octets,
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"placement: ")
    assert len(done.stderr.splitlines()) == 1
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("solution.json", "old")]


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert_refused(run(tmp_path / "absent.json"), saying="absent.json' cannot be read: no such file")
    assert_refused(run(tmp_path), saying="cannot be read: is a directory")
    assert_refused(run("nul\0"), saying="cannot be read")


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    assert_refused(run(EXAMPLE, "-o", tmp_path), saying="cannot be written: it is a folder")
    assert_refused(run(EXAMPLE, "-o", tmp_path / "no" / "x"), saying="cannot be written: its folder does not")
    assert_refused(run(EXAMPLE, "-o", EXAMPLE / "x"), saying="cannot be written")
    assert_refused(run(EXAMPLE, "-o", "nul\0"), saying="cannot be written")


def test_a_disk_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    assert_refused(run(EXAMPLE, "-o", tmp_path / "solution.json"), saying="no space left on device")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "soon", ""])
def test_a_time_limit_that_is_none_is_refused(seconds: str) -> None:
    assert_refused(
        run(EXAMPLE, f"--time-limit={seconds}"), saying="--time-limit: must be a number of seconds"
    )


def test_it_needs_no_settings_and_no_folder_of_its_own(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "placement", "solve", str(EXAMPLE)],
        env={"PYTHONPATH": root, "PATH": os.environ["PATH"]},
        cwd=tmp_path,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["status"] == "optimal"
    assert list(tmp_path.iterdir()) == []


def test_asking_for_help_or_giving_wrong_input_does_not_load_the_solver() -> None:
    program = (
        "import sys\n"
        "import placement.cli.solve\n"
        "from placement.domain import matching\n"
        "print('scipy' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False False\n", "")
