"""How the proofs that people write are read into blocks and steps, by their layout."""

from __future__ import annotations

import pytest

from prover.tasks.written_proof import (
    WrittenBlock,
    as_script,
    old_steps,
    spliced,
    step_heads,
    written_proof,
)

CASES = """:= by
  intro h  -- a comment
  cases h with
  | inl h =>
    simp; exact h
  | inr h => exact fun | x => x
  done"""


def read(text: str) -> WrittenBlock:
    return written_proof(text, 0, len(text))


def shown(text: str, block: WrittenBlock) -> list[object]:
    """The first line of each step, and behind it the blocks inside of it."""
    made: list[object] = []
    for step in block.steps:
        made.append(text[step.start : step.end].split("\n")[0])
        made += [shown(text, inner) for inner in step.blocks]
    return made


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (":= by simp", ["simp"]),
        (":= by\n  simp\n  done", ["simp", "done"]),
        (":= by intro h; exact h", ["intro h", "exact h"]),
        (":= by intro h <;> simp\n", ["intro h <;> simp"]),
        (":= by\n  rw [a,\n    b]\n  done", ["rw [a,", "done"]),
        (
            ":= by\n  constructor\n  · simp\n    done\n  . rfl",
            ["constructor", "· simp", ["simp", "done"], ". rfl", ["rfl"]],
        ),
        (":= by\n  have h : p := by\n    simp\n  exact h", ["have h : p := by", ["simp"], "exact h"]),
        (":= by\n  have h : p := by simp\n  exact h", ["have h : p := by simp", ["simp"], "exact h"]),
        (":= by\n  exact ⟨by simp, by rfl⟩", ["exact ⟨by simp, by rfl⟩", ["simp"], ["rfl"]]),
        (":= by\n  calc a = b := by x\n    _ = c := by y", ["calc a = b := by x", ["x"], ["y"]]),
        (":= by\n  case l => simp\n  next => rfl", ["case l => simp", ["simp"], "next => rfl", ["rfl"]]),
        (":= by\n  first\n  | simp\n  | rfl", ["first"]),
        (":= by\n  cases h with | a => x | b => y", ["cases h with | a => x | b => y", ["x"], ["y"]]),
        (":= by\n  -- simp\n  rfl", ["rfl"]),
        (":= by\n  simp\ntermination_by n", ["simp"]),
    ],
)
def test_a_block_has_the_steps_that_lean_sees(text: str, steps: list[object]) -> None:
    assert shown(text, read(text)) == steps


def test_cases_are_blocks_of_their_step() -> None:
    block = read(CASES)
    inner = ["simp", "exact h"], ["exact fun | x => x"]
    assert shown(CASES, block) == ["intro h", "cases h with", *inner, "done"]
    heads = [CASES[each.head :].split("\n")[0] for each in block.walk()]
    assert heads == ["by", "| inl h =>", "| inr h => exact fun | x => x"]


@pytest.mark.parametrize("text", [":= h.elim id id", "\n  | 0 => rfl\n  | n + 1 => by simp", ":="])
def test_a_body_that_is_no_tactic_block_is_a_term(text: str) -> None:
    assert read(text).is_term


def test_the_old_steps_are_each_whole_then_with_their_blocks_as_goals_then_what_is_in_them() -> None:
    text = ":= by\n  have h : p := by\n    simp\n  · exact h"
    assert list(old_steps(text, read(text))) == ["have h : p := by\n  simp", "have h : p := ?_", "simp", "exact h"]
    assert "cases h with\n| inl h => ?_\n| inr h => ?_" in old_steps(CASES, read(CASES))
    assert list(old_steps(":= h", read(":= h"))) == ["exact h"]


def test_two_proofs_have_steps_in_common_whatever_stands_in_their_blocks() -> None:
    one, other = ":= by\n  have h  : p := by\n    simp", ":= by\n  have h : p := by rfl"
    assert next(step_heads(one, read(one))) == next(step_heads(other, read(other)))


def test_a_block_is_a_script_with_its_comments_and_goes_back_in_its_place() -> None:
    text = ":= by\n  cases h with\n  | a =>\n    simp -- s\n    -- why\n    have : p := by\n      rfl\n    · x\n  done"
    block = read(text).steps[0].blocks[0]
    script = as_script(text, block)
    assert script.script == "simp  -- s\n-- why\nhave : p := by\n  rfl\n· x"
    assert spliced(text, block, "x\ny") == ":= by\n  cases h with\n  | a =>\n    x\n    y\n  done"


def test_a_proof_too_deep_to_be_read_is_one_step() -> None:
    text = ":= " + "by exact " * 3000 + "trivial"
    block = written_proof(text, 0, len(text))
    assert block.is_term and len(block.steps) == 1
