"""Induction: on variables, along recursive functions, with and without what closes the cases at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_KNOWN = {
    "List": ("nil => ?_", "cons {0} {1} {2} => ?_", ("a", "as", "ih")),
    "Nat": ("zero => ?_", "succ {0} {1} => ?_", ("n", "ih")),
}
_NEVER = frozenset({"Int", "Rat", "Bool", "Prod", "Option", "Sum", "Fin", "BitVec", "Char", "String", "Float", ""})
_NOTATION = re.compile(
    r"^(Nat|Int|H[A-Z]\w+|Append|OfNat|LE|LT|Min|Max|BEq|Eq|Dvd|Membership|GetElem\??|Neg|Bind|Pure)\."
)
"""Arithmetic, and functions of classes: nothing of these has an induction principle of its own."""


def induction(view: View) -> Iterator[Proposal]:
    """`induction` and `fun_induction`, barest last: a closing variant costs one call, a bare one a subtree."""
    candidates = [v for v in view.data_in_target if v.head not in _NEVER]
    late = view.depth_of_induction()
    for rank, var in some(candidates, 3):
        rate = ranked(rank, 0.5) * late
        others = [o for o in view.data_in_target if o.name != var.name and o.head != ""]
        yield from _structural(view, var, rate, general="")
        if others:
            general = " generalizing " + " ".join(o.name for o in others)
            yield from _structural(view, var, 0.8 * rate, general=general)
    for rank, function in enumerate(recursive_candidates(view)[:5]):
        yield from _along(view, function, ranked(rank, 0.4) * late)


def _structural(view: View, var: Local, rate: float, *, general: str) -> Iterator[Proposal]:
    kind = "_general" if general else ""
    start = f"induction {var.name}{general}"
    hints = simp_hints(view)
    yield Proposal(f"induction{kind}_simp_all", f"{start} <;> (try simp_all{hints})", rate, MEDIUM)
    yield Proposal(f"induction{kind}_grind", f"{start} <;> grind{grind_hints(view)}", rate, MEDIUM)
    both_solvers = f"{start} <;> (try simp_all{hints}) <;> grind{grind_hints(view)}"
    yield Proposal(f"induction{kind}_simp_grind", both_solvers, rate, MEDIUM)
    if var.head == "Nat" or view.numbers:
        yield Proposal(f"induction{kind}_omega", f"{start} <;> (try simp_all{hints}) <;> omega", rate, MEDIUM)
    lemmas = [premise.name for premise in view.of_kind("eq", "iff")[:5]]
    if lemmas:
        names = ", ".join([*view.own_definitions[:6], *lemmas])
        yield Proposal(f"induction{kind}_lemmas", f"{start} <;> (try simp_all [{names}])", rate, MEDIUM)
    same = [o for o in view.data_in_target if o.name != var.name and o.head == var.head]
    for place, other in some(same if general else (), 2):
        both, its_rate = f"{start} <;> cases {other.name}", rate * ranked(place)
        yield Proposal("induction_two_simp_all", f"{both} <;> (try simp_all{hints})", its_rate, MEDIUM)
        yield Proposal("induction_two_grind", f"{both} <;> grind{hints}", its_rate, MEDIUM)
    if not general and var.head == "List" and len(view.own_definitions) > 1:
        yield _two_at_a_time(view, var, rate)
    known = _KNOWN.get(var.head)
    if known is None:
        yield Proposal(f"induction{kind}", start, rate)
    else:
        first, second, stems = known
        yield Proposal(f"induction{kind}", f"{start} with | {first} | {second.format(*view.fresh(*stems))}", rate)


def _two_at_a_time(view: View, var: Local, rate: float) -> Proposal:
    """Along the length, the list taken apart two elements deep: for functions that call each other, or skip one."""
    n, ih, hl, a, b, rest = view.fresh("n", "ih", "hl", "a", "b", "rest")
    start = f"induction {hl} : {var.name}.length using Nat.strongRecOn generalizing {var.name} with | ind {n} {ih} => "
    split = f"subst {hl}; rcases {var.name} with _ | ⟨{a}, _ | ⟨{b}, {rest}⟩⟩"
    return Proposal("induction_length", f"{start}({split} <;> grind{grind_hints(view)})", rate, EXPENSIVE)


def _along(view: View, function: str, rate: float) -> Iterator[Proposal]:
    start = f"fun_induction {function}"
    yield Proposal("fun_induction_simp_all", f"{start} <;> (try simp_all{simp_hints(view)})", rate, MEDIUM)
    yield Proposal("fun_induction_grind", f"{start} <;> grind{grind_hints(view)}", rate, MEDIUM)
    both_solvers = f"{start} <;> (try simp_all{simp_hints(view)}) <;> grind{grind_hints(view)}"
    yield Proposal("fun_induction_simp_grind", both_solvers, rate, MEDIUM)
    yield Proposal("fun_induction", start, rate)
    yield Proposal("fun_cases_simp_all", f"fun_cases {function} <;> (try simp_all{simp_hints(view)})", rate, MEDIUM)


def recursive_candidates(view: View) -> list[str]:
    """Functions of the target that may have an induction principle: the file's own first, then the library's."""
    own = [name for name in view.own_definitions if name in view.goal.constants]
    library = [
        name
        for name in view.goal.constants
        if name not in own
        and "." in name
        and name[0].isupper()
        and not _NOTATION.match(name)
        and name.split(".")[-1][0].islower()
    ]
    return own + library[:3]


def simp_hints(view: View) -> str:
    """The file's own definitions as a simp list, or nothing."""
    names = view.own_definitions[:8]
    return f" [{', '.join(names)}]" if names else ""


def grind_hints(view: View) -> str:
    """The file's own definitions as grind parameters, or nothing."""
    return simp_hints(view)
