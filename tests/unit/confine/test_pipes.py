"""The pipes to a process: everything arrives, in order, however little fits into a pipe at once."""

from __future__ import annotations

import asyncio
import os

import pytest

from prover.confine.pipes import Incoming, Outgoing

pytestmark = pytest.mark.timeout(10)


class Sink:
    def __init__(self, descriptor: int) -> None:
        self.data = bytearray()
        self.ended = asyncio.Event()
        self.pipe = Incoming(descriptor, on_data=self.data.extend, on_end=self.ended.set)


async def test_more_than_a_pipe_holds_arrives_in_order_and_then_the_end() -> None:
    reads, writes = os.pipe()
    sink, out = Sink(reads), Outgoing(writes)
    parts = [bytes([index]) * 50_000 for index in range(20)]
    for part in parts:
        out.write(part)
    out.finish()
    out.write(b"too late")
    await asyncio.wait_for(sink.ended.wait(), 5)
    assert bytes(sink.data) == b"".join(parts)


async def test_what_is_closed_hands_on_nothing_more() -> None:
    reads, writes = os.pipe()
    sink, out = Sink(reads), Outgoing(writes)
    sink.pipe.close()
    sink.pipe.close()
    out.write(b"to nobody")  # and no error
    out.write(b"again")
    out.close()
    out.close()
    await asyncio.sleep(0)
    assert not sink.data
    assert not sink.ended.is_set()


async def test_a_reader_that_leaves_in_the_middle_ends_the_writing() -> None:
    reads, writes = os.pipe()
    out = Outgoing(writes)
    out.write(b"x" * 200_000)
    os.close(reads)
    await asyncio.sleep(0.01)
    out.write(b"y")
    out.finish()
