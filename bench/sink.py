"""The lightest mail server there can be, in a process of its own: takes everything, keeps nothing, counts.

As a program it prints its port, serves until its standard input ends, then prints how many mails it took.
"""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ANSWERS = {b"QUIT": b"221 bye\r\n", b"EHLO": b"250-sink\r\n250 PIPELINING\r\n"}


@dataclass
class Counted:
    """What a sink has taken; `mails` is there once it is closed."""

    port: int
    mails: int = 0


@contextmanager
def open_sink() -> Iterator[Counted]:
    """Run a sink until the block ends."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    counted = Counted(int(process.stdout.readline()))
    try:
        yield counted
    finally:
        printed, _ = process.communicate(timeout=30)
        counted.mails = int(printed)


class _Server:
    """Answers each line of the few that a sender says, without looking closely."""

    def __init__(self) -> None:
        self.mails = 0
        self.lock = threading.Lock()
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=64)

    def accept(self) -> None:
        while True:
            connection, _ = self.listening.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 sink\r\n")
            for line in lines:
                said = line[:4].upper()
                if said == b"DATA":
                    connection.sendall(b"354 go on\r\n")
                    while lines.readline() != b".\r\n":
                        pass
                    with self.lock:
                        self.mails += 1
                connection.sendall(ANSWERS.get(said, b"250 ok\r\n"))
                if said == b"QUIT":
                    return


def main() -> None:
    """Serve until standard input ends."""
    server = _Server()
    threading.Thread(target=server.accept, daemon=True).start()
    print(server.listening.getsockname()[1], flush=True)
    sys.stdin.read()
    print(server.mails, flush=True)


if __name__ == "__main__":
    main()
