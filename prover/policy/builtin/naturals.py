"""Natural numbers where their laws aren't available yet: the laws that simplification needs are proved on the spot.

In the first module of lemmas about `Nat` there is no commutativity, no `omega`, not even `∃`. One tactic states and
proves the laws, turns `≤` into a summand and a difference into two cases, and simplifies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from prover.policy.builtin.laws import laws_of, stated
from prover.policy.builtin.proposal import HEAVY, Proposal
from prover.policy.builtin.view import View

_LAWS = laws_of("Naturals")
_SIMPLE = ", ".join(name for name in reversed(list(_LAWS)) if name not in ("nat_le_iff", "nat_trichotomy"))
"""The special laws before the general ones: with commutativity first, simplification runs in circles."""
_ORDER = ("LE.le", "LT.lt", "GE.ge", "GT.gt")
_KNOWN_LATER = re.compile(
    r"Nat\.(add_comm|add_assoc|add_left_comm|add_right_comm|zero_add|mul_comm|mul_assoc|mul_one|one_mul|"
    r"zero_mul|mul_zero|succ_sub_succ|sub_self|add_sub_cancel|sub_add_cancel|sub_zero|zero_sub|add_sub_add_right)"
)
"""Where one of these is among the premises, they are all there."""
_UNLESS_THERE = "(fail_if_success have := Nat.add_comm)"


def naturals(view: View) -> Iterator[Proposal]:
    """One tactic that closes equations and inequalities between natural numbers, or fails."""
    numbers = [v.name for v in view.numbers][:3]
    if not view.is_early or not numbers or any(not v.is_prop and v.type != "Nat" for v in view.locals):
        return
    if any(_KNOWN_LATER.fullmatch(premise.name) for premise in view.premises):
        return
    if view.head not in ("Eq", "Ne", "Iff", "Not", "False", *_ORDER):
        return
    refuted = "".join(f" | exact absurd rfl {h.name} | (simp [{_SIMPLE}] at {h.name}; done)" for h in view.props[:3])
    done = f"(first | (simp [{_SIMPLE}]; done) | contradiction{refuted})"
    summands = _summands(view)
    ways = [done, *(f"(cases {name} <;> {done})" for name in numbers), *_by_order(numbers, done)]
    if view.head in _ORDER:
        ways += [_trichotomy(view)]
    if view.head in ("Not", "False"):
        ways += [_refuted()]
    if view.head == "Iff":
        ways += [_equivalent()]
    steps = [_UNLESS_THERE, *stated(_LAWS), *summands, f"first | {' | '.join(ways)}"]
    yield Proposal("peano", "\n".join(steps), limits=HEAVY)


def _summands(view: View) -> list[str]:
    """Hypotheses `a ≤ b` as `b = a + k`."""
    steps = []
    for hyp in [h for h in view.props if h.head in _ORDER][:3]:
        k, e = view.fresh("k", "e")
        steps.append(f"refine ((nat_le_iff _ _).1 {hyp.name}).elim fun {k}_{hyp.name} {e} => ?_")
        steps.append(f"clear {hyp.name}; (try subst {e})")
    return steps


def _by_order(numbers: list[str], done: str) -> list[str]:
    """A case for each way in which two variables can stand to each other, the greater one written as a sum."""
    cases = []
    for a, b in combinations(numbers, 2):
        each = f"(cases h with | intro i e => subst e; {done})"
        cases.append(f"(cases nat_trichotomy {a} {b} with | inl h => {each} | inr h => {each})")
    return cases


def _trichotomy(view: View) -> str:
    """The target's inequality, or its opposite, which contradicts a hypothesis."""
    denied = [f"exact absurd ((nat_le_iff _ _).2 ⟨_, rfl⟩) {h.name}" for h in view.props if h.head == "Not"]
    opposite = f"(cases e with | intro i e => subst e; first | {' | '.join([*denied, f'(simp [{_SIMPLE}]; done)'])})"
    return f"(cases nat_trichotomy _ _ with | inl e => exact (nat_le_iff _ _).2 e | inr e => {opposite})"


def _refuted() -> str:
    """Refutes an inequality in which a number would be greater than itself."""
    return f"(intro h; cases (nat_le_iff _ _).1 h with | intro j e => (simp [{_SIMPLE}] at e; done))"


def _equivalent() -> str:
    """Proves both directions of an equivalence with the same summand."""
    try_all = " | ".join(
        f"(apply (nat_add_right_inj _ _ {k}).1; simp [{_SIMPLE}, e]; done)" for k in ("n", "k", "m", "b", "c")
    )
    close = f"(simp [{_SIMPLE}, e]; done) | (simp [{_SIMPLE}] at e; simp [{_SIMPLE}, e]; done) | {try_all}"
    each = f"cases h with | intro k e => exact ⟨k, by first | {close}⟩"
    return f"(simp only [nat_le_iff]; constructor <;> intro h <;> {each})"
