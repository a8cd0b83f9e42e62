"""A file comes back with the bytes that it had, but for the filled `sorry`s."""

from __future__ import annotations

import random

import pytest

from prover.tasks import TheoremTask, fill_document
from prover.tasks.document import document_of
from prover.tasks.text import theorems

TEXT = "-- 𝒜\ntheorem a : True := by sorry\n\n\ntheorem b : True :=\n  sorry -- done?\ntheorem c : True := by\n  sorry"


@pytest.mark.parametrize("seed", range(20))
def test_every_line_keeps_its_own_end(seed: int) -> None:
    rng = random.Random(seed)
    raw = "".join(rng.choice(("\n", "\r\n")) if char == "\n" else char for char in TEXT)
    raw = rng.choice(("", "\ufeff")) + raw + rng.choice(("", "\n", "\r\n"))
    document = document_of(raw)
    assert "\r" not in document.text
    tasks = [record for record in theorems(document) if isinstance(record, TheoremTask)]
    filled = fill_document(document, [(task, ["trivial"]) for task in tasks])
    assert filled == raw.replace("sorry -- done", "by trivial -- done").replace("sorry", "trivial")
    assert fill_document(document, []) == raw


def test_a_proof_of_several_lines_ends_them_as_most_lines_of_its_file_end() -> None:
    document = document_of("theorem a : True := by\r\n  sorry\r\n-- one\ntheorem b : 1 = 1 := rfl\r\n")
    (task,) = theorems(document)
    assert isinstance(task, TheoremTask)
    filled = "theorem a : True := by\r\n  skip\r\n  trivial\r\n-- one\ntheorem b : 1 = 1 := rfl\r\n"
    assert fill_document(document, [(task, ["skip\ntrivial"])]) == filled


def test_a_carriage_return_that_ends_no_line_is_left_alone() -> None:
    assert fill_document(document_of("-- a\rb\r\nc"), []) == "-- a\rb\r\nc"
