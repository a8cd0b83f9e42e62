"""One Lean process: JSON requests in, JSON answers out, and no way to hang.

Responsibilities, and nothing else: start the process in a session of its own under the guard, find the answers among
the lines that it prints, keep a deadline on the request at work, drain standard error, watch memory and processor time,
fail every pending request when the process is gone, and end the process with all its descendants. The content of
requests and answers means nothing here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

from prover.confine.command import guarded
from prover.confine.launch import Launch
from prover.confine.lines import MAX_LINE, Lines, encoded, json_object
from prover.confine.pipes import Incoming, Outgoing
from prover.confine.process_tree import rss_bytes_and_cpu_s
from prover.errors import DeathReason, MemoryLacking, WorkerDied, WorkerStartFailed
from prover.lean.embedded.memory import TOO_LITTLE_MEMORY, lacks_memory
from prover.lean.last_words import last_words
from prover.lean.requests import ProcessUse, Requests

log = logging.getLogger(__name__)

_STDERR_TAIL = 16 * 1024
_EOF_GRACE_S = 0.05  # from the end of the process to the end of its pipes, which may still hold answers
_EXIT_GRACE_S = 2.0  # from the end of its pipes to that of the process, which a busy machine tells late
_KILL_GRACE_S = 6.0  # for the guard to clean up, before it is killed itself
_WATCH_EVERY_S = 0.25
_KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)  # itself, or what it guards
_TO_HOST = b"\0"  # begins a line that the host of a server answers (`prover/lean/embedded/instance.cjs`)


class LeanProcess:
    """A started server. It serves requests one at a time, in order; several may wait in its pipe.

    `submit` never blocks. Its future ends with the answer, or with `WorkerDied` when the process is gone. The time
    limit of a request runs from the moment when the request before it was answered.
    """

    def __init__(self, launch: Launch, clock: Callable[[], float]) -> None:
        self.use = ProcessUse()
        self.died: asyncio.Event = asyncio.Event()
        self.reason: DeathReason | None = None
        self.confined: tuple[str, ...] = ()  # the measures in force, from the guard's first line
        self._launch = launch
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._requests = Requests(self.use, clock=clock, interrupt=self._interrupt, on_late=self._on_late)
        self._lines = Lines()
        self._stderr = bytearray()
        self._gone: asyncio.Event = asyncio.Event()
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: Outgoing | None = None
        self._stdout: Incoming | None = None
        self._control: Outgoing | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._detail = "it was never started"

    @classmethod
    async def start(
        cls, launch: Launch, *, ready_timeout_s: float, clock: Callable[[], float] = time.monotonic
    ) -> LeanProcess:
        """Start a process and wait until it is ready. Raises WorkerStartFailed, with the last lines that it printed."""
        process = cls(launch, clock)
        try:
            await process._spawn()
            await asyncio.wait_for(asyncio.shield(process._ready), ready_timeout_s)
        except TimeoutError:
            await process.close(grace_s=0.0)
            raise WorkerStartFailed(f"not ready after {ready_timeout_s:g} s{process._said()}") from None
        except WorkerDied as death:
            await process.close(grace_s=0.0)
            raise process._start_fault(death) from None
        except BaseException:  # cancelled while starting: nothing may be left behind
            await process.close(grace_s=0.0)
            raise
        return process

    @property
    def is_alive(self) -> bool:
        return self.reason is None

    @property
    def memory_bytes(self) -> int | None:
        """The process's memory limit; None for none."""
        return self._launch.memory_bytes

    @property
    def pid(self) -> int:
        """The process id of the guard under which the server runs."""
        assert self._transport is not None
        return self._transport.get_pid()

    @property
    def stderr_tail(self) -> str:
        return self._stderr.decode("utf-8", "replace")

    @property
    def death_note(self) -> str:
        """The reason of the process's end, for people."""
        return f"{self.reason}: {self._detail}" if self.reason is not None else "alive"

    def submit(self, request: Mapping[str, Any], *, timeout_s: float) -> asyncio.Future[dict[str, Any]]:
        """Send a request. Returns the future of its answer, which must come within `timeout_s` once the request begins;
        if the future is cancelled, a late answer is dropped."""
        return self._send(request, timeout_s)

    async def look(self, *, timeout_s: float) -> int:
        """The number of threads that the server's text has started beside its own; 0 if its host doesn't say. Raises
        WorkerDied."""
        if not self._launch.restores:
            return 0
        answer = await self._send({"restore": False}, timeout_s, prefix=_TO_HOST)
        return int(answer["threads"])

    async def restore(self, *, timeout_s: float) -> bool:
        """Go back to the memory that the server began with, while no request is pending; whether that was done.

        The server's host does it, and nothing that runs in the server can prevent it and seem to have done it. Raises
        WorkerDied if there is no answer.
        """
        if not self._launch.restores:
            return False
        answer = await self._send({"restore": True}, timeout_s, prefix=_TO_HOST)
        return answer.get("restored") is True

    def cancel(self, future: asyncio.Future[dict[str, Any]]) -> None:
        """Ask the server to interrupt the request of this future, now or when the request begins. The future still ends
        with an answer or a fault, only sooner. A server that reads no cancellations ignores this."""
        self._requests.cancel(future)

    def time_on(self, future: asyncio.Future[dict[str, Any]]) -> float:
        """The seconds for which the server has been at work on the request of this future; 0 before and after."""
        return self._requests.time_on(future)

    def kill(self, reason: DeathReason, detail: str) -> None:
        """End the process now, with all its descendants; pending requests fail with `reason`."""
        self._die(reason, detail)

    async def close(self, *, grace_s: float = 1.0) -> None:
        """Close the process's input, wait up to `grace_s` seconds, then kill it; return when it is gone. Safe to call
        twice."""
        if self._transport is None:
            return
        if self.reason is None and grace_s > 0:
            assert self._stdin is not None
            self._stdin.finish()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), grace_s)
        self._die(DeathReason.CLOSED, "the worker was closed")
        await self._closed()

    async def _closed(self) -> None:
        """Wait until the process is gone, even if the caller is cancelled meanwhile: nothing may be left behind."""
        assert self._closing is not None
        interrupted: asyncio.CancelledError | None = None
        while not self._closing.done():
            try:
                await asyncio.shield(self._closing)
            except asyncio.CancelledError as cancelled:
                interrupted = cancelled
        if interrupted is not None:
            raise interrupted

    # ------------------------------------------------------------------------------------------------- starting

    def _start_fault(self, death: WorkerDied) -> WorkerStartFailed:
        if lacks_memory(self.stderr_tail):
            return MemoryLacking(TOO_LITTLE_MEMORY)
        assert self._transport is not None
        if death.reason is DeathReason.EXITED and self._transport.get_returncode() in _KILLED:
            return MemoryLacking(
                f"a process was killed while it started, as a system does without memory: {TOO_LITTLE_MEMORY}"
            )
        return WorkerStartFailed(str(death))

    async def _spawn(self) -> None:
        try:
            its_ends = self._make_pipes()
        except OSError as error:
            self._close_pipes()
            raise WorkerStartFailed(f"cannot make a pipe: {error}") from error
        its_input, its_output, *control = its_ends
        try:
            await self._loop.subprocess_exec(
                lambda: _Events(self),
                *guarded(self._launch, *control),
                stdin=its_input,
                stdout=its_output,
                stderr=subprocess.PIPE,
                pass_fds=control,
                start_new_session=True,
                env={},
                cwd="/",
            )
        except BaseException as error:
            self._close_pipes()
            if isinstance(error, OSError):
                raise WorkerStartFailed(f"cannot start a process: {error}") from error
            raise
        finally:
            for end in its_ends:
                os.close(end)
        self._watcher = asyncio.create_task(self._watch())

    def _make_pipes(self) -> list[int]:
        """Open the pipes. Returns the server's ends: its input, its output and, if it reads them, its cancellations."""
        its_input, ours = os.pipe()
        self._stdin = Outgoing(ours)
        ours, its_output = os.pipe()
        self._stdout = Incoming(ours, on_data=self.on_stdout, on_end=self.on_output_closed)
        if not self._launch.cancels:
            return [its_input, its_output]
        its_control, ours = os.pipe()
        self._control = Outgoing(ours)
        return [its_input, its_output, its_control]

    def _close_pipes(self) -> None:
        for pipe in (self._stdin, self._stdout, self._control):
            if pipe is not None:
                pipe.close()

    async def _watch(self) -> None:
        """Sample the resident memory and processor time of the guard and its descendants, and kill the process when its
        memory is over the limit."""
        limit = self._launch.memory_bytes
        cpu_s, busy_s = 0.0, 0.0
        while self.reason is None:
            size, cpu_now_s = rss_bytes_and_cpu_s(self.pid)
            busy_now_s = self._requests.busy_s
            if self._ready.done():  # until then it works for itself
                self.use.stray_s += max(0.0, (cpu_now_s - cpu_s) - (busy_now_s - busy_s))
            cpu_s, busy_s = cpu_now_s, busy_now_s
            self.use.rss_bytes = size
            self.use.peak_rss_bytes = max(size, self.use.peak_rss_bytes)
            if limit is not None and size > limit:
                self._die(DeathReason.MEMORY, f"{size >> 20} MiB resident, over the limit of {limit >> 20} MiB")
                return
            await asyncio.sleep(_WATCH_EVERY_S)

    # --------------------------------------------------------------------------------------- writing and reading

    def _send(
        self, request: Mapping[str, Any], timeout_s: float, *, prefix: bytes = b""
    ) -> asyncio.Future[dict[str, Any]]:
        if self.reason is not None or self._stdin is None:
            refused: asyncio.Future[dict[str, Any]] = self._loop.create_future()
            refused.set_exception(self._death())
            refused.exception()  # read: a request may be sent without waiting for its answer
            return refused
        number = secrets.randbits(52)  # not to be guessed by text that is elaborated and prints
        line = self._framed(request, number)
        future = self._requests.add(number, timeout_s)
        self._stdin.write(prefix + line)
        return future

    def _framed(self, request: Mapping[str, Any], number: int) -> bytes:
        return encoded({**request, "id": number}) + b"\n"

    def on_started(self, transport: asyncio.SubprocessTransport) -> None:
        self._transport = transport

    def on_stdout(self, data: bytes) -> None:
        for line in self._lines.feed(data):
            self._on_line(line)
        if self._lines.is_too_long:
            self._die(DeathReason.GARBAGE, f"a line of more than {MAX_LINE >> 20} MiB")

    def on_stderr(self, data: bytes) -> None:
        self._stderr += data
        del self._stderr[:-_STDERR_TAIL]

    def _on_line(self, line: bytes) -> None:
        answer = json_object(line)
        if answer is None:
            self.use.noise_lines += 1 if line.strip() else 0
            if not self._ready.done():  # why it doesn't start may be said on either stream
                self.on_stderr(line + b"\n")
        elif not self._ready.done():
            if answer.get("ready") is True:
                self._ready.set_result(None)
            elif "confined" in answer and not self.confined:
                self.confined = tuple(str(measure) for measure in answer["confined"])
        else:
            self._requests.resolve(answer)

    def _interrupt(self, place: int) -> None:
        if self._control is not None:
            self._control.write(b"%d\n" % place)

    def _on_late(self, timeout_s: float) -> None:
        self._die(DeathReason.DEADLINE, f"no answer within {timeout_s:g} s")

    # --------------------------------------------------------------------------------------------------- ending

    def on_output_closed(self) -> None:
        self._loop.call_later(_EXIT_GRACE_S, self._on_over)

    def on_exit(self) -> None:
        assert self._transport is not None
        self._gone.set()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._transport.get_pid(), signal.SIGKILL)  # a guard that was killed could not clean up
        self._loop.call_later(_EOF_GRACE_S, self._on_over)

    def _on_over(self) -> None:
        assert self._transport is not None
        code = self._transport.get_returncode()
        self._die(DeathReason.EXITED, "it closed its output" if code is None else f"it ended with status {code}")

    def _die(self, reason: DeathReason, detail: str) -> None:
        if self.reason is not None:
            return
        self.reason = reason
        self._detail = detail
        if not self._ready.done():
            self._ready.set_exception(self._death(worked_s=0.0))
            self._ready.exception()  # read: nobody has to wait for it
        self._requests.fail(self._death)
        self.died.set()
        self._closing = asyncio.create_task(self._end())

    def _death(self, worked_s: float | None = None) -> WorkerDied:
        """The fault for a request on which the process was at work for `worked_s` seconds; None if the request
        waited."""
        reason = self.reason or DeathReason.EXITED
        was_running = worked_s is not None
        return WorkerDied(
            self._detail + self._said(), reason=reason, was_running=was_running, elapsed_s=worked_s or 0.0
        )

    def _said(self) -> str:
        is_cut = len(self._stderr) == _STDERR_TAIL
        tail = last_words(self.stderr_tail.partition("\n")[2] if is_cut and b"\n" in self._stderr else self.stderr_tail)
        return f"; it last said: {tail}" if tail else ""

    async def _end(self) -> None:
        assert self._transport is not None
        self._close_pipes()
        if self._watcher is not None:
            self._watcher.cancel()
        with contextlib.suppress(ProcessLookupError):
            self._transport.terminate()
        try:
            await asyncio.wait_for(self._gone.wait(), _KILL_GRACE_S)
        except TimeoutError:
            log.warning("process %d did not end when told to; killing its group", self.pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            await self._gone.wait()
        self._transport.close()


class _Events(asyncio.SubprocessProtocol):
    """Hands the event loop's callbacks to a LeanProcess."""

    def __init__(self, process: LeanProcess) -> None:
        self._process = process

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._process.on_started(transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 (asyncio's own signature)
        self._process.on_stderr(data)

    def process_exited(self) -> None:
        self._process.on_exit()
