"""Servers on the embedded Lean: from a snapshot, interrupted by the host, gone with their parent."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import pytest

from prover.errors import ToolchainError
from prover.lean.embedded import EmbeddedLean, ensure_embedded, ensure_server

HOST = Path(__file__).parents[4] / "lean_project" / "Stepwise" / "Host.lean"
DEADLINE_S = 60.0

SERVER = """
import Stepwise.Host
import Lean
open Lean

structure Watch where
  ticket : IO.Ref Nat
  limit : IO.Ref Nat
  cause : IO.Ref Nat
  token : IO.CancelToken

partial def spin (token : IO.CancelToken) : IO Unit := do
  if ← token.isSet then return () else spin token

partial def fill (token : IO.CancelToken) (pause : UInt32) (held : Array ByteArray) : IO Unit := do
  if ← token.isSet then return ()
  if 0 < pause then IO.sleep pause
  fill token pause (held.push (ByteArray.emptyWithCapacity (1000000 + held.size)))

/-- Tasks that wait for tasks, so that each has a thread of its own. -/
partial def nested : Nat → BaseIO Nat
  | 0 => return 1
  | n + 1 => return (← BaseIO.asTask (nested n)).get + 1

/-- Each begins when the threads of the last have nothing left to do. -/
def tasks : Nat → IO Nat
  | 0 => return 0
  | n + 1 => do
    let sum := (← BaseIO.asTask (nested 1)).get
    IO.sleep 20
    return sum + (← tasks n)

def stopped (w : Watch) (ticket limit : Nat) (act : IO Unit) : IO String := do
  w.cause.set 0
  w.limit.set limit
  w.ticket.set ticket
  act
  w.ticket.set 0
  return s!"cause {← w.cause.get}"

/-- Answers whether a constant exists; `tasks` starts some; `time`, `memory`, `burst` run until interrupted. -/
partial def serve (w : Watch) (env : Environment) (i o : IO.FS.Stream) : IO Unit := do
  let line ← i.getLine
  if line.isEmpty then return ()
  else
    let word := line.trimAscii.toString
    let answer ←
      if word == "tasks" then pure (toString (← tasks 5))
      else if word == "time" then stopped w 1 300 (spin w.token)
      else if word == "memory" then stopped w 2 0 (fill w.token 4 #[])
      else if word == "burst" then stopped w 2 0 (fill w.token 0 #[])
      else if word == "forever" then stopped w 3 0 (spin w.token)
      else pure (toString (env.find? word.toName).isSome)
    o.putStrLn answer
    o.flush
    serve w env i o

public unsafe def main : IO Unit := do
  enableInitializersExecution
  let env ← importModules #[{ module := `Init }] {} (loadExts := true)
  let token ← IO.CancelToken.new
  let w : Watch := { ticket := ← IO.mkRef 0, limit := ← IO.mkRef 0, cause := ← IO.mkRef 0, token }
  let none ← IO.mkRef 0
  let _ ← tasks 5
  Stepwise.announceReady do
    let o ← IO.getStdout
    o.putStrLn s!"ready {← Stepwise.watchedByHost w.ticket w.limit w.token w.cause none none}"
    o.flush
    serve w env (← IO.getStdin) o
"""
READY = "ready true"


@dataclass
class Server:
    process: asyncio.subprocess.Process

    async def line(self) -> str:
        assert self.process.stdout is not None
        return (await asyncio.wait_for(self.process.stdout.readline(), DEADLINE_S)).decode().strip()

    async def ask(self, text: str) -> str:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        return await self.line()


@asynccontextmanager
async def running(lean: EmbeddedLean, main: Path) -> AsyncIterator[Server]:
    argv, env = lean.command(main)
    process = await asyncio.create_subprocess_exec(
        *argv,
        env=env,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=1 << 26,
    )
    try:
        yield Server(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def prepared(lean: EmbeddedLean, sources: Path, text: str = SERVER) -> Path:
    (sources / "Stepwise").mkdir(parents=True)
    (sources / "Stepwise" / "Host.lean").write_bytes(HOST.read_bytes())
    (sources / "Main.lean").write_text(text, encoding="utf8")
    return await ensure_server(lean, sources) / "Main.lean"


@pytest.mark.long
async def test_a_server_resumes_from_its_snapshot_with_what_it_had_imported(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    assert lean.snapshot_of(main).exists()
    for _ in range(2):
        async with running(lean, main) as server:
            assert await server.line() == READY
            assert psutil.Process(server.process.pid).memory_info().rss < 1.2e9
            assert await server.ask("Nat.add_comm") == "true"
            assert await server.ask("Nat.add_commm") == "false"
            assert await server.ask("x" * 10_000_000) == "false"
    assert await ensure_server(lean, tmp_path) == main.parent


async def test_a_server_resumes_from_its_snapshot_where_the_installation_was_moved(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    made = await prepared(lean, tmp_path / "sources")
    moved = replace(lean, root=tmp_path / "moved")
    try:
        shutil.copytree(lean.root, moved.root, copy_function=os.link)
    except OSError:  # on another disk there are no links
        shutil.copytree(lean.root, moved.root, dirs_exist_ok=True)
    async with running(moved, made) as server:
        assert await server.line() == READY
        assert await server.ask("Nat.add_comm") == "true"


async def test_a_server_compiles_for_itself_where_the_kept_code_is_of_no_use(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    made = await prepared(lean, tmp_path / "sources")
    kept = lean.code_of(made).read_bytes()
    main = tmp_path / made.name
    main.write_bytes(made.read_bytes())
    lean.snapshot_of(main).hardlink_to(lean.snapshot_of(made))
    other_v8 = kept[:4] + bytes(4) + kept[8:]
    for code in (b"", b"no code", other_v8, kept):
        lean.code_of(main).write_bytes(code)
        async with running(lean, main) as server:
            assert await server.line() == READY
            assert await server.ask("Nat.add_comm") == "true"


async def test_a_server_whose_tasks_had_threads_when_it_was_saved_starts_its_own(tmp_path: Path) -> None:
    """Saved with traces of the old threads, it gives a task to one that doesn't exist, and waits for ever."""
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    assert lean.snapshot_of(main).exists()
    async with running(lean, main) as server:
        assert await server.line() == READY
        assert await server.ask("tasks") == "10"


async def test_the_host_interrupts_what_takes_too_long(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    async with running(lean, main) as server:
        assert await server.line() == READY
        assert await server.ask("time") == "cause 1"


async def test_the_host_interrupts_what_takes_too_much_memory(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    async with running(lean, main) as server:
        assert await server.line() == READY
        assert await server.ask("memory") == "cause 2"


async def test_memory_taken_faster_than_the_host_looks_ends_the_process_at_worst(tmp_path: Path) -> None:
    """A gigabyte can be taken between two looks: then the WebAssembly memory ends, and the process with it."""
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    async with running(lean, main) as server:
        assert await server.line() == READY
        assert await server.ask("burst") in {"cause 2", ""}


async def test_a_server_that_does_not_elaborate_is_refused_with_what_lean_says(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    with pytest.raises(ToolchainError, match="unknownIdentifier"):
        await prepared(lean, tmp_path, "public def main : IO Unit := notThere")


async def test_a_busy_server_ends_when_the_process_that_started_it_is_killed(tmp_path: Path) -> None:
    lean = await ensure_embedded()
    main = await prepared(lean, tmp_path)
    argv, _ = lean.command(main)
    code = (
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen({argv!r}, env={{}}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "p.stdout.readline(); p.stdin.write(b'forever\\n'); p.stdin.flush()\n"
        "print(p.pid, flush=True); time.sleep(100)\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    child = psutil.Process(int(await asyncio.wait_for(parent.stdout.readline(), DEADLINE_S)))
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    try:
        await asyncio.to_thread(child.wait, 20)
    finally:
        if child.is_running():
            child.kill()
