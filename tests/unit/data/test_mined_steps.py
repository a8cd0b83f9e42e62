"""Mined steps in the shapes of others."""

from __future__ import annotations

from prover.data.mined_steps import SHAPES, MinedStep, columns_of

STEP: MinedStep = {
    "url": "https://example.org/r",
    "commit": "abc",
    "file": "A/B.lean",
    "theorem": "N.t",
    "statement": "theorem t : 1 = 1 ",
    "proof": ":= by\n  rfl",
    "number": 0,
    "inside": -1,
    "line": 4,
    "column": 2,
    "end_line": 4,
    "end_column": 5,
    "state": "⊢ 1 = 1",
    "tactic": "rfl",
    "state_after": "no goals",
    "premises": ["rfl"],
}
BEFORE = "namespace N\n\ntheorem t : 1 = 1 := by\n  "


def test_every_shape_has_the_fields_that_its_columns_say() -> None:
    for shape, of in SHAPES.items():
        assert sorted(of(STEP, BEFORE)) == sorted(columns_of(shape))


def test_lean_github_has_the_states_around_a_tactic() -> None:
    row = SHAPES["lean-github"](STEP, BEFORE)
    assert (row["full_name"], row["start"], row["end"]) == ("N.t", "(4, 3)", "(4, 6)")
    assert (row["state_before"], row["tactic"], row["state_after"]) == ("⊢ 1 = 1", "rfl", "no goals")


def test_ntp_toolkit_has_the_declaration_up_to_the_tactic() -> None:
    row = SHAPES["ntp-toolkit"](STEP, BEFORE)
    assert row["declUpToTactic"] == "theorem t : 1 = 1 := by\n  "
    assert row["decl"] == "theorem t : 1 = 1 := by\n  rfl"
    assert row["srcUpToTactic"] == BEFORE
