"""Audits a task list: looks for statements that don't mean what they seem to.

`audit` reads the texts without Lean, so findings that depend on types are hints. `lean_findings` asks an opened theorem
for the rest: hypotheses that contradict each other, and statements that one closing tactic settles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prover.tasks.binders import bound_names, unbound_letters
from prover.tasks.record import TaskList, TheoremTask
from prover.tasks.scanner import LineIndex, mask
from search.base import Environment, Proved, TacticCall, TacticLimits


class Severity(StrEnum):
    """How certain it is that the statement is not the intended one."""

    DEFECT = "defect"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspicious place in one input record."""

    id: str
    kind: str
    severity: Severity
    message: str
    source: str = ""
    line: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.id}: {self.severity}: {self.message} [{self.kind}]"


_NOTATION = {
    "Real": frozenset(("π", "Γ")),
    "Complex": frozenset(("I",)),
    "Nat": frozenset(("φ", "σ")),
    "Polynomial": frozenset(("X", "C")),
    "MvPolynomial": frozenset(("X", "C")),
    "ArithmeticFunction": frozenset(("σ", "μ", "ζ", "Λ", "ω", "Ω")),
    "goldenRatio": frozenset(("φ", "ψ")),
    "MeasureTheory": frozenset(("μ",)),
}
"""One-letter names that an `open` brings in Mathlib."""
_NATURAL = re.compile(r"[(\[{⦃]([^():{}\[\]]+):\s*(?:ℕ|Nat)\s*[)\]}⦄]|[∀∃]!?\s*([^,:∈()]+):\s*(?:ℕ|Nat)\s*,")


def audit(tasks: TaskList) -> list[Finding]:
    """Everything that the texts show, in input order; duplicates are named at their later occurrence."""
    findings = [
        Finding(refused.id, "refused", Severity.DEFECT, refused.reason, refused.source, refused.line)
        for refused in tasks.refused
    ]
    for task in tasks.tasks:
        findings += _phantoms(task)
        findings += _natural_arithmetic(task)
        findings += _assumed(task)
    findings += _duplicates(tasks.tasks)
    return findings


def _finding(task: TheoremTask, kind: str, severity: Severity, message: str, offset: int = 0) -> Finding:
    line = task.line
    if task.is_lean_file:
        line = LineIndex(task.document.text).position(task.document_start + offset)[0]
    return Finding(task.id, kind, severity, message, task.source, line)


def _phantoms(task: TheoremTask) -> Iterator[Finding]:
    """Letters that nothing binds: Lean makes them implicit arguments, or refuses the statement."""
    for letter in unbound_letters(task.declaration[: task.value], _known_letters(task.context)):
        if letter.escaped:
            text = f"`{letter.name}` is bound elsewhere but not here, so this is another variable of that name"
            yield _finding(task, "phantom-variable", Severity.DEFECT, text, letter.offset)
        else:
            text = f"`{letter.name}` is declared nowhere: bound automatically, with a type that Lean guesses"
            yield _finding(task, "auto-bound", Severity.NOTE, text, letter.offset)


def _known_letters(context: str) -> frozenset[str]:
    """The names that the context declares: variables, definitions, universes, and notation of its `open`s."""
    code = mask(context)
    names: set[str] = set()
    for group in re.finditer(r"[(\[{⦃]([^():{}\[\]⦃⦄]+):", code):
        names.update(group.group(1).split())
    for declared in re.finditer(r"\b(?:def|abbrev|theorem|inductive|structure|class|axiom|opaque)\s+([\w.'!?]+)", code):
        names.update(declared.group(1).split("."))
    for line in re.finditer(r"\b(?:universe|open(?:\s+scoped)?|variable)\b([^\n]*)", code):
        names.update(line.group(1).split())
    return frozenset(names).union(*(_NOTATION[name] for name in names & _NOTATION.keys()))


def _natural_arithmetic(task: TheoremTask) -> Iterator[Finding]:
    """Subtraction and division whose operands look like natural numbers, and no cast in sight."""
    statement = mask(task.declaration[: task.value])
    natural = {name for match in _NATURAL.finditer(statement) for name in (match.group(1) or match.group(2)).split()}
    if not natural:
        return
    names = "|".join(re.escape(name) for name in sorted(natural, key=len, reverse=True))
    operand = rf"(?<![\w.'↑])(?:{names})(?![\w'])|\d+"
    for kind, sign, what in (
        ("nat-subtraction", "-", "stops at zero"),
        ("nat-division", "/", "rounds down"),
    ):
        pattern = rf"(?:({operand})\s*{re.escape(sign)}\s*({operand}))(?!\s*:)"
        for match in re.finditer(pattern, statement):
            if match.group(1) in natural or match.group(2) in natural:
                text = f"`{match.group()}` looks like natural numbers, whose {kind[4:]} {what}"
                yield _finding(task, kind, Severity.WARNING, text, match.start())
                break


def _assumed(task: TheoremTask) -> Iterator[Finding]:
    """A hypothesis that is the conclusion, letter for letter."""
    statement = " ".join(mask(task.declaration[: task.value]).split())
    hypotheses = [match.group(1).strip() for match in re.finditer(r"\(\s*\w[\w'₀-₉]*\s*:\s*([^()]+)\)", statement)]
    conclusion = re.split(r"[)\]}⦄]\s*(?::|,)\s*", statement)[-1].strip()
    if conclusion in hypotheses:
        yield _finding(task, "assumed", Severity.WARNING, "its conclusion is one of its hypotheses")


def _duplicates(tasks: Sequence[TheoremTask]) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for task in tasks:
        key = (" ".join(mask(task.context, literals=False).split()), renamed(task))
        first = seen.setdefault(key, task.id)
        if first != task.id:
            yield _finding(task, "duplicate", Severity.WARNING, f"says the same as `{first}`, up to names")


def renamed(task: TheoremTask) -> str:
    """The statement without its own name, with bound names numbered in order of appearance and white space single."""
    text = " ".join(mask(task.declaration[: task.value], literals=False).split())
    text = re.sub(r"^.*?\b(?:theorem|lemma|example|def|abbrev)\s+\S+", "", text, count=1)
    numbers = {name: f"#{number}" for number, name in enumerate(bound_names(task.declaration[: task.value]))}
    return re.sub(r"[^\W\d][\w'!?]*", lambda word: numbers.get(word.group(), word.group()), text)


_CLOSERS = ("trivial", "rfl", "decide", "omega", "simp", "simp_all", "grind")
_VACUOUS = ("contradiction", "omega", "simp_all", "grind")
_LIMITS = TacticLimits(heartbeats=50_000, wall_s=3.0)


async def lean_findings(task: TheoremTask, environment: Environment) -> list[Finding]:
    """The findings on an elaborated statement: contradictory hypotheses, and a one-tactic proof."""
    found: list[Finding] = []
    vacuous = await _first_success(environment, [f"(intros; exfalso; {closer})" for closer in _VACUOUS])
    if vacuous:
        text = f"its hypotheses contradict each other: `{vacuous}` proves it"
        found.append(_finding(task, "vacuous", Severity.DEFECT, text))
    trivial = await _first_success(environment, [f"(intros; {closer})" for closer in _CLOSERS])
    if trivial and not vacuous:
        found.append(_finding(task, "one-tactic", Severity.NOTE, f"`{trivial}` proves it"))
    return found


async def _first_success(environment: Environment, tactics: Iterable[str]) -> str:
    calls = [TacticCall(tactic, _LIMITS) for tactic in tactics]
    outcomes = await environment.apply((), calls)
    return next((call.text for call, out in zip(calls, outcomes, strict=True) if isinstance(out, Proved)), "")
