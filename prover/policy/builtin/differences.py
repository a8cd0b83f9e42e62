"""Integers where their ring laws aren't available yet: each is written as a difference of two natural numbers.

In the first module of lemmas about `Int`, only the natural numbers have commutativity and the like. There, what the
operations do to differences is proved on the spot, from `subNatNat (m + k) (n + k) = subNatNat m n`; an identity of
integers becomes one of natural numbers, which simplification with their laws decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.laws import laws_of, stated
from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal
from prover.policy.builtin.view import View

_LAWS = laws_of("Integers")
_SUMS = "Nat.zero_add, Nat.add_zero, Nat.add_comm, Nat.add_left_comm, Nat.add_assoc"
_PRODUCTS = (
    "Nat.add_mul, Nat.mul_add, Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_zero, Nat.zero_mul, Nat.mul_one"
)
_READ = ("int_sub", "int_zero", "int_one", "int_cast", "int_ofNat", "int_negSucc", "int_negOfNat")
"""How anything that is no variable is read as a difference."""
_SIGNED = ("int_ofNat_mul_neg", "int_neg_mul_ofNat", "int_neg_mul_neg", *(n for n in _LAWS if n.startswith("signed")))
_KNOWN_LATER = re.compile(
    r"Int\.(add_comm|add_assoc|add_left_comm|zero_add|add_zero|mul_comm|mul_assoc|mul_one|one_mul|zero_mul|"
    r"mul_zero|neg_mul|mul_neg|mul_add|add_mul|neg_neg|neg_add|sub_self|sub_eq_add_neg|add_right_neg)"
)
"""Where one of these is among the premises, they are all there."""
_UNLESS_THERE = "(fail_if_success have := Int.add_comm)"
"""Once integers commute, others do better."""
_OTHER = ("/", "%", "div", "mod", "∣", "<", "≤", "^", "toNat", "natAbs", "sign")


def differences(view: View) -> Iterator[Proposal]:
    """Identities of integers, and equivalences and implications between them."""
    about = "Int" in view.number_types or "Int." in view.target
    if not view.is_early or not about or any(word in view.everything for word in _OTHER):
        return
    if view.head not in ("Eq", "Ne", "Iff", "Not", "Or"):
        return
    if any(_KNOWN_LATER.fullmatch(premise.name) for premise in view.premises):
        return
    ring = "*" in view.everything
    integers = [v.name for v in view.data if v.type == "Int" and view.is_mentioned(v)][:4]
    known = [hyp.name for hyp in reversed(view.props)]
    plain = view.head == "Eq" and not known
    if plain and integers and not re.search(r" [+-] ", view.target):
        yield _by_sign(integers)
    read = [*_READ, "int_neg", "int_add", *(["int_mul"] if ring else []), *([] if plain else ["int_same_iff"])]
    lemmas = stated(_LAWS, [*read, "int_same", "int_difference"])
    opened = [f"refine (int_difference {v}).elim fun {v}₁ h => h.elim fun {v}₂ h => ?_; subst h" for v in integers]
    laws = f"{_PRODUCTS}, {_SUMS}" if ring else _SUMS
    done = f"first | done | exact int_same _ _ _ _ (by simp only [{laws}])" if plain else _equivalence(laws)
    steps = [_UNLESS_THERE, *([f"revert {' '.join(known)}"] if known else []), *lemmas, *opened]
    yield Proposal("int_differences", "\n".join([*steps, f"simp only [{', '.join(read)}]", done]), limits=HEAVY)


def _by_sign(integers: list[str]) -> Proposal:
    """For products alone: each factor is a natural number or the negative of one."""
    split = " <;> ".join(f"cases {v}" for v in integers)
    laws = "Nat.mul_comm, Nat.mul_left_comm, Nat.mul_assoc, Nat.mul_one, Nat.one_mul, Nat.zero_mul, Nat.mul_zero"
    steps = [_UNLESS_THERE, *stated(_LAWS, _SIGNED), f"{split} <;> simp only [{', '.join(_SIGNED)}, {laws}]"]
    return Proposal("int_signs", "\n".join(steps), limits=EXPENSIVE)


def _equivalence(laws: str) -> str:
    """Closes a statement about equations of natural numbers; the lemmas about integers go first."""
    both = f"(constructor <;> intro h <;> simp_all [{laws}])"
    swapped = f"(constructor <;> intro h <;> first | exact h.symm | exact fun e => h e.symm | {both})"
    tidy = "; ".join(f"(try clear {name})" for name in reversed(list(_LAWS)))
    tries = f"(simp only [{laws}]; done) | (simp [{laws}]; done) | (simp only [{laws}]; {swapped}; done)"
    return f"{tidy}\nfirst | {tries} | (intros; simp_all [{laws}])"
