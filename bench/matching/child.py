"""A process of its own for one solver: reads problems, builds, solves, and tells what it took.

    python -m bench.matching.child METHOD OBJECTIVE REPEATS SECONDS OUT FILE…

writes a line of JSON to OUT for each FILE as soon as it is done, so that a stopped process leaves what
it has done.
"""

import json
import resource
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from bench.instances import scale
from bench.matching.arcs import Arcs
from bench.matching.methods import METHODS, Build, Method
from bench.matching.peers.answer import Answer, OutOfTime, Unfit

Json = dict[str, Any]


def main(arguments: list[str]) -> None:
    """Measure one method on each file."""
    name, objective, repeats, seconds, out, *files = arguments
    method = METHODS[name]
    build = method.build()
    if method.reads == "problem":
        build = partial(_within, build, float(seconds))
    _warm_up(method, build, objective)
    with Path(out).open("w", encoding="utf-8") as lines:
        for file in files:
            lines.write(
                json.dumps(_measured(build, _read(method, Path(file)), objective, int(repeats))) + "\n"
            )
            lines.flush()


def _within(build: Any, seconds: float, problem: Any, objective: str) -> Any:
    return build({**problem, "objective": objective}, seconds)


def _warm_up(method: Method, build: Build, objective: str) -> None:
    """Solve something tiny, so that libraries are loaded before anything is timed."""
    tiny = scale(6, 6, 1)
    build(tiny if method.reads == "problem" else Arcs.of(tiny), objective)()


def _read(method: Method, file: Path) -> Any:
    if method.reads == "arcs":
        return Arcs.read(file)
    return json.loads(file.read_text(encoding="utf-8"))


def _measured(build: Build, problem: Any, objective: str, repeats: int) -> Json:
    built, solved = [], []
    try:
        for _ in range(repeats):
            begun = time.perf_counter()
            run = build(problem, objective)
            ready = time.perf_counter()
            answer = run()
            solved.append(time.perf_counter() - ready)
            built.append(ready - begun)
    except OutOfTime:
        return {"failed": "no proven result in time"}
    except Unfit as error:
        return {"failed": str(error)}
    return {"build": built, "solve": solved, "peak_mb": peak_mb(), **_told(answer)}


def _told(answer: Answer) -> Json:
    return {
        "given": list(answer.given),
        "proven": answer.proven,
        "gap": answer.gap,
        "note": answer.note,
    }


def peak_mb() -> float:
    """The most memory that this process has held."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # Linux counts in ru_maxrss what the process held that started this one; this line does not.
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
