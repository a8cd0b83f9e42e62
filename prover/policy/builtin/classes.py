"""Lawful classes: the laws of instances in the context as facts, and the proofs that a new instance needs.

Tactics don't see through an instance: `simp_all` does nothing with `[Std.Total r]` until its field stands among the
hypotheses. The table lists the fields of the library's classes of laws.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal
from prover.policy.builtin.view import View
from search.base import Hypothesis

_PREORDER = ("le_refl", "le_trans")
_FIELDS: dict[str, tuple[str, ...]] = {
    "Std.Refl": ("refl",),
    "Std.Irrefl": ("irrefl",),
    "Std.Symm": ("symm",),
    "Std.Asymm": ("asymm",),
    "Std.Antisymm": ("antisymm",),
    "Std.Total": ("total",),
    "Std.Trichotomous": ("trichotomous",),
    "Std.IsPreorder": _PREORDER,
    "Std.IsPartialOrder": (*_PREORDER, "le_antisymm"),
    "Std.IsLinearPreorder": (*_PREORDER, "le_total"),
    "Std.IsLinearOrder": (*_PREORDER, "le_antisymm", "le_total"),
    "Std.LawfulOrderLT": ("lt_iff",),
    "Std.LawfulOrderBEq": ("beq_iff_le_and_ge",),
    "Std.LawfulOrderInf": ("le_min_iff",),
    "Std.LawfulOrderSup": ("max_le_iff",),
    "Std.MinEqOr": ("min_eq_or",),
    "Std.MaxEqOr": ("max_eq_or",),
    "Std.LawfulOrderMin": ("le_min_iff", "min_eq_or"),
    "Std.LawfulOrderMax": ("max_le_iff", "max_eq_or"),
    "Std.LawfulOrderLeftLeaningMin": ("min_eq_left", "min_eq_right"),
    "Std.LawfulOrderLeftLeaningMax": ("max_eq_left", "max_eq_right"),
    "Std.Associative": ("assoc",),
    "Std.Commutative": ("comm",),
    "Std.IdempotentOp": ("idempotent",),
    "Std.LawfulLeftIdentity": ("left_id",),
    "Std.LawfulRightIdentity": ("right_id",),
    "Std.LawfulIdentity": ("left_id", "right_id"),
}
_CHAINING = frozenset({"le_trans", "le_antisymm", "antisymm", "symm", "trans", "trichotomous", "assoc", "comm"})
"""Facts that make `simp_all` run in circles."""
_DISJUNCTIONS = ("total", "le_total", "min_eq_or", "max_eq_or")
_ON_PAIRS = (*_DISJUNCTIONS, "asymm", "antisymm", "min_eq_left", "min_eq_right", "max_eq_left", "max_eq_right")
_BOUNDS = {"min": ("le_min_iff", "{f} ({m}) {a} {b}"), "max": ("max_le_iff", "{f} {a} {b} ({m})")}
_WITH_PARENTS = {"LawfulBEq": ("eq_of_beq", "rfl"), "Std.LawfulIdentity": ("left_id", "right_id")}
"""Classes whose constructor asks for instances of others, so that `constructor` fails."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """A field of an instance: the name it gets, and the term."""

    field: str
    name: str
    term: str

    def __str__(self) -> str:
        return f"have {self.name} := {self.term}"


def classes(view: View) -> Iterator[Proposal]:
    """Instances to be made, and those in the context."""
    if view.head in _WITH_PARENTS:
        fields = ", ".join(f"{field} := ?_" for field in _WITH_PARENTS[view.head])
        yield Proposal("class_fields", f"refine {{ {fields} }}")
    if "==" in view.everything and " × " in "".join(hyp.type for hyp in view.locals):
        yield from _pairs(view)
    facts = _facts(view)
    if facts:
        yield Proposal("class_facts", f"({_stated(facts)})")
        yield from _closing(view, facts)
        yield from _order(view, facts)


def _facts(view: View) -> list[_Fact]:
    """The fields of all instances, unless they stand among the hypotheses already."""
    stated = {hyp.name for hyp in view.props}
    wanted: dict[str, str] = {}
    for hyp in view.goal.hypotheses:
        for field in _FIELDS.get(hyp.head, ()):
            wanted.setdefault(field, f"{_written(hyp)}.{field}")
    if any(f"h{field}" in stated for field in wanted):
        return []
    names = view.fresh(*(f"h{field}" for field in wanted))
    return [_Fact(field, name, term) for (field, term), name in zip(wanted.items(), names, strict=True)]


def _written(hyp: Hypothesis) -> str:
    return hyp.name if hyp.is_accessible and re.fullmatch(r"\w+", hyp.name) else f"‹{hyp.type}›"


def _stated(facts: list[_Fact]) -> str:
    return "; ".join(map(str, facts))


def _elements(view: View) -> list[str]:
    """Variables of the types that the laws speak of: those that aren't of a concrete type."""
    plain = [v for v in view.data if v.head == "" and " " not in v.type]
    kinds = {v.type for v in plain}
    return [v.name for v in plain][:3] if len(kinds) == 1 else []


def _closing(view: View, facts: list[_Fact]) -> Iterator[Proposal]:
    """The facts, those about two elements also at the ones in sight; then simplification or one application."""
    safe = [fact for fact in facts if fact.field not in _CHAINING]
    opened = "constructor <;> intros <;> " if view.head in _FIELDS else ""
    applied = " | ".join(f"(apply {f.name} <;> assumption) | (exfalso; apply {f.name} <;> assumption)" for f in facts)
    yield Proposal("class_apply", f"({_stated(facts)}; {opened}first | {applied})")
    elements = _elements(view)
    points = [f"have := {f.name} {a} {b}" for f in safe if f.field in _ON_PAIRS for a, b in _couples(elements)]
    if safe and (points or view.head not in _FIELDS):
        text = "; ".join([_stated(safe), *points])
        yield Proposal("class_simp", f"({text}; simp_all; done)", limits=MEDIUM)
    if points and any(hyp.head == "LE" for hyp in view.goal.hypotheses):
        a, b = elements[0], elements[-1]
        for left, right in ((a, b), (b, a)):
            text = f"({_stated(safe)}; cases Classical.em ({left} ≤ {right}) <;> (simp_all; done))"
            yield Proposal("class_cases", text, limits=MEDIUM)
    if any(fact.field == "antisymm" for fact in facts) and len(elements) > 1:
        name = next(fact.name for fact in facts if fact.field == "antisymm")
        text = f"have := {name} {elements[0]} {elements[-1]}"
        yield Proposal(
            "class_simp",
            f"({_stated([*safe, *(f for f in facts if f.name == name)])}; {text}; simp_all; done)",
            limits=MEDIUM,
        )


def _couples(elements: list[str]) -> list[tuple[str, str]]:
    if len(elements) == 1:
        return [(elements[0], elements[0])]
    return [(a, b) for a in elements for b in elements if a != b][:4]


def _pairs(view: View) -> Iterator[Proposal]:
    """Boolean equality of pairs is the conjunction of that of their parts."""
    taken = " <;> ".join(f"cases {v.name}" for v in view.data if v.head == "Prod")
    known = [hyp.name for hyp in view.props if "==" in hyp.type]
    changed = "; ".join(f"replace {name} : (_ && _) = true := {name}" for name in known)
    shown = "show (_ && _) = true; " if "==" in view.target else f"{changed}; " if changed else ""
    yield Proposal("beq_pairs", f"({taken} <;> ({shown}simp_all))")


def _order(view: View, facts: list[_Fact]) -> Iterator[Proposal]:
    """Least upper and greatest lower bounds: equal by antisymmetry; below or above by their law at themselves."""
    of = {fact.field: fact.name for fact in facts}
    law = next((kind for kind, (field, _) in _BOUNDS.items() if field in of and f"{kind} " in view.target), None)
    if law is None or "le_refl" not in of:
        return
    field, at_itself = _BOUNDS[law]
    f, r = of[field], of["le_refl"]
    below = f"exact (({f} _ _ _).1 ({r} _)).1 | exact (({f} _ _ _).1 ({r} _)).2"
    part = f"(first | assumption | exact {r} _)"
    between = f"assumption | exact {r} _ | {below} | (refine ({f} _ _ _).2 ⟨?_, ?_⟩ <;> {part})"
    if "le_antisymm" in of and "le_total" in of:
        equal = f"(apply {of['le_antisymm']} <;> first | {between})"
        elements = _elements(view)
        if len(elements) > 1:
            split = f"cases {of['le_total']} {elements[0]} {elements[1]}"
            ways = f"first | contradiction | {equal} | (left; {equal}) | (right; {equal})"
            yield Proposal("order_equal", f"({_stated(facts)}; {split} <;> {ways})", limits=EXPENSIVE)
    either = of.get(f"{law}_eq_or")
    found = re.search(rf"\b{law} (\w+) (\w+)", view.target)
    if either and found and view.head == "Iff":
        a, b = found.groups()
        known = at_itself.format(f=f, m=f"{law} {a} {b}", a=a, b=b)
        (e, k, h) = view.fresh("he", "hk", "h")
        start = f"have {e} := {either} {a} {b}; have {k} := ({known}).1 ({r} _)"
        chain = f"(apply {of['le_trans']} <;> assumption)" if "le_trans" in of else "assumption"
        finish = f"cases {e} <;> (try simp_all) <;> (try cases {h}) <;> first | assumption | {chain} | (simp_all; done)"
        text = f"({_stated(facts)}; {start}; constructor <;> intro {h} <;> {finish})"
        yield Proposal("order_either", text, limits=EXPENSIVE)
