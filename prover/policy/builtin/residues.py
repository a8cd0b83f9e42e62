"""Divisibility and remainders: split variables by residue, exponents by period, and compute."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_MODULAR = re.compile(r"[%∣]|gcd|Even|Odd")
_MODULUS = re.compile(r"%\s*(\d+)|(\d+)\s*∣")
_EXPONENT = re.compile(r"\^\s*\(?[^()]*?([A-Za-z_]\w*)")
_MOST_CASES = 130

_LEMMAS = {
    "Nat": "Nat.dvd_iff_mod_eq_zero, Nat.pow_succ, Nat.add_mod, Nat.mul_mod",
    "Int": "Int.dvd_iff_emod_eq_zero, Int.pow_succ, Int.add_emod, Int.sub_emod, Int.mul_emod",
}
_PERIOD_LEMMAS = "Nat.pow_add, Nat.pow_mul, Nat.pow_mod, Nat.mul_mod, Nat.add_mod, Nat.dvd_iff_mod_eq_zero"


def residues(view: View) -> Iterator[Proposal]:
    """For goals about `%` and `∣` with numerals: finite computations after case splits."""
    if not _MODULAR.search(view.everything):
        return
    yield from _dividing(view)
    if view.head not in ("And", "Iff", "Exists") and not view.target.startswith("∀"):
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


def moduli(view: View) -> list[int]:
    """Moduli worth a split: the numerals that stand at `%` and `∣`, then small ones."""
    found = [int(a or b) for a, b in _MODULUS.findall(view.everything) if len(a or b) <= 3]
    named = [m for m in dict.fromkeys(found) if 1 < m <= 64]
    return [*named, *(m for m in (2, 3, 4, 5, 8) if m not in named)][: max(3, len(named) + 1)]


def _splits(view: View) -> Iterator[Proposal]:
    variables = [v for v in view.data if v.type in ("Nat", "Int") and view.is_mentioned(v)]
    variables.sort(key=lambda v: -view.occurrences(v))
    for rank, modulus in enumerate(moduli(view)):
        for count in (1, 2, 3):
            chosen = variables[:count]
            if len(chosen) == count and modulus**count <= _MOST_CASES:
                yield from _split(view, chosen, modulus, ranked(rank, 0.4))


def _split(view: View, variables: list[Local], modulus: int, rate: float) -> Iterator[Proposal]:
    names = view.fresh(*("hr" for _ in variables))
    steps = [residue_cases(v.name, modulus, h) for v, h in zip(variables, names, strict=True)]
    haves = "; ".join(have for have, _ in steps)
    cases = " <;> ".join(split for _, split in steps)
    lemmas = _LEMMAS[variables[0].type]
    template = f"residues_{len(variables)}"
    if any(_MODULAR.search(hyp.type) for hyp in view.props) or view.head in ("Not", "Ne", "False"):
        yield Proposal(f"{template}_all", f"({haves}; {cases} <;> simp_all [{lemmas}])", rate, EXPENSIVE)
    yield Proposal(template, f"({haves}; {cases} <;> simp [{lemmas}, *])", rate, EXPENSIVE)
    if len(variables) == 1:
        yield Proposal("residues_omega", f"({haves}; {cases} <;> simp_all [{lemmas}] <;> omega)", rate, EXPENSIVE)


def residue_cases(term: str, modulus: int, name: str) -> tuple[str, str]:
    """The `have` that lists the residues of a term, and the `rcases` that splits it."""
    listed = " ∨ ".join(f"{term} % {modulus} = {r}" for r in range(modulus))
    return f"have {name} : {listed} := (by omega)", f"rcases {name} with {' | '.join([name] * modulus)}"


def _periods(view: View) -> Iterator[Proposal]:
    """Write an exponent as `period * k + rest`: powers with a constant base are periodic for every modulus."""
    exponents = set(_EXPONENT.findall(view.everything))
    variables = [v for v in view.data if v.type == "Nat" and v.name in exponents]
    (k, hk) = view.fresh("k", "hk")
    for rank, var in some(variables, 2):
        for place, period in enumerate((2, 3, 4, 6)):
            listed = " ∨ ".join(f"{var.name} = {period} * {k} + {rest}" for rest in range(period))
            start = f"obtain ⟨{k}, {hk}⟩ : ∃ {k}, {listed} := ⟨{var.name} / {period}, by omega⟩"
            split = f"rcases {hk} with {' | '.join(['rfl'] * period)}"
            text = f"({start}; {split} <;> simp_all [{_PERIOD_LEMMAS}] <;> omega)"
            yield Proposal("periods", text, ranked(rank) * ranked(place, 0.3), EXPENSIVE)
