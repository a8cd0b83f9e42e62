"""Division by a variable: quotient and remainder as atoms, with the identities and bounds that tie them to the rest.

`omega` divides by numerals only and treats `x / y` as one more variable. So the facts about it are stated: the division
identity, the bounds of the remainder, the signs of products. For `Int.tdiv` and `Int.fdiv`, which round otherwise, the
identity is proved from the definition where the library has none yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.laws import laws_of, stated
from prover.policy.builtin.proposal import EXPENSIVE, HEAVY, Proposal
from prover.policy.builtin.view import View

_ATOM = r"(?:[^\W\d][\w']*|\([^()]*\))"
_EUCLIDEAN = re.compile(rf"(?<![\w.')])({_ATOM}) [/%] ({_ATOM})(?![\w.'(])")
_ROUNDING = re.compile(rf"(?<![\w.')])({_ATOM})\.([tf])(?:div|mod) ({_ATOM})")
_CONGRUENT = re.compile(r"^(?P<left>.+) % (?P<modulus>[\w']+) = (?P<right>.+) % (?P=modulus)$")

_LAWS = laws_of("Divisions")
_IDENTITIES = {"t": "tdiv_add_tmod", "f": "fdiv_add_fmod"}
_SIGNS = ("le_mul_of_pos", "mul_le_neg_of_pos", "mul_le_of_neg", "neg_le_mul_of_neg")
_OF_MULTIPLES = (
    "Int.neg_add, Int.add_ediv_of_dvd_left, Int.add_ediv_of_dvd_right, Int.neg_mul_eq_mul_neg, Int.mul_ediv_cancel_left"
)


def divisions(view: View) -> Iterator[Proposal]:
    """For goals about integers that divide by something that is not a numeral."""
    if "Int" not in view.number_types:
        return
    yield from _rounding(view)
    if any(symbol in view.everything for symbol in (" / ", " % ")):
        yield from _euclidean(view)
        yield from _congruent(view)
    if view.head == "Dvd.dvd" and not view.numerals:
        yield Proposal("dvd_unit", "first | exact ⟨1, by omega⟩ | exact ⟨-1, by omega⟩ | exact ⟨0, by omega⟩")
        natural = " <;> ".join(f"rcases Int.natAbs_eq {v.name} with h | h" for v in view.data_in_target[:2])
        if "natAbs" in view.target:
            yield Proposal("dvd_unit", f"({natural} <;> first | exact ⟨1, by omega⟩ | exact ⟨-1, by omega⟩)")


def _rounding(view: View) -> Iterator[Proposal]:
    """The identities of `tdiv` and `fdiv`; a quotient as the witness of divisibility."""
    found = list(dict.fromkeys(_ROUNDING.findall(view.everything)))[:3]
    if not found:
        return
    steps = stated(_LAWS, {_IDENTITIES[kind] for _, kind, _ in found})
    for a, kind, b in found:
        steps += [f"have := {_IDENTITIES[kind]} {a} {b}", f"have := Int.mul_comm {b} ({a}.{kind}div {b})"]
    ways = ["omega", "(simp_all; done)"]
    if view.head == "Dvd.dvd":
        quotients = [f"{a}.{kind}div {b}" for a, kind, b in found]
        witnesses = [w for q in quotients for w in (f"⟨{q}, by omega⟩", f"⟨-({q}), by rw [Int.mul_neg]; omega⟩")]
        ways = [f"exact {w}" for w in witnesses]
    yield Proposal("div_identity", "\n".join([*steps, f"first | {' | '.join(ways)}"]), limits=EXPENSIVE)
    yield from _exact(view, found)
    variables = [v.name for v in view.data if v.type == "Int"][:2]
    if variables:
        names = ", ".join(dict.fromkeys(f"Int.{kind}{part}" for _, kind, _ in found for part in ("div", "mod")))
        opened = " <;> ".join(f"cases {v}" for v in variables)
        laws = "exact Nat.div_le_self _ _ | exact Nat.mod_le _ _ | omega"
        yield Proposal("div_cases", f"({opened} <;> simp [{names}] <;> first | {laws})", limits=EXPENSIVE)


def _exact(view: View, found: list[tuple[str, str, str]]) -> Iterator[Proposal]:
    """Where the dividend is a multiple of the divisor: `tdiv` gives the factor, and `fdiv` equals `/`."""
    _, kind, divisor = found[0]
    variables = {v.name for v in view.data}
    multiples = [h for h in view.props if h.head == "Dvd.dvd" and h.type.split(" ∣ ")[-1] in variables]
    names = view.fresh(*("k" for _ in multiples))
    steps = [f"obtain ⟨{k}, rfl⟩ := {hyp.name}" for k, hyp in zip(names, multiples, strict=True)]
    steps += [f"(try subst {h.name})" for h in view.props if h.head == "Eq"]
    (hd,) = view.fresh("hd")
    if kind == "t":
        close = "first | (simp_all; done) | (simp_all [Int.mul_comm]; done)"
        laws = ["mul_tdiv_left", "mul_tdiv_right", "mul_left_inj"]
        finish = f"by_cases {hd} : {divisor} = 0 <;> {close}"
    else:
        whole = f"rw [fdiv_of_neg _ _ {hd}, ← Int.neg_mul, Int.mul_ediv_cancel_left _ (by omega)]"
        negative = f"({whole}; done) | (simp only [fdiv_of_neg _ _ {hd}]; simp_all [{_OF_MULTIPLES}]; done)"
        zero = f"by_cases hz : {divisor} = 0 <;> (simp_all [{_OF_MULTIPLES}]; done)"
        positive = f"(simp only [fdiv_of_nonneg _ _ (Int.not_lt.1 {hd})]; {zero})"
        laws = ["fdiv_of_nonneg", "fdiv_of_neg"]
        finish = f"by_cases {hd} : {divisor} < 0 <;> first | {negative} | {positive}"
    yield Proposal("div_exact", "\n".join([*stated(_LAWS, laws), *steps, finish]), limits=HEAVY)


def _euclidean(view: View) -> Iterator[Proposal]:
    """`/` and `%`: identity, bounds, signs; and cancelling where the divisor divides."""
    pairs = list(dict.fromkeys(_EUCLIDEAN.findall(view.everything)))[:3]
    if pairs:
        known = [_bounds(a, b) for a, b in pairs]
        signs = [f"have := {law} {b} ({a} / {b})" for a, b in pairs[:1] for law in _SIGNS]
        yield Proposal("div_bounds", f"({'; '.join(known)}; omega)", limits=EXPENSIVE)
        if any(symbol in view.target for symbol in "<≤≥>"):
            yield Proposal("div_signs", "\n".join([*stated(_LAWS, _SIGNS), *known, *signs, "omega"]), limits=HEAVY)
    divisible = [(hyp, parts) for hyp in view.props if hyp.head == "Dvd.dvd" and (parts := hyp.type.split(" ∣ "))]
    variables = {v.name for v in view.data}
    if divisible and all(len(parts) == 2 and parts[1] in variables for _, parts in divisible):
        names = view.fresh(*("k" for _ in divisible))
        taken = [f"obtain ⟨{k}, rfl⟩ := {hyp.name}" for k, (hyp, _) in zip(names, divisible, strict=True)]
        divisors = list(dict.fromkeys(parts[0] for _, parts in divisible))
        cancel = "; ".join(
            f"(try rw [Int.mul_ediv_cancel_left (a := {d}) {k} (by omega)])"
            for k, d in zip(names, (parts[0] for _, parts in divisible), strict=True)
        )
        positive = [f"mul_le_mul_iff {d} _ _ (by omega), mul_lt_mul_iff {d} _ _ (by omega)" for d in divisors[:1]]
        close = f"first | omega | (simp only [{', '.join(positive)}]; done) | {_scaled(view, names, divisors)}"
        laws = stated(_LAWS, ["mul_le_mul_iff", "mul_lt_mul_iff"])
        text = "\n".join([*taken, cancel, *laws, close])
        yield Proposal("div_cancel", text, limits=EXPENSIVE)


def _bounds(a: str, b: str) -> str:
    """The identity of one division, and the bounds of its remainder."""
    negated = f"(by simp only [Int.emod_def, Int.ediv_neg, Int.neg_mul_neg] : {a} % -{b} = {a} % {b})"
    zero = "rw [h]; exact ⟨Int.ediv_zero _, Int.zero_mul _⟩"
    return "; ".join(
        (
            f"have := Int.mul_ediv_add_emod {a} {b}",
            f"have := Int.emod_nonneg {a} (b := {b})",
            f"have := Int.emod_lt_of_pos {a} (b := {b})",
            f"have : {b} < 0 → {a} % {b} < -{b} := (fun h => {negated} ▸ Int.emod_lt_of_pos {a} (by omega))",
            f"have : {b} = 0 → {a} / {b} = 0 ∧ {b} * ({a} / {b}) = 0 := (fun h => by {zero})",
        )
    )


def _scaled(view: View, names: tuple[str, ...], divisors: list[str]) -> str:
    """Comparisons of both sides multiplied by the divisors or their negatives, after cancelling."""
    taken = {hyp.type.split(" ∣ ")[-1] for hyp in view.props if hyp.head == "Dvd.dvd"}
    others = [v.name for v in view.data if v.type == "Int" and v.name not in {*divisors, *taken}]
    x, y = (names[0], names[1]) if len(names) > 1 else (names[0], next(iter(others), names[0]))
    scale = " * ".join(divisors)
    facts = [
        f"have := {law} ({s}) {a} {b}"
        for law in ("mul_le_mul_iff", "mul_lt_mul_iff")
        for s in (scale, f"-({scale})")
        for a, b in ((x, y), (y, x))
    ]
    positive = f"have := Int.mul_pos (a := {divisors[0]}) (b := {divisors[-1]})"
    tidy = "simp only [Int.neg_mul, Int.mul_comm, Int.mul_left_comm, Int.mul_assoc] at *"
    return f"({'; '.join(facts)}; {positive}; {tidy}; omega)"


def _congruent(view: View) -> Iterator[Proposal]:
    """`x % m = y % m` where the two differ by a small multiple of `m`."""
    found = _CONGRUENT.match(view.target)
    if found is None:
        return
    right, modulus = found["right"], found["modulus"]
    tries = " | ".join(
        f"(rw [← Int.add_mul_emod_self_left ({right}) {modulus} ({c})]; congr 1; omega)" for c in (1, -1, 2, -2)
    )
    yield Proposal("emod_shift", f"first | {tries}", limits=EXPENSIVE)
