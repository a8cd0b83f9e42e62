"""The statement that a theorem is false, as a task of its own."""

from __future__ import annotations

import re
from dataclasses import replace

from prover.tasks.commands import split_commands
from prover.tasks.lean_file import document_of, task_of
from prover.tasks.record import Refused, TaskKind, TheoremTask
from prover.tasks.scanner import LineIndex, mask


def negation_of(task: TheoremTask) -> TheoremTask | None:
    """The task whose proof disproves `task`; None if `task` is no theorem.

    Its text is the theorem with `sorry` for a proof, and after it `theorem disproof : ¬(type_of% @NAME)`. So Lean
    itself determines the negated statement, with all binders before the theorem's colon, `variable`s and auto-bound
    names. The negation uses the theorem's type and not the theorem, so it does not depend on that `sorry`. The caller
    has to check that its goal has no hypotheses: a `variable` that Lean includes would be one, and a proof from it is
    no disproof.
    """
    if task.kind is TaskKind.DEFINITION:
        return None
    stated = f"{task.context}{_without_attributes(task.declaration[: task.value].rstrip())} := by\n  sorry\n\n"
    theorem = split_commands(stated)[-1]
    if not theorem.full_name:
        return None
    known = theorem.full_name if "private" in theorem.modifiers else f"_root_.{theorem.full_name}"
    text = f"{stated}theorem {_fresh_name(stated)} : ¬(type_of% @{known}) := by\n  sorry\n"
    document = replace(document_of(text), path=task.document.path)
    made = task_of(document, split_commands(text)[-1], LineIndex(text))
    return None if isinstance(made, Refused) else replace(made, id=task.id)


def _without_attributes(declaration: str) -> str:
    """The declaration without attributes like `@[simp]`, through which tactics would use the theorem with its
    `sorry`."""
    keyword = re.search(r"\b(?:theorem|lemma)\b", mask(declaration))
    end = keyword.start() if keyword is not None else 0
    return re.sub(r"@\[[^\]]*\]\s*", "", declaration[:end]) + declaration[end:]


def _fresh_name(text: str) -> str:
    number = 0
    while (name := f"disproof_{number}" if number else "disproof") in text:
        number += 1
    return name
