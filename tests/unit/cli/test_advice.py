"""Messages of Lean are followed by the next step, each once."""

from __future__ import annotations

import io

import pytest

from prover.cli.advice import next_step
from prover.cli.console import Console


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("a.lean:1:0: unknown module prefix 'Mathlib'\n\nNo directory 'Mathlib'", "scripts/setup_lean"),
        ("unknown module prefix 'Aesop'", "--project DIR"),
        ("a.lean:3:2: it does not elaborate: unknown tactic `linarith`", "scripts/setup_lean"),
        ("unknown module prefix 'Fermat'", "this Lean has no such library"),
        ("unknown module prefix 'data'", "this looks like Lean 3"),
        ("1:0: unexpected identifier; expected command\n  1 | lemma t : 1 = 1 := by sorry", "write `theorem`"),
        ("refused t: it can't be read: `lemma` is Mathlib's; core Lean has `theorem`", "write `theorem`"),
        ("nothing declares `ℝ`; failed to synthesize instance of type class\n  HAdd ℝ ℝ ?m.5", "are Mathlib's"),
        ("nothing declares `ℕ`; failed to synthesize instance of type class\n  OfNat ℕ 1", "write Nat and Int"),
        ("WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory", "ulimit -v"),
    ],
)
def test_a_message_calls_for_its_next_step(said: str, step: str) -> None:
    assert step in next_step(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "unsolved goals\nn : Nat\n⊢ n = n + 1",
        "unknown identifier 'foo'",
        "unknown tactic `foo`",
        "Unknown identifier `my.lemma`",
        "unexpected token 'lemma'; expected 'abbrev', 'def' or 'theorem'",
        "failed to synthesize instance of type class\n  HAdd ℕ String ?m.7",
    ],
)
def test_most_messages_stand_alone(said: str) -> None:
    assert next_step(said) == ""


def test_a_next_step_is_said_once() -> None:
    err = io.StringIO()
    console = Console(err=err)
    for number in range(400):
        console.advise(f"row {number}: unknown module prefix 'Mathlib'")
    assert err.getvalue().count("→") == 1
