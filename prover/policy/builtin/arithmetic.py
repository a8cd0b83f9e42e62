"""Arithmetic over Nat, Int and Rat beyond what one solver call does: residues, powers, divisibility, products."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from prover.policy.builtin.proposal import EXPENSIVE, MEDIUM, Proposal, ranked
from prover.policy.builtin.view import Local, View, some

_MODULAR = re.compile(r"[%∣]|\.gcd|Even|Odd")
_NONLINEAR = re.compile(r"[\^*]")
_ORDER = re.compile(r"[<>≤≥]")
_TYPED_MODULUS = re.compile(r"(?:%|≡)\s*(\d+)|(\d+)\s*∣")

_MOD_LEMMAS = {
    "Nat": "Nat.pow_succ, Nat.add_mod, Nat.mul_mod",
    "Int": "Int.pow_succ, Int.add_emod, Int.sub_emod, Int.mul_emod",
}
_DVD_TO_MOD = {"Nat": "Nat.dvd_iff_mod_eq_zero", "Int": "Int.dvd_iff_emod_eq_zero"}


def arithmetic(view: View) -> Iterator[Proposal]:
    """Everything for goals that speak of numbers; nothing for others."""
    if not view.numbers and not view.numerals:
        return
    yield from _divisibility(view)
    if view.head not in ("And", "Iff", "Exists"):
        yield from residues(view)
    yield from _powers(view)
    yield from _products(view)
    yield from _bounded(view)
    yield from _order(view)


def _divisibility(view: View) -> Iterator[Proposal]:
    if view.head == "Dvd.dvd":
        for kind in _kinds(view):
            lemma = "Nat.dvd_of_mod_eq_zero" if kind == "Nat" else "Int.dvd_of_emod_eq_zero"
            yield Proposal("dvd_to_mod", f"apply {lemma}", 0.5)
        yield Proposal("dvd_linear", "exact ⟨_, by grind⟩", 0.3, MEDIUM)
        parts = re.split(r"∣", view.target, maxsplit=1)
        if "+" in parts[-1] and parts[-1].count("+") <= 3:
            lemma = "Nat.dvd_add" if "Nat" in _kinds(view) else "Int.dvd_add"
            yield Proposal("dvd_add", f"apply {lemma}", 0.5)
        yield Proposal("dvd_mul", f"apply {'Nat' if 'Nat' in _kinds(view) else 'Int'}.dvd_mul_right_of_dvd", 0.2)
    witnesses = [hyp for hyp in view.props if hyp.head == "Dvd.dvd"]
    if witnesses:
        names = view.fresh(*(f"k{i}" for i in range(len(witnesses[:3]))))
        steps = "; ".join(f"obtain ⟨{k}, h{k}⟩ := {hyp.name}" for k, hyp in zip(names, witnesses, strict=False))
        yield Proposal("dvd_all_grind", f"({steps}; grind)", 1.0, MEDIUM)


def _kinds(view: View) -> tuple[str, ...]:
    text = view.everything
    found = [kind for kind in ("Nat", "Int") if any(v.type == kind for v in view.data)]
    if "↑" in text or ": Int" in text:
        found.append("Int")
    return tuple(dict.fromkeys(found)) or ("Nat",)


def residues(view: View) -> Iterator[Proposal]:
    """Split a variable by its residue and compute: `n % m = 0 ∨ … ∨ n % m = m - 1`."""
    if not _MODULAR.search(view.target):
        return
    moduli = [int(a or b) for a, b in _TYPED_MODULUS.findall(view.everything) if int(a or b) <= 32]
    if not moduli:
        moduli = [2] if ("Even" in view.everything or "Odd" in view.everything) else [2, 3, 4]
    variables = [v for v in view.data_in_target if v.type in ("Nat", "Int")]
    for rank, modulus in enumerate(dict.fromkeys(_with_multiples(moduli))):
        for chosen in ([variables[:1], variables[:2], variables[:3]] if len(variables) > 1 else [variables[:1]]):
            if chosen and modulus ** len(chosen) <= 130:
                yield _residue_split(view, chosen, modulus, ranked(rank, 0.3))


def _with_multiples(moduli: list[int]) -> list[int]:
    top = max(moduli)
    return [top, *moduli, *(m for m in (2, 3, 4, 5, 7, 8, 9) if m not in moduli)][:4]


def _residue_split(view: View, variables: list[Local], modulus: int, rate: float) -> Proposal:
    names = view.fresh(*("hr" for _ in variables))
    steps = [residue_cases(v.name, modulus, h) for v, h in zip(variables, names, strict=True)]
    kind = variables[0].type
    simp = f"simp [{_DVD_TO_MOD[kind]}, {_MOD_LEMMAS[kind]}, *]"
    text = "; ".join(have for have, _ in steps)
    cases = " <;> ".join(split for _, split in steps)
    if any("%" in h.type or "∣" in h.type for h in view.props) or view.head in ("Not", "Ne"):
        simp = f"simp_all [{_DVD_TO_MOD[kind]}, {_MOD_LEMMAS[kind]}]"
    return Proposal(f"residues_{len(variables)}", f"({text}; {cases} <;> {simp})", rate, EXPENSIVE)


def residue_cases(term: str, modulus: int, name: str) -> tuple[str, str]:
    """The `have` that lists the residues of a term, and the `rcases` that splits it."""
    listed = " ∨ ".join(f"{term} % {modulus} = {r}" for r in range(modulus))
    return f"have {name} : {listed} := (by omega)", f"rcases {name} with {' | '.join([name] * modulus)}"


def _powers(view: View) -> Iterator[Proposal]:
    if "^" not in view.everything:
        return
    lemmas = "Nat.pow_succ, Int.pow_succ, Nat.pow_zero"
    yield Proposal("pow_simp", f"simp [{lemmas}]", 0.5)
    yield Proposal("pow_simp_all_omega", f"(simp_all [{lemmas}] <;> omega)", 0.6, MEDIUM)
    for rank, var in some([v for v in view.data_in_target if v.type == "Nat"], 2):
        start = f"induction {var.name} <;> simp_all [{lemmas}, Nat.mul_add, Nat.add_mul]"
        yield Proposal("pow_induction_omega", f"({start} <;> omega)", ranked(rank), MEDIUM)
        yield Proposal("pow_induction_grind", f"({start} <;> grind)", ranked(rank), MEDIUM)


def _products(view: View) -> Iterator[Proposal]:
    """What a nonlinear solver would multiply: squares of differences, products of hypotheses."""
    text = view.everything
    if not (_NONLINEAR.search(text) and (_ORDER.search(text) or "=" in text)):
        return
    kind = next((v.type for v in view.numbers), None)
    if kind is None:
        return
    hints = [*_squares(view, kind), *_hypothesis_products(view, kind)]
    if not hints:
        return
    for count, rate in ((3, 0.6), (6, 1.0), (12, 0.8)):
        steps = "; ".join(f"have := {hint}" for hint in hints[:count])
        if count == 3 or len(hints) > count // 2:
            yield Proposal(f"products_{count}", f"({steps}; grind)", rate, EXPENSIVE)


def _squares(view: View, kind: str) -> list[str]:
    names = [v.name for v in view.numbers if v.type == kind][:4]
    pairs = list(combinations(names, 2))
    if kind == "Nat":
        return [f"Nat.le_total {a} {b}" for a, b in pairs[:3]]
    square = f"@{kind}.mul_self_nonneg'"
    differences = [f"({a} - {b})" for a, b in pairs]
    sums = [f"({a} + {b})" for a, b in pairs]
    return [_square(kind, term) for term in [*differences, *names, *sums]] if square else []


def _square(kind: str, term: str) -> str:
    """A proof that `term ^ 2` is not negative."""
    if kind == "Int":
        return f"Int.le_total 0 {term} |>.elim (fun h => Int.mul_nonneg h h) (fun h => Int.mul_nonneg_of_nonpos_of_nonpos h h)"
    return f"Rat.le_total (a := 0) (b := {term}) |>.elim (fun h => Rat.mul_nonneg h h) (fun h => (Rat.neg_mul_neg {term} {term}) ▸ Rat.mul_nonneg (Rat.neg_nonneg.mpr h) (Rat.neg_nonneg.mpr h))"


def _hypothesis_products(view: View, kind: str) -> list[str]:
    ordered = [hyp for hyp in view.props if hyp.head in ("LE.le", "LT.lt", "GE.ge", "GT.gt") and kind != "Rat"]
    hints: list[str] = []
    for a, b in combinations(ordered[:4], 2):
        if kind == "Nat":
            strict = a.head in ("LT.lt", "GT.gt"), b.head in ("LT.lt", "GT.gt")
            left, right = (f"Nat.le_of_lt {h.name}" if s else h.name for h, s in zip((a, b), strict, strict=True))
            hints.append(f"Nat.mul_le_mul ({left}) ({right})")
        else:
            hints.append(f"Int.mul_nonneg (Int.sub_nonneg_of_le ({_weak(a)})) (Int.sub_nonneg_of_le ({_weak(b)}))")
    return hints


def _weak(hyp: Local) -> str:
    return f"Int.le_of_lt {hyp.name}" if hyp.head in ("LT.lt", "GT.gt") else hyp.name


def _bounded(view: View) -> Iterator[Proposal]:
    """Bound a variable, list its values, try each."""
    (bound, cases) = view.fresh("hb", "hv")
    variables = [v for v in view.numbers if v.type in ("Nat", "Int")]
    limits = sorted({n for n in (*view.numerals, 5, 12) if 1 < n <= 100})
    for rank, var in some(variables, 2):
        for place, limit in enumerate(limits[:3]):
            low = 0 if var.type == "Nat" else -limit
            if limit - low > 100:
                continue
            listed = " ∨ ".join(f"{var.name} = {value}" for value in range(low, limit + 1))
            prove = "(by first | omega | grind)"
            start = f"have {bound} : {low} ≤ {var.name} ∧ {var.name} ≤ {limit} := {prove}"
            split = f"rcases {cases} with {' | '.join(['rfl'] * (limit - low + 1))}"
            text = f"({start}; have {cases} : {listed} := (by omega); {split} <;> first | omega | simp_all | grind)"
            yield Proposal("bounded_cases", text, ranked(rank) * ranked(place), EXPENSIVE)


def _order(view: View) -> Iterator[Proposal]:
    if view.head == "Eq" and view.numbers:
        lemma = "Nat.le_antisymm" if "Nat" in _kinds(view) else "Int.le_antisymm"
        yield Proposal("antisymm", f"apply {lemma}")
    if _ORDER.search(view.target) and _NONLINEAR.search(view.target):
        for kind in _kinds(view):
            yield Proposal("mul_le_mul", f"apply {kind}.mul_le_mul", 0.5)
            yield Proposal("mul_nonneg", "apply Int.mul_nonneg" if kind == "Int" else "apply Nat.mul_pos", 0.5)
            yield Proposal("mul_pos", f"apply {kind}.mul_pos", 0.3)
