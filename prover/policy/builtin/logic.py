"""Witnesses for existence and classical case splits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, product

from prover.policy.builtin.induction import simp_hints
from prover.policy.builtin.proposal import MEDIUM, Proposal, ranked
from prover.policy.builtin.view import View, some

_EXISTS = re.compile(r"^∃\s*(?P<binders>[^,]+),")
_CLOSE = "first | decide | omega | (simp; done) | grind"


def witnesses(view: View) -> Iterator[Proposal]:
    """Candidates for ∃: variables in sight, small numerals, what unification finds."""
    if view.head not in ("Exists", "Subtype", "PSigma", "Sigma"):
        return
    count = _existentials(view.target)
    holes = ", ".join(["_"] * count)
    yield Proposal("exists_rfl", f"exact ⟨{holes}, rfl⟩")
    if view.props:
        yield Proposal("exists_assumption", f"exact ⟨{holes}, ‹_›⟩")
        yield Proposal("exists_assumption", f"exact ⟨{holes}, rfl, ‹_›⟩", 0.5)
        yield Proposal("exists_assumption", f"exact ⟨{holes}, ‹_›, ‹_›⟩", 0.5)
    yield Proposal("exists_hole", f"refine ⟨{holes}, rfl, ?_⟩", 0.5)
    for rank, var in some(tuple(reversed(view.data)), 6):
        yield Proposal("exists_local", f"refine ⟨{var.name}, ?_⟩", ranked(rank))
    for rank, numeral in enumerate(dict.fromkeys((0, 1, 2, *view.numerals[:4], 3, 4))):
        yield Proposal("exists_numeral", f"refine ⟨{numeral}, ?_⟩", ranked(rank))
    if "Rat" in view.everything or count == 1:
        tries = " | ".join(f"exact ⟨{numeral}, by first | decide | omega | grind⟩" for numeral in range(6))
        yield Proposal("exists_close", f"first | {tries}", limits=MEDIUM)
    yield _small_grid(count, with_negatives=False)
    yield _small_grid(count, with_negatives=True)
    yield from _terms(view)
    yield Proposal("exists_hole", f"refine ⟨{holes}, ?_⟩".replace("_,", "?_,"), 0.5)


def _existentials(target: str) -> int:
    count, rest = 0, target.strip()
    while (found := _EXISTS.match(rest)) is not None:
        binders = found["binders"]
        count += len(re.split(r"[:<>≤≥∈]", binders.replace("(", " ").replace(")", " "))[0].split())
        rest = rest[found.end() :].strip()
    return max(count, 1)


def _small_grid(count: int, *, with_negatives: bool) -> Proposal:
    """One tactic that tries every small numeral for up to three variables."""
    sizes = {1: 30, 2: 9, 3: 5}
    size = sizes.get(count, 3)
    values = [*range(size), *(f"(-{k})" for k in range(1, size // 2))] if with_negatives else list(range(size))
    tries = sorted(product(values, repeat=min(count, 4)), key=lambda t: sum(abs(int(str(v).strip("()"))) for v in t))
    text = " | ".join(f"exact ⟨{', '.join(map(str, t))}, by decide⟩" for t in tries[:200])
    return Proposal("exists_grid_int" if with_negatives else "exists_grid", f"first | {text}", 1.0, MEDIUM)


def _terms(view: View) -> Iterator[Proposal]:
    names = [v.name for v in view.numbers[:3]]
    terms = [f"{n} {op} 1" for n in names for op in "+-"]
    terms += [f"{a} {op} {b}" for a in names for b in names for op in "+*-" if a != b or op != "-"]
    terms += [f"{n} / {k}" for n in names for k in view.numerals[:3] if k > 1]
    hints = simp_hints(view)
    close = f"{_CLOSE} | (simp_all{hints}; done) | grind{hints}" if hints else _CLOSE
    for rank, term in enumerate(terms[:14]):
        yield Proposal("exists_term", f"exact ⟨{term}, by {close}⟩", ranked(rank, 0.1))


def classical(view: View) -> Iterator[Proposal]:
    """Split on propositions that no hypothesis decides: atoms, the target, disjunctions under negations."""
    (name,) = view.fresh("hp")
    atoms = tuple(atom for atom in view.atoms if atom.name not in _decided(view))
    for rank, atom in some(atoms, 4):
        yield Proposal("by_cases_atom", view.split_on(name, atom.name), ranked(rank))
        yield Proposal("by_cases_atom_simp", f"{view.split_on(name, atom.name)} <;> (try simp_all)", ranked(rank))
    if atoms and len(atoms) <= 5:
        names = view.fresh(*("h" for _ in atoms))
        splits = " <;> ".join(view.split_on(h, atom.name) for h, atom in zip(names, atoms, strict=True))
        yield Proposal("truth_table", f"({splits} <;> (try simp_all))")
    if view.head not in ("False", "And", "Iff") and view.target not in _decided(view):
        yield Proposal("by_contra", "false_or_by_contra")
    for rank, disjunct in enumerate(_simple_props(view)):
        yield Proposal("by_cases_prop", f"{view.split_on(name, disjunct)} <;> (try simp_all)", ranked(rank))
    equal = [v for v in view.data_in_target if v.head not in ("Nat", "Int")][:3]
    for a, b in pairwise(equal):
        if a.type == b.type:
            yield Proposal("by_cases_eq", f"{view.split_on(name, f'{a.name} = {b.name}')} <;> (try simp_all)", 0.6)


def _simple_props(view: View) -> list[str]:
    """Small propositions that hypotheses imply from, and none decides."""
    found = [
        hyp.type.split("→")[0].strip()
        for hyp in view.props
        if "→" in hyp.type and "∀" not in hyp.type and "∃" not in hyp.type
    ]
    small = (text for text in dict.fromkeys(found) if 0 < len(text) < 40 and text.count("(") == text.count(")"))
    return [text for text in small if text not in _decided(view)][:3]


def _decided(view: View) -> set[str]:
    """Propositions that stand among the hypotheses, as they are or negated."""
    return {hyp.type.removeprefix("¬") for hyp in view.props}
