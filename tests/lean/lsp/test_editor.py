"""`stepwise lsp` with the embedded Lean, as an editor starts it."""

from __future__ import annotations

import sys

import pytest

from tests.fakes.editor import editing

SERVER = (sys.executable, "-m", "prover.cli.main", "lsp", "--workers", "1")
TEXT = """/-- 𝔽 -/ theorem swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  constructor
  · sorry
  · sorry

theorem odd (n : Nat) : n % 2 = 1 := by
"""


@pytest.mark.long
async def test_two_sorries_are_filled_together_and_a_false_theorem_is_called_false(toolchain: object) -> None:
    async with editing(TEXT, *SERVER) as editor:
        await editor.do("prove swap (all 2 of its `sorry`s)")
        await editor.until(lambda: editor.edits, within_s=60.0)
        assert editor.text.count("sorry") == 0
        assert editor.text.startswith(TEXT[: TEXT.index("  · sorry")])
        before = editor.text
        await editor.do("is odd false?", "theorem odd")
        await editor.until(lambda: editor.diagnostics, within_s=60.0)
        assert "this is false" in editor.diagnostics[0].message
        assert editor.text == before


MENDED = """/-- 𝔽 -/ theorem swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  have h : p := hp
  constructor
  · exact hq
  · exact hp

theorem broken (a b : Nat) (h : a = b) : b = a := by
  exact h.symmm
"""


@pytest.mark.long
async def test_a_finished_proof_is_made_shorter_and_a_broken_one_repaired(toolchain: object) -> None:
    async with editing(MENDED, *SERVER) as editor:
        await editor.do("make the proof of swap shorter", "constructor")
        await editor.until(lambda: editor.edits, within_s=60.0)
        assert "have h" not in editor.text
        await editor.do("repair the proof of broken", "symmm")
        await editor.until(lambda: len(editor.edits) == 2, within_s=60.0)
        assert "symmm" not in editor.text
        assert editor.diagnostics == []
        assert editor.messages == []
