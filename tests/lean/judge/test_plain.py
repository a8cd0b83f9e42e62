"""Challenges that run nothing of their own, and may therefore share a process: which are, and that nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from prover.judge.processes import ElaboratingProcess
from prover.judge.scan import scan
from prover.lean.toolchain import Embedded
from tests.cases import cases
from tests.lean.judge.processes import SharedProcess, start_judging

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
    "theorem t : True := sorry\ndecreasing_by run_tac (pure ())",
    "theorem t : True := by show_term sorry",
    "theorem t : (set_option maxRecDepth 9 in True) := by sorry",
    "theorem t : (unsafe 1 : Nat) = 1 := by sorry",
    'theorem t : (dbg_trace "x"; True) := by sorry',
    "theorem t : binop% HAdd.hAdd 1 1 = 2 := by sorry",
    "theorem t : (let rec f (n : Nat) : Nat := n; f 1) = 1 := by sorry",
    "theorem t : $x = 1 := by sorry",
    "deriving instance Repr for Except\ntheorem t : True := by sorry",
    "export Nat (add)\ntheorem t : True := by sorry",
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


VICTIMS = (
    "theorem t (n : Nat) : (match n with | 0 => 5 | n + 1 => n) = if n > 5 then 6 else 5 := by sorry",
    "open List in theorem t (xs : Array Nat) (i : Nat) (h : 2 * i < xs.size) : [xs[i]] ++ [] ~ [5] := by sorry",
    "theorem t : @List.append.induct = @List.append.induct ∨ @List.zipWith.fun_cases = sorry := by sorry",
    "theorem t (f : α → Type u) [∀ x, Inhabited (f x)] (p : Prop) : ∃ x, f x = f x ∨ p := by sorry",
)
HOSTILE = (
    "namespace Nat\nvariable {α : Type v} (n : α) [inst : OfNat Nat 5] [LT Nat]\nopen List Classical\nuniverse u",
    "variable {Nat : Type} [OfNat Nat 5] [HAdd Nat Nat Nat] [LT Nat]\ntheorem t (a : Nat) : a < a + 5 := by sorry",
    "theorem t.match_1 : 1 = 2 := sorry\ntheorem t._proof_1 : 1 = 2 := sorry\ntheorem t : False := sorry",
    "theorem List.append.induct : 1 = 2 := sorry\ntheorem List.zipWith.fun_cases : 1 = 2 := sorry",
    f"theorem t : {'True ∧ (' * 166}@List.append.induct = @List.append.induct{')' * 166} := by sorry",
    "namespace List\nopen Classical\nvariable [LT Nat]\ntheorem t : @zipWith.fun_cases = sorry := by sorry",
    f"theorem t : {'¬ ' * 3000}True := by sorry",
    "theorem t : (if 10 ^ 9 ∣ 10 ^ 10 ^ 9 then 1 else 2) = (List.replicate (10 ^ 9) 5).length := by sorry",
    'theorem t : "never closed := by sorry',
)


async def test_nothing_that_a_plain_challenge_leaves_changes_what_another_says(toolchain: Embedded) -> None:
    """Nor does it change what Lean derives from the library when it is first asked for by name, and keeps for all."""
    process = ElaboratingProcess(lambda: start_judging(toolchain))

    async def said(texts: tuple[str, ...]) -> list[dict[str, Any]]:
        """The answers, each to another file's text, of a process in which nothing has run before."""
        request = {"judge": "challenge", "theorem": "t"}
        await process.ask({**request, "text": ""}, timeout_s=60.0, beside="")
        served = [
            await process.ask({**request, "text": text}, timeout_s=60.0, beside=f"file {number}")
            for number, text in enumerate(texts)
        ]
        assert [each.was_clean for each in served] == [True, *(False for _ in texts[1:])], "not all were plain"
        return [{key: value for key, value in each.answer.items() if key != "id"} for each in served]

    try:
        alone = await said(VICTIMS)
        among = await said(HOSTILE + VICTIMS[::-1])
    finally:
        await process.close()
    assert all(answer["found"] == 1 and not answer["errors"] for answer in alone)
    assert among[: len(HOSTILE) - 1 : -1] == alone
