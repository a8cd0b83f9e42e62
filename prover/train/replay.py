"""Asks a policy about steps whose outcome is known, without Lean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prover.learn.critic import state_of
from prover.train.steps import Step
from search.base import Policy, ProposalRequest, Theorem


@dataclass(frozen=True, slots=True)
class Replayed:
    """Of so many `states`, those for which the tactic of the proof (`true`), or any that led to one (`good`), was among
    the proposals."""

    states: int
    true: int
    good: int


async def replay(policy: Policy, steps: Sequence[Step], *, samples: int, seed: int) -> Replayed:
    """Have the policy propose `samples` tactics for each step's state, at temperature 1."""
    requests = [
        ProposalRequest(
            Theorem(step.theorem, step.statement),
            state_of(step.state),
            step.before,
            num_samples=samples,
            temperature=1.0,
            seed=seed,
        )
        for step in steps
    ]
    answers = await policy.propose(requests)
    said = [{candidate.tactic for candidate in answer} for answer in answers]
    return Replayed(
        states=len(steps),
        true=sum(step.good[0] in each for step, each in zip(steps, said, strict=True)),
        good=sum(not each.isdisjoint(step.good) for step, each in zip(steps, said, strict=True)),
    )
