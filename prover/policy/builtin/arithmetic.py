"""Arithmetic that needs no cases: powers, order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import IDENTIFIER, View, some

_NONLINEAR = re.compile(r"[\^*]")
_ORDER = re.compile(r"[<>≤≥]")
_DIFFERENCE = re.compile(r"^(?P<left>[^=]+) = (?P<whole>[^=]+) - (?P<less>\([^()]*\)|[\w^ ]+)$")
_POWERS = "Nat.pow_succ, Int.pow_succ, Nat.pow_zero"


def powers(view: View) -> Iterator[Proposal]:
    """Unroll powers, by computation or along the exponent."""
    if "^" not in view.everything:
        return
    for rank, var in some([v for v in view.data_in_target if v.type == "Nat"], 2):
        yield Proposal(
            "pow_cases", f"(cases {var.name} <;> (try simp_all [{_POWERS}]) <;> omega)", ranked(rank), MEDIUM
        )
        start = f"induction {var.name} <;> (try simp_all [{_POWERS}, Nat.mul_add, Nat.add_mul])"
        yield Proposal("pow_induction_omega", f"({start} <;> omega)", ranked(rank), MEDIUM)
        yield Proposal("pow_induction_grind", f"({start} <;> grind)", ranked(rank), MEDIUM)
        about = [hyp.name for hyp in view.props if var.name in IDENTIFIER.findall(hyp.type)]
        if about:  # `0 < n` and the like, which would be asked for again at each step
            cleared = f"(clear {' '.join(about)}; {start} <;> omega)"
            yield Proposal("pow_induction_cleared", cleared, ranked(rank), MEDIUM)
    for rank, hyp in some([h for h in view.props if h.head in ("LE.le", "GE.ge", "LT.lt", "GT.gt")], 2):
        yield Proposal("le_induction_grind", f"induction {hyp.name} <;> grind", ranked(rank), MEDIUM)
        yield Proposal(
            "le_induction_omega",
            f"(induction {hyp.name} <;> (try simp_all [{_POWERS}]) <;> omega)",
            ranked(rank),
            MEDIUM,
        )


def closed_forms(view: View) -> Iterator[Proposal]:
    """`a = b - c` over Nat as `a + c = b`, then induction."""
    found = _DIFFERENCE.match(view.target)
    if view.head != "Eq" or found is None or "Nat" not in view.number_types:
        return
    (h,) = view.fresh("h")
    total = f"suffices {h} : {found['left']} + {found['less']} = {found['whole']} from (by omega)"
    yield Proposal("nat_difference", total, 0.5)
    for rank, var in some([v for v in view.data_in_target if v.type == "Nat"], 2):
        closing = f"induction {var.name} <;> first | grind [Nat.pow_succ] | (simp_all [{_POWERS}]; done) | grind"
        yield Proposal("closed_form", f"({total}; {closing})", ranked(rank), EXPENSIVE)


_OPPOSITE = {"LT.lt": ("lt", "ge"), "LE.le": ("le", "gt")}
"""By an order's head, its name in lemmas and that of what holds where it does not."""


def _contraposition(view: View) -> Iterator[Proposal]:
    """From a hypothesis `a < b` to the target `c < d`: it is enough that `d ≤ c` gives `b ≤ a`."""
    if view.head not in _OPPOSITE:
        return
    (h,), kind = view.fresh("h"), view.number_types[0]
    aim, against = _OPPOSITE[view.head]
    for rank, hyp in some([hyp for hyp in view.props if hyp.head in _OPPOSITE], 2):
        known, other = _OPPOSITE[hyp.head]
        text = f"refine {kind}.{aim}_of_not_{against} fun {h} => {kind}.not_{known}_of_{other} ?_ {hyp.name}"
        yield Proposal("contrapose", text, ranked(rank))


def order(view: View) -> Iterator[Proposal]:
    """Antisymmetry, contraposition, monotonicity of products."""
    if not view.numbers:
        return
    if view.head == "Eq":
        for kind in view.number_types:
            yield Proposal("antisymm", f"apply {kind}.le_antisymm")
    yield from _contraposition(view)
    if " - " in view.target and "Nat" in view.number_types and _NONLINEAR.search(view.target):
        distribute = "Nat.mul_sub, Nat.sub_mul, Nat.pow_succ, Nat.mul_comm"
        yield Proposal("nat_sub_simp", f"simp [{distribute}]", limits=MEDIUM)
        yield Proposal("nat_sub_grind", f"(simp only [{distribute}]; grind)", limits=MEDIUM)
    if _ORDER.search(view.target) and _NONLINEAR.search(view.target):
        for kind in view.number_types:
            yield Proposal("mul_le_mul", f"apply {kind}.mul_le_mul")
            if re.search(r"^0 [<≤]|[>≥] 0$", view.target):
                yield Proposal("mul_nonneg", "apply Int.mul_nonneg" if kind == "Int" else "apply Nat.mul_pos")
                yield Proposal("mul_pos", f"apply {kind}.mul_pos")
