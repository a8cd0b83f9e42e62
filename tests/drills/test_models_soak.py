"""Policy and critic together, with cancellations: memory flat, no request lost, answers as on a quiet engine.

Twenty seconds by default. The hour that it is meant to be goes beside other work, on one thread:

    STEPWISE_SOAK_S=3600 nice -n 19 python -m pytest -s tests/drills/test_models_soak.py
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from random import Random

import psutil
import pytest

pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from critic.model import ModelCritic
from prover.models.build import build_policy, build_text_scorer
from prover.models.checkup import request
from prover.models.engine import Engine
from prover.models.options import CriticOptions, PolicyOptions
from prover.models.policy import ModelPolicy
from tests.fakes.checkpoints import critic_folder, policy_folder

SECONDS = float(os.environ.get("STEPWISE_SOAK_S", "20"))
WORKERS = 12
ANSWER_S = 300.0  # a request without an answer for so long is lost
MOST_GROWTH = 64 << 20

pytestmark = pytest.mark.timeout(SECONDS + 2 * ANSWER_S)


async def test_policy_and_critic_stay_steady_under_load_and_cancellations(tmp_path: Path) -> None:
    policy = build_policy(policy_folder(tmp_path / "policy"), PolicyOptions(device="cpu", max_new=12, rows=24))
    scorer = build_text_scorer(critic_folder(tmp_path / "critic"), CriticOptions(device="cpu"))
    critic = ModelCritic(scorer, cache_size=500)
    asked = [policy.sampling_request(request(n, temperature=0.0 if n % 7 == 0 else 0.7)) for n in range(21)]
    quiet = [await policy.sample(item) for item in asked]
    states = [request(at).state.pretty for at in range(1024)]  # twice what the critic remembers
    ranked = await scorer(states[:16])
    began = time.monotonic()
    answered = {"kept": 0, "cancelled": 0, "states": 0}
    held: list[int] = []

    async def ask(worker: int) -> None:
        random = Random(worker)
        while time.monotonic() - began < SECONDS:
            number = random.randrange(len(asked))
            sampling = asyncio.ensure_future(policy.sample(asked[number]))
            if random.random() < 0.3:
                await asyncio.sleep(random.random() * 0.02)
                sampling.cancel()
                await asyncio.gather(sampling, return_exceptions=True)
                answered["cancelled"] += 1
            else:
                found = await asyncio.wait_for(sampling, ANSWER_S)
                assert [answer.tokens for answer in found] == [answer.tokens for answer in quiet[number]]
                answered["kept"] += 1

    async def score() -> None:
        while time.monotonic() - began < SECONDS:
            first = answered["states"] % len(states)
            scores = await critic.raw_scores(states[first : first + 16])
            assert first or scores == pytest.approx(ranked, abs=1e-4)
            answered["states"] += len(scores)

    async def weigh() -> None:
        while time.monotonic() - began < SECONDS:
            await asyncio.sleep(SECONDS / 10)
            held.append(psutil.Process().memory_info().rss)

    await asyncio.gather(*(ask(worker) for worker in range(WORKERS)), score(), weigh())
    await idle(policy)
    policy.close()
    scorer.close()
    print(f"{SECONDS:g} s: {answered}, memory {[size >> 20 for size in held]} MiB")
    assert answered["kept"] > 10 and answered["cancelled"] > 3 and answered["states"] > 0
    assert max(held[len(held) // 2 :]) - held[1] < MOST_GROWTH


async def idle(policy: ModelPolicy) -> None:
    """Until nothing is pending: no cancelled request keeps a row."""
    (engine,) = policy.engines
    assert isinstance(engine, Engine)
    async with asyncio.timeout(ANSWER_S):
        while engine.num_pending:
            await asyncio.sleep(0.01)
