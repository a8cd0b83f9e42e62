"""Functions as witnesses of ∃: small ones by name, tables read off the equations, choice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import View, some

_NAMED = ("id", "not", "and", "or", "xor", "Nat.succ", "Nat.pred", "fun x => x + 1", "fun x => x - 1", "fun x => -x")
_CONSTANT = ("fun _ => 0", "fun _ => 1", "fun _ => true", "fun _ => false", "fun _ _ => 0", "fun _ => []")
_FUNCTION = re.compile(r"^∃ (?P<name>[^\W\d]\w*)[\w' ]*, (?P<body>.*)$", re.DOTALL)
_ATOM = r"(?:\w+|\(-?\w+\)|-\w+)"


def functions(view: View) -> Iterator[Proposal]:
    """Witnesses for `∃ f, …` where `f` is applied in the body."""
    if view.head != "Exists":
        return
    found = _FUNCTION.match(view.target)
    if found is None or not re.search(rf"(?<![\w.]){re.escape(found['name'])} [\w(!¬]", found["body"]):
        return
    yield from _in_sight(view)
    closing = "first | (intros; rfl) | decide | (simp; done) | (intros; omega) | grind"
    for rank, group in enumerate((_NAMED, _CONSTANT)):
        tries = " | ".join(f"exact ⟨{term}, by {closing}⟩" for term in group)
        yield Proposal("exists_named_function", f"first | {tries}", ranked(rank), EXPENSIVE)
    table = tabulated(found["name"], found["body"])
    if table is not None:
        yield Proposal("exists_table", f"exact ⟨{table}, by first | decide | simp⟩")
    yield from _choice(view)


def _in_sight(view: View) -> Iterator[Proposal]:
    for rank, var in some([h for h in view.locals if not h.is_prop and "→" in h.type], 3):
        closing = "first | (intros; rfl) | assumption | (simp_all; done) | grind"
        yield Proposal("exists_function", f"exact ⟨{var.name}, by {closing}⟩", ranked(rank))


def tabulated(name: str, body: str) -> str | None:
    """The function that a conjunction of equations `f a = v` at numerals or constructors lists; None without any."""
    equation = re.compile(rf"(?<![\w.]){re.escape(name)}((?: {_ATOM})+) = ([^∧∀∃→]+)")
    rows = [(arguments.split(), value.strip()) for arguments, value in equation.findall(body.split("∀")[0])]
    if not rows or len({len(arguments) for arguments, _ in rows}) != 1:
        return None
    variables = [f"x{i}" for i in range(len(rows[0][0]))]
    *first, (_, last) = rows
    text = last
    for arguments, value in reversed(first):
        condition = " ∧ ".join(f"{x} = {a}" for x, a in zip(variables, arguments, strict=True))
        text = f"if {condition} then {value} else {text}"
    return f"fun {' '.join(variables)} => {text}"


def _choice(view: View) -> Iterator[Proposal]:
    """A function that picks the witnesses which a hypothesis promises."""
    (f, hf) = view.fresh("g", "hg")
    closing = f"first | assumption | grind | (refine ⟨fun _ => ?_, {hf}⟩ <;> simp_all; done)"
    for rank, hyp in some([h for h in view.props if "∃" in h.type and h.type.startswith("∀")], 3):
        for variables in ("x", "x y"):
            promised = f"({hyp.name} {variables})"
            chosen = f"fun {variables} => Classical.choose {promised}"
            proof = f"fun {variables} => Classical.choose_spec {promised}"
            yield Proposal("choice", f"exact ⟨{chosen}, {proof}⟩", ranked(rank))
        start = f"obtain ⟨{f}, {hf}⟩ := Classical.skolem.mp {hyp.name}"
        yield Proposal("skolem_step", start, ranked(rank))
        yield Proposal("skolem_close", f"({start}; exact ⟨{f}, by {closing}⟩)", ranked(rank), MEDIUM)
        yield Proposal("skolem", f"simpa [Classical.skolem] using {hyp.name}", ranked(rank))
        yield Proposal("skolem", f"(simp only [Classical.skolem] at {hyp.name}; exact {hyp.name})", 0.7 * ranked(rank))
