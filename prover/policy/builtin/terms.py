"""Terms built from the local context: functions applied to locals of the right types, components of pairs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, product

from prover.policy.builtin.proposal import MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View

_MOST_TERMS = 12
_PAIRS = (" × ", " ∧ ", " ×' ")
_GROUP = re.compile(r"\s*\((?P<names>[^:()]+) : (?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\)")
_CLOSE = "first | trivial | assumption | rfl | (simp_all; done) | grind"


def split_top(text: str, separator: str) -> list[str]:
    """The parts of a text between the separators that stand outside brackets; a binder keeps what follows it."""
    parts, depth, start, index = [], 0, 0, 0
    while index < len(text):
        char = text[index]
        if depth == 0 and char in "∀∃λ":
            break
        depth += (char in "([{⦃⟨") - (char in ")]}⦄⟩")
        if depth == 0 and text.startswith(separator, index):
            parts.append(text[start:index].strip())
            index += len(separator)
            start = index
        else:
            index += 1
    return [*parts, text[start:].strip()]


def _bare(text: str) -> str:
    """A type without the brackets round all of it."""
    while text.startswith("(") and text.endswith(")") and split_top(text[1:-1], ")") == [text[1:-1]]:
        text = text[1:-1].strip()
    return text


def known_terms(view: View) -> list[tuple[str, str]]:
    """(term, type) of components and of applications of one function in sight to locals, newest functions first."""
    simple = [(local.name, _bare(local.type)) for local in view.locals]
    found = [part for local in view.locals for part in _components(local)]
    simple += found
    for function in reversed(view.locals):
        *wanted, result = split_top(function.type, " → ")
        if not wanted or function.type.startswith("∀"):
            continue
        fitting = [[name for name, type_ in simple if type_ == _bare(argument)] for argument in wanted]
        choices = islice(product(*(names[:3] for names in fitting)), 3)
        found += [(f"{function.name} {' '.join(arguments)}", _bare(result)) for arguments in choices]
    return found[:_MOST_TERMS]


def _components(local: Local) -> list[tuple[str, str]]:
    for symbol in _PAIRS:
        left, *right = split_top(local.type, symbol)
        if right:
            return [(f"{local.name}.1", _bare(left)), (f"{local.name}.2", _bare(symbol.join(right)))]
    if local.head == "PProd":
        parts = local.type.split()[1:]
        return [(f"{local.name}.{k}", part) for k, part in enumerate(parts, 1)] if len(parts) == 2 else []
    return []


def terms(view: View) -> Iterator[Proposal]:
    """Targets that such a term proves, witnesses, and new facts."""
    (this,) = view.fresh("hx")
    target = _bare(view.target)
    inner = _bare(target.removeprefix("Nonempty ")) if view.head == "Nonempty" else ""
    types = {_bare(local.type) for local in view.locals}
    for rank, (term, type_) in enumerate(known_terms(view)):
        if type_ == target:
            yield Proposal("term_exact", f"exact {term}")
        if inner and type_ == inner:
            yield Proposal("term_exact", f"exact ⟨{term}⟩")
        if view.head == "Exists":
            yield Proposal("term_witness", f"exact ⟨{term}, by {_CLOSE}⟩", ranked(rank), MEDIUM)
            yield Proposal("term_witness_step", f"refine ⟨{term}, ?_⟩", ranked(rank))
        if re.search("[∧∨↔=∃¬]", type_) and type_ not in types and " " in term:
            yield Proposal("term_fact", f"have {this} := {term}", ranked(rank))
    if inner:
        for rank, local in enumerate(local for local in view.locals if _bare(local.type) == inner):
            yield Proposal("term_exact", f"exact ⟨{local.name}⟩", ranked(rank))
    yield from _of_true(view)
    yield from _at_points(view)
    yield from _everywhere(view)
    yield from _refuted_by_congruence(view)


def _of_true(view: View) -> Iterator[Proposal]:
    """Propositions that are equal to `True`, and functions that are equal."""
    for hyp in view.props:
        if hyp.head == "Eq" and hyp.type.endswith(" = True"):
            yield Proposal("of_eq_true", f"replace {hyp.name} := of_eq_true {hyp.name}")
    if view.head == "Eq" and view.target.endswith(" = True"):
        yield Proposal("eq_true", "apply eq_true")
    functions = {local.name for local in view.locals if "→" in local.type and not local.is_prop}
    for rank, hyp in enumerate(h for h in view.props if h.head == "Eq"):
        sides = hyp.type.split(" = ")
        if "∘" in hyp.type or "fun " in hyp.type or any(side.strip() in functions for side in sides):
            yield Proposal("congr_fun_exact", f"exact congrFun {hyp.name} _", ranked(rank))
            yield Proposal("congr_fun_simpa", f"simpa using congrFun {hyp.name} _", ranked(rank))


def _at_points(view: View) -> Iterator[Proposal]:
    """Universal hypotheses over numbers at 0 and 1."""
    (this, witness) = view.fresh("hx", "y")
    universal = [hyp for hyp in view.props if _points(hyp.type) and not hyp.name.startswith("ih")]
    for rank, hyp in enumerate(universal[:2]):
        count = _points(hyp.type)
        points = [["0"] * count, ["1"] * count, *([["0", "1"]] if count == 2 else [])]
        for place, point in enumerate(points):
            applied = f"{hyp.name} {' '.join(point)}"
            if view.head == "False" and " ≠ " in hyp.type:
                close = "first | (simp; done) | (simp; exact ⟨1, by decide⟩) | grind"
                yield Proposal("congruence_absurd", f"(apply {applied}; congr 1; {close})", ranked(rank), MEDIUM)
            if "∃" in hyp.type:
                yield Proposal("instance_witness", f"obtain ⟨{witness}, {this}⟩ := {applied}", 0.3 * ranked(place))
            yield Proposal("instance_point", f"have {this} := {applied}", ranked(rank) * ranked(place))
            yield Proposal("instance_point_grind", f"(have {this} := {applied}; grind)", ranked(rank) * ranked(place))


def _everywhere(view: View) -> Iterator[Proposal]:
    """Universal hypotheses with all their variables at once, where locals have the right types."""
    (this,) = view.fresh("hx")
    rank = 0
    for hyp in view.props[:6]:
        wanted = bound_types(hyp.type)
        fitting = [[local.name for local in reversed(view.locals) if local.type == type_] for type_ in wanted]
        for arguments in islice(product(*(names[:3] for names in fitting)), 2 if len(wanted) > 1 and rank < 4 else 0):
            applied = f"{hyp.name} {' '.join(arguments)}"
            yield Proposal("instance_full", f"have {this} := {applied}", ranked(rank))
            yield Proposal("instance_full_grind", f"(have {this} := {applied}; grind)", ranked(rank), MEDIUM)
            rank += 1


def bound_types(statement: str) -> list[str]:
    """The types of the variables that a statement binds first, one a variable."""
    types: list[str] = []
    rest = statement.removeprefix("∀ ") if statement.startswith("∀ (") else ""
    while (found := _GROUP.match(rest)) is not None:
        types += [_bare(found["type"].strip())] * len(found["names"].split())
        rest = rest[found.end() :]
    return types


def _points(type_: str) -> int:
    """How many natural or integer numbers a statement binds first."""
    found = re.match(r"∀ \((?P<names>[^:()]+) : (?:Nat|Int)\),", type_)
    return len(found["names"].split()) if found else 0


def _refuted_by_congruence(view: View) -> Iterator[Proposal]:
    """`f p ≠ f q` where `p` and `q` are the same by simplification."""
    if view.head != "False":
        return
    unequal = [hyp for hyp in view.props if hyp.head in ("Ne", "Not") and re.search("[∀∃]", hyp.type)]
    for rank, hyp in enumerate(unequal):
        numbers = ["0", "1", *(f"{v.name} + 1" for v in view.data if v.type == "Nat")][:4]
        apart = " | ".join(f"(simp; exact ⟨{number}, by simp⟩)" for number in numbers)
        close = f"first | (simp; done) | {apart} | grind"
        yield Proposal("congruence_absurd", f"(apply {hyp.name}; congr 1; {close})", ranked(rank), MEDIUM)
