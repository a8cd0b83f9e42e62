"""Challenges that run nothing of their own, and may therefore share a process: which are, and that nothing else is."""

from __future__ import annotations

import pytest

from prover.judge.scan import scan
from tests.cases import cases
from tests.lean.judge.processes import SharedProcess

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

PLAIN = (
    "theorem t : 1 = 1 := by\n  sorry",
    "theorem t (a b : Nat) (h : a < b) : ∃ c, a + c = b ∧ c ≠ 0 := sorry",
    "open List in\n/-- Said. -/\ntheorem t {α : Type u} [BEq α] (xs : List α) : xs ++ [] ~ xs := by sorry",
    "namespace N\nvariable (n : Nat)\ntheorem t : ∀ m < n, m ∣ n → m ∈ [m, n] := by sorry\nend N",
    "theorem t (f : Nat → Nat) (x : Nat) : (match f x with | 0 => 1 | n + 1 => n) = if x > 0 then f x else 2 := sorry",
    "theorem t (x : Int × Fin 3) : x.1 = -3 → (fun (y : Int) => y * 2) x.1 = -6 ∨ x.2.val <<< 1 ≤ 4 := by sorry",
    "theorem t (xs : Array Nat) (h : 0 < xs.size) : xs[0] = xs[0]! ∧ #[1, 2].size = 2 ∧ @id Nat 1 = 1 := by sorry",
    "theorem t : (∃ x y : Nat, x ^ 2 + y ^ 2 = 25) ↔ ¬ ({ fst := 1, snd := 2 } : Nat × Nat) = ⟨1, 3⟩ := by sorry",
)
FOREIGN = (
    "theorem t : 1 = 1 := by rfl",
    "theorem t : 1 = 1 := by run_tac (pure ())",
    "theorem t : (by exact 1 = 1) := by sorry",
    "theorem t : (by_elab return .const ``True []) := sorry",
    "theorem t (h : 1 = 1 := by decide) : True := by sorry",
    'theorem t : include_str "x" = "" := by sorry',
    'theorem t : s!"{1}" = "1" := by sorry',
    "@[simp] theorem t : 1 = 1 := by sorry",
    "def p := 1\ntheorem t : p = 1 := by sorry",
    "abbrev p := True\ntheorem t : p := by sorry",
    "instance : OfNat Nat 5 := ⟨6⟩\ntheorem t : 5 = 6 := by sorry",
    "structure S where\n  x : Nat\ntheorem t : True := by sorry",
    "inductive I | a deriving Repr\ntheorem t : True := by sorry",
    'macro "p" : term => `(True)\ntheorem t : p := by sorry',
    'notation "p" => True\ntheorem t : p := by sorry',
    'local infix:50 " = " => fun a b => True\ntheorem t : 1 = 2 := by sorry',
    'syntax "p" : term\ntheorem t : True := by sorry',
    'elab "p" : command => pure ()\np\ntheorem t : True := by sorry',
    "attribute [simp] Nat.add_comm\ntheorem t : True := by sorry",
    'set_option trace.profiler.output "x"\ntheorem t : True := by sorry',
    "set_option maxRecDepth 9 in\ntheorem t : True := by sorry",
    "open Lean in\n#eval 1\ntheorem t : True := by sorry",
    "initialize pure ()\ntheorem t : True := by sorry",
    "mutual\ntheorem t : True := by sorry\nend",
    "theorem t : True := sorry where p : 1 = 1 := by rfl",
    "theorem t : Nat → True\n  | _ => by sorry",
    "example : True := by sorry\ntheorem t : True := by sorry",
    "import Lean.Elab.Frontend\nimport Std\ntheorem t : True := by sorry",
)


async def foreign(elaborating: SharedProcess, text: str) -> str | None:
    """What of the text is not plain."""
    answer = await elaborating.answer(
        {"judge": "challenge", "text": text, "theorem": "t", "plain": True}, timeout_s=60.0
    )
    return answer.get("foreign")


@pytest.mark.parametrize("text", PLAIN)
async def test_statements_over_the_library_are_plain(elaborating: SharedProcess, text: str) -> None:
    assert await foreign(elaborating, text) is None


@pytest.mark.parametrize("text", FOREIGN)
async def test_what_could_run_something_of_its_own_is_not(elaborating: SharedProcess, text: str) -> None:
    await elaborating.answer({"judge": "challenge", "text": "import Lean\n" + PLAIN[0], "theorem": "t"}, timeout_s=60.0)
    assert await foreign(elaborating, text)


async def test_no_challenge_of_the_cases_that_has_a_word_of_the_ban_list_is_plain(elaborating: SharedProcess) -> None:
    texts = {case.challenge for case in cases("attacks") + cases("honest")}
    banned = [text for text in texts if {finding.what for finding in scan("", text)} - {"sorry", "import"}]
    assert len(banned) > 10
    for text in banned:
        assert await foreign(elaborating, text), text
