"""Where a `sorry` is opened at an error that Lean reports: `»` marks the error in the picture."""

from __future__ import annotations

import pytest

from prover.lsp.broken import opened_at
from prover.lsp.sketch import Sketch


def opened(picture: str, message: str = "unknown identifier") -> str | None:
    """The text that Lean is given for an error at the mark."""
    error, source = picture.index("»"), picture.replace("»", "")
    (theorem,) = Sketch(source).finished
    change = opened_at(source, error, message, (theorem.body, theorem.end))
    return None if change is None else Sketch(source, change).text


@pytest.mark.parametrize(
    ("picture", "text"),
    [
        ("theorem t : p := by\n  intro h\n  exact »foo h\n", "theorem t : p := by\n  intro h\n  sorry\n"),
        ("theorem t : p := by\n  »simp\n  omega\n", "theorem t : p := by\n  sorry\n"),
        ("theorem t : p := by exact »foo\n", "theorem t : p := by sorry\n"),
        ("theorem t : p := »foo\n", "theorem t : p := sorry\n"),
        (
            "theorem t : p := by\n  constructor\n  · simp\n    exact »foo\n  · simp\n",
            "theorem t : p := by\n  constructor\n  · simp\n    sorry\n  · simp\n",
        ),
        (
            "theorem t : p := by\n  constructor\n  · exact »foo\n    rfl\n  · simp\n",
            "theorem t : p := by\n  constructor\n  · sorry\n  · simp\n",
        ),
        (
            "theorem t : p := by\n  have h : q := by »omega\n  exact h\n",
            "theorem t : p := by\n  have h : q := by sorry\n  exact h\n",
        ),
        (
            "theorem t : p := by\n  simp [foo,\n    »bar]\n  omega\n\ntheorem u : q := sorry\n",
            "theorem t : p := by\n  sorry\n\ntheorem u : q := sorry\n",
        ),
        (
            "theorem t : p := by\n  cases h with\n  | inl a => exact »a\n  | inr b => exact b\n",
            "theorem t : p := by\n  cases h with\n  | inl a => sorry\n  | inr b => exact b\n",
        ),
        ("/- 𝔽 -/ theorem t : p := by\n  exact »𝔽\n", "/- 𝔽 -/ theorem t : p := by\n  sorry\n"),
    ],
)
def test_what_failed_and_what_follows_it_in_its_block_becomes_a_sorry(picture: str, text: str) -> None:
    assert opened(picture) == text


@pytest.mark.parametrize(
    ("picture", "text"),
    [
        ("theorem t : p := »by\n  constructor\n", "theorem t : p := by\n  constructor\n  sorry\n"),
        (
            "theorem t : p := »by constructor\n",
            "theorem t : p := by constructor\n                    sorry\n",
        ),
        (
            "theorem t : p := by\n  constructor\n  »· intro h\n    simp\n  · rfl\n",
            "theorem t : p := by\n  constructor\n  · intro h\n    simp\n    sorry\n  · rfl\n",
        ),
        (
            "theorem t : p := by\n  cases h with\n  »| inl a =>\n    simp\n  | inr b => exact b\n",
            "theorem t : p := by\n  cases h with\n  | inl a =>\n    simp\n    sorry\n  | inr b => exact b\n",
        ),
    ],
)
def test_unsolved_goals_get_a_sorry_behind_the_last_tactic_of_their_block(picture: str, text: str) -> None:
    assert opened(picture, "unsolved goals\n⊢ p") == text


def test_an_error_in_a_statement_opens_nothing() -> None:
    assert opened("theorem t : »p := by\n  simp\n") is None


def test_edits_at_an_error_are_changes_of_the_source() -> None:
    source = "theorem t : p := by\n  intro h\n  exact foo h\n  rfl\n"
    (theorem,) = Sketch(source).finished
    change = opened_at(source, source.index("foo"), "", (theorem.body, theorem.end))
    sketch = Sketch(source, change)
    edit = {"start": {"line": 3, "column": 3}, "end": {"line": 3, "column": 8}, "text": "exact h"}
    (made,) = sketch.changes([edit])
    assert source[: made.start] + made.text + source[made.end :] == "theorem t : p := by\n  intro h\n  exact h\n"
