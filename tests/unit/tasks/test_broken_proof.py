"""What stays of a proof in which Lean finds errors."""

from __future__ import annotations

import pytest

from prover.tasks.broken_proof import ErrorAt, applied, cuts
from prover.tasks.written_proof import written_proof

CASES = ":= by\n  intro h\n  cases h with\n  | inl h => exact a\n  | inr h =>\n    simp\n    exact b\n"
HAVE = ":= by\n  have h : p := by\n    skip\n    simp\n  exact h\n"


def sketch(text: str, *errors: tuple[str, str]) -> str | None:
    """The body with each error at the place where a text first stands in it."""
    found = [ErrorAt(text.index(place), said) for place, said in errors]
    made = cuts(text, written_proof(text, 0, len(text)), found)
    return None if made is None else applied(text, 0, len(text), made)


@pytest.mark.parametrize(
    ("text", "errors", "left"),
    [
        (CASES, [("simp", "failed")], CASES.replace("simp\n    exact b", "sorry")),
        (CASES, [("exact b", "failed")], CASES.replace("exact b", "sorry")),
        (
            CASES,
            [("a\n", "failed"), ("exact b", "failed")],
            CASES.replace("exact a", "sorry").replace("exact b", "sorry"),
        ),
        (CASES, [("cases h", "failed"), ("exact b", "failed")], ":= by\n  intro h\n  sorry\n"),
        (CASES, [("exact b", "No goals to be solved")], CASES.replace("\n    exact b", "")),
        (CASES, [("| inr", "unsolved goals\n⊢ p")], CASES.replace("exact b", "exact b\n    sorry")),
        (CASES, [("by", "unsolved goals\n⊢ p")], CASES.rstrip() + "\n  sorry\n"),
        (CASES, [("by", "unsolved goals\n⊢ p"), ("intro", "failed")], ":= by\n  sorry\n"),
        (HAVE, [("by\n    skip", "unsolved goals\n⊢ p")], HAVE.replace("simp", "simp\n    sorry")),
        (HAVE, [("simp", "no progress")], HAVE.replace("simp", "sorry")),
        (HAVE, [("p :=", "unknown identifier")], ":= by\n  sorry\n"),
        (":= by simp [x]; done", [("x", "unknown identifier")], ":= by sorry"),
        (":= h.trans (by\n    simp)", [("simp", "no progress")], ":= h.trans (by\n    sorry)"),
    ],
)
def test_the_steps_before_an_error_and_the_blocks_without_one_stay(
    text: str, errors: list[tuple[str, str]], left: str
) -> None:
    assert sketch(text, *errors) == left


def test_an_error_in_a_term_leaves_nothing() -> None:
    assert sketch(":= h.trans g", ("g", "type mismatch")) is None


def test_cases_that_a_type_calls_otherwise_are_renamed_and_missing_ones_added() -> None:
    wrong = CASES.replace("inl", "left")
    errors = [("cases", "Alternative `inl` has not been provided")]
    assert sketch(wrong, ("| left", "Invalid alternative name `left`: Expected `inl`"), *errors) == CASES
    one = CASES.replace("\n  | inl h => exact a", "")
    assert sketch(one, *errors) == one.replace("exact b", "exact b\n  | inl => sorry")


def test_what_was_cut_is_known_by_its_steps() -> None:
    made = cuts(CASES, written_proof(CASES, 0, len(CASES)), [ErrorAt(CASES.index("simp"), "failed")])
    assert made is not None
    assert [cut.steps for cut in made] == [("simp", "exact b")]


CALC = ":=\n  calc a = b := f x -- first\n    _ = c := by rw [h]\n    _ = d := g y\n"
ARMS = "| 0 => rfl\n  | n + 1 => match n with\n    | 0 => f n | k + 1 => g k\n"
CHAIN = ":= by\n  have h : p := f x\n  have g : q := k\n  exact ⟨h, f (g, y), [g, z]⟩\n"


@pytest.mark.parametrize(
    ("text", "place", "left"),
    [
        (CALC, "f x", CALC.replace("f x", "sorry")),
        (CALC, "g y", CALC.replace("g y", "sorry")),
        (ARMS, "rfl", ARMS.replace("rfl", "sorry")),
        (ARMS, "n |", ARMS.replace("f n", "sorry")),
        (ARMS, "g k", ARMS.replace("g k", "sorry")),
        (CHAIN, "x\n", CHAIN.replace("f x", "sorry")),
        (CHAIN, "y)", CHAIN.replace("f (g, y)", "sorry")),
        (CHAIN, "z]", CHAIN.replace("[g, z]", "sorry")),
        (CHAIN, "p :=", ":= by\n  sorry\n"),
        (":= fun h => g (show p from f h)", "f h", ":= fun h => g (show p from sorry)"),
        (":= fun h => g (show p from f h)", "g (", ":= fun h => sorry"),
        (":= fun h => sorry", "sorry", None),
    ],
)
def test_of_a_term_the_part_with_the_error_is_left_out(text: str, place: str, left: str | None) -> None:
    assert sketch(text, (place, "type mismatch")) == left
