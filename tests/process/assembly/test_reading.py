"""Inputs are read by Lean; what it can't read is read from its text, said, and costs nobody else."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import psutil

from prover.assembly.components import pools_of
from prover.assembly.listener import Listener
from prover.assembly.reading import read_sources
from prover.assembly.spares import Spares, wants_one
from prover.assembly.toolchains import Toolchains
from prover.config import Config, LeanConfig
from prover.tasks import HoleStyle, TaskList
from prover.tasks.load import open_inputs
from tests.fakes.toolchain import FakeToolchain
from tests.processes import gone


class Heard(Listener):
    """Keeps the notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def theorem(name: str, before: str = "", after: str = "") -> str:
    return f"{before}theorem {name} : p := by sorry\n{after}"


async def read(folder: Path, toolchain: FakeToolchain, heard: Heard, **files: str) -> TaskList:
    """What is read of files that are named by their stems."""
    for stem, text in files.items():
        (folder / f"{stem}.lean").write_text(text)
    names = [str(folder / f"{stem}.lean") for stem in files]
    return await read_sources(open_inputs(names), Toolchains((toolchain,)), heard)


async def test_a_file_is_what_lean_says_of_it(tmp_path: Path) -> None:
    heard, toolchain = Heard(), FakeToolchain()
    tasks = await read(tmp_path, toolchain, heard, a="-- two\n" + theorem("t") + theorem("u"))
    assert [(task.name, task.line, task.hole.style) for task in tasks.tasks] == [
        ("t", 2, HoleStyle.BY),
        ("u", 3, HoleStyle.BY),
    ]
    assert all(task.is_lean_file for task in tasks.tasks)
    assert heard.notes == []


async def test_a_row_is_a_small_file(tmp_path: Path) -> None:
    rows = [{"name": f"r{number}", "formal_statement": f"theorem t{number} : p := by"} for number in range(3)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    toolchain = FakeToolchain()
    tasks = await read_sources(open_inputs([str(path)]), Toolchains((toolchain,)), Heard())
    assert [(task.id, task.name, task.line) for task in tasks.tasks] == [
        ("r0", "t0", 1),
        ("r1", "t1", 2),
        ("r2", "t2", 3),
    ]
    assert toolchain.starts == 1
    assert not any(task.is_lean_file for task in tasks.tasks)


async def test_what_imports_a_module_that_is_not_there_is_refused_with_its_place(tmp_path: Path) -> None:
    heard = Heard()
    missing = {f"m{number}": theorem(f"m{number}", before="import Nowhere\n") for number in range(3)}
    tasks = await read(tmp_path, FakeToolchain(), heard, **missing, good=theorem("good"))
    assert [task.name for task in tasks.tasks] == ["good"]
    assert [str(refused) for refused in tasks.refused] == [
        f"{tmp_path}/{name}.lean:2: {name}: unknown module prefix 'Nowhere'" for name in missing
    ]
    assert heard.notes == []


async def test_a_text_for_which_the_memory_is_full_is_read_by_a_fresh_process(tmp_path: Path) -> None:
    heard, toolchain = Heard(), FakeToolchain()
    large = {f"l{number}": theorem(f"l{number}", before=f"import Large{number}\n") for number in range(3)}
    tasks = await read(tmp_path, toolchain, heard, **large, never=theorem("never", before="import Endless\n"))
    assert [task.name for task in tasks.tasks] == ["l0", "l1", "l2", "never"]
    assert heard.notes == ["a text was read without Lean: it reached the limit of memory"]


async def test_a_text_that_kills_its_server_costs_no_other(tmp_path: Path) -> None:
    heard, toolchain = Heard(), FakeToolchain()
    tasks = await read(tmp_path, toolchain, heard, a=theorem("a"), bad=theorem("bad", after="-- die"), b=theorem("b"))
    assert [task.name for task in tasks.tasks] == ["a", "bad", "b"]
    assert len(heard.notes) == 1
    assert "a text was read without Lean" in heard.notes[0]


async def test_the_lean_that_read_the_inputs_is_the_first_worker_of_their_pool(tmp_path: Path) -> None:
    toolchain = FakeToolchain()
    (tmp_path / "a.lean").write_text(theorem("a"))
    async with Spares() as spares:
        await read_sources(open_inputs([str(tmp_path / "a.lean")]), Toolchains((toolchain,)), Heard(), spares)
        (pool,) = pools_of([toolchain], LeanConfig(workers=1), Heard(), spares)
        async with pool:
            await pool.ready()
    assert toolchain.starts == 1


async def test_one_statement_is_read_by_the_lean_that_was_begun_for_it() -> None:
    toolchain, sources = FakeToolchain(), open_inputs([], ["theorem t : p := by sorry"])
    assert wants_one(sources, Config())
    async with Spares() as spares:
        spares.begin(toolchain, Config())
        spares.begin(toolchain, Config())
        await read_sources(sources, Toolchains((toolchain,)), Heard(), spares)
        assert len(psutil.Process().children()) == 1


async def test_a_lean_that_was_begun_and_reads_nothing_is_ended() -> None:
    toolchain = FakeToolchain()
    async with Spares() as spares:
        spares.begin(toolchain, Config())
        await asyncio.sleep(0)
    assert not psutil.Process().children(recursive=True)


async def test_a_lean_that_read_and_is_not_wanted_is_ended(tmp_path: Path) -> None:
    (tmp_path / "a.lean").write_text(theorem("a"))
    async with Spares() as spares:
        await read_sources(open_inputs([str(tmp_path / "a.lean")]), Toolchains((FakeToolchain(),)), Heard(), spares)
        worker = spares.take("fake")
        assert worker is not None
        spares.give("fake", worker)
    assert gone(worker.process.pid)
