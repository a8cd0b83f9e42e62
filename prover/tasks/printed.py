"""A proof state as Lean prints it, made a theorem again whose `sorry` stands at that state."""

from __future__ import annotations

import re

from prover.errors import UsageError
from prover.lean.rendered_goals import goal_of
from prover.tasks.hidden import without_hidden
from search.base import Goal, Hypothesis

_SORT = re.compile(r"\b(?:Type|Sort) +(?:\(([^()]*)\)|(\w+))|\.\{([^}]*)\}")
_LEVEL = re.compile(r"[^\W\d]\w*")
_OPERATIONS = {"max", "imax"}


def theorem_at(state: str, header: str = "") -> str:
    """A text behind `header` that ends in the `sorry` of a theorem, where the state is the first of the printed goals,
    with the same names: those with a dagger are hidden there too. Raises UsageError if it holds no goal.

    Lean may still refuse it: what is printed need not be readable (`⋯`, metavariables, notation that is not open).
    """
    first = state.strip().split("\n\n", 1)[0]
    if "⊢" not in first:
        raise UsageError(f"no proof state: a goal has a line with ⊢, not {first[:80]!r}")
    text, hidden = without_hidden(first)
    goal = goal_of(text)
    levels = "".join(f" {level}" for level in _levels(text))
    names = " ".join("_" if each.name in hidden else each.name for each in goal.hypotheses)
    lines = [
        *([header, ""] if header else []),
        "set_option autoImplicit false",  # or an unknown name would be taken for a variable
        *([f"universe{levels}"] if levels else []),
        "theorem printed_state :",
        *(f"    {_binder(each, hidden)}" for each in goal.hypotheses),
        f"    {_indented(goal)} := by",
        *([f"  intro {names}"] if names else []),
        "  sorry",
    ]
    return "\n".join(lines) + "\n"


def _binder(hypothesis: Hypothesis, hidden: frozenset[str]) -> str:
    name, kind = hypothesis.name, hypothesis.type.replace("\n", "\n    ")
    if hypothesis.value is not None:
        value = hypothesis.value.replace("\n", "\n    ")
        return f"let {name} : {kind} := {value};"
    is_instance = name in hidden and name.startswith("inst")
    return f"∀ [{name} : {kind}]," if is_instance else f"∀ ({name} : {kind}),"


def _indented(goal: Goal) -> str:
    return "(" + goal.target.replace("\n", "\n    ") + ")"


def _levels(text: str) -> list[str]:
    """The universe levels that a text names."""
    places = (" ".join(filter(None, found.groups())) for found in _SORT.finditer(text))
    return [name for name in dict.fromkeys(_LEVEL.findall(" ".join(places))) if name not in _OPERATIONS]
