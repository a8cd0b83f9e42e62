"""Steps that the hypotheses ask for: take apart, substitute, apply, contradict."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.proposal import Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_KNOWN_CASES = {
    "List": ("nil => ?_", "cons {0} {1} => ?_", ("a", "as")),
    "Nat": ("zero => ?_", "succ {0} => ?_", ("n",)),
    "Option": ("none => ?_", "some {0} => ?_", ("a",)),
}
_RECURSIVE = frozenset({"Nat", "Int", "Rat", "List", "Array", "String", "Char", "BitVec", "Vector", ""})


def elimination(view: View) -> Iterator[Proposal]:
    """Case analysis on hypotheses by their type, then on variables of the target."""
    yield from _all_at_once(view)
    for rank, hyp in some(view.props, 8):
        yield from _by_type(view, hyp, ranked(rank, 0.15))
    for rank, var in some((*view.data_in_target, *_in_hypotheses(view)), 4):
        yield from _data_cases(view, var, ranked(rank, 0.4))
    if any(_names_a_variable(view, hyp) for hyp in view.props):
        yield Proposal("subst_vars", "subst_vars")
    if view.head != "False" and any(hyp.head in ("Not", "False") for hyp in view.props):
        yield Proposal("exfalso", "exfalso")


def _all_at_once(view: View) -> Iterator[Proposal]:
    """All conjunctions and existence statements among the hypotheses taken apart in one step."""
    hyps = [hyp for hyp in reversed(view.props) if hyp.head in ("And", "Exists") or hyp.head == "Dvd.dvd" == view.head][
        :6
    ]
    if len(hyps) < 2:
        return
    stems = [_part_names(view, hyp) for hyp in hyps]
    names = iter(view.fresh_binders(*(stem for group in stems for stem in group)))
    parts = [[next(names) for _ in group] for group in stems]
    steps = [view.take_apart(hyp.name, "intro", *group) for hyp, group in zip(hyps, parts, strict=True)]
    text = " <;> ".join(f"({step})" for step in steps) if view.is_early else "; ".join(steps)
    yield Proposal("cases_all", f"({text})")


def _part_names(view: View, hyp: Local) -> list[str]:
    """Name stems for the parts of a conjunction or an existence statement; early in the library always two."""
    if hyp.head == "Exists":
        return [_binder(hyp.type), f"h{_binder(hyp.type)}"]
    if hyp.head == "Dvd.dvd":
        return ["k", "hk"]
    if view.is_early or (count := conjuncts(hyp.type)) < 3:
        return [f"{_stem(hyp.name)}l", f"{_stem(hyp.name)}r"]
    return [f"{_stem(hyp.name)}{k}" for k in range(1, count + 1)]


def conjuncts(proposition: str) -> int:
    """How many conjuncts a conjunction has, as it prints: up to the first binder, outside brackets."""
    depth, count = 0, 1
    for char in proposition:
        depth += (char in "([{⦃⟨") - (char in ")]}⦄⟩")
        if depth == 0 and char in "∀∃λ":
            break
        count += depth == 0 and char == "∧"
    return count


def _by_type(view: View, hyp: Local, rate: float) -> Iterator[Proposal]:
    h = hyp.name
    match hyp.head:
        case "And":
            yield Proposal("cases_and", view.take_apart(h, "intro", *view.fresh(*_part_names(view, hyp))), rate)
        case "Exists":
            (x, hx) = view.fresh_binders(_binder(hyp.type), f"h{_binder(hyp.type)}")
            yield Proposal("cases_exists", view.take_apart(h, "intro", x, hx), rate)
        case "Or":
            split = f"cases {h} with | inl {h} => ?_ | inr {h} => ?_" if view.is_early else f"rcases {h} with {h} | {h}"
            yield Proposal("cases_or", split, rate)
        case "Iff":
            there, back = view.fresh(f"{_stem(h)}mp", f"{_stem(h)}mpr")
            yield Proposal("cases_iff", view.take_apart(h, "intro", there, back), rate)
        case "Eq":
            if _names_a_variable(view, hyp):
                yield Proposal("subst", f"subst {h}", rate)
            yield Proposal("injection", f"injection {h}", 0.3 * rate)
            yield Proposal("cases_eq", f"cases {h}", 0.5 * rate)
        case "Dvd.dvd":
            (k, hk) = view.fresh("k", "hk")
            yield Proposal("dvd_witness", view.take_apart(h, "intro", k, hk), rate)
            yield Proposal("dvd_subst", f"obtain ⟨{k}, rfl⟩ := {h}", rate)
        case "Not" | "Ne":
            yield Proposal("absurd", f"apply {h}" if view.head == "False" else f"exact absurd ?_ {h}", 0.5 * rate)
        case "False":
            yield Proposal("cases_false", f"exact {h}.elim")
        case "Nonempty":
            (x,) = view.fresh("x")
            yield Proposal("cases_exists", f"obtain ⟨{x}⟩ := {h}", rate)
        case "LE.le" | "LT.lt" | "GE.ge" | "GT.gt":
            yield Proposal("cases_nat_order", f"cases {h}", rate)
        case "":
            pass
        case _:
            yield Proposal("cases_prop", f"cases {h}", rate)
            yield Proposal("cases_prop_simp", f"cases {h} <;> (try simp_all)", rate)
            if hyp.head not in view.flat_types:
                yield Proposal("induction_prop", f"induction {h}", rate)
                yield Proposal("induction_prop_simp", f"induction {h} <;> (try simp_all)", rate)


def _names_a_variable(view: View, hyp: Local) -> bool:
    """Whether a hypothesis is an equation with a variable for one of its sides."""
    return hyp.head == "Eq" and any(side.strip() in {v.name for v in view.data} for side in hyp.type.split(" = "))


def _data_cases(view: View, var: Local, rate: float) -> Iterator[Proposal]:
    """Case analysis on a variable: names for known types, the bare tactic and cleanup variants for all."""
    v = var.name
    if var.head in ("Rat", "") or (var.head == "Int" and not view.is_early):
        return
    known = _KNOWN_CASES.get(var.head)
    if known is not None:
        first, second, stems = known
        yield Proposal("cases_data", f"cases {v} with | {first} | {second.format(*view.fresh(*stems))}", rate)
    elif var.head == "Prod":
        yield Proposal("cases_pair", "obtain ⟨{}, {}⟩ := {}".format(*view.fresh("a", "b"), v), rate)
    else:
        yield Proposal("cases_data", f"cases {v}", rate)
    yield Proposal("cases_data_simp", f"cases {v} <;> (try simp_all)", rate)


def _in_hypotheses(view: View) -> tuple[Local, ...]:
    """Variables that hypotheses alone mention, of types that are not recursive as far as the name says."""
    rest = (v for v in view.data if not view.occurrences(v) and view.is_mentioned(v))
    return tuple(v for v in rest if v.head not in _RECURSIVE)


def _stem(name: str) -> str:
    return name.split(".")[-1] or "h"


def _binder(exists: str) -> str:
    words = exists.replace("∃", " ").replace("(", " ").replace(",", " ").split()
    return words[0] if words and words[0][0].isalpha() else "x"
