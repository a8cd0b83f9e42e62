"""Divisibility and remainders: split variables by residue, exponents by period, and compute."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_MODULAR = re.compile(r"[%∣]|gcd|Even|Odd")
_MODULUS = re.compile(r"%\s*(\d+)|(\d+)\s*∣")
_EXPONENT = re.compile(r"\^\s*\(?[^()]*?([A-Za-z_]\w*)")
_DIVIDES = re.compile(r"^(?P<modulus>\d+) ∣ (?P<term>.+)$", re.DOTALL)
_PARTS = {6: (2, 3), 10: (2, 5), 12: (3, 4), 14: (2, 7), 15: (3, 5), 18: (2, 9), 24: (3, 8), 30: (2, 3, 5)}
_BASE = re.compile(r"(?<![\w.])(\d+) ?\^")
_MOST_CASES = 130
_LONGEST_PERIOD = 12

_LEMMAS = {
    "Nat": "Nat.dvd_iff_mod_eq_zero, Nat.pow_succ, Nat.add_mod, Nat.mul_mod",
    "Int": "Int.dvd_iff_emod_eq_zero, Int.pow_succ, Int.add_emod, Int.sub_emod, Int.mul_emod",
}
_PERIOD_LEMMAS = "Nat.pow_add, Nat.pow_mul, Nat.pow_mod, Nat.mul_mod, Nat.add_mod, Nat.dvd_iff_mod_eq_zero"


def residues(view: View) -> Iterator[Proposal]:
    """For goals about `%` and `∣` with numerals: finite computations after case splits."""
    yield from _equations_modulo(view)
    if not _MODULAR.search(view.everything):
        return
    yield from _dividing(view)
    if view.head not in ("Iff", "Exists") and not view.target.startswith("∀"):
        yield from _splits(view)
        yield from _periods(view)


def _dividing(view: View) -> Iterator[Proposal]:
    kinds = view.number_types
    if view.head == "Dvd.dvd":
        for kind in kinds:
            lemma = "Nat.dvd_of_mod_eq_zero" if kind == "Nat" else "Int.dvd_of_emod_eq_zero"
            yield Proposal("dvd_to_mod", f"apply {lemma}")
            yield Proposal("dvd_add", f"apply {kind}.dvd_add" if "+" in view.target else f"apply {kind}.dvd_sub")
            yield Proposal("dvd_mul", f"apply {kind}.dvd_mul_right_of_dvd")
    witnesses = [hyp for hyp in view.props if hyp.head == "Dvd.dvd"][:3]
    if witnesses:
        names = view.fresh(*("k" for _ in witnesses))
        steps = "; ".join(f"obtain ⟨{k}, h{k}⟩ := {hyp.name}" for k, hyp in zip(names, witnesses, strict=True))
        yield Proposal("dvd_all_grind", f"({steps}; grind)", limits=MEDIUM)
        if view.head == "Dvd.dvd":
            for rank, (k, hyp) in enumerate(zip(names, witnesses, strict=True)):
                text = f"obtain ⟨{k}, rfl⟩ := {hyp.name}; exact ⟨{k}, by grind⟩"
                yield Proposal("dvd_reuse", f"({text})", ranked(rank), MEDIUM)


def _moduli(view: View) -> list[int]:
    """Moduli worth a split: the numerals that stand at `%` and `∣`, then small ones."""
    named = _named_moduli(view)
    return [*named, *(m for m in (2, 3, 4, 5, 8) if m not in named)][: max(3, len(named) + 1)]


def _named_moduli(view: View) -> list[int]:
    found = [int(a or b) for a, b in _MODULUS.findall(view.everything) if len(a or b) <= 3]
    return [m for m in dict.fromkeys(found) if 1 < m <= 64]


def _splits(view: View) -> Iterator[Proposal]:
    variables = [v for v in view.data if v.type in ("Nat", "Int") and view.is_mentioned(v)]
    variables.sort(key=lambda v: -view.occurrences(v))
    if not variables:
        return
    lemmas = _LEMMAS[variables[0].type]
    yield Proposal("residue_simp", f"simp [{lemmas}, *]", limits=MEDIUM)
    yield Proposal("residue_simp_all", f"simp_all [{lemmas}]", limits=MEDIUM)
    for rank, modulus in enumerate(_moduli(view)):
        for count in (1, 2, 3):
            chosen = variables[:count]
            if len(chosen) == count and modulus**count <= _MOST_CASES:
                left_out = sum(view.occurrences(v) > 0 for v in variables[count:])
                yield from _split(view, chosen, modulus, ranked(rank, 0.4) * ranked(left_out, 3.0))
    yield from _coprime_parts(view, variables)


def _split(view: View, variables: list[Local], modulus: int, rate: float) -> Iterator[Proposal]:
    haves, cases = _case_split(view, variables, modulus)
    lemmas = _LEMMAS[variables[0].type]
    count = len(variables)
    limits = EXPENSIVE if count == 1 else HEAVY
    if any(_MODULAR.search(hyp.type) for hyp in view.props) or view.head in ("Not", "Ne", "False"):
        yield Proposal(f"residues_{count}_all", f"({haves}; {cases} <;> simp_all [{lemmas}])", rate, limits)
    yield Proposal(f"residues_{count}", f"({haves}; {cases} <;> simp [{lemmas}, *])", rate, limits)
    if count == 1:
        yield Proposal("residues_omega", f"({haves}; {cases} <;> (try simp_all [{lemmas}]) <;> omega)", rate, limits)


def _case_split(view: View, variables: list[Local], modulus: int) -> tuple[str, str]:
    names = view.fresh(*("hr" for _ in variables))
    steps = [residue_cases(v.name, modulus, h) for v, h in zip(variables, names, strict=True)]
    return "; ".join(have for have, _ in steps), " <;> ".join(split for _, split in steps)


def _coprime_parts(view: View, variables: list[Local]) -> Iterator[Proposal]:
    """`6 ∣ e` from `e % 2 = 0` and `e % 3 = 0`: fewer cases where there are several variables."""
    found = _DIVIDES.match(view.target)
    parts = _PARTS.get(int(found["modulus"])) if found else None
    if found is None or parts is None:
        return
    kind = variables[0].type
    close = "Nat.dvd_of_mod_eq_zero" if kind == "Nat" else "Int.dvd_of_emod_eq_zero"
    for count in (1, 2, 3):
        chosen = variables[:count]
        if len(chosen) < count or max(parts) ** count > _MOST_CASES:
            continue
        steps: list[str] = []
        for part in parts:
            haves, cases = _case_split(view, chosen, part)
            proof = f"by {haves}; {cases} <;> simp [{_LEMMAS[kind]}, *]"
            steps.append(f"have : ({found['term']}) % {part} = 0 := ({proof})")
        yield Proposal("coprime_parts", f"({'; '.join(steps)}; exact {close} (by omega))", ranked(count - 1), HEAVY)


def _equations_modulo(view: View) -> Iterator[Proposal]:
    """Refute an equation by looking at it modulo a small number."""
    equations = [h for h in view.props if h.head == "Eq" and re.search(r"[\^*]", h.type)]
    variables = [v for v in view.data if v.type in ("Nat", "Int") and view.is_mentioned(v)]
    if not equations or not variables or view.head not in ("False", "Not", "Ne"):
        return
    (hm,) = view.fresh("hm")
    for rank, modulus in enumerate((4, 3, 8, 5, 7, 9, 2)):
        count = max((c for c in (1, 2, 3) if len(variables) >= c and modulus**c <= _MOST_CASES), default=0)
        if not count:
            continue
        haves, cases = _case_split(view, variables[:count], modulus)
        start = f"have {hm} := congrArg (· % {modulus}) {equations[0].name}"
        text = f"({start}; {haves}; {cases} <;> simp_all [{_LEMMAS[variables[0].type]}])"
        yield Proposal("equation_modulo", text, ranked(rank, 0.3), HEAVY)


def residue_cases(term: str, modulus: int, name: str) -> tuple[str, str]:
    """The `have` that lists the residues of a term, and the `rcases` that splits it."""
    listed = " ∨ ".join(f"{term} % {modulus} = {r}" for r in range(modulus))
    return f"have {name} : {listed} := (by omega)", f"rcases {name} with {' | '.join([name] * modulus)}"


def _periods(view: View) -> Iterator[Proposal]:
    """Write an exponent as `period * k + rest`: powers with a constant base are periodic for every modulus."""
    exponents = set(_EXPONENT.findall(view.everything))
    variables = [v for v in view.data if v.type == "Nat" and v.name in exponents]
    bases = [int(base) for base in dict.fromkeys(_BASE.findall(view.everything)) if len(base) < 5][:2]
    orders = {
        (base, m): order for base in bases for m in _named_moduli(view)[:2] if (order := order_of(base, m)) is not None
    }
    periods = [order for order in dict.fromkeys(orders.values()) if 1 < order <= _LONGEST_PERIOD]
    for rank, var in some(variables, 2):
        for place, period in enumerate(dict.fromkeys([*periods, 2, 3, 4, 6])):
            rate = ranked(rank) * ranked(place, 0.3)
            start, split = _by_period(view, var.name, period, orders)
            (k,) = view.fresh("k")
            positive = [f"(try have : 0 < ({base} ^ {period}) ^ {k} := Nat.pow_pos (by decide))" for base in bases]
            apart = "(try simp only [Nat.pow_add, Nat.pow_mul] at *)"
            text = f"({'; '.join([start, *positive, split])} <;> {apart} <;> omega)"
            yield Proposal("period_known" if period in periods else "periods_linear", text, rate, EXPENSIVE)
            if period in periods:
                text = f"({start}; {split} <;> (try simp_all [Nat.pow_add, Nat.pow_mul]) <;> omega)"
                yield Proposal("period_known", text, 0.8 * rate, EXPENSIVE)
            else:
                text = f"({start}; {split} <;> (try simp_all [{_PERIOD_LEMMAS}]) <;> omega)"
                yield Proposal("periods", text, rate, EXPENSIVE)


def _by_period(view: View, name: str, period: int, orders: dict[tuple[int, int], int]) -> tuple[str, str]:
    """The exponent as a multiple of the period and a rest, with what the powers of the multiple leave; the cases."""
    (k, hk) = view.fresh("k", "hk")
    listed = " ∨ ".join(f"{name} = {period} * {k} + {rest}" for rest in range(period))
    steps = [f"obtain ⟨{k}, {hk}⟩ : ∃ {k}, {listed} := ⟨{name} / {period}, by omega⟩"]
    for (base, modulus), order in orders.items():
        if period % order == 0:
            steps.append(f"(try have : ({base} ^ {period}) ^ {k} % {modulus} = 1 := by simp [Nat.pow_mod])")
    return "; ".join(steps), f"rcases {hk} with {' | '.join(['rfl'] * period)}"


def order_of(base: int, modulus: int) -> int | None:
    """The smallest exponent, from 1, at which a power of the base leaves 1; None if there is none."""
    if modulus < 2 or math.gcd(base, modulus) != 1:
        return None
    return next(k for k in range(1, modulus + 1) if pow(base, k, modulus) == 1)
