"""Functions that an accumulating helper computes (`count p l = go l 0`): recursion equations proved for an induction.

Where a function starts a helper with `0` or `[]`, unfolding it leaves the helper at other values of the accumulator,
to which no induction hypothesis applies. The known remedy (Boyer and Moore's generalisation; Ireland and Bundy's of
accumulators) is the law that, for all `n`, the helper at `n` is the function plus `n`. From this law the function's own
recursion equations follow, which become hypotheses; on lists, so does its equation at `++`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prover.policy.builtin.calls import num_arguments
from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal, ranked
from prover.policy.builtin.view import View, some

_BLOCK = re.MULTILINE | re.DOTALL
_NAME = re.compile(r"[^\W\d][\w'.]*")
_ON_DATA = re.compile(r"(List|Nat|Array)\.(?:\w+\.)*[a-z]")
_HELPERS = ("go", "loop")
"""What a helper that is defined with its function is called, mostly."""
_OPERATIONS = (("0", "+"), ("[]", "++"))
"""Start value and operation of the accumulators that are tried."""
_TIDY = "Nat.zero_add, Nat.add_zero, List.nil_append, List.append_nil"
_STEP = "(apply Nat.le_succ_of_le; assumption)"
_LEFT = f"rfl | omega | {_STEP} | (intros; first | (simp_all; done) | exact Ne.symm ‹_›)"
_SUMS = f"rfl | omega | (simp +arith; done) | {_STEP} | (simp_all +arith <;> first | done | {_LEFT})"
"""Equal by definition, or linear arithmetic, also where the library has no `omega` yet."""
CLOSE = f"(first | done | ((repeat' split) <;> first | {_SUMS}))"
"""What closes a case after `simp_all`, where an `if` may be left."""
_ON_CONS = "List.filter_cons, List.erase_cons, List.replicate_succ"
"""What the simplifier does not do of itself where a list is taken apart."""
_PARTS = {"List.IsPrefix": "⟨_, rfl⟩", "List.IsSuffix": "⟨_, rfl⟩", "List.IsInfix": "⟨_, _, rfl⟩"}


@dataclass(frozen=True, slots=True)
class Unknown:
    """A function about which no lemma is known, and the number of arguments before its last one."""

    name: str
    parameters: int


@dataclass(frozen=True, slots=True)
class _Law:
    """A guess: `helper … n = function … operation n`, the helper starts at `start`, and takes `n` last or before."""

    function: str
    helper: str
    start: str
    operation: str
    is_last: bool = True

    def at(self, xs: str, data: str, value: str) -> str:
        """The helper with the accumulator at a value."""
        return f"{self.helper}{xs} {data} {value}" if self.is_last else f"{self.helper}{xs} {value} {data}"


def accumulators(view: View) -> Iterator[Proposal]:
    """Proposals that prove equations of unknown functions, and, once these are hypotheses, proposals that use them."""
    if any(hyp.name.startswith("eqc") for hyp in view.props):
        yield from _with_equations(view)
        return
    lists = _lists(view)
    numbers = ["Nat"] if any(v.type == "Nat" for v in view.data) else []
    unknown = [f for f in unknown_functions(view) if not f.name.startswith("Array.") and _helpers(view, f.name)]
    for rank, function in enumerate(unknown[:2]):
        for place, types in enumerate(group for group in (lists, numbers) if group):
            first, *others = (_equations(view, function, type_, tag) for tag, type_ in enumerate(types))
            text = "; ".join([first, *(f"(try {other})" for other in others)])
            rate = ranked(rank) * ranked(place)
            yield Proposal("accumulator", f"({text})", rate, EXPENSIVE)
            closing = " | ".join(proposal.tactic for proposal in _with_equations(view))
            yield Proposal("accumulator_close", f"({text}; first | {closing})", rate, HEAVY)


# ------------------------------------------------------------------------------------------------------- equations


def unknown_functions(view: View) -> list[Unknown]:
    """The functions in the target with hardly any lemma: the file's own, and the library's applied to its data."""
    lemmas = " ".join(premise.name for premise in view.lemmas)
    found: list[Unknown] = []
    for name in view.definitions:
        is_candidate = name in view.own_definitions or _ON_DATA.match(name)
        if is_candidate and name in view.goal.constants and len(re.findall(rf"{re.escape(name)}(?![a-z])", lemmas)) < 2:
            count = num_arguments(view.target, name)
            if count:
                found.append(Unknown(name, count - 1))
    return found


def _lists(view: View) -> list[str]:
    """The lists that a function may recurse on here: those in sight, and lists of each variable type."""
    known = [v.type for v in view.data if v.head == "List"]
    generic = [f"List {v.name}" for v in view.locals if v.type.startswith("Type")]
    return list(dict.fromkeys([*known[:1], *generic[:2], *known[1:]]))[:2]


def _equations(view: View, function: Unknown, type_: str, tag: int) -> str:
    """The first law that holds, made into equations."""
    is_own = function.name in view.own_definitions
    laws = [
        _Law(function.name, helper, start, operation, is_last)
        for helper in _helpers(view, function.name)
        for start, operation in _OPERATIONS
        for is_last in ((True, False) if is_own else (True,))
    ]
    tries = [_proved(view, law, function.parameters, type_, tag) for law in laws]
    if not is_own:  # the library's name for the form that takes a predicate
        general = f"{function.name}P"
        law = _Law(general, f"{general}.go", "0", "+")
        tries.append(f"(try simp only [{function.name}]); {_proved(view, law, function.parameters, type_, tag)}")
    return f"(first | {' | '.join(f'({text})' for text in tries)})"


def _helpers(view: View, name: str) -> list[str]:
    """The possible helpers of a function; for one of the theorem's own file, the functions that its text mentions."""
    if name not in view.own_definitions:
        return [f"{name}.{helper}" for helper in _HELPERS]
    last = re.escape(name.rpartition(".")[2])
    text = re.search(rf"\bdef\s+(?:\w+\.)*{last}(?![\w'])(.*?)(?=^\S|\Z)", view.header, _BLOCK)
    words = set(_NAME.findall(text[1])) if text else set()
    own = [other for other in view.own_definitions if other != name and other in words]
    return own[:2] + [f"{name}.{word}" for word in ("go", "loop", "aux") if word in words]


def _proved(view: View, law: _Law, parameters: int, type_: str, tag: int) -> str:
    """Steps that prove a law and from it the equations at the type's constructors, and for lists also at `++`."""
    acc, eqn, eqc, app = (f"{stem}{tag}" for stem in ("acc", "eqn", "eqc", "app"))
    n, a, rest, more, ih, *xs = view.fresh("n", "a", "as", "bs", "ih", *(f"x{k}" for k in range(parameters)))
    f = " ".join([law.function, *xs])
    spaced = "".join(f" {x}" for x in xs)
    is_list = type_.startswith("List")
    base, step = ("[]", f"({a} :: {rest})") if is_list else ("0", f"({rest} + 1)")
    nil, cons = ("nil", f"cons {a} {rest} {ih}") if is_list else ("zero", f"succ {rest} {ih}")
    end = f"(try simp only [cond_eq_ite]); ((repeat' split) <;> first | {_SUMS})"
    at_nil, at_cons = (
        f"intro {n}; show {law.at(spaced, c, n)} = {law.at(spaced, c, law.start)} {law.operation} {n}"
        for c in (base, step)
    )
    same = f"∀{spaced} ({rest} : {type_}) {n}, {law.at(spaced, rest, n)} = {f} {rest} {law.operation} {n}"
    proof = (
        f"intro{spaced} {rest}; induction {rest} with | {nil} => ({at_nil}; simp [{law.helper}]) "
        f"| {cons} => ({at_cons}; simp only [{law.helper}, {ih}]; {end})"
    )
    at_base = f"{f'∀{spaced}, ' if xs else ''}{f} ({base} : {type_}) = {law.start}"
    at_step = (
        f"∀{spaced}{f' {a}' if is_list else ''} ({rest} : {type_}), {f} {step} = {law.at(spaced, step, law.start)}"
    )
    steps = [
        lemma(acc, same, proof),
        lemma(eqn, at_base, "intros; rfl"),
        lemma(eqc, at_step, "intros; rfl"),
        f"simp only [{law.helper}] at {eqc}",
        f"simp only [{acc}, {_TIDY}] at {eqc}",
        f"(try simp only [cond_eq_ite] at {eqc})",
        f"clear {acc}",
    ]
    if is_list:
        spread = f"{f} ({rest} ++ {more}) = {f} {rest} {law.operation} {f} {more}"
        by = f"intro{spaced} {rest} {more}; induction {rest} <;> simp_all <;> {CLOSE}"
        steps.append(f"(try ({lemma(app, f'∀{spaced} ({rest} {more} : {type_}), {spread}', by)}))")
    return "; ".join(steps)


def lemma(name: str, claim: str, proof: str) -> str:
    """A `have` proved by tactics. (In a `by` term Lean would log an error and continue, even inside `first`.)"""
    return f"have {name} : {claim} := ?{name}; (case {name} => {proof})"


# -------------------------------------------------------------------------------------------------- with equations


def _with_equations(view: View) -> Iterator[Proposal]:
    """Proposals for goals that have the equations among their hypotheses."""
    parts = [f"rcases {hyp.name} with {_PARTS[hyp.head]}" for hyp in view.props if hyp.head in _PARTS]
    if parts:
        yield Proposal("accumulator_parts", f"({'; '.join(parts)}; simp_all <;> {CLOSE})", limits=EXPENSIVE)
    for rank, var in some([v for v in view.data_in_target if v.head in ("List", "Nat")], 2):
        text = f"(induction {var.name} <;> (try simp_all [{_ON_CONS}]) <;> {CLOSE})"
        yield Proposal("accumulator_induction", text, ranked(rank), EXPENSIVE)
    yield Proposal("accumulator_simp", f"(simp_all [{_ON_CONS}] <;> {CLOSE})", limits=EXPENSIVE)
