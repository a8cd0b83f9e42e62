"""Which texts are taken as a sketch: a proof and nothing behind it, wherever Lean would take a command."""

from __future__ import annotations

import re
import time
from io import BytesIO

import pytest

from prover.plan.reading import script_in
from prover.tasks import TheoremTask, load_tasks
from prover.tasks.holes import Hole, HoleStyle, blocks
from prover.tasks.sketch import Sketch


@pytest.fixture
def posed() -> TheoremTask:
    (task,) = load_tasks([], ["theorem t (n : Nat) : n = n := by sorry"], stdin=BytesIO(), header=None).tasks
    return task


@pytest.mark.parametrize(
    "command",
    [
        "  local instance : Add Nat := ⟨fun _ _ => 0⟩",
        "theorem evil : True := trivial",
        "  variable (absurdity : False)",
        "  include absurdity",
        "  omit [Inhabited Nat]",
        "@[simp] theorem evil : True := trivial",
        "  attribute [-simp] Nat.add_comm",
        "end Mine namespace Other",
        "  open Nat",
        "  set_option maxRecDepth 9",
        "  #eval 1",
        "deriving instance Repr for Nat",
        "  register_simp_attr mine",
    ],
)
@pytest.mark.parametrize("joined", ["\n", " "])
def test_a_command_behind_the_proof_is_refused_at_any_column(posed: TheoremTask, command: str, joined: str) -> None:
    with pytest.raises(ValueError, match="begins a command"):
        Sketch.of(posed, f"rfl{joined}{command}")


@pytest.mark.parametrize(
    "proof",
    [
        "open Nat in rfl",
        "set_option maxRecDepth 99 in rfl",
        "exact h.end",
        "exact «end» -- the end of a section",
        "have instance' : n = n := rfl\nexact instance'",
        'exact congrArg (fun _ => "theorem") rfl',
        "exact go n\nwhere\n  go (n : Nat) : n = n := rfl",
        "simp only [List.prefix_append]",
    ],
)
def test_what_only_looks_like_a_command_is_a_proof(posed: TheoremTask, proof: str) -> None:
    assert Sketch.of(posed, proof).script == proof


def test_a_text_made_to_be_read_in_many_ways_is_read_at_once() -> None:
    began = time.monotonic()
    script_in("open.a in " * 400 + "z", "t")
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize("style", [HoleStyle.BY, HoleStyle.INNER_TERM, HoleStyle.INNER_TACTIC, HoleStyle.TERM])
def test_a_comment_at_the_end_of_a_script_swallows_nothing(style: HoleStyle) -> None:
    text = "theorem t : p := by sorry theorem u : q := h"
    hole = Hole(text.index("sorry"), text.index("sorry") + len("sorry"), style)
    ((_, _, block),) = blocks(text, [(hole, "exact h -- done")], 0)
    assert "--" not in block and "exact h" in block


def test_a_sorry_in_parentheses_of_its_own_gets_no_second_pair() -> None:
    text = "  exact f (sorry) (sorry, g sorry)"
    holes = [Hole(found.start(), found.end(), HoleStyle.INNER_TERM) for found in re.finditer("sorry", text)]
    written = [block for _, _, block in blocks(text, [(hole, "a") for hole in holes], 0)]
    assert written == ["by a", "(by a)", "(by a)"]
    ((_, _, longer),) = blocks(text, [(holes[0], "a\nb")], 0)
    assert longer == "by\n             a\n             b"
