"""Printed states that real Lean reads back, asked for as LeanCopilot and llmstep ask."""

from __future__ import annotations

import pytest

from prover.assembly.warm import Warm
from prover.errors import UsageError
from prover.serve.states import StateService
from prover.workbench.bench import Workbench
from tests.fakes.warm import opening

pytestmark = [pytest.mark.asyncio(loop_scope="session")]
STATES = {
    "instances": "α : Type u_1\ninst✝¹ : LE α\ninst✝ : DecidableLE α\na b : α\nh : a ≤ b\n⊢ a ≤ b",
    "hidden": "p q : Prop\na✝ : p\nthis : q\nh : p → q\n⊢ q ∧ q",
    "let": "n : Nat\nm : Nat := n + 1\nh : m = 3\n⊢ n + 1 = 3",
    "cases": "case left\np q : Prop\nhp : p\n⊢ p\n\ncase right\np q : Prop\nhp : p\n⊢ q",
    "levels": "α : Type (max u v)\nβ : Sort w\nf : α → β\nx y : α\nh : x = y\n⊢ f x = f y",
    "lines": "xs : List Nat\nh :\n  xs.length =\n    3\n⊢ 3 =\n    xs.length",
}


async def test_printed_states_are_opened_and_tactics_that_close_them_are_found(opened: Warm) -> None:
    async with Workbench(opening(opened)) as bench:
        states = StateService(bench)
        for name, state in STATES.items():
            proposed = await states.generate({"name": "stepwise", "input": state, "prefix": ""})
            assert len(proposed["outputs"]) > 3, name
            checked = await states.suggest({"tactic_state": state, "prefix": "", "check": True})
            assert checked["suggestions"], (name, proposed)
        with pytest.raises(UsageError, match=r"(?is)unknown identifier.*nowhere"):
            await states.generate({"input": "h : nowhere = 1\n⊢ True"})
