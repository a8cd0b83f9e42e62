"""Wrapped data opened all at once: arrays as lists, vectors as arrays, options and pairs as their parts."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.proposal import MEDIUM, Proposal
from prover.policy.builtin.view import Local, View

_PATTERNS = {
    "Array": "⟨{0}⟩",
    "Vector": "⟨{0}, rfl⟩",
    "Fin": "⟨{0}, _⟩",
    "Subtype": "⟨{0}, _⟩",
    "Prod": "⟨{0}, {0}'⟩",
    "Option": "_ | {0}",
    "Sum": "{0} | {0}",
    "Bool": "_ | _",
    "Except": "{0} | {0}",
    "Ordering": "_ | _ | _",
    "Int": "{0} | {0}",
}
_SPLITTING = frozenset({"Option", "Sum", "Bool", "Except", "Ordering", "Int"})


def structures(view: View) -> Iterator[Proposal]:
    """Open every wrapped variable of the target (at most four, few of them splitting), then simplify; several of other
    types, none of them recursive, are opened and left as they are."""
    wrapped = [v for v in view.data if v.head in _PATTERNS and view.is_mentioned(v)]
    if not view.is_early:
        wrapped = [v for v in wrapped if v.head != "Int"]  # there, the solvers know integers better
    exact = [v for v in wrapped if v.head not in _SPLITTING]
    for group, kind in ((exact, "open"), (wrapped, "open_all")):
        chosen = _affordable(group)
        if not chosen or (kind == "open_all" and len(exact) == len(wrapped)):
            continue
        opened = " <;> ".join(_openings(view, chosen))
        yield Proposal(f"{kind}_simp", f"({opened} <;> (try simp))", limits=MEDIUM)
        yield Proposal(f"{kind}_simp_all", f"({opened} <;> (try simp_all))", limits=MEDIUM)
        yield Proposal(f"{kind}_rfl", f"({opened} <;> rfl)")
        yield Proposal(kind, f"({opened})")
        for rule, kinds, count, simplify in (
            ("lemmas", ("eq", "iff"), 4, "simp"),
            ("alike", ("alike",), 6, "simp_all"),
        ):
            names = ", ".join(premise.name for premise in view.of_kind(*kinds)[:count])
            if names:
                yield Proposal(f"{kind}_{rule}", f"({opened} <;> (try {simplify} [{names}]))", limits=MEDIUM)
    others = [v for v in view.data if v.head in view.flat_types - _PATTERNS.keys() and view.is_mentioned(v)][:4]
    if len(others) > 1:
        yield Proposal("open", f"({' <;> '.join(_openings(view, others))})")


def _openings(view: View, variables: list[Local]) -> Iterator[str]:
    """One tactic for each variable. A vector's length is replaced by its array's size where it is a variable, which the
    first vector of that length uses up; otherwise the equation gets a name."""
    lengths = {v.name for v in view.data if v.head == "Nat"}
    for v in variables:
        pattern = _PATTERNS.get(v.head, "⟨{0}⟩")
        if v.head == "Vector" and (length := v.type.split()[-1]) not in lengths:
            pattern = "⟨{0}, h{0}⟩"
        elif v.head == "Vector":
            lengths.remove(length)
        early_integer = view.is_early and v.head == "Int"
        yield f"cases {v.name}" if early_integer else f"rcases {v.name} with {pattern.format(_stem(v))}"


def _affordable(variables: list[Local]) -> list[Local]:
    """At most four variables, and at most three that double the number of goals."""
    chosen: list[Local] = []
    splits = 0
    for v in variables[:4]:
        if v.head in _SPLITTING:
            if splits == 3:
                continue
            splits += 1
        chosen.append(v)
    return chosen


def _stem(v: Local) -> str:
    return v.name.split(".")[-1]
