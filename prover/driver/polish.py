"""A found proof made shorter before it is judged: Lean is asked on the theorem's own root, one script at a time."""

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
    """The shortest script that Lean still takes for a proof, or `proof` itself.

    Each script is run as one tactic, with `limits.wall_s` for the whole and `limits.heartbeats` for each of the proof's
    tactics. No further one is tried once `is_over()`. What comes out has yet to be judged; the proof that went in stays
    the one to fall back on.
    """
    whole = replace(limits, heartbeats=limits.heartbeats * max(1, len(proof.tactics)))
    minimiser = Minimiser(proof, max_tries=max_tries)
    while not is_over() and (shorter := minimiser.propose()) is not None:
        (outcome,) = await environment.apply((), [TacticCall(shorter.script, whole)])
        minimiser.tell(isinstance(outcome, Proved))
    return minimiser.best
