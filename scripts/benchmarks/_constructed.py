"""Statements that are made backwards from a proof of a few basic moves: instances of library lemmas, witnesses, case
splits, chains of rewriting, definitions that hide a connective. The same seed makes the same statements."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

DEFINITIONS = """\
def Both (p q : Nat → Prop) (x : Nat) : Prop := p x ∧ q x
def Some' (p : Nat → Prop) : Prop := ∃ x, p x
def Below (p q : Nat → Prop) : Prop := ∀ x, p x → q x
def Either (p q : Nat → Prop) (x : Nat) : Prop := p x ∨ q x
"""


class Lemma(NamedTuple):
    """A lemma of the library with a statement over `n`, `m`, `k` (natural numbers) and `xs`, `ys`, `zs` (lists)."""

    name: str
    left: str
    right: str = ""
    relation: str = "="

    @property
    def statement(self) -> str:
        return f"{self.left} {self.relation} {self.right}" if self.right else self.left


LEMMAS = (
    Lemma("Nat.add_comm", "{n} + {m}", "{m} + {n}"),
    Lemma("Nat.mul_comm", "{n} * {m}", "{m} * {n}"),
    Lemma("Nat.add_assoc", "{n} + {m} + {k}", "{n} + ({m} + {k})"),
    Lemma("Nat.mul_assoc", "{n} * {m} * {k}", "{n} * ({m} * {k})"),
    Lemma("Nat.left_distrib", "{n} * ({m} + {k})", "{n} * {m} + {n} * {k}"),
    Lemma("Nat.add_sub_cancel", "{n} + {m} - {m}", "{n}"),
    Lemma("Nat.min_comm", "min {n} {m}", "min {m} {n}"),
    Lemma("Nat.gcd_comm", "Nat.gcd {n} {m}", "Nat.gcd {m} {n}"),
    Lemma("Nat.pow_succ", "{n} ^ ({m} + 1)", "{n} ^ {m} * {n}"),
    Lemma("Nat.mod_mod", "{n} % {m} % {m}", "{n} % {m}"),
    Lemma("List.append_assoc", "{xs} ++ {ys} ++ {zs}", "{xs} ++ ({ys} ++ {zs})"),
    Lemma("List.reverse_append", "({xs} ++ {ys}).reverse", "{ys}.reverse ++ {xs}.reverse"),
    Lemma("List.reverse_reverse", "{xs}.reverse.reverse", "{xs}"),
    Lemma("List.map_append", "({xs} ++ {ys}).map f", "{xs}.map f ++ {ys}.map f"),
    Lemma("List.length_append", "({xs} ++ {ys}).length", "{xs}.length + {ys}.length"),
    Lemma("List.length_map", "({xs}.map f).length", "{xs}.length"),
    Lemma("List.take_append_drop", "{xs}.take {n} ++ {xs}.drop {n}", "{xs}"),
    Lemma("Nat.le_add_right", "{n}", "{n} + {m}", "≤"),
    Lemma("Nat.dvd_mul_right", "{n}", "{n} * {m}", "∣"),
    Lemma("Nat.dvd_refl", "{n}", "{n}", "∣"),
    Lemma("Nat.gcd_dvd_left", "Nat.gcd {n} {m}", "{n}", "∣"),
    Lemma("Nat.lt_succ_self", "{n}", "Nat.succ {n}", "<"),
    Lemma("List.Perm.refl", "List.Perm {xs} {xs}"),
    Lemma("List.reverse_perm", "List.Perm {xs}.reverse {xs}"),
    Lemma("List.sublist_append_left", "List.Sublist {xs} ({xs} ++ {ys})"),
    Lemma("List.filter_sublist", "List.Sublist ({xs}.filter t) {xs}"),
    Lemma("List.prefix_append", "{xs} <+: {xs} ++ {ys}"),
    Lemma("List.take_subset", "{xs}.take {n} ⊆ {xs}"),
)
_EQUATIONS = tuple(lemma for lemma in LEMMAS if lemma.right and lemma.relation == "=")

Lines: TypeAlias = list[str]
Goal: TypeAlias = tuple[str, Lines]
"""A target and the tactics that prove it."""


@dataclass(frozen=True, slots=True)
class Constructed:
    """A statement, the proof it was made from, the number of its moves, and the lemma if it is an instance of one."""

    name: str
    depth: int
    header: str
    statement: str
    proof: str
    lemma: str = ""

    @property
    def row(self) -> dict[str, str]:
        """A record that `stepwise prove` reads."""
        return {"name": self.name, "header": self.header, "formal_statement": f"{self.statement} := by"}


def constructed(seed: int, depth: int, count: int) -> Iterator[Constructed]:
    """`count` statements whose proofs have `depth` moves."""
    for number in range(count):
        maker = _Maker(random.Random(f"{seed}/{depth}/{number}"))
        target, proof = maker.goal(depth)
        name = f"constructed_{depth}_{number}"
        statement = "\n    ".join([f"theorem {name}", *_VARIABLES, *maker.hypotheses]) + f" :\n    {target}"
        lines = "\n".join(f"  {line}" for line in proof)
        yield Constructed(name, depth, DEFINITIONS, statement, lines, maker.instance if depth == 1 else "")


_VARIABLES = (
    "(a c : Nat) (as bs cs : List Nat) (f g : Nat → Nat) (t : Nat → Bool)",
    "(p q r : Nat → Prop) (s : List Nat → Prop) (d : Bool → Prop) (e : Bool)",
)


class _Maker:
    """One statement in the making: the hypotheses that its moves need are collected on the way."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.hypotheses: list[str] = []
        self.instance = ""

    def goal(self, depth: int) -> Goal:
        """A target that is proved in exactly `depth` moves."""
        moves: dict[int, tuple[Callable[[int], Goal], ...]] = {
            1: (self._lemma, self._lemma, self._lemma, self._universal, self._image, self._hidden_universal),
            2: (self._rewritten, self._rewritten, self._boolean, self._pair_hidden, self._from_some, self._symmetric),
            3: (self._either_way, self._rewritten_twice),
        }
        known = [(needed, move) for needed, group in moves.items() for move in group if needed == depth]
        if depth > 1:
            known += [(1, move) for move in (self._pair, self._left, self._applied, self._introduced, self._witness)]
        _, move = self._rng.choice(known)
        return move(depth)

    # ------------------------------------------------------------------------------------------ words

    def _assume(self, statement: str) -> str:
        name = f"h{len(self.hypotheses)}"
        self.hypotheses.append(f"({name} : {statement})")
        return name

    def _number(self) -> str:
        return self._rng.choice(("a", "c", "(f a)", "(g c)", "(g (f c))", "(a + c)", "(c * a)", "3"))

    def _list(self) -> str:
        return self._rng.choice(("as", "bs", "cs", "(as.map g)", "(bs.take c)", "(a :: cs)", "(cs.map f)"))

    def _fill(self, lemma: Lemma) -> Lemma:
        words = {name: self._number() for name in "nmk"} | {name: self._list() for name in ("xs", "ys", "zs")}
        return Lemma(lemma.name, lemma.left.format(**words), lemma.right.format(**words), lemma.relation)

    def _property(self) -> str:
        return self._rng.choice("pqr")

    # ------------------------------------------------------------------------------------------ one move

    def _lemma(self, _: int) -> Goal:
        lemma = self._fill(self._rng.choice(LEMMAS))
        self.instance = lemma.name
        return lemma.statement, [f"apply {lemma.name}"]

    def _universal(self, _: int) -> Goal:
        p = self._property()
        return f"{p} (f {self._number()} + 1)", [f"apply {self._assume(f'∀ x, {p} (f x + 1)')}"]

    def _image(self, _: int) -> Goal:
        return f"∃ x, f (g x) = f (g {self._number()})", ["exact ⟨_, rfl⟩"]

    def _hidden_universal(self, _: int) -> Goal:
        t, h = self._number(), self._assume("Below p q")
        return f"q {t}", [f"exact {h} _ {self._assume(f'p {t}')}"]

    # ------------------------------------------------------------------------------------------ two and three moves

    def _rewritten(self, _: int) -> Goal:
        lemma = self._fill(self._rng.choice(_EQUATIONS))
        about = self._about(lemma)
        h = self._assume(f"{about} ({lemma.right})")
        return f"{about} ({lemma.left})", [f"rw [{lemma.name}]", f"exact {h}"]

    def _about(self, lemma: Lemma) -> str:
        is_list = lemma.name.startswith("List.") and "length" not in lemma.name
        return "s" if is_list else self._property()

    def _rewritten_twice(self, _: int) -> Goal:
        one, two = (self._fill(lemma) for lemma in self._rng.sample(_EQUATIONS, 2))
        target = f"({one.left}, {two.left}) = ({one.right}, {two.right})"
        return target, ["apply Prod.ext", f"· apply {one.name}", f"· apply {two.name}"]

    def _symmetric(self, _: int) -> Goal:
        lemma = self._fill(self._rng.choice(_EQUATIONS))
        return f"{lemma.right} = {lemma.left}", ["symm", f"apply {lemma.name}"]

    def _boolean(self, _: int) -> Goal:
        no, yes = self._assume("d false"), self._assume("d true")
        return "d e", ["cases e", f"· exact {no}", f"· exact {yes}"]

    def _pair_hidden(self, _: int) -> Goal:
        t = self._number()
        one, two = self._assume(f"p {t}"), self._assume(f"r {t}")
        return f"Both p r {t}", ["refine ⟨?_, ?_⟩", f"· exact {one}", f"· exact {two}"]

    def _from_some(self, _: int) -> Goal:
        h = self._assume("Some' q")
        return "∃ x, q x", [f"obtain ⟨x, hx⟩ := {h}", "exact ⟨x, hx⟩"]

    def _either_way(self, _: int) -> Goal:
        t = self._number()
        h, one, two = (
            self._assume(f"Either p q {t}"),
            self._assume("∀ x, p x → r (f x)"),
            self._assume("∀ x, q x → r x"),
        )
        proof = [f"cases {h} with", f"| inl k => exact Or.inl ({one} _ k)", f"| inr k => exact Or.inr ({two} _ k)"]
        return f"r (f {t}) ∨ r {t}", proof

    # ------------------------------------------------------------------------------------------ one move, then others

    def _pair(self, depth: int) -> Goal:
        if depth < 3:
            return self._left(depth)
        first = self._rng.randrange(1, depth - 1)
        (a, proof), (b, rest) = self.goal(first), self.goal(depth - 1 - first)
        return f"({a}) ∧ ({b})", ["refine ⟨?_, ?_⟩", *_bullet(proof), *_bullet(rest)]

    def _left(self, depth: int) -> Goal:
        target, proof = self.goal(depth - 1)
        if self._rng.random() < 0.5:
            return f"({target}) ∨ {self._property()} a", ["left", *proof]
        return f"{self._property()} c ∨ ({target})", ["right", *proof]

    def _applied(self, depth: int) -> Goal:
        target, proof = self.goal(depth - 1)
        p, t = self._property(), self._number()
        return f"{p} {t}", [f"apply {self._assume(f'∀ x, ({target}) → {p} x')}", *proof]

    def _introduced(self, depth: int) -> Goal:
        target, proof = self.goal(depth - 1)
        return f"∀ x, {self._property()} x → ({target})", ["intro x hx", *proof]

    def _witness(self, depth: int) -> Goal:
        target, proof = self.goal(depth - 1)
        t = self._rng.choice(("a", "c"))
        return f"∃ x, g x = g {t} ∧ ({target})", [f"refine ⟨{t}, rfl, ?_⟩", *proof]


def _bullet(lines: Lines) -> Lines:
    return [f"· {lines[0]}", *(f"  {line}" for line in lines[1:])]
