"""The minimiser against judges that know what is needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.extract import Block, Proof
from search.minimise import Minimiser


def minimise(block: Block, accepts: Callable[[str], bool], *, max_tries: int = 200) -> tuple[str, int]:
    """The best script, and how often the judge was asked. Every proposal is shorter than the best before it."""
    minimiser = Minimiser(Proof.of(block), max_tries=max_tries)
    asked = 0
    while (proposal := minimiser.propose()) is not None:
        asked += 1
        assert len(proposal.script) < len(minimiser.best.script)
        minimiser.tell(accepts(proposal.script))
    return minimiser.best.script, asked


def needs(*lines: str) -> Callable[[str], bool]:
    return lambda script: all(line in script.split("\n") for line in lines)


def test_steps_that_nothing_needs_are_left_out() -> None:
    block: Block = ["have h := f", "intro x", "have k : p := by\n  simp", "omega"]
    assert minimise(block, needs("intro x", "omega"))[0] == "intro x\nomega"


def test_what_is_needed_stays() -> None:
    block: Block = ["intro x", "cases x", ["simp"], ["intro y", "omega"]]
    script = Proof.of(block).script
    assert minimise(block, lambda tried: tried == script)[0] == script


def test_a_long_run_is_found_with_few_questions() -> None:
    block: Block = ["intro x", *[f"have h{i} := f {i}" for i in range(32)], "omega"]
    script, asked = minimise(block, needs("omega"), max_tries=20)
    assert script == "omega"
    assert asked <= 20


def test_steps_inside_bullets_are_left_out() -> None:
    block: Block = ["constructor", ["have h := f", "rfl"], ["simp"]]
    assert minimise(block, needs("constructor", "· rfl", "· simp"))[0] == "constructor\n· rfl\n· simp"


def test_equal_bullets_are_joined() -> None:
    block: Block = ["intro n", "induction n", ["simp"], ["simp"]]
    assert minimise(block, needs("intro n", "induction n <;> simp"))[0] == "intro n\ninduction n <;> simp"


def test_what_one_half_of_a_joined_tactic_does_alone_is_written_alone() -> None:
    for joined, needed in (
        ("induction n <;> grind", "grind"),
        ("cases h <;> assumption", "cases h"),
        ("apply Nat.le_of_lt <;> assumption", "exact Nat.le_of_lt"),
        ("(a <;> b) <;> c <;> d", "c <;> d"),
    ):
        wanted = f"intro n\n{needed}"
        assert minimise(["intro n", joined], wanted.__eq__)[0] == wanted
    whole = "(intros; cases h <;> rfl)"
    assert minimise([whole], lambda script: "cases h <;> rfl" in script and "intros" in script)[0] == (
        "intros\ncases h <;> rfl"
    )


def test_entries_of_simp_lists_are_left_out() -> None:
    block: Block = ["simp [f, (g a, b), Nat.add_comm] at h"]

    def accepts(script: str) -> bool:
        return "(g a, b)" in script

    assert minimise(block, accepts)[0] == "simp [(g a, b)] at h"


def test_an_empty_list_is_not_written() -> None:
    assert minimise(["simp [f]"], lambda script: "simp" in script)[0] == "simp"
    assert minimise(["simp only [f]"], lambda script: "only" in script)[0] == "simp only []"


def test_the_number_of_tries_is_kept() -> None:
    block: Block = [f"t{i}" for i in range(50)]
    assert minimise(block, lambda script: False, max_tries=7) == (Proof.of(block).script, 7)


def test_nothing_is_asked_twice() -> None:
    asked: list[str] = []

    def judge(script: str) -> bool:
        asked.append(script)
        return len(asked) % 3 == 0

    minimise(["a", "b", "a", "b", ["a", "b"], ["a"]], judge)
    assert len(set(asked)) == len(asked)


def test_an_answer_belongs_to_a_proposal() -> None:
    minimiser = Minimiser(Proof.of(["a", "b"]))
    with pytest.raises(RuntimeError):
        minimiser.tell(True)
    minimiser.propose()
    with pytest.raises(RuntimeError):
        minimiser.propose()


def test_of_alternatives_the_one_that_worked_is_written() -> None:
    ways = " | ".join(f"exact ⟨{n}, by first | decide | omega | grind⟩" for n in range(30))

    def accepts(script: str) -> bool:
        return "⟨17, by" in script and "omega" in script

    script, asked = minimise(["intro x", f"first | {ways}"], accepts)
    assert script == "exact ⟨17, by omega⟩"
    assert asked < 20


def test_an_alternative_of_several_tactics_keeps_them_together() -> None:
    block: Block = ["first | (intros; rfl) | simp; omega | grind <;> done"]
    assert minimise(block, lambda script: "simp; omega" in script)[0] == "(simp; omega)"
    assert minimise(block, lambda script: "intros; rfl" in script)[0] == "(intros; rfl)"


def test_what_was_only_tried_is_left_out() -> None:
    block: Block = ["((try have := (f n).elim (g 1) 2); (try have h := k); grind)"]
    assert minimise(block, lambda script: "grind" in script and "have h" in script)[0] == "have h := k\ngrind"
    assert minimise(block, lambda script: "grind" in script)[0] == "grind"


def test_a_block_is_closed_by_the_simplest_tactic_that_does() -> None:
    block: Block = ["constructor", ["simp_all [f]"], ["grind [g]"], ["exact h.trans (by simp)"]]
    closers = ({"simp_all [f]", "rfl", "simp"}, {"grind [g]", "omega"}, {"exact h.trans (by simp)"})

    def accepts(script: str) -> bool:
        first, *bullets = script.split("\n")
        return (
            first == "constructor"
            and len(bullets) == 3
            and all(b[2:] in c for b, c in zip(bullets, closers, strict=True))
        )

    assert minimise(block, accepts)[0] == "constructor\n· rfl\n· omega\n· exact h.trans (by simp)"


def test_a_sequence_in_brackets_is_written_on_lines() -> None:
    block: Block = ["rename_i h\n(obtain ⟨x, y⟩ := h; cases x <;> (simp; done))", "(exact h)"]
    wanted = "rename_i h\nobtain ⟨x, y⟩ := h\ncases x <;> (simp; done)\nexact h"
    said = _without_layout(wanted)
    assert minimise(block, lambda script: _without_layout(script) == said)[0] == wanted


def _without_layout(script: str) -> str:
    return "".join(character for character in script if character not in "();\n ")


def test_what_is_tried_last_is_done() -> None:
    block: Block = ["cases b <;> (try simp_all [f])"]
    assert minimise(block, lambda script: "cases b <;>" in script and "simp_all" in script)[0] == "cases b <;> simp_all"
