"""Policy and critic at work together for a while, as `stepwise doctor` sees them."""

from __future__ import annotations

import asyncio
import itertools
import time

import torch

from prover.errors import StepwiseError
from prover.models.finding import Finding
from prover.models.policy import ModelPolicy
from prover.models.scoring import TextScorer
from search.base import Goal, ProofState, ProposalRequest, Theorem

_GOAL = "x : ℕ\nh : 2 * x + 1 = 7\n⊢ x = 3"
_ASKING = 8  # requests at a time


def request(number: int = 0, *, num_samples: int = 8, temperature: float = 0.7) -> ProposalRequest:
    """A request for one small goal, a different state for each number."""
    text = _GOAL.replace("7", str(7 + 2 * number)).replace("= 3", f"= {3 + number}")
    state = ProofState((Goal(text, pretty=text),), str(number))
    return ProposalRequest(Theorem("doctor"), state, num_samples=num_samples, temperature=temperature, seed=number)


async def under_load(
    policy: ModelPolicy | None, scorer: TextScorer | None, device: torch.device, *, seconds: float
) -> Finding:
    """Policy and critic together for some seconds, and until each has answered, with cancellations: no fault, no growth
    of memory, the same answers before and after."""
    load = _Load(seconds)
    quiet = None if policy is None else await policy.sample(policy.sampling_request(request(2)))
    held = _allocated(device)
    try:
        works = [] if policy is None else [load.ask(worker, policy) for worker in range(_ASKING)]
        await asyncio.gather(*works, *([] if scorer is None else [load.score(scorer)]))
    except StepwiseError as fault:
        return Finding("under load", False, f"after {load.spent_s:.0f} s: {fault}")
    told = ", ".join(f"{count} {what}" for what, count in load.counts.items()) + f" in {load.spent_s:.0f} s"
    grown = _allocated(device) - held
    told += f", memory {grown / 1e6:+.0f} MB"
    is_same = policy is None or await policy.sample(policy.sampling_request(request(2))) == quiet
    told += "" if is_same else ", answers differ from those before (rounding does that on a GPU)"
    is_steady = grown < 1e9 and (is_same or device.type == "cuda")
    return Finding("under load", is_steady, told)


class _Load:
    """Requests one after the other, for some seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self.counts = {"requests": 0, "answers": 0, "states": 0, "cancelled": 0}
        self._began, self._seconds = time.monotonic(), seconds

    @property
    def spent_s(self) -> float:
        return time.monotonic() - self._began

    async def ask(self, worker: int, policy: ModelPolicy) -> None:
        """Ask the policy; a fifth of the requests are cancelled."""
        for number in itertools.count(worker, _ASKING):
            asked = asyncio.ensure_future(policy.propose([request(number)]))
            if number % 5 == 0:
                await asyncio.sleep(0.01)
                asked.cancel()
                await asyncio.gather(asked, return_exceptions=True)
                self.counts["cancelled"] += 1
            else:
                self.counts["answers"] += sum(each.count for candidates in await asked for each in candidates)
                self.counts["requests"] += 1
            if self.spent_s >= self._seconds:
                return

    async def score(self, scorer: TextScorer) -> None:
        """Ask the critic, for 16 states at a time."""
        for number in itertools.count(0, 16):
            self.counts["states"] += len(await scorer([request(at).state.pretty for at in range(number, number + 16)]))
            if self.spent_s >= self._seconds:
                return


def _allocated(device: torch.device) -> int:
    return int(torch.cuda.memory_allocated(device)) if device.type == "cuda" else 0
