"""Induction: on variables and along recursive functions, bare or with a tactic that closes the cases at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_KNOWN = {
    "List": ("nil => ?_", "cons {0} {1} {2} => ?_", ("a", "as", "ih")),
    "Nat": ("zero => ?_", "succ {0} {1} => ?_", ("n", "ih")),
}
_ONE, TWO = "_ | ⟨{a}, {rest}⟩", "_ | ⟨{a}, _ | ⟨{b}, {rest}⟩⟩"
"""How a list is taken apart, one element deep and two."""
_NOTATION = re.compile(
    r"^(Nat|Int|H[A-Z]\w+|Append|OfNat|LE|LT|Min|Max|BEq|Eq|Dvd|Membership|GetElem\??|Neg|Bind|Pure)\."
)
"""Arithmetic, and functions of classes: nothing of these has an induction principle of its own."""
_CONSTRUCTOR = re.compile(r"\.(nil|cons|true|false|some|none|mk|inl|inr|zero|succ|inst[\w?!]+)$")


def induction(view: View) -> Iterator[Proposal]:
    """`induction` and `fun_induction`, barest last: a closing variant costs one call, a bare one a subtree."""
    candidates = [v for v in view.data_in_target if v.head and v.head not in view.flat_types]
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
    lemmas = [premise.name for premise in view.of_kind("eq", "iff")[:5]]
    if lemmas:
        names = ", ".join([*view.own_definitions[:6], *lemmas])
        yield Proposal(f"induction{kind}_lemmas", f"{start} <;> (try simp_all [{names}])", rate, MEDIUM)
    same = [o for o in view.data_in_target if o.name != var.name and o.head == var.head]
    for place, other in some(same if general else (), 2):
        both, its_rate = f"{start} <;> cases {other.name}", rate * ranked(place)
        yield Proposal("induction_two_simp_all", f"{both} <;> (try simp_all{hints})", its_rate, MEDIUM)
        yield Proposal("induction_two_grind", f"{both} <;> grind{hints}", its_rate, MEDIUM)
    if not general and var.head == "List" and view.own_definitions:
        yield from _along_length(view, var, rate)
    known = _KNOWN.get(var.head)
    if known is None:
        yield Proposal(f"induction{kind}", start, rate)
    else:
        first, second, stems = known
        yield Proposal(f"induction{kind}", f"{start} with | {first} | {second.format(*view.fresh(*stems))}", rate)


def _along_length(view: View, var: Local, rate: float) -> Iterator[Proposal]:
    """Strong induction on the length: for functions that call each other or skip an element, and for those that call
    themselves on something shorter than the tail."""
    if len(view.own_definitions) > 1:
        yield Proposal("induction_length_two", by_length(view, var.name, TWO), rate, EXPENSIVE)
    if "termination_by" in view.header:
        text = by_length(view, var.name, _ONE, f" | grind{grind_hints(view)}")
        yield Proposal("induction_length_one", text, rate, EXPENSIVE)


def by_length(view: View, name: str, pattern: str, otherwise: str = "") -> str:
    """Strong induction on a list's length, the list taken apart by a pattern; the cases are closed by simplification
    with the hypothesis for the rest, or as `otherwise` says."""
    hints = simp_hints(view)
    n, ih, hl, a, b, rest = view.fresh("n", "ih", "hl", "a", "b", "rest")
    start = f"induction {hl} : {name}.length using Nat.strongRecOn generalizing {name} with | ind {n} {ih} => "
    split = f"subst {hl}; rcases {name} with {pattern.format(a=a, b=b, rest=rest)}"
    known = f"(try (have := @{ih} {rest}.length (by simp only [List.length_cons]; omega) {rest} rfl; clear {ih}))"
    quick = f"({known}; first | (simp_all{hints}; done) | (simp_all{hints} <;> omega))"
    return f"{start}({split} <;> first | {quick}{otherwise})"


def _along(view: View, function: str, rate: float) -> Iterator[Proposal]:
    start = f"fun_induction {function}"
    yield Proposal("fun_induction_simp_all", f"{start} <;> (try simp_all{simp_hints(view)})", rate, MEDIUM)
    yield Proposal("fun_induction_grind", f"{start} <;> grind{grind_hints(view)}", rate, MEDIUM)
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
        and not _CONSTRUCTOR.search(name)
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
