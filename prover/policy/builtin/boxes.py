"""Finite boxes: variables that hypotheses bound, and one kernel computation over all their values."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from prover.policy.builtin.polynomials import Polynomial, Term, factors, names_of, polynomial, read_term, value
from prover.policy.builtin.products import square_nonneg
from prover.policy.builtin.proposal import HEAVY, KERNEL, Proposal, ranked
from prover.policy.builtin.view import IDENTIFIER, Local, View
from search.base import Hypothesis

_MOST_POINTS = 3_000
_LARGEST_SIDE = 2_000
_MOST_CASES = 120
_QUANTIFIED = re.compile(r"[∀∃λ]|fun ")
_TOWER = re.compile(r"\^ \(*[\w.]+ \^|! \^|\^ \S+!")
_COMPARISON = re.compile(r"^\(?(?P<left>[^\s()]+) (?P<sign>[<≤>≥]) (?P<right>[^\s()]+)\)?$")
_TURNED = {"<": ">", "≤": "≥", ">": "<", "≥": "≤"}


_Ends: TypeAlias = dict[str, tuple[int | None, int | None]]
"""Lower and upper ends by variable, where known."""
_Relation: TypeAlias = tuple[Local, Term, int]
"""A hypothesis that says that a term is at most, or is, a number."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One variable's values, `low` to `high`, both included, and a proof of the upper end, over Int of both."""

    var: Local
    low: int
    high: int
    proof: str = "by omega"

    @property
    def size(self) -> int:
        return self.high - self.low + 1


def boxes(view: View) -> Iterator[Proposal]:
    """If every variable is bounded, compute at each point; if only some are, split on their values. Bounds may also
    come from the target's negation."""
    if _QUANTIFIED.search(view.target) or not view.numbers or view.head in ("And", "Iff"):
        return
    if _TOWER.search(view.everything):  # numbers that no computation holds
        return
    yield from _boxes(view)
    (hn, hc) = view.fresh("hn", "hc")
    negation = _negated(view)
    if negation is not None:
        known = Hypothesis(hn, negation, head="LT.lt", is_prop=True)
        refuted = replace(view.goal, target="False", head="False", hypotheses=(*view.goal.hypotheses, known))
        start = f"refine Classical.byContradiction fun {hc} => ?_; have {hn} : {negation} := (by omega); clear {hc}"
        for proposal in _boxes(View(refuted, view.premises, view.header)):
            if proposal.template == "box":
                yield replace(proposal, tactic=f"({start}; {proposal.tactic})")


def _negated(view: View) -> str | None:
    """The negation of a target that compares numbers, as a comparison."""
    parts = re.split(" ([<≤>≥]) ", view.target)
    if len(parts) != 3 or re.search("[∧∨→¬↔=≠∣]", view.target) or any(v.type == "Rat" for v in view.numbers):
        return None
    left, sign, right = parts
    match sign:
        case "<":
            return f"{right} ≤ {left}"
        case "≤":
            return f"{right} < {left}"
        case ">":
            return f"{left} ≤ {right}"
        case _:
            return f"{left} < {right}"


def _boxes(view: View) -> Iterator[Proposal]:
    sides = {side.var.name: side for side in bounded(view)}
    mentioned = frozenset(v.name for v in view.data if view.is_mentioned(v))
    points = math.prod(sides[name].size if name in sides else _MOST_POINTS + 1 for name in mentioned)
    if mentioned and points <= _MOST_POINTS:
        yield Proposal("box", _search(view, [sides[name] for name in sorted(mentioned)]), limits=KERNEL)
    else:
        short = sorted((side for side in sides.values() if side.size <= _MOST_CASES), key=lambda side: side.size)
        for rank, side in zip(range(2), short, strict=False):
            is_modulus = re.search(rf"% \(?{re.escape(side.var.name)}\b", view.everything)
            yield Proposal("box_cases", _cases(view, side), ranked(rank) * (1.0 if is_modulus else 0.5), HEAVY)


def _search(view: View, sides: list[_Side]) -> str:
    """State the bounds, revert every hypothesis about the variables, and compute."""
    names = {side.var.name for side in sides}
    others = {local.name for local in view.locals} - names
    about = [hyp for hyp in view.props if names & set(IDENTIFIER.findall(hyp.type))]
    about.sort(key=lambda hyp: hyp.head != "Eq")  # what fails at most points is looked at first
    plain = [h.name for h in about if not _QUANTIFIED.search(h.type) and not others & set(IDENTIFIER.findall(h.type))]
    unused = [hyp.name for hyp in about if hyp.name not in plain]
    steps: list[str] = []
    found: list[str] = []
    reverted: list[str] = []
    for side in sides:
        (k, h) = view.fresh(f"k{side.var.name}", f"hb{side.var.name}")
        if side.var.type == "Nat":
            steps.append(_ends(side, h))
            steps.append(f"replace {h} := List.mem_range.mpr {h}")
            reverted.insert(0, side.var.name)
        else:
            promised = f"∃ {k} : Nat, {k} ∈ List.range {side.size} ∧ {side.var.name} = {side.low} + ({k} : Int)"
            value_of = f"⟨({side.var.name} - ({side.low})).toNat, List.mem_range.mpr (by omega), by omega⟩"
            steps.append(_ends(side, h))
            found.append(f"obtain ⟨{k}, {h}, rfl⟩ : {promised} := {value_of}")
            reverted.insert(0, k)
    steps += found
    if unused:
        steps.append(f"clear {' '.join(unused)}")
    return f"({'; '.join(steps)}; {computed([*reversed(plain), *reverted])})"


def computed(names: list[str]) -> str:
    """Revert these hypotheses, the first one innermost, and let the kernel compute."""
    room = "set_option synthInstance.maxSize 1000 in set_option synthInstance.maxHeartbeats 100000 in"
    return "; ".join([*(f"revert {name}" for name in names), f"{room} decide +kernel"])


def _ends(side: _Side, h: str) -> str:
    name = side.var.name
    if side.var.type == "Nat":
        return f"have {h} : {name} < {side.high + 1} := ({side.proof})"
    return f"have {h} : {side.low} ≤ {name} ∧ {name} ≤ {side.high} := ({side.proof})"


def _cases(view: View, side: _Side) -> str:
    (h, bound) = view.fresh("hv", "hb")
    name = side.var.name
    listed = " ∨ ".join(f"{name} = {v}" for v in range(side.low, side.high + 1))
    split = f"rcases {h} with {' | '.join(['rfl'] * side.size)}"
    start = f"{_ends(side, bound)}; have {h} : {listed} := (by omega)"
    return f"({start}; {split} <;> first | omega | (simp at *; done) | (simp at *; omega))"


def bounded(view: View) -> list[_Side]:
    """The numbers that hypotheses bound on both sides, with the best bounds that are easily seen."""
    found: list[_Side] = []
    ends = _read_bounds(view)
    relations = list(_relations(view))
    shapes = list(_sums(view, relations, ends))
    for var in view.numbers:
        if var.type not in ("Nat", "Int"):
            continue
        low, high = ends.get(var.name, (None, None))
        low = max(low or 0, 0) if var.type == "Nat" else low
        proof = "by omega"
        for name, at_most, reason in [*shapes, *_powers(relations, var)]:
            if name == var.name and (high is None or at_most < high):
                high, proof = at_most, reason
                low = low if low is not None and (var.type == "Nat" or low > -high) else -high
        if low is not None and high is not None and 0 <= high - low < _LARGEST_SIDE:
            found.append(_Side(var, low, high, proof))
    return found


def _read_bounds(view: View) -> _Ends:
    """Lower and upper ends that comparisons with numerals give, conjunctions included."""
    ends: _Ends = {}
    for hyp in view.props:
        for part in hyp.type.split(" ∧ ") if not re.search("[∨→¬↔∀∃]", hyp.type) else ():
            found = _COMPARISON.match(part.strip())
            if found is None:
                continue
            name, sign, number = found["left"], found["sign"], found["right"]
            if re.fullmatch(r"-?\d+", name):
                name, sign, number = number, _TURNED[sign], name
            if not re.fullmatch(r"-?\d{1,6}", number):
                continue
            low, high = ends.get(name, (None, None))
            if sign in "<≤":
                new = int(number) - (sign == "<")
                ends[name] = (low, new if high is None else min(high, new))
            else:
                new = int(number) + (sign == ">")
                ends[name] = (new if low is None else max(low, new), high)
    return ends


def _relations(view: View) -> Iterator[_Relation]:
    """`term = N`, `term ≤ N` and `term < N + 1` among the hypotheses."""
    for hyp in view.props:
        for part in hyp.type.split(" ∧ ") if not re.search("[∨→¬↔∀∃]", hyp.type) else ():
            left, sign, right = [*re.split(r" ([=<≤]) ", part, maxsplit=1), "", ""][:3]
            term = read_term(left)
            if sign and term is not None and re.fullmatch(r"\d{1,6}", right):
                yield hyp, term, int(right) - (sign == "<")


def _sums(view: View, relations: Sequence[_Relation], ends: _Ends) -> Iterator[tuple[str, int, str]]:
    """Upper ends from a sum that is at most a number and whose parts are not negative."""
    kinds = {v.name: v.type for v in view.numbers}
    for _, term, number in relations:
        of = polynomial(term)
        if of is None or any(c < 0 for m, c in of.items() if m):
            continue
        lows = {name: 0 if kinds.get(name) == "Nat" else (ends.get(name) or (None,))[0] for name in names_of(of)}
        if all(len(m) < 2 and sum(e for _, e in m) < 2 for m in of) and None not in lows.values():
            least = value(of, {name: low or 0 for name, low in lows.items()})
            yield from ((n, (lows[n] or 0) + (number - least) // of[((n, 1),)], "by omega") for n in lows)
            continue
        if any(kinds.get(name) != "Nat" for name in names_of(of)):
            yield from _squares(of, kinds, number)
            continue
        for name in names_of(of):
            alone = {m: c for m, c in of.items() if not m or (len(m) == 1 and m[0][0] == name)}
            high = _largest(alone, name, number) if set(alone) - {()} else None
            if high is not None:
                grows = "; ".join(f"have := Nat.pow_le_pow_left h {m[0][1]}" for m in alone if m)
                yield (
                    name,
                    high,
                    f"by first | omega | exact Nat.lt_of_not_le fun h => (by {grows}; first | omega | grind)",
                )


def _squares(of: Polynomial, kinds: dict[str, str], number: int) -> Iterator[tuple[str, int, str]]:
    """Both ends of each variable in a sum of squares over Int."""
    names = names_of(of)
    if any(kinds.get(name) != "Int" for name in names) or any(len(m) != 1 or m[0][1] != 2 for m in of if m):
        return
    for name in names:
        high = _largest({m: c for m, c in of.items() if not m or m[0][0] == name}, name, number)
        others = [f"have := {square_nonneg(other, 'Int')}" for other in names if other != name]
        product = "have := Int.mul_nonneg (Int.sub_nonneg_of_le h) (Int.sub_nonneg_of_le h)"
        half = f"Int.le_of_not_gt fun h => (by {'; '.join([product, *others])}; grind)"
        if high is not None:
            yield name, high, f"⟨{half}, {half}⟩"


def _largest(of: Polynomial, name: str, number: int) -> int | None:
    """The last value of the one variable at which the polynomial is at most a number; None if that is far."""
    if value(of, {name: 0}) > number or value(of, {name: _LARGEST_SIDE}) <= number:
        return None
    return bisect_right(range(_LARGEST_SIDE), number, key=lambda candidate: value(of, {name: candidate})) - 1


def _powers(relations: Sequence[_Relation], var: Local) -> Iterator[tuple[str, int, str]]:
    """Upper ends for an exponent: `c ^ x` divides a number, or is at most one."""
    for hyp, term, number in relations:
        for factor in factors(term):
            if factor.op != "^" or factor.args[1] != Term("var", var.name) or factor.args[0].op != "num" or not number:
                continue
            base = int(factor.args[0].text)
            if base < 2:
                continue
            high = next(k for k in range(64) if base ** (k + 1) > number)
            whole = f"by first | exact ⟨_, {hyp.name}.symm⟩ | exact ⟨_, by rw [← {hyp.name}, Nat.mul_comm]⟩"
            divides = f"Nat.le_of_dvd (by decide) (show {base} ^ {var.name} ∣ {number} from ({whole}))"
            grows = f"have := Nat.pow_le_pow_right (n := {base}) (by decide) h"
            known = f"first | omega | (have := {divides}; omega)"
            yield var.name, high, f"Nat.lt_of_not_le fun h => (by {grows}; {known})"
