"""The view of a goal from which the generators make proposals: its text, read once.

A `View` adds to a structured goal the facts that its text shows: which hypotheses a tactic can name, which data
variables occur in the target, which names are free. A hypothesis that Lean shows as inaccessible gets a fresh name
here; `View.naming` writes the `rename_i` that gives it this name in Lean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from search.base import Goal, Hypothesis, Premise

IDENTIFIER = re.compile(r"[^\W\d][\w'!?✝₀-₉.]*")
_NUMERAL = re.compile(r"(?<![\w.])\d+(?![\w.])")
_EXPONENT = re.compile(r"\^ ?(?:\([^()]*[^\W\d]|[^\W\d])")
_MUTUAL = re.compile(r"^\s*mutual\b(.*?)^\s*end\b", re.MULTILINE | re.DOTALL)
_DEFINED = re.compile(r"\bdef\s+([^\s:({\[]+)")
_SORT = re.compile(r"^(Prop|Type|Sort)\b")

_NUMERIC = ("Nat", "Int", "Rat")


@dataclass(frozen=True, slots=True)
class Local:
    """A hypothesis with a name that a tactic may write (after `View.naming`)."""

    name: str
    type: str
    head: str
    is_prop: bool
    is_hidden: bool


@dataclass(frozen=True)
class View:
    """A goal with the theorem's premises and the facts read off its text."""

    goal: Goal
    premises: tuple[Premise, ...] = ()
    header: str = ""
    _hidden: dict[str, str] = field(default_factory=dict)

    @cached_property
    def is_early(self) -> bool:
        """Whether the theorem stands in the middle of Lean's own library, where few tactics exist yet."""
        return bool(re.search(r"^import Init\.", self.header, re.MULTILINE))

    @cached_property
    def has_imports(self) -> bool:
        """Whether the theorem's file imports modules of its own choice."""
        return bool(re.search(r"^import (?!Init$)", self.header, re.MULTILINE))

    def split_on(self, name: str, proposition: str) -> str:
        """A tactic that assumes a proposition in one goal and its negation in the other, under `name`."""
        if not self.is_early:
            return f"by_cases {name} : {proposition}"
        alternatives = f"with | inl {name} => ?_ | inr {name} => ?_"
        middle = (f"(cases {who}.em ({proposition}) {alternatives})" for who in ("Decidable", "Classical"))
        return f"(first | {' | '.join(middle)})"

    def take_apart(self, name: str, constructor: str, *parts: str) -> str:
        """A tactic that replaces a hypothesis by the arguments of its one constructor."""
        if self.is_early:
            return f"cases {name} with | {constructor} {' '.join(parts)} => ?_"
        return f"obtain ⟨{', '.join(parts)}⟩ := {name}"

    @property
    def target(self) -> str:
        return self.goal.target

    @property
    def head(self) -> str:
        return self.goal.head

    @cached_property
    def target_names(self) -> dict[str, int]:
        """Identifiers in the target, with how often each occurs; projections count for their root."""
        counts: dict[str, int] = {}
        for match in IDENTIFIER.finditer(self.goal.target):
            for name in {match.group(), match.group().split(".")[0]}:
                counts[name] = counts.get(name, 0) + 1
        return counts

    @cached_property
    def used_names(self) -> set[str]:
        names = set(self.target_names)
        for hyp in self.goal.hypotheses:
            names.add(hyp.name)
            names.update(IDENTIFIER.findall(hyp.type))
        return names

    @cached_property
    def locals(self) -> tuple[Local, ...]:
        """Every hypothesis but most instances, oldest first; hidden ones under the name they are about to get."""
        hidden = dict(self._hidden_pairs)
        found: list[Local] = []
        for index, hyp in enumerate(self.goal.hypotheses):
            if _is_silent(hyp):
                continue
            name = hidden.get(index, hyp.name)
            found.append(Local(name, hyp.type, hyp.head, hyp.is_prop, index in hidden))
        return tuple(found)

    @cached_property
    def _hidden_pairs(self) -> list[tuple[int, str]]:
        """(index, fresh name) of each hypothesis that can't be written as it is: inaccessible or shadowed."""
        later: set[str] = set()
        hidden: list[int] = []
        for index in range(len(self.goal.hypotheses) - 1, -1, -1):
            hyp = self.goal.hypotheses[index]
            if not hyp.is_accessible or "✝" in hyp.name or hyp.name in later:
                hidden.append(index)
            later.add(hyp.name)
        taken = set(self.used_names)
        pairs: list[tuple[int, str]] = []
        for index in reversed(hidden):
            name = fresh_name(_stem(self.goal.hypotheses[index]), taken)
            taken.add(name)
            pairs.append((index, name))
        return pairs

    def naming(self, tactic: str) -> str:
        """`tactic`, behind the `rename_i` it needs if it mentions hidden hypotheses."""
        spoken = set(IDENTIFIER.findall(tactic))
        spoken |= {name.split(".")[0] for name in spoken}
        pairs = self._hidden_pairs
        first = next((k for k, (_, name) in enumerate(pairs) if name in spoken), None)
        if first is None:
            return tactic
        names = ["_" if _is_silent(self.goal.hypotheses[index]) else name for index, name in pairs[first:]]
        return f"rename_i {' '.join(names)}\n{tactic}"

    @cached_property
    def props(self) -> tuple[Local, ...]:
        """Hypotheses that are proofs, newest first."""
        return tuple(hyp for hyp in reversed(self.locals) if hyp.is_prop)

    @cached_property
    def data(self) -> tuple[Local, ...]:
        """Variables that are neither proofs nor types nor functions, oldest first."""
        return tuple(
            hyp for hyp in self.locals if not hyp.is_prop and not _SORT.match(hyp.type) and "→" not in hyp.type
        )

    @cached_property
    def atoms(self) -> tuple[Local, ...]:
        """Propositional variables."""
        return tuple(hyp for hyp in self.locals if hyp.type == "Prop")

    @cached_property
    def data_in_target(self) -> tuple[Local, ...]:
        """`data` that the target mentions, most frequent first; hidden ones count by their shown name."""
        return tuple(sorted((v for v in self.data if self.occurrences(v)), key=lambda v: -self.occurrences(v)))

    def occurrences(self, local: Local) -> int:
        """How often the target mentions a local."""
        if not local.is_hidden:
            return self.target_names.get(local.name, 0)
        shown = next(self.goal.hypotheses[i].name for i, name in self._hidden_pairs if name == local.name)
        return self.target_names.get(shown, self.target_names.get(shown + "✝", 0))

    def is_mentioned(self, local: Local) -> bool:
        """Whether the target or a propositional hypothesis mentions a local."""
        return self.occurrences(local) > 0 or local.name in self._hypothesis_names

    @cached_property
    def _hypothesis_names(self) -> set[str]:
        names: set[str] = set()
        for hyp in self.goal.hypotheses:
            if hyp.is_prop:
                for found in IDENTIFIER.findall(hyp.type):
                    names.update((found, found.split(".")[0]))
        return names

    @cached_property
    def numbers(self) -> tuple[Local, ...]:
        """Variables of a numeric type, those of the target first."""
        rest = [v for v in self.data if v.type in _NUMERIC and not self.occurrences(v)]
        return (*(v for v in self.data_in_target if v.type in _NUMERIC), *rest)

    @cached_property
    def is_arithmetic(self) -> bool:
        """Whether the goal is about numbers alone: no other data, and no function but arithmetic in sight."""
        kinds = {v.type for v in self.data}
        functions = [h for h in self.locals if not h.is_prop and "→" in h.type]
        is_plain = kinds <= set(_NUMERIC) and not functions and not self.own_definitions
        return is_plain and bool(kinds or self.numerals) and not self.has_variable_exponent

    @cached_property
    def has_variable_exponent(self) -> bool:
        """Whether a power has a variable in its exponent, so that it grows along an induction."""
        return bool(_EXPONENT.search(self.everything))

    @cached_property
    def number_types(self) -> tuple[str, ...]:
        """Which of Nat and Int the goal is about; Nat if nothing says so."""
        found = [kind for kind in ("Nat", "Int") if any(v.type == kind for v in self.data)]
        if "↑" in self.everything or ": Int" in self.everything:
            found.append("Int")
        return tuple(dict.fromkeys(found)) or ("Nat",)

    @cached_property
    def numerals(self) -> tuple[int, ...]:
        """Numerals of target and hypotheses, in order, without duplicates."""
        text = " ".join([self.goal.target, *(hyp.type for hyp in self.goal.hypotheses if hyp.is_prop)])
        return tuple(dict.fromkeys(int(found) for found in _NUMERAL.findall(text)[:60] if len(found) < 8))

    @cached_property
    def everything(self) -> str:
        """Target and propositional hypotheses as one text, for quick looks."""
        return " \n ".join([self.goal.target, *(hyp.type for hyp in self.goal.hypotheses if hyp.is_prop)])

    def fresh(self, *stems: str) -> tuple[str, ...]:
        """One unused name a stem, all different."""
        return self._unused(stems, self.used_names | {name for _, name in self._hidden_pairs})

    def fresh_binders(self, *stems: str) -> tuple[str, ...]:
        """Names for variables that the target or a hypothesis binds. They may repeat bound names, but not
        hypotheses'."""
        return self._unused(
            stems, {hyp.name for hyp in self.goal.hypotheses} | {name for _, name in self._hidden_pairs}
        )

    @staticmethod
    def _unused(stems: Sequence[str], taken: set[str]) -> tuple[str, ...]:
        taken = set(taken)
        names: list[str] = []
        for stem in stems:
            name = fresh_name(stem, taken)
            taken.add(name)
            names.append(name)
        return tuple(names)

    def depth_of_induction(self) -> float:
        """How likely one more induction is: it halves with each induction hypothesis in sight."""
        hypotheses = sum("ih" in hyp.name for hyp in self.props)
        return float(0.5**hypotheses)

    @cached_property
    def lemmas(self) -> tuple[Premise, ...]:
        """The library's lemmas that share constants with the goal, best first."""
        return self.of_kind("eq", "iff", "apply")

    @cached_property
    def shape(self) -> str:
        """The head of the target once definitions that hide it are unfolded; "∀" for a statement that binds."""
        return next((premise.name for premise in self.of_kind("shape")), self.head)

    @cached_property
    def flat_types(self) -> frozenset[str]:
        """Types of variables and hypotheses that don't recurse: induction on a value would be case analysis."""
        return frozenset(premise.name for premise in self.of_kind("flat"))

    def of_kind(self, *kinds: str) -> tuple[Premise, ...]:
        """The premises of these kinds, best first."""
        return tuple(p for p in self.premises if p.kind in kinds)

    @cached_property
    def definitions(self) -> tuple[str, ...]:
        """Names that may be unfolded: definitions of the theorem's own file first."""
        return tuple(p.name for p in sorted(self.of_kind("def"), key=lambda p: -p.score))

    @cached_property
    def own_definitions(self) -> tuple[str, ...]:
        """Definitions of the theorem's own file, with the others of a `mutual` block, which Lean's compiled form of one
        doesn't mention."""
        known = [p.name for p in self.of_kind("def") if p.score >= OWN_DEFINITION]
        for block in _MUTUAL.findall(self.header):
            names = _DEFINED.findall(block)
            if not set(names).isdisjoint(known):
                known += names
        return tuple(dict.fromkeys(known))


OWN_DEFINITION = 2.0
"""A `def` premise that scores at least this stands in the theorem's own file, not in the library."""


def fresh_name(stem: str, taken: set[str]) -> str:
    """`stem`, or `stem` with the first number that makes it unused."""
    if stem not in taken:
        return stem
    return next(name for k in range(1, len(taken) + 2) if (name := f"{stem}{k}") not in taken)


def _is_silent(hyp: Hypothesis) -> bool:
    """Whether only instance search uses a hypothesis: all classes but `Nonempty`, which holds an element."""
    return hyp.is_instance and hyp.head != "Nonempty"


def _stem(hyp: Hypothesis) -> str:
    base = hyp.name.replace("✝", "").split(".")[-1]
    if base and base[0].isalpha() and not base.startswith("inst"):
        return re.sub(r"[^\w']", "", base) or "x"
    return "h" if hyp.is_prop else "x"


def some(items: Sequence[Local], limit: int) -> Iterator[tuple[int, Local]]:
    """The first `limit` items with their rank."""
    return zip(range(limit), items, strict=False)
