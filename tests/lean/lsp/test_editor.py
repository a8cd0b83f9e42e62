"""`stepwise lsp` with the embedded Lean, as an editor starts it: once, for one text after the other."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.fakes.editor import Editor, editing

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

SERVER = (sys.executable, "-m", "prover.cli.main", "lsp", "--workers", "1")
TEXT = """/-- 𝔽 -/ theorem swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  constructor
  · sorry
  · sorry

theorem odd (n : Nat) : n % 2 = 1 := by
"""


MENDED = """/-- 𝔽 -/ theorem swap (p q : Prop) (hp : p) (hq : q) : q ∧ p := by
  have h : p := hp
  constructor
  · exact hq
  · exact hp

theorem broken (a b : Nat) (h : a = b) : b = a := by
  exact h.symmm
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def editor(toolchain: object) -> AsyncIterator[Editor]:
    async with editing(MENDED, *SERVER) as opened:
        yield opened


@pytest.mark.long
async def test_a_finished_proof_is_made_shorter_and_a_broken_one_repaired(editor: Editor) -> None:
    await editor.do("make the proof of swap shorter", "constructor")
    await editor.until(lambda: editor.edits, within_s=60.0)
    assert "have h" not in editor.text
    await editor.do("repair the proof of broken", "symmm")
    await editor.until(lambda: len(editor.edits) == 2, within_s=60.0)
    assert "symmm" not in editor.text
    assert editor.diagnostics == []
    assert editor.messages == []


@pytest.mark.long
async def test_two_sorries_are_filled_together_and_a_false_theorem_is_called_false(editor: Editor) -> None:
    editor.change(TEXT)
    editor.edits.clear()
    await editor.do("prove swap (all 2 of its `sorry`s)")
    await editor.until(lambda: editor.edits, within_s=60.0)
    assert editor.text.count("sorry") == 0
    assert editor.text.startswith(TEXT[: TEXT.index("  · sorry")])
    before = editor.text
    await editor.do("is odd false?", "theorem odd")
    await editor.until(lambda: editor.diagnostics, within_s=60.0)
    assert "this is false" in editor.diagnostics[0].message
    assert editor.text == before
