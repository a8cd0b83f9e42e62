"""Other bodies for theorems of a text."""

from __future__ import annotations

import pytest

from prover.tasks.document import Document
from prover.tasks.proofs import Proof, replacing, rewritten


@pytest.mark.parametrize(
    ("text", "begins", "left"),
    [
        ("theorem t : p\n  | 0 => a\n  | _ => b", "| 0", "theorem t : p := by\n  x"),
        ("theorem t : p -- why\n  | 0 => a", "|", "theorem t : p -- why\n  := by\n  x"),
        ("theorem t : p\n  := a", ":= a", "theorem t : p\n  := by\n  x"),
    ],
)
def test_a_body_in_the_place_of_equations_stands_behind_the_statement(text: str, begins: str, left: str) -> None:
    proof = Proof("t", 1, 0, text.index(begins), len(text), (), has_sorry=False)
    assert rewritten(Document(text, "a.lean"), [replacing(text, proof, ":= by\n  x")]) == left
