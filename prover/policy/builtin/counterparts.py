"""Arrays as lists: replaces an array function without lemmas by the list function of the same name."""

from __future__ import annotations

from collections.abc import Iterator

from prover.policy.builtin.accumulators import CLOSE, Unknown, lemma, unknown_functions
from prover.policy.builtin.proposal import EXPENSIVE, Proposal, ranked
from prover.policy.builtin.view import View

_ARRAYS = "Array."


def counterparts(view: View) -> Iterator[Proposal]:
    """Prove that a function of the target agrees on an array with its namesake on the list; then go over to lists."""
    types = _elements(view)
    chosen = [function for function in unknown_functions(view) if function.name.startswith(_ARRAYS)][:2]
    for rank, function in enumerate(chosen if types else ()):
        names = view.fresh(*(f"hl{k}" for k in range(2 * len(types))))
        plain = [_same(function, type_, names[2 * k]) for k, type_ in enumerate(types)]
        general = [_through(function, type_, *names[2 * k : 2 * k + 2]) for k, type_ in enumerate(types)]
        proved = "; ".join(f"(first | ({one}) | ({two}))" for one, two in zip(plain, general, strict=True))
        opened = "".join(f"; rcases {v.name} with ⟨{v.name}⟩" for v in view.data if v.head == "Array")
        used = ", ".join(names[::2])
        start = f"{proved}{opened}"
        closed = f"first | (simp_all [{used}]; done) | (simp [{used}]; done)"
        yield Proposal("array_as_list_simp_all", f"({start}; {closed})", ranked(rank), EXPENSIVE)
        yield Proposal(
            "array_as_list", f"({start}; simp [{used}]; clear {' '.join(names[::2])})", ranked(rank), EXPENSIVE
        )


def _elements(view: View) -> tuple[str, ...]:
    """The possible element types of the goal's arrays."""
    held = [v.type.removeprefix("Array ") for v in view.data if v.head == "Array"]
    generic = [v.name for v in view.locals if v.type.startswith("Type")]
    return tuple(dict.fromkeys([*held, *generic]))[:2]


def _same(function: Unknown, type_: str, name: str) -> str:
    """A proof that the function and its namesake agree: by induction, after unfolding the array's own definition."""
    xs = "".join(f" x{k}" for k in range(function.parameters))
    twin = f"List.{function.name.removeprefix(_ARRAYS)}"
    step = f"first | simp_all [{twin}_cons] | simp_all [{twin}]"
    proof = f"intro{xs} l; simp [{function.name}]; induction l <;> ({step}) <;> {CLOSE}"
    return lemma(name, f"∀{xs} (l : List {type_}), {function.name}{xs} l.toArray = {twin}{xs} l", proof)


def _through(function: Unknown, type_: str, name: str, general: str) -> str:
    """A proof of the same through the form that takes a predicate; its name in the library has a further `P`."""
    wider = Unknown(f"{function.name}P", function.parameters)
    xs = "".join(f" x{k}" for k in range(function.parameters))
    twin = f"List.{function.name.removeprefix(_ARRAYS)}"
    proof = f"intro{xs} l; simp only [{function.name}, {general}] <;> rfl"
    claim = f"∀{xs} (l : List {type_}), {function.name}{xs} l.toArray = {twin}{xs} l"
    return f"{_same(wider, type_, general)}; {lemma(name, claim, proof)}; clear {general}"
