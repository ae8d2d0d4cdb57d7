"""The main job by commands: from five spreadsheets to an invite in every leader's mailbox."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from placement.config import Config
from placement.domain.matching import Problem
from placement.domain.text import london_to_utc
from tests.cli.commands import ROOT, placement
from tests.conftest import Server
from tests.databases import SqliteServer, settings
from tests.smtp_sink import Received, Sink, refuse
from tests.unit.adapters.checklist import breaches as checklist_breaches
from tests.unit.adapters.checklist_calendar import Expected

DEMO = ROOT / "placement" / "data" / "demo"
REAL = ROOT.parent / "shared" / "data" / "fylde-coast"
FOLDERS = [
    pytest.param(DEMO, id="demo"),
    pytest.param(
        REAL,
        id="real",
        marks=pytest.mark.skipif(
            not REAL.is_dir(), reason="the real-shaped cohort is not beside the checkout"
        ),
    ),
]
NAME = "Spring cohort"


@pytest.fixture
def installation(server: Server, tmp_path: Path, smtp_sink: Sink) -> Iterator[Config]:
    """An installation whose database has no tables yet and whose mail goes to the sink."""
    with server.empty_database() as url:
        yield replace(settings(url, tmp_path), mail_backend="smtp", mail_port=smtp_sink.port)


@pytest.fixture
def small_installation(sqlite_server: SqliteServer, tmp_path: Path, smtp_sink: Sink) -> Iterator[Config]:
    """The same on SQLite alone, for what does not depend on the kind of database."""
    with sqlite_server.empty_database() as url:
        yield replace(settings(url, tmp_path), mail_backend="smtp", mail_port=smtp_sink.port)


def rows(folder: Path, sheet: str) -> list[dict[str, str]]:
    with (folder / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def solved(config: Config, folder: Path, *options: str) -> dict[str, Any]:
    imported = placement(config, "cohort", "import", str(folder), "--name", NAME)
    assert imported.status == 0, imported.err
    ran = placement(config, "match", "run", "--cohort", NAME, "--json", *options)
    assert ran.status == 0, ran.err
    report: dict[str, Any] = json.loads(ran.out)
    return report


@pytest.mark.timeout(300)
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_cohort_goes_from_spreadsheets_to_invites(
    installation: Config, smtp_sink: Sink, folder: Path
) -> None:
    report = solved(installation, folder)
    assert (report["run"], report["cohort"]) == (1, NAME)
    solution = report["solution"]
    assert solution["status"] == "optimal"
    assert all(stage["proven"] for stage in solution["stages"])
    emails = {row["email"].strip().lower() for row in rows(folder, "leaders")}
    placed = {pair["leader"] for pair in solution["assignments"]}
    assert placed | {row["leader"] for row in solution["unplaced"]} == emails

    shown = placement(installation, "match", "show", "1", "--json")
    assert json.loads(shown.out) == report
    assert placement(installation, "match", "confirm", "1").status == 0
    assert placement(installation, "outbox", "send").status == 0
    hosts = partners_told(solution, folder)
    assert sorted(mail.recipients[0] for mail in smtp_sink.received) == sorted(
        [*(pair["leader"] for pair in solution["assignments"]), *hosts]
    )
    everybody_is_told_of_their_own_day(installation, smtp_sink, solution, folder)

    assert placement(installation, "match", "confirm", "1").status == 0
    again = placement(installation, "outbox", "send")
    assert (again.status, again.out) == (0, "Nothing was due.\n")
    assert len(smtp_sink.received) == len(solution["assignments"]) + len(hosts)
    status = json.loads(placement(installation, "outbox", "status", "--json").out)
    assert status == {
        "todo": 0,
        "sending": 0,
        "sent": len(solution["assignments"]) + len(hosts),
        "failed": 0,
        "cancelled": 0,
        "superseded": 0,
        "held": 0,
    }


def partners_told(solution: dict[str, Any], folder: Path) -> list[str]:
    """The addresses of the partners to whom somebody is coming: each gets one mail."""
    partner_of = {row["slot"]: row["partner"] for row in rows(folder, "slots")}
    addresses = {row["partner"]: row["email"].strip().lower() for row in rows(folder, "partners")}
    ahead = {
        row["slot"] for row in rows(folder, "slots") if moment(row["date"], row["start"]) > datetime.now(UTC)
    }
    given = {pair["slot"] for pair in solution["assignments"]} & ahead
    return [addresses[name] for name in {partner_of[slot] for slot in given}]


def everybody_is_told_of_their_own_day(
    config: Config, sink: Sink, solution: dict[str, Any], folder: Path
) -> None:
    """Each mail keeps the whole checklist for one of its leader's days, and each day has its mail."""
    slots = {row["slot"]: row for row in rows(folder, "slots")}
    owed = Counter((pair["leader"], pair["slot"]) for pair in solution["assignments"])
    leaders = {leader for leader, _ in owed}
    for mail in [mail for mail in sink.received if mail.recipients[0] in leaders]:
        days = [slot for leader, slot in owed if leader == mail.recipients[0]]
        broken = {day: broken_rules(config, mail, slots[day]) for day in days}
        (told,) = [day for day in days if not broken[day]] or [str(broken)]
        owed[mail.recipients[0], told] -= 1
    assert set(owed.values()) == {0}


def broken_rules(config: Config, mail: Received, slot: dict[str, str]) -> list[str]:
    expected = Expected(
        method="REQUEST",
        title=slot["title"],
        link=f"{config.public_base_url}/leader/",
        starts_at=moment(slot["date"], slot["start"]),
        ends_at=moment(slot["date"], slot["end"]),
        recipient=mail.recipients[0],
    )
    return checklist_breaches(mail.octets, expected, "placement.example")


def moment(day: str, at: str) -> datetime:
    return london_to_utc(datetime.fromisoformat(day).date(), time.fromisoformat(at))


@pytest.mark.parametrize("objective", ["generous", "rank-maximal", "total-rank", "lottery"])
def test_each_objective_can_be_asked_for(small_installation: Config, objective: str) -> None:
    solution = solved(small_installation, DEMO, "--objective", objective, "--seed", "drawn on Friday")[
        "solution"
    ]
    assert solution["seed"] == "drawn on Friday"
    assert solution["status"] == "optimal"


def test_the_order_of_rows_in_the_spreadsheets_changes_nothing(
    installation: Config, server: Server, tmp_path: Path
) -> None:
    turned = tmp_path / "turned"
    turned.mkdir()
    for sheet in DEMO.glob("*.csv"):
        heading, *lines = sheet.read_text(encoding="utf-8").splitlines()
        (turned / sheet.name).write_text("\n".join([heading, *reversed(lines)]) + "\n", encoding="utf-8")
    straight = solved(installation, DEMO)["solution"]
    with server.empty_database() as url:
        other = solved(replace(installation, database_url=url), turned)["solution"]
    for solution in (straight, other):
        del solution["seconds"]
    assert straight == other


def test_a_dead_mail_server_delays_and_loses_nothing(installation: Config, smtp_sink: Sink) -> None:
    solved(installation, DEMO)
    placement(installation, "match", "confirm", "1")
    dead = replace(installation, mail_port=1)
    tried = placement(dead, "outbox", "send")
    assert tried.status == 0
    assert "to be tried again later" in tried.out
    counts = json.loads(placement(dead, "outbox", "status", "--json").out)
    assert counts["failed"] == counts["sent"] == counts["sending"] == 0
    assert counts["todo"] > 50
    assert smtp_sink.received == []


def test_a_mail_that_is_refused_for_good_is_said_by_the_exit_status(
    small_installation: Config, smtp_sink: Sink
) -> None:
    solved(small_installation, DEMO)
    placement(small_installation, "match", "confirm", "1")
    smtp_sink.script(refuse("rcpt", "550 No such person"))
    assert placement(small_installation, "outbox", "send").status == 1
    assert json.loads(placement(small_installation, "outbox", "status", "--json").out)["failed"] == 1
    assert placement(small_installation, "outbox", "send").status == 0


def test_a_run_that_is_out_of_date_is_refused_with_what_changed(
    small_installation: Config, tmp_path: Path
) -> None:
    solved(small_installation, DEMO)
    changed = tmp_path / "changed"
    changed.mkdir()
    for sheet in DEMO.glob("*.csv"):
        (changed / sheet.name).write_bytes(sheet.read_bytes())
    lines = (changed / "preferences.csv").read_text(encoding="utf-8").splitlines()
    (changed / "preferences.csv").write_text("\n".join(lines[:1] + lines[1:][::-1]) + "\n", encoding="utf-8")
    assert placement(small_installation, "cohort", "import", str(changed), "--name", NAME).status == 0
    slots = rows(changed, "slots")
    text = (changed / "slots.csv").read_text(encoding="utf-8")
    first = next(line for line in text.splitlines() if line.startswith(slots[0]["slot"]))
    cells = next(csv.reader([first]))
    position = text.splitlines()[0].split(",").index("capacity")
    cells[position] = str(int(cells[position]) + 1)
    with (changed / "slots.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in csv.reader(text.splitlines()):
            writer.writerow(cells if row[0] == cells[0] else row)
    assert placement(small_installation, "cohort", "import", str(changed), "--name", NAME).status == 0
    refused = placement(small_installation, "match", "confirm", "1")
    assert refused.status == 1
    assert f"day {slots[0]['slot']}: capacity" in refused.err
    assert json.loads(placement(small_installation, "outbox", "status", "--json").out)["todo"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("match", "run", "--cohort", "Nowhere"), 'no such cohort "Nowhere"'),
        (("match", "show", "7"), "no such match run 7"),
        (("match", "confirm", "7"), "no such match run 7"),
        (("cohort", "import", "/nowhere", "--name", "x"), "/nowhere"),
        (("user", "link", "nobody@people.example"), "nobody@people.example"),
    ],
)
def test_what_does_not_exist_is_said_in_one_line(
    small_installation: Config, arguments: tuple[str, ...], said: str
) -> None:
    placement(small_installation, "db", "upgrade")
    refused = placement(small_installation, *arguments)
    assert refused.status in {1, 2}
    assert said in refused.err


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"secret_key": ""}, "PLACEMENT_SECRET_KEY"),
        ({"secret_key": "short"}, "PLACEMENT_SECRET_KEY"),
        ({"public_base_url": ""}, "PLACEMENT_PUBLIC_BASE_URL"),
        ({"public_base_url": "http://placement.example"}, "PLACEMENT_PUBLIC_BASE_URL"),
        ({"mail_sender": ""}, "PLACEMENT_MAIL_SENDER"),
        ({"mail_sender": "nobody"}, "PLACEMENT_MAIL_SENDER"),
        ({"mail_backend": "pigeon"}, "PLACEMENT_MAIL_BACKEND"),
        ({"mail_backend": "folder", "mail_folder": None}, "PLACEMENT_MAIL_FOLDER"),
        ({"mail_port": 99999}, "PLACEMENT_MAIL_PORT"),
        ({"database_url": "mysql://localhost/placement"}, "PLACEMENT_DATABASE_URL"),
    ],
)
def test_a_missing_or_unsafe_setting_stops_the_start_with_one_clear_sentence(
    tmp_path: Path, changed: dict[str, Any], named: str
) -> None:
    config = settings(f"sqlite:///{tmp_path}/placement.sqlite3", tmp_path)
    refused = placement(replace(config, **changed), "worker")
    assert refused.status == 2
    assert named in refused.err
    assert refused.err.count("\n") == 1


def test_anybody_can_solve_the_frozen_input_again_and_finds_the_same(
    small_installation: Config, tmp_path: Path
) -> None:
    solution = solved(small_installation, DEMO)["solution"]
    frozen = tmp_path / "problem.json"
    frozen.write_text(placement(small_installation, "match", "problem", "1").out)
    found = placement(small_installation, "solve", str(frozen), "--explain", "--diagnose")
    again = json.loads(found.out)
    assert again | {"seconds": 0} == solution | {"seconds": 0}
    assert Problem.from_json(json.loads(frozen.read_text())).digest() == solution["input_digest"]


def test_no_name_is_in_what_the_engine_sees(small_installation: Config) -> None:
    solved(small_installation, DEMO)
    frozen = placement(small_installation, "match", "problem", "1").out
    assert [row["name"] for row in rows(DEMO, "leaders") if f'"{row["name"]}"' in frozen] == []


@pytest.mark.parametrize(
    "arguments",
    [("solve",), ("solve", "--bogus"), ("match", "show", "abc"), ("match", "show", "9" * 30), ("nothing",)],
)
def test_wrong_use_is_told_in_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = placement(settings(f"sqlite:///{tmp_path}/placement.sqlite3", tmp_path), *arguments)
    assert (refused.status, refused.out, refused.err.count("\n")) == (2, "", 1)


@pytest.mark.parametrize(
    "url", ["postgresql://me:hidden@127.0.0.1:1/absent", "sqlite:////proc/none/x.sqlite3"]
)
@pytest.mark.parametrize("arguments", [("cohort", "list"), ("outbox", "send"), ("serve",)])
def test_a_database_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, url: str, arguments: tuple[str, ...]
) -> None:
    refused = placement(settings(url, tmp_path), *arguments)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "PLACEMENT_DATABASE_URL" in refused.err
    assert "hidden" not in refused.err


def test_a_site_that_others_can_reach_must_be_protected(tmp_path: Path) -> None:
    config = settings(f"sqlite:///{tmp_path}/placement.sqlite3", tmp_path)
    refused = placement(config, "serve", "--host", "0.0.0.0")
    assert refused.status == 2
    assert "https://" in refused.err
