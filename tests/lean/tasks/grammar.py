"""Lean files at random: declarations under comments, modifiers, scopes and guards, some of them left open."""

from __future__ import annotations

import random
from dataclasses import dataclass

PRELUDE = {
    "todo": 'macro "todo" : tactic => `(tactic| sorry)\n',
    "make made": 'macro "make " n:ident : command => `(theorem $n : 1 = 1 := by sorry)\n',
    "twice theorem": 'macro "twice " c:command : command => `($c:command)\n',
    "claim ": (
        'syntax (name := claimed) declModifiers group("claim " declId declSig declVal) : command\n'
        "macro_rules | `($m:declModifiers claim $n $s $v) => `($m:declModifiers theorem $n $s $v)\n"
    ),
    "UNKNOWN": 'notation "UNKNOWN" => (sorry : Nat)\n',
    "skipped skipped": 'syntax "skipped " ident : command\nmacro_rules | `(skipped $n) => `(def $n := 0)\n',
    "⊹": 'infixl:65 " ⊹ " => Nat.add\n',
    "Shape": "class Shape (α : Type) where\n  area : α → Nat\n  positive : ∀ a, 0 < area a + 1\n",
    "Pair": "structure Pair where\n  fst : Nat\n  snd : Nat := 0\n  ordered : fst ≤ fst + snd\n",
}
"""What a file begins with if a word occurs in it: each costs Lean more than many theorems."""


@dataclass(frozen=True)
class Body:
    """A way to state and prove something; `{sorry}` stands where it may be left open."""

    statement: str
    proof: str
    closed: str
    """What goes in the place of each `sorry` when it is not left open."""


THEOREMS = (
    Body("(n : Nat) : n + 0 = n", ":= by\n  {sorry}", "simp"),
    Body("(n : Nat) : n + 0 = n", ":= by {sorry}", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":=\n  {sorry}", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= -- an idea\n  /- sorry -/ {sorry} -- sorry?", "rfl"),
    Body("(n : Nat) :\n    letI m := n + 1\n    m > n", ":= by\n  {sorry}", "exact Nat.lt_succ_self n"),
    Body(
        "(xs : List Nat) :\n    match xs with\n    | [] => xs.length = 0\n    | _ :: _ => 0 < xs.length",
        ":= by\n  {sorry}",
        "cases xs <;> simp",
    ),
    Body(": ∀ n : Nat, n = n", "\n  | 0 => rfl\n  | n + 1 => {sorry}", "rfl"),
    Body(": ∀ n : Nat, n = n", "\n  | 0 => by {sorry}\n  | n + 1 => rfl", "rfl"),
    Body("(p q : Prop) (hp : p) (hq : q) : p ∧ q", ":= by\n  constructor\n  · {sorry}\n  · exact hq", "exact hp"),
    Body("(p q : Prop) (hp : p) (hq : q) : p ∧ q", ":= ⟨hp, {sorry}⟩", "hq"),
    Body("(p q : Prop) (hp : p) (hq : q) : p ∧ q", ":= by\n  refine ⟨?_, ?_⟩\n  {sorry}\n  exact hq", "exact hp"),
    Body("(p q : Prop) (hp : p) (hq : q) : p ∧ q", ":=\n  have h : p := by\n    {sorry}\n  ⟨h, hq⟩", "exact hp"),
    Body("(p : Prop) (hp : p) : p ∧ p", ":= by\n  constructor <;> {sorry}", "exact hp"),
    Body("(n : Nat) : n + 0 = n", ":= by\n  cases n with\n  | zero => {sorry}\n  | succ k => rfl", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= by\n  cases n\n  case zero => rfl\n  case succ k => {sorry}", "rfl"),
    Body("(n : Nat) : 0 + n = n", ":= by\n  induction n with\n  | zero => rfl\n  | succ k ih => {sorry}", "omega"),
    Body("(n : Nat) : n = n", ":= by\n  first\n  | done\n  | {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= by\n  first\n  | ({sorry}; fail)\n  | rfl", "skip"),
    Body("(n : Nat) : n = n", ":= by\n  all_goals {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= helper n\nwhere\n  helper (n : Nat) : n = n := {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= by\n  exact go n\nwhere\n  go (n : Nat) : n = n := by\n    {sorry}", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= calc n + 0\n  _ = n := {sorry}", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= by\n  show n + 0 = n from\n    {sorry}", "rfl"),
    Body("(n : Nat) : n = n ∧ True", ":= by\n  open Nat in\n  set_option maxRecDepth 600 in\n  {sorry}", "simp"),
    Body("(n : Nat) : n = n", ":= if h : n = 0 then rfl else {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= (fun m => {sorry} : ∀ m : Nat, m = m) n", "rfl"),
    Body("(n : Nat) : n = n", ":= match n with\n  | 0 => rfl\n  | _ + 1 => {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= by\n  rw [show n = n from {sorry}]", "rfl"),
    Body("(𝒜 ℬ : Prop) (h𝒜 : 𝒜) : 𝒜 ∨ ℬ", ":= Or.inl {sorry}", "h𝒜"),
    Body(': "sorry -- /-" = "sorry -- /-"', ":= by\n  {sorry}", "rfl"),
    Body(': s!"{1 + 1} sorry" = s!"{1 + 1} sorry"', ":= by {sorry}", "rfl"),
    Body(": 'a' = 'a'", ":= by {sorry}", "rfl"),
    Body("(n : Nat) : n ⊹ 0 = n", ":= by\n  {sorry}", "rfl"),
    Body("(n : Nat) : n = n", ":= by\n  todo", ""),
    Body("(n : Nat) : n = n", ":= by\n  admit", ""),
    Body("(n : Nat) : n = n", ":= by\n  exact\n    {sorry}", "rfl"),
    Body("(n : Nat) : n ≤ n + UNKNOWN", ":= by\n  {sorry}", "omega"),
    Body("(n : Nat) : n + 0 = n", ":= by { {sorry} }", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= by\n  skip; {sorry}", "rfl"),
    Body("(n : Nat) : n + 0 = n", ":= by\n  try {sorry}", "rfl"),
    Body(
        "(n m : Nat) (h : n = m) : m = n ∧ True",
        ":= by\n  have step : m = n := by\n    {sorry}\n  have : True := {sorry}\n  exact ⟨step, this⟩",
        "simp_all",
    ),
)
"""Theorems and examples. Where `{sorry}` is a term, what closes it is a term, too."""

DEFINITIONS = (
    Body("def {name} : Nat", ":= {sorry}", "3"),
    Body("def {name} (n : Nat) : Nat", "\n  | 0 => 1\n  | n + 1 => {sorry}", "n"),
    Body("def {name} (n : Nat) : Fin (n + 1)", ":= ⟨n, by {sorry}⟩", "omega"),
    Body("def {name} : Nat → Nat", "\n  | 0 => 0\n  | n + 1 => {name} n\ndecreasing_by {sorry}", "omega"),
    Body("abbrev {name} : Nat", ":= by\n  exact {sorry}", "3"),
    Body("instance {name} : Inhabited Pair", ":= by\n  {sorry}", "exact ⟨⟨0, 0, Nat.le_refl 0⟩⟩"),
    Body("instance : Shape Nat", "where\n  area n := n\n  positive := {sorry}", "fun a => Nat.succ_pos a"),
    Body("noncomputable def {name} : Nat", ":= {sorry}", "3"),
    Body("opaque {name} : Nat", ":= {sorry}", "3"),
    Body("def {name} : Pair", "where\n  fst := {sorry}\n  ordered := by simp", "1"),
    Body("structure {name}", "where\n  x : Nat := {sorry}", "3"),
    Body("inductive {name}", "where\n  | one\n  | two (n : Nat)", ""),
    Body("private def {name} (n : Nat) : Nat", ":= n + {sorry}", "1"),
    Body("partial def {name} (n : Nat) : Nat", ":= {sorry}", "n"),
    Body("axiom {name} : 2 = 2", "", ""),
    Body(
        "mutual\ndef even_{name} : Nat → Bool\n  | 0 => true\n  | n + 1 => odd_{name} n\n",
        "def odd_{name} : Nat → Bool\n  | 0 => {sorry}\n  | n + 1 => even_{name} n\nend",
        "true",
    ),
    Body("mutual\ntheorem left_{name} : 1 = 1", ":= {sorry}\ntheorem right_{name} : 2 = 2 := rfl\nend", "rfl"),
)
OTHERS = (
    "open Nat",
    "set_option maxRecDepth 600",
    "universe u{number}",
    "variable (x{number} y{number} : Nat) (h{number} : x{number} = y{number})",
    "variable {α{number} : Type} [Inhabited α{number}]",
    "/-! A chapter on sorry. -/",
    "-- theorem commented : 1 = 2 := by sorry",
    "/- theorem /- nested sorry -/ commented : 1 = 2 := by\n  sorry -/",
    "make made_{number}",
    "twice theorem twice_{number} : 1 = 1 := by sorry",
    "skipped skipped_{number}",
    "#check (sorry : Nat)",
    "#eval 1 + 1",
    'local notation "N{number}" => Nat',
    "attribute [local simp] Nat.add_comm",
    "theorem pair_{number}_a : 1 = 1 := rfl theorem pair_{number}_b : 2 = 2 := by sorry",
    "export Nat (succ_le)",
)
COMMENTS = (
    "",
    "",
    "",
    "/-- A sorry\nof two lines. -/\n",
    "/-- On its line. -/ ",
    "-- line\n",
    "/- block -/ ",
    "/- a /- nested -/ -/\n",
    "/-- Doc. -/\n-- and line\n",
)
GUARDS = (
    *("", "", "", "", "", "open Nat in\n", "set_option maxHeartbeats 20000 in\n", "open Classical in "),
    *("#guard_msgs (drop warning) in\n", "#guard_msgs (drop all) in ", "variable (extra : Nat) in\n"),
    *("set_option warn.sorry false in\n", "universe w in\n"),
    "/-- warning: declaration uses `sorry` -/\n#guard_msgs in\n",
)
MODIFIERS = ("", "", "", "", "@[simp] ", "@[local simp]\n", "private ", "@[simp] private ", "  ", "nonrec ")
SEPARATORS = ("\n\n", "\n\n", "\n", "\n\n\n", "  \n\n")


class Maker:
    """Makes a file from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._number = 0

    def file(self) -> str:
        """A whole file, in the line ends that the seed chooses."""
        parts: list[str] = []
        scopes: list[str] = []
        for _ in range(self._random.randint(4, 14)):
            parts += (self._one_of(*SEPARATORS), self._command(scopes))
        if self._random.random() < 0.7:
            parts += [f"\n{scope}" for scope in reversed(scopes)]
        text = "".join(parts)
        header = self._one_of("", "", "import Init\n", "/- header -/\nimport Init\n")
        return self._ended(header + "".join(made for word, made in PRELUDE.items() if word in text) + text)

    def _one_of(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _command(self, scopes: list[str]) -> str:
        self._number += 1
        kind = self._random.random()
        if kind < 0.55:
            return self._theorem()
        if kind < 0.72:
            return self._definition()
        if kind < 0.82:
            return self._scope(scopes)
        return self._one_of(*OTHERS).replace("{number}", str(self._number))

    def _scope(self, scopes: list[str]) -> str:
        if scopes and self._random.random() < 0.5:
            return scopes.pop()
        name = self._one_of(f"A{self._number}", f"A{self._number}.B", "«odd name»")
        opened, closing = self._random.choice(
            [(f"namespace {name}", f"end {name}"), ("section", "end"), (f"section {name}", f"end {name}")]
        )
        if self._random.random() < 0.2:
            opened = opened.replace("section", "noncomputable section")
        scopes.append(closing)
        return opened

    def _theorem(self) -> str:
        body = self._random.choice(THEOREMS)
        prefix = self._one_of(*GUARDS) + self._one_of(*COMMENTS)
        if self._random.random() < 0.2:
            head = f"example {body.statement}"
        else:
            name = self._one_of("t{}", "t{}", "T.t{}", "«t {}»").format(self._number)
            protected = "protected " if name[0] == "T" and self._random.random() < 0.5 else ""
            word = self._one_of("theorem", "theorem", "theorem", "theorem", "claim")
            head = f"{protected or self._one_of(*MODIFIERS)}{word} {name} {body.statement}"
        return f"{prefix}{head} {self._closed(body.proof, body.closed)}"

    def _definition(self) -> str:
        body = self._random.choice(DEFINITIONS)
        text = f"{self._one_of(*COMMENTS)}{body.statement} {self._closed(body.proof, body.closed)}"
        return text.replace("{name}", f"d{self._number}")

    def _closed(self, proof: str, closed: str) -> str:
        """The proof with each of its `sorry`s left open, or closed."""
        is_open = self._random.random() < 0.6
        return proof.replace("{sorry}", "sorry" if is_open else closed)

    def _ended(self, text: str) -> str:
        """The text with the line ends of some system, with or without a last one, or a mark at its start."""
        kind = self._random.random()
        if kind < 0.2:
            text = text.replace("\n", "\r\n")
        elif kind < 0.4:
            text = "".join(self._one_of("\n", "\r\n") if char == "\n" else char for char in text)
        if self._random.random() < 0.1:
            text = "\ufeff" + text
        return text if self._random.random() < 0.3 else text + "\n"
