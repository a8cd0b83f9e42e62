"""Shortens a question to a limit of tokens.

These are left out, in this order, until it fits: the oldest earlier tactics, the later goals, the oldest hypotheses of
the first goal, and the end of its target.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from prover.errors import UsageError
from prover.models.prompts import Question

TURNSTILE = "⊢"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A question that fits, with descriptions of the omitted parts."""

    question: Question
    omitted: tuple[str, ...] = ()


def fit_question(question: Question, *, goals: Sequence[str], budget: int, count: Callable[[Question], int]) -> Fitted:
    """The question, shortened if `count` gives it more than `budget` tokens. `goals` are the state's goals as texts.

    Raises UsageError if even an empty state is over the budget.
    """
    if count(question) <= budget:
        return Fitted(question)
    omitted: list[str] = []
    num_dropped = _fewest(len(question.tactics_before), lambda n: count(_later_tactics(question, n)) <= budget)
    if num_dropped:
        question = _later_tactics(question, num_dropped)
        omitted.append(f"{num_dropped} earlier tactics")
    if count(question) <= budget:
        return Fitted(question, tuple(omitted))
    state, left_out = _fit_state(goals, lambda text: count(replace(question, state=text)) <= budget)
    return Fitted(replace(question, state=state), (*omitted, *left_out))


def _later_tactics(question: Question, num_dropped: int) -> Question:
    return replace(question, tactics_before=question.tactics_before[num_dropped:])


def _fit_state(goals: Sequence[str], fits: Callable[[str], bool]) -> tuple[str, list[str]]:
    omitted: list[str] = []
    num_dropped = _fewest(len(goals) - 1, lambda n: fits("\n\n".join(goals[: len(goals) - n])))
    if num_dropped > 0:
        omitted.append(f"{num_dropped} later goals")
    state = "\n\n".join(goals[: len(goals) - num_dropped])
    if fits(state):
        return state, omitted
    hypotheses, target = split_goal(goals[0])
    num_dropped = _fewest(len(hypotheses), lambda n: fits("\n".join([*hypotheses[n:], target])))
    if num_dropped:
        omitted.append(f"{num_dropped} hypotheses")
    state = "\n".join([*hypotheses[num_dropped:], target])
    if fits(state):
        return state, omitted
    num_characters = _fewest(len(target), lambda n: fits(target[: len(target) - n]))
    if not fits(target[: len(target) - num_characters]):
        raise UsageError("the prompt limit is too small for any state: raise max_prompt")
    return target[: len(target) - num_characters], [*omitted, f"the last {num_characters} characters of the target"]


def split_goal(goal: str) -> tuple[list[str], str]:
    """A goal's hypotheses, each with its continuation lines, and its target, which begins with the turnstile."""
    blocks: list[str] = []
    lines = goal.split("\n")
    for index, line in enumerate(lines):
        if line.startswith(TURNSTILE):
            return blocks, "\n".join(lines[index:])
        if blocks and line.startswith(" "):
            blocks[-1] += "\n" + line
        else:
            blocks.append(line)
    return [], goal


def _fewest(most: int, enough: Callable[[int], bool]) -> int:
    """The least n in 0..most with enough(n), by bisection; `most` if there is none."""
    low, high = 0, max(most, 0)
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return low
