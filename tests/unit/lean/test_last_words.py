"""What a process said last is for people: whole lines, and nothing of the embedded build's own talk."""

from __future__ import annotations

import pytest

from prover.lean.embedded.memory import lacks_memory
from prover.lean.last_words import last_words

IMPORTING = """[DEBUG:FIND] Init.Data: found 1 parts
  - /lean/lib/Init/Data.olean
[DEBUG:GO] Init.Data: needsData=true
  mainModule? = true
"""


def test_what_the_embedded_build_says_of_its_imports_is_left_out() -> None:
    assert last_words(IMPORTING + "no such library\n" + IMPORTING) == "no such library"
    assert last_words(IMPORTING) == ""


def test_of_much_the_last_whole_lines_are_kept() -> None:
    said = last_words("".join(f"line {number} of many\n" for number in range(100)))
    assert said.startswith("line ")
    assert said.endswith("line 99 of many")
    assert len(said) <= 400
    assert last_words("E" * 3000) == "E" * 400


@pytest.mark.parametrize(
    "said",
    [
        "#\n# Fatal process out of memory: Failed to reserve virtual memory for CodeRange\n#\n 1: 0x9a6e91  [node]",
        "the Lean instance failed: RangeError: WebAssembly.Memory.grow(): Unable to grow instance memory\n    at start",
        "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc",
        "Error: EAGAIN\n    at new Worker (node:internal/worker:375:19) {\n  code: 'ERR_WORKER_INIT_FAILED'\n}",
        "Mark-Compact (reduce) 6.9 (9.1) -> 6.9 (9.1) MB, memory pressure; GC in old space requested",
        "INTERNAL PANIC: out of memory",
    ],
)
def test_every_way_to_say_that_memory_was_lacking_is_one(said: str) -> None:
    assert lacks_memory(said)
    assert last_words(said) == "out of memory"
