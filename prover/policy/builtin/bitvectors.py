"""Bit vectors as natural numbers: the law of each operation for `toNat`, true by definition, and bit by bit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prover.policy.builtin.proposal import EXPENSIVE, Proposal
from prover.policy.builtin.view import View

_LAWS = {
    "|||": "(x ||| y).toNat = x.toNat ||| y.toNat",
    "&&&": "(x &&& y).toNat = x.toNat &&& y.toNat",
    "^^^": "(x ^^^ y).toNat = x.toNat ^^^ y.toNat",
    "+": "(x + y).toNat = (x.toNat + y.toNat) % 2 ^ w",
    "*": "(x * y).toNat = (x.toNat * y.toNat) % 2 ^ w",
    "-": "(x - y).toNat = (2 ^ w - y.toNat + x.toNat) % 2 ^ w",
    "%": "(x % y).toNat = x.toNat % y.toNat",
    "/": "(x / y).toNat = x.toNat / y.toNat",
    "<<<": "(x <<< y).toNat = (x.toNat <<< y.toNat) % 2 ^ w",
    ">>>": "(x >>> y).toNat = x.toNat >>> y.toNat",
}
_BY_NUMBERS = {
    "<<<": "(x <<< n).toNat = (x.toNat <<< n) % 2 ^ w",
    ">>>": "(x >>> n).toNat = x.toNat >>> n",
}
_BITS = (
    "Nat.testBit_or, Nat.testBit_and, Nat.testBit_xor, Nat.testBit_shiftLeft, Nat.testBit_shiftRight, "
    "Nat.testBit_mod_two_pow, Nat.testBit_two_pow"
)
_HIGH_BITS = (
    "∀ (w : Nat) (x : BitVec w) (n : Nat), w ≤ n → x.toNat.testBit n = false := "
    "(fun _ x n h => BitVec.getLsbD_of_ge x n h)"
)
_RING = "Nat.mul_add, Nat.add_mul, Nat.add_comm, Nat.add_left_comm, Nat.mul_comm, Nat.mul_left_comm"
_LOGIC = "Bool.and_assoc, Bool.or_assoc, Bool.and_comm, Bool.or_comm, Bool.and_left_comm, Bool.or_left_comm"
_SIZES = "Nat.shiftRight_eq_div_pow, Nat.div_eq_of_lt, Nat.mod_eq_of_lt, Nat.lt_two_pow_self, BitVec.isLt"
_BIT = re.compile("[LM]sbD|msb|testBit")
_NUMBER = re.compile("toNat|toInt|toFin|decide|true|false")


def bitvectors(view: View) -> Iterator[Proposal]:
    """Equations between vectors by their numbers and by their bits; single bits by those of the numbers."""
    if view.head != "Eq" or not ("BitVec" in view.everything or any(v.head == "BitVec" for v in view.data)):
        return
    (i, hi) = view.fresh("i", "hi")
    stated, names = _laws(view)
    laws = "".join(f", {name}" for name in names)
    if _BIT.search(view.target):
        opened = f"{stated}simp [BitVec.msb, BitVec.getMsbD, BitVec.getLsbD, {_BITS}{laws}]"
        yield Proposal("bv_bit", f"({opened})", limits=EXPENSIVE)
        (high,) = view.fresh("hz")
        known = f"have {high} : {_HIGH_BITS}; "
        split = f"({known}{opened} <;> (try split) <;> simp_all [{high}] <;> omega)"
        yield Proposal("bv_bit_split", split, 0.5, EXPENSIVE)
        return
    numbers = f"simp [{laws.removeprefix(', ') or 'BitVec.toNat'}]"
    if _NUMBER.search(view.target):
        yield Proposal("bv_number", f"({stated}simp [{_SIZES}{laws}])", limits=EXPENSIVE)
        yield Proposal("bv_number_omega", f"({stated}simp [{_SIZES}{laws}] <;> omega)", limits=EXPENSIVE)
    start = f"apply BitVec.eq_of_toNat_eq; {stated}(try {numbers})"
    yield Proposal("bv_numbers", f"({start})", limits=EXPENSIVE)
    yield Proposal("bv_numbers_sizes", f"({start}; simp [{_SIZES}])", limits=EXPENSIVE)
    yield Proposal("bv_numbers_ring", f"({start}; simp [{_RING}])", limits=EXPENSIVE)
    apart = f"apply Nat.eq_of_testBit_eq; intro {i}; simp [{_BITS}, {_LOGIC}]"
    yield Proposal("bv_numbers_bits", f"({start}; {apart} <;> omega)", limits=EXPENSIVE)
    each = (
        f"apply BitVec.eq_of_getLsbD_eq; intro {i} {hi}; {stated}simp [BitVec.getLsbD, {_BITS}{laws}, {_LOGIC}, {hi}]"
    )
    yield Proposal("bv_bits", f"({each})", limits=EXPENSIVE)


def _laws(view: View) -> tuple[str, list[str]]:
    """The laws of the operations in sight, each with a name, and the steps that state them."""
    seen = [symbol for symbol in _LAWS if f" {symbol} " in view.everything]
    laws = [f"∀ (w : Nat) (x y : BitVec w), {_LAWS[symbol]}" for symbol in seen]
    laws += [f"∀ (w : Nat) (x : BitVec w) (n : Nat), {_BY_NUMBERS[s]}" for s in seen if s in _BY_NUMBERS]
    names = list(view.fresh(*("hv" for _ in laws)))
    return "".join(f"have {n} : {law} := (fun _ _ _ => rfl); " for n, law in zip(names, laws, strict=True)), names
