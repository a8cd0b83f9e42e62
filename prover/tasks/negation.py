"""The statement that a theorem is false, as a task of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from prover.tasks.holes import Hole, HoleStyle
from prover.tasks.record import TaskKind, TheoremTask
from prover.tasks.scanner import mask

_SORRY = "sorry"


def negation_of(task: TheoremTask) -> TheoremTask | None:
    """The task whose proof disproves `task`; None if `task` is no theorem.

    Its text is the theorem with `sorry` for a proof, and after it `theorem _root_.disproof : ¬(type_of% @NAME)`. So
    Lean itself determines the negated statement, with all binders before the theorem's colon, `variable`s and
    auto-bound names. The negation uses the theorem's type and not the theorem, so it does not depend on that `sorry`.
    The caller has to check that its goal has no hypotheses: a `variable` that Lean includes would be one, and a proof
    from it is no disproof.
    """
    if task.kind is TaskKind.DEFINITION:
        return None
    before, statement = _at_keyword(task.declaration[: task.value].rstrip())
    context = f"{task.context}{before}{statement} := by\n  {_SORRY}\n\n"
    known = task.name if "private" in before.split() else f"_root_.{task.name}"
    name = _fresh_name(context)
    stated = f"theorem _root_.{name} : ¬(type_of% @{known})"
    declaration = f"{stated} := by\n  {_SORRY}"
    hole = Hole(len(declaration) - len(_SORRY), len(declaration), HoleStyle.BY)
    negated = task.restated(context, declaration, [hole])
    return replace(negated, name=name, value=len(stated) + 1, kind=TaskKind.THEOREM)


def _at_keyword(declaration: str) -> tuple[str, str]:
    """A declaration parted at its keyword, without attributes like `@[simp]`, through which tactics would use the
    theorem with its `sorry`."""
    keyword = re.search(r"\b(?:theorem|lemma)\b", mask(declaration))
    at = keyword.start() if keyword is not None else 0
    return re.sub(r"@\[[^\]]*\]\s*", "", declaration[:at]), declaration[at:]


def _fresh_name(text: str) -> str:
    number = 0
    while (name := f"disproof_{number}" if number else "disproof") in text:
        number += 1
    return name
