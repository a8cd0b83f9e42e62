"""Steps to train on: of runs, of mined steps, of exported rows; a tactic's answer is one that the style reads again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prover.errors import UsageError
from prover.learn.split import Split
from prover.models.prompts import STYLES
from prover.train.steps import Step, read_steps
from tests.fakes.run_folder import make_run
from tests.fakes.traced_run import statements, write_traced_run


def rows(path: Path, *values: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values))
    return path


def test_a_proved_state_of_a_run_has_the_tactics_that_led_to_proofs_and_the_refused_ones(tmp_path: Path) -> None:
    steps = {step.state: step for step in read_steps([make_run(tmp_path)]) if step.theorem == "A.one"}
    root = steps["⊢ p → p ∧ p"]
    assert (root.good, root.refused, root.before) == (["intro h"], ["omega"], ())
    assert steps["h : p\n⊢ p ∧ p"].before == ("intro h",)
    assert "x : p\n⊢ p ∧ p" not in steps


def test_a_folder_of_runs_stands_for_all_of_them_and_a_state_comes_once(tmp_path: Path) -> None:
    write_traced_run(tmp_path / "loop" / "round0")
    once = read_steps([tmp_path / "loop" / "round0"])
    write_traced_run(tmp_path / "loop" / "round1")
    assert [step.state for step in read_steps([tmp_path / "loop"])] == [step.state for step in once]


def test_a_mined_step_has_the_tactics_before_it_in_its_proof(tmp_path: Path) -> None:
    common = {"theorem": "t", "statement": "theorem t : p"}
    path = rows(
        tmp_path / "steps.jsonl",
        {**common, "state": "a", "tactic": "intro", "inside": -1},
        {**common, "state": "b", "tactic": "induction n", "inside": -1},
        {**common, "state": "c", "tactic": "rfl", "inside": 1},
        {"theorem": "u", "statement": "theorem u : q", "state": "a", "tactic": "simp", "inside": -1},
    )
    assert [(step.state, step.before) for step in read_steps([path])] == [
        ("a", ()),
        ("b", ("intro",)),
        ("c", ("intro", "induction n")),
        ("a", ()),
    ]


def test_published_layouts_are_read_and_refused_tactics_go_to_their_state(tmp_path: Path) -> None:
    lean_github = {"full_name": "t", "state_before": "a", "tactic": "simp", "state_after": "no goals"}
    ntp = {"declId": "u", "decl": "theorem u", "state": "b", "nextTactic": "rfl"}
    ours = {"theorem": "v", "statement": "theorem v", "state": "c", "path": ["intro"], "on_proof": True}
    path = rows(
        tmp_path / "rows.jsonl",
        lean_github,
        ntp,
        {**ours, "tactic": "rfl", "outcome": "proved"},
        {**ours, "tactic": "omega", "outcome": "rejected", "on_proof": False},
    )
    found = read_steps([path])
    assert [(step.statement, step.good, step.refused) for step in found] == [
        ("t", ["simp"], []),
        ("theorem u", ["rfl"], []),
        ("theorem v", ["rfl"], ["omega"]),
    ]
    assert found[2].before == ("intro",)


def test_a_source_without_steps_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no steps in it"):
        read_steps([tmp_path])
    with pytest.raises(UsageError, match=r"bad\.jsonl:1: a row needs `state`"):
        read_steps([rows(tmp_path / "bad.jsonl", {"text": "x"})])
    with pytest.raises(UsageError, match="there is no"):
        read_steps([tmp_path / "none"])


def test_a_statement_is_learned_from_or_held_out_with_all_its_steps() -> None:
    steps = [Step("t", text, state) for text in statements() for state in ("a", "b")]
    learned, held_out = Split().parted(steps)
    assert learned and held_out
    assert {step.statement for step in learned}.isdisjoint(step.statement for step in held_out)


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda style: style.name)
def test_the_answer_of_a_style_is_read_as_the_tactic_that_it_says(style: Any) -> None:
    for tactic in ("simp [foo]", "exact ⟨h, rfl⟩"):
        assert style.read(style.answer(tactic)) == tactic
