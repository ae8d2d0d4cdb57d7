"""A mail server that misbehaves as it is told, keeps all it took in order, and is fast enough to be measured.

It serves from threads of this process. What it does with each message, or with each connection, is decided by
a plan: a function from the number of the message (or connection) to a `Fault`, or to None for good behaviour.
"""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["connect", "helo", "mail", "rcpt", "data", "middle", "end"]
CONNECTION_STAGES = frozenset({"connect", "helo"})
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE | re.IGNORECASE)
LONGEST_SILENCE = 60.0  # seconds, should nobody ever hang up


@dataclass(frozen=True)
class Fault:
    """What goes wrong at `stage`: an answer, or else hanging up, or silence; or all is well after a delay.

    "middle" is while the message comes in. At "end" the message is taken before anything goes wrong, unless
    an answer refuses it.
    """

    stage: Stage
    reply: str = ""
    hang_up: bool = False
    silent: bool = False
    delay: float = 0.0

    @property
    def loses_answer(self) -> bool:
        """Whether the message is taken and the sender never hears of it."""
        return self.stage == "end" and (self.hang_up or self.silent)


@dataclass(frozen=True)
class Taken:
    """One message that was taken, and whether the sender was told."""

    message_id: str
    recipient: str
    octets: bytes = field(repr=False)
    acknowledged: bool


Plan = Callable[[int], Fault | None]


class HungUp(Exception):
    """The conversation is over, by the plan."""


class WickedSink:
    """Listens on a loopback port until it is closed."""

    def __init__(self, *, pipelining: bool = True) -> None:
        self.taken: list[Taken] = []
        self.tries = 0
        self.connections = 0
        self.plan: Plan = lambda _: None
        self.plan_of_connection: Plan = lambda _: None
        self.gullible = False  # takes a recipient, and a message, also without a sender
        self.lock = threading.Lock()
        self.closed = threading.Event()
        self.hello = b"250-sink\r\n250 PIPELINING\r\n" if pipelining else b"250 sink\r\n"
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections, and let go of silent ones."""
        self.closed.set()
        # Closing alone would leave the thread waiting in accept.
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection, suppress(OSError, HungUp):
            _Conversation(self, connection).serve()


class _Conversation:
    """One connection."""

    def __init__(self, sink: WickedSink, connection: socket.socket) -> None:
        self.sink = sink
        self.connection = connection
        self.lines = connection.makefile("rb")
        with sink.lock:
            sink.connections += 1
            self.of_connection = sink.plan_of_connection(sink.connections)
        self.fault: Fault | None = None
        self.begun = False
        self.recipient = ""

    def serve(self) -> None:
        self._answer("connect", b"220 sink\r\n")
        for line in self.lines:
            said = line[:4].upper()
            if said in {b"EHLO", b"HELO"}:
                self._answer("helo", self.sink.hello)
            elif said == b"MAIL":
                self._begin()
            elif said == b"RCPT":
                self._rcpt(line)
            elif said == b"DATA":
                self._data()
            elif said == b"QUIT":
                self.connection.sendall(b"221 bye\r\n")
                return
            else:
                self.connection.sendall(b"250 ok\r\n")

    def _begin(self) -> None:
        with self.sink.lock:
            self.sink.tries += 1
            self.fault = self.sink.plan(self.sink.tries)
        self.recipient = ""
        self.begun = self._answer("mail", b"250 ok\r\n")

    def _rcpt(self, line: bytes) -> None:
        if not self.begun and not self.sink.gullible:
            self.connection.sendall(b"503 no sender\r\n")
        elif self._answer("rcpt", b"250 ok\r\n"):
            self.recipient = line.decode("ascii").partition("<")[2].partition(">")[0]

    def _data(self) -> None:
        if not self.recipient:
            self.connection.sendall(b"503 no recipient\r\n")
            return
        if not self._answer("data", b"354 go on\r\n"):
            return
        body = []
        while (line := self.lines.readline()) != b".\r\n":
            if not line:
                raise HungUp
            self._act("middle")
            body.append(line[1:] if line.startswith(b".") else line)
        self._take(b"".join(body))

    def _take(self, octets: bytes) -> None:
        fault = self.fault if self.fault is not None and self.fault.stage == "end" else None
        if fault is None or not fault.reply:
            found = MESSAGE_ID.search(octets)
            name = found[1].decode("ascii") if found else ""
            told = fault is None or not fault.loses_answer
            with self.sink.lock:
                self.sink.taken.append(Taken(name, self.recipient, octets, told))
        self._answer("end", b"250 taken\r\n")

    def _answer(self, stage: Stage, usual: bytes) -> bool:
        """Answer as usual, or as planned; whether it was as usual."""
        fault = self._act(stage)
        refused = fault is not None and fault.reply
        self.connection.sendall(f"{fault.reply}\r\n".encode() if fault is not None and refused else usual)
        return not refused

    def _act(self, stage: Stage) -> Fault | None:
        """Do what is planned for this stage, as far as it is no answer."""
        fault = self.of_connection if stage in CONNECTION_STAGES else self.fault
        if fault is None or fault.stage != stage:
            return None
        time.sleep(fault.delay)
        if fault.silent:
            self.sink.closed.wait(LONGEST_SILENCE)
        if fault.hang_up or fault.silent:
            self.connection.shutdown(socket.SHUT_RDWR)
            raise HungUp
        return fault


@contextmanager
def open_wicked_sink(*, pipelining: bool = True) -> Iterator[WickedSink]:
    """Serve a sink until the block ends."""
    sink = WickedSink(pipelining=pipelining)
    try:
        yield sink
    finally:
        sink.close()
