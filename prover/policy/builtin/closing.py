"""Tactics that finish a goal or fail: cheap ones first, solvers with their own limits."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.induction import grind_hints, simp_hints
from prover.policy.builtin.introduction import binds
from prover.policy.builtin.proposal import MEDIUM, Proposal
from prover.policy.builtin.view import View


def closing(view: View) -> Iterator[Proposal]:
    """`rfl`, `assumption`, `simp`, `omega`, `decide`, `grind`, `exact?` and close relatives."""
    if any(hyp.type == view.target for hyp in view.props):
        yield Proposal("assumption", "assumption")
    if binds(view):
        yield from _closing_a_statement(view)
        return
    hints = simp_hints(view)
    yield Proposal("rfl", "rfl", 1.0 if view.head in ("Eq", "Iff", "HEq", "LE.le") else 0.1)
    yield Proposal("simp", "simp")
    yield Proposal("simp_all", f"simp_all{hints}")
    if hints:
        yield Proposal("simp_defs", f"simp{hints}")
    if view.numbers or any(c in view.everything for c in ("Nat", "Int", "length", "<", "≤", "%", "+")):
        yield Proposal("omega", "omega")
    if not view.data:
        yield Proposal("decide", "decide")
    else:
        yield Proposal("decide", "decide", 0.15)
    yield Proposal("grind", "grind", 1.0, MEDIUM)
    if hints:
        yield Proposal("grind_defs", f"grind{grind_hints(view)}", 1.0, MEDIUM)
    yield Proposal("simp_star", "simp [*]", 0.5)
    if "Rat" in view.everything or view.numbers:
        yield Proposal("simp_arith", "simp +arith [*]", 0.4)
    if not view.has_imports:  # with others than the library's it would make trees first; what unifies is known anyway
        yield Proposal("exact_search", "exact?", 1.0, MEDIUM)
    if "BitVec" in view.everything:
        yield Proposal("bv_omega", "bv_omega")
        yield Proposal("bv_ext", "apply BitVec.eq_of_toNat_eq; simp [BitVec.toNat_eq]", 0.8)


def _closing_a_statement(view: View) -> Iterator[Proposal]:
    """Closing tactics that work differently on a target that still binds variables."""
    yield Proposal("decide", "decide", 0.3)
    yield Proposal("simp", "simp", 0.3)
    if not view.has_imports:
        yield Proposal("exact_search", "exact?", 0.1, MEDIUM)
    yield Proposal("grind_statement", f"grind{grind_hints(view)}", 0.1, MEDIUM)
