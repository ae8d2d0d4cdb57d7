"""What the docs say of how places are decided is what happens, and what the page in the service says."""

import subprocess
import sys

from placement.web import deciding
from placement.web.presenters import ordinal
from tests.docs.markdown import page, rows

SHOWN = page("docs/how-places-are-decided.md")


def test_the_example_is_that_of_the_page_whose_results_the_engine_gives() -> None:
    lists, results = rows(SHOWN.section("An example"))[:5], rows(SHOWN.section("An example"))[5:]
    assert lists == deciding.example_lists()
    assert results == [
        [word, *(ordinal(int(rank)) for rank in given)] for word, given in deciding.EXAMPLE_RESULTS.items()
    ]


def test_every_objective_has_its_promise_and_its_price() -> None:
    table = rows(SHOWN.section("What each objective promises"))
    assert [row[0] for row in table] == list(deciding.OBJECTIVE_WORDS)


def test_the_program_prints_the_order_that_is_said() -> None:
    (program,) = SHOWN.blocks("python")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == program.rpartition("#")[2].split() == ["C", "E", "B", "A", "D"]


def test_the_command_prints_the_same_number_as_the_service() -> None:
    (command,) = SHOWN.blocks("sh")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == deciding.lottery_number("Spring cohort", "E")
