"""Printed proof states as theorems again; what Lean makes of them is asked in tests/lean/workbench."""

from __future__ import annotations

import pytest

from prover.errors import UsageError
from prover.tasks.printed import theorem_at


def test_every_kind_of_hypothesis_is_stated_and_those_with_a_dagger_are_hidden_again() -> None:
    state = (
        "case inl\nα : Type u_1\ninst✝ : DecidableEq α\nx✝ y : α\nn : Nat := 2 + 2\nh : x✝ = y ∧\n  n = 4\n⊢ y = x✝\n\n"
        "case inr\n⊢ True"
    )
    assert theorem_at(state, "import Std") == (
        "import Std\n\n"
        "set_option autoImplicit false\n"
        "universe u_1\n"
        "theorem printed_state :\n"
        "    ∀ (α : Type u_1),\n"
        "    ∀ [inst_1 : DecidableEq α],\n"
        "    ∀ (x_1 : α),\n"
        "    ∀ (y : α),\n"
        "    let n : Nat := 2 + 2;\n"
        "    ∀ (h : x_1 = y ∧\n"
        "      n = 4),\n"
        "    (y = x_1) := by\n"
        "  intro α _ _ y n h\n"
        "  sorry\n"
    )


def test_a_goal_without_hypotheses_is_a_theorem_of_its_own() -> None:
    assert theorem_at("⊢ 1 + 1 = 2") == (
        "set_option autoImplicit false\ntheorem printed_state :\n    (1 + 1 = 2) := by\n  sorry\n"
    )


def test_universe_levels_are_declared_wherever_they_are_named() -> None:
    text = theorem_at("α : Type (max u v)\nf : Sort w → PUnit.{t + 1}\n⊢ True")
    assert "universe u v w t\n" in text


@pytest.mark.parametrize("state", ["", "no goals", "h : p"])
def test_what_holds_no_goal_is_refused(state: str) -> None:
    with pytest.raises(UsageError, match="⊢"):
        theorem_at(state)
