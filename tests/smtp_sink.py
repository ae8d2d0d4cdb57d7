"""A real mail server on loopback that keeps what it is sent and misbehaves as told."""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from aiosmtpd.smtp import SMTP, AuthResult

Stage = Literal["mail", "rcpt", "data", "end"]


@dataclass(frozen=True)
class Answer:
    """What the sink does with one message: at `stage` it gives `reply`, or hangs up, or says nothing."""

    stage: Stage = "end"
    reply: str = "250 Taken"
    hang_up: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Received:
    """One message that the sink took, with its envelope, and whether the sender was told."""

    sender: str
    recipients: tuple[str, ...]
    octets: bytes
    connection: int
    acknowledged: bool


def ok() -> Answer:
    return Answer()


def refuse(stage: Stage, reply: str) -> Answer:
    """Answer `reply` ("550 No such person", "451 Later") at `stage`."""
    return Answer(stage, reply)


def drop(stage: Stage) -> Answer:
    """Hang up at `stage`; at "end" the message is taken and only the answer is lost."""
    return Answer(stage, hang_up=True)


def hang(stage: Stage) -> Answer:
    """Say nothing from `stage` on; at "end" the message is taken."""
    return Answer(stage, silent=True)


class Sink:
    """Takes messages; each takes the next answer of the script, and "ok" when the script has ended."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[Received] = []
        self.connections = 0
        self.tries = 0
        self._script: deque[Answer] = deque()
        self._open: list[_Conversation] = []

    def script(self, *answers: Answer) -> None:
        """Add what to do with the next messages."""
        self._script.extend(answers)

    def hang_up(self) -> None:
        """End every connection now, as servers do when they restart."""
        for conversation in self._open:
            conversation.loop.call_soon_threadsafe(conversation.hang_up)

    def joined(self, conversation: "_Conversation") -> int:
        """Note a new connection; its number, from 1."""
        self._open.append(conversation)
        self.connections += 1
        return self.connections

    def next_answer(self) -> Answer:
        """The answer for a message that begins now."""
        self.tries += 1
        return self._script.popleft() if self._script else ok()


class _Conversation(SMTP):
    """One connection; also its own handler, so that it can see its transport."""

    def __init__(self, sink: Sink, **options: Any) -> None:
        super().__init__(self, **options)
        self.sink = sink
        self.answer = ok()
        self.number = sink.joined(self)

    # The hooks' names are the library's; each is called with server, session, envelope and what was said.

    async def handle_MAIL(self, *told: Any) -> str:  # noqa: N802
        envelope, address = told[2], told[3]
        self.answer = self.sink.next_answer()
        reply = await self._at("mail")
        if reply.startswith("250"):
            envelope.mail_from = address
        return reply

    async def handle_RCPT(self, *told: Any) -> str:  # noqa: N802
        envelope, address = told[2], told[3]
        reply = await self._at("rcpt")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.answer.stage == "data":
            # As servers may, the refused message is left half open: only RSET ends it.
            await self.push(await self._at("data"))
            return
        await super().smtp_DATA(arg)

    async def handle_DATA(self, *told: Any) -> str:  # noqa: N802
        answer, envelope = self.answer, told[2]
        lost = answer.hang_up or answer.silent
        if lost or answer.stage != "end" or answer.reply.startswith("250"):
            self.sink.received.append(
                Received(
                    envelope.mail_from or "",
                    tuple(envelope.rcpt_tos),
                    envelope.original_content or b"",
                    self.number,
                    acknowledged=not lost,
                )
            )
        return await self._at("end")

    def hang_up(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def _at(self, stage: Stage) -> str:
        if self.answer.stage != stage:
            return "250 OK"
        if self.answer.hang_up:
            self.hang_up()
        while self.answer.silent and self.transport is not None and not self.transport.is_closing():
            await asyncio.sleep(0.01)
        return self.answer.reply


def refuse_sign_in(*_: object) -> AuthResult:
    """An authenticator that knows nobody."""
    return AuthResult(success=False, handled=False)


@contextmanager
def open_sink(*, implicit_tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Sink]:
    """Serve a sink on a free loopback port; `options` are aiosmtpd's (`tls_context`, `authenticator` …)."""
    sink = Sink()
    loop = asyncio.new_event_loop()

    async def serve() -> asyncio.Server:
        return await loop.create_server(
            lambda: _Conversation(sink, hostname="sink.example", loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=implicit_tls,
        )

    # The loop lives in its own thread from the start: a browser test may keep another running in this one.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(timeout=10)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


@pytest.fixture
def smtp_sink() -> Iterator[Sink]:
    """A sink that takes everything until told otherwise."""
    with open_sink() as sink:
        yield sink
