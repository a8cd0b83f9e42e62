"""Log lines name the theorem they are about."""

from __future__ import annotations

import asyncio
import logging
import sys
from io import StringIO

import pytest

from prover.run import logs


async def test_a_line_names_the_theorem_of_the_task_that_wrote_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, root = StringIO(), logging.RootLogger(logging.WARNING)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(logging, "root", root)
    logs.configure(logging.INFO)

    async def work(name: str) -> None:
        logs.theorem.set(name)
        await asyncio.sleep(0)
        await asyncio.create_task(deeper())

    async def deeper() -> None:
        root.info("lost %d", 1)

    await asyncio.gather(work("A.one"), work("two"))
    root.warning("the run")
    said = [line.partition(" root ")[2] for line in stream.getvalue().splitlines()]
    assert said == ["[A.one] lost 1", "[two] lost 1", "[-] the run"]
