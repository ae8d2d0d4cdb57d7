"""Reads mails in processes that may each compute for two seconds and take 200 MB more than they had.

It is a program of its own, without threads, so that it can fork: reads the path of one mail per line and
answers each with `{"reason": …, "cpu": seconds, "peak": octets, "exit": …}`; the first three are missing
where the process passed a limit or raised something, and `exit` says how it ended.
"""

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from placement.adapters.replies import LARGEST_MAIL, read_reply
from placement.domain.replies import judge
from tests.factories.replies import SERVER, by_google

SECONDS = 2
ROOM = 200 * 1024 * 1024
NOW = datetime(2027, 1, 12, 14, 0, tzinfo=UTC)


def main() -> None:
    """Serve orders until standard input ends."""
    read_reply(by_google(), authserv_id=SERVER)  # what is loaded once is loaded now
    for line in sys.stdin:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(theirs, json.dumps(_weighed(Path(line.rstrip("\n")))).encode())
            os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            told = pipe.read()
        _, status = os.waitpid(child, 0)
        answer = {**(json.loads(told) if told else {}), "exit": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), flush=True)  # noqa: T201  # the answer to the order


def _weighed(mail: Path) -> dict[str, object]:
    with mail.open("rb") as file:
        octets = file.read(LARGEST_MAIL + 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + ROOM, held + ROOM))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    begun = time.process_time()
    reason = judge(read_reply(octets, authserv_id=SERVER), None, seen=False, now=NOW).reason
    cpu = time.process_time() - begun
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return {"reason": reason, "cpu": cpu, "peak": peak}


if __name__ == "__main__":
    main()
