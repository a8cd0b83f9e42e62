"""Shortens a found proof before it is judged, asking Lean at the theorem's root, one script at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from search.base import Environment, Proved, TacticCall, TacticLimits
from search.extract import Proof
from search.minimise import Minimiser


async def polish(
    proof: Proof,
    environment: Environment,
    *,
    limits: TacticLimits,
    is_over: Callable[[], bool],
    max_tries: int = 40,
) -> Proof:
    """The shortest script found that Lean still accepts as a proof, or `proof` itself.

    Each script is run as one tactic, with `limits.wall_s` for the whole and `limits.heartbeats` for each of the proof's
    tactics. No further script is tried once `is_over()`. The result has yet to be judged; if it is refused, fall back
    on `proof`.
    """
    whole = replace(limits, heartbeats=limits.heartbeats * max(1, len(proof.tactics)))
    minimiser = Minimiser(proof, max_tries=max_tries)
    while not is_over() and (shorter := minimiser.propose()) is not None:
        (outcome,) = await environment.apply((), [TacticCall(shorter.script, whole)])
        minimiser.tell(isinstance(outcome, Proved))
    return minimiser.best
