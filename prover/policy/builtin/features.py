"""What a rule model sees of a goal and of a rule: names of what holds, read off the structured goal in microseconds.

A goal's features name no hypothesis, no variable and no lemma, so they mean the same in a project that the model has
never seen. A rule's features are its name and the words of its name: a rule that the model doesn't know shares its
words with rules that it does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from search.base import Goal, Hypothesis

_NUMERAL = re.compile(r"(?<![\w.])\d+(?![\w.])")
_CONTAINERS = (
    "List",
    "Array",
    "Vector",
    "Option",
    "String",
    "BitVec",
    "Fin",
    "Nat",
    "Int",
    "Rat",
    "Bool",
    "Map",
    "Set",
)
_HEADS = frozenset(
    [
        "Eq",
        "Iff",
        "And",
        "Or",
        "Not",
        "Exists",
        "Ne",
        "LE.le",
        "LT.lt",
        "GE.ge",
        "GT.gt",
        "Dvd.dvd",
        "Membership.mem",
        "HEq",
        "Nonempty",
        "True",
        "False",
        "BEq.beq",
        "List.Perm",
        "List.Sublist",
        "List.Pairwise",
        "Function.Injective",
        "Subsingleton",
        "Decidable",
    ]
)
_SIZES = (12, 25, 50, 100, 200)
_COUNTS = (0, 1, 2, 4, 8)


def goal_features(goal: Goal, *, num_goals: int, depth: int, is_early: bool) -> list[str]:
    """The names of what holds for a goal that stands first of `num_goals`, `depth` tactics from its theorem's root;
    `is_early` where the theorem stands in the middle of Lean's own library."""
    facts = [hyp for hyp in goal.hypotheses if hyp.is_prop]
    data = [hyp for hyp in goal.hypotheses if not hyp.is_prop and not hyp.is_instance]
    found = [
        "any",
        f"head {_head(goal.head)}",
        f"size {_step(len(goal.target), _SIZES)}",
        f"facts {_step(len(facts), _COUNTS)}",
        f"data {_step(len(data), _COUNTS)}",
        f"constants {_step(len(goal.constants), _COUNTS)}",
        f"depth {min(depth, 3)}",
    ]
    found += [f"fact {head}" for head in dict.fromkeys(_head(hyp.head) for hyp in facts)]
    found += [f"about {name}" for name in _CONTAINERS if _is_mentioned(name, (goal.target, *_types(data)))]
    flags = {
        "early": is_early,
        "binds": goal.target.startswith(("∀", "¬")) or "→" in goal.target,
        "several": num_goals > 1,
        "induction": any("ih" in hyp.name for hyp in facts),
        "hidden": any(not hyp.is_accessible for hyp in (*facts, *data)),
        "numeral": bool(_NUMERAL.search(goal.target)),
        "power": "^" in goal.target,
        "branches": "if " in goal.target or "match " in goal.target,
        "function": "fun " in goal.target,
        "instances": any(hyp.is_instance for hyp in goal.hypotheses),
    }
    return found + [name for name, holds in flags.items() if holds]


@functools.cache
def rule_features(rule: str) -> tuple[str, ...]:
    """The rule's name and the words that it is made of."""
    return (rule, *dict.fromkeys(f"{word}*" for word in rule.split("_") if not word.isdigit()))


def _head(name: str) -> str:
    return name if name in _HEADS else "local" if not name else "other"


def _step(count: int, steps: tuple[int, ...]) -> int:
    """The first step that is not below the count; one more than the last if all are."""
    return next((step for step in steps if count <= step), steps[-1] + 1)


def _types(hypotheses: list[Hypothesis]) -> list[str]:
    return [hyp.type for hyp in hypotheses]


@functools.cache
def _is_mentioned(name: str, texts: Iterable[str]) -> bool:
    return any(re.search(rf"{name}\b", text) for text in texts)
