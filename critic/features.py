"""The features of a state, a few numbers read off its text, from which a small critic without a transformer learns."""

from __future__ import annotations

import math
import re

_TURNSTILE = "⊢"
_WORD = re.compile(r"[^\W\d_][\w.'✝]*|\d+|[^\s\w()\[\]{},]")
_RELATIONS = ("=", "≤", "<", "↔", "→", "∧", "∨", "¬", "∃", "∀", "∈", "∣", "≠")

NAMES: tuple[str, ...] = (
    "goals",
    "log_length",
    "root_target",
    "hypotheses",
    "facts",
    "numerals",
    "metavariables",
    "nesting",
    "trivial",
    "closed_by_hypothesis",
    "repeated_words",
    *(f"has {relation}" for relation in _RELATIONS),
)


def features(text: str) -> list[float]:
    """One number per name of NAMES, from all goals of a state in one text. No goals is all zeros."""
    goals = [goal for goal in text.split("\n\n") if _TURNSTILE in goal]
    if not goals:
        return [0.0] * len(NAMES)
    targets = [goal.rpartition(_TURNSTILE)[2].strip() for goal in goals]
    lines = [line for goal in goals for line in goal.rpartition(_TURNSTILE)[0].splitlines() if " : " in line]
    types = [line.partition(" : ")[2].strip() for line in lines]
    words = [word for target in targets for word in _WORD.findall(target)]
    facts = [kind for kind in types if any(relation in kind for relation in _RELATIONS)]
    return [
        float(len(goals)),
        math.log1p(len(text)),
        math.sqrt(len(words)),
        math.sqrt(len(lines)),
        math.sqrt(len(facts)),
        math.sqrt(sum(word.isdigit() for word in words)),
        math.sqrt(text.count("?")),
        float(max(map(_nesting, targets))),
        sum(_is_trivial(target) for target in targets) / len(targets),
        sum(target in types for target in targets) / len(targets),
        1.0 - len(set(words)) / max(len(words), 1),
        *(float(sum(relation in target for target in targets)) / len(targets) for relation in _RELATIONS),
    ]


def _nesting(text: str) -> int:
    depth = deepest = 0
    for letter in text:
        depth += (letter in "([{⟨") - (letter in ")]}⟩")
        deepest = max(deepest, depth)
    return deepest


def _is_trivial(target: str) -> bool:
    left, equals, right = target.partition(" = ")
    return target == "True" or (bool(equals) and left == right)
