"""Finds the proof that was judged among the tactics of a search tree, by its script (as `search.extract` writes it)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prover.run.trace import TraceTactic

Tried = Mapping[str, Sequence[TraceTactic]]
"""The tactics tried at each state, by the state's key."""


def steps_of(script: str, root: str, tried: Tried) -> dict[str, TraceTactic]:
    """The tactic that the script has at each state, from `root` down; empty where a step of it was never tried (a proof
    that was shortened afterwards)."""
    chosen: dict[str, TraceTactic] = {}
    work = [(root, script.split("\n"))]
    while work:
        key, lines = work.pop()
        step = _first(tried.get(key, ()), lines)
        if step is None:
            return {}
        chosen[key] = step
        rest = lines[len(_lines(step)) :]
        below = list(_below(step, rest, tried))
        if {key for key, _ in below} != set(step.children):
            return {}
        work += below
    return chosen


def _below(step: TraceTactic, lines: Sequence[str], tried: Tried) -> Iterator[tuple[str, list[str]]]:
    """The parts that a step left, each with its lines: those of a bullet, or those behind all bullets."""
    waiting = list(step.children)
    for block in _blocks(lines):
        able = (key for key in (*waiting, *step.children) if _first(tried.get(key, ()), block) is not None)
        key = next(able, step.children[-1] if step.children else "")
        if key in waiting:
            waiting.remove(key)
        yield key, block


def _blocks(lines: Sequence[str]) -> Iterator[list[str]]:
    """The blocks of bullets without their indentation, and what stands behind them."""
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if line.startswith("rotate_left"):
            continue
        if not line.startswith("· ") and line != "next =>":
            yield list(lines[number - 1 :])
            return
        block = [] if line == "next =>" else [line[2:]]
        while number < len(lines) and (not lines[number] or lines[number].startswith("  ")):
            block.append(lines[number][2:])
            number += 1
        yield block


def _first(tactics: Sequence[TraceTactic], lines: Sequence[str]) -> TraceTactic | None:
    """The accepted tactic with which the lines begin, the longest if several do."""
    accepted = (tactic for tactic in tactics if tactic.is_accepted)
    fitting = [tactic for tactic in accepted if list(lines[: len(_lines(tactic))]) == _lines(tactic)]
    return max(fitting, key=lambda tactic: len(_lines(tactic)), default=None)


def _lines(tactic: TraceTactic) -> list[str]:
    return [line.rstrip() for line in tactic.written.strip().split("\n")]
