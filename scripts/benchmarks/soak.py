"""A policy and a critic kept busy together, also behind their servers, by clients of which a third give up.

    scripts/bench soak --policy FOLDER --critic FOLDER --minutes 60
    nice -n 19 scripts/bench soak --policy 'FOLDER?threads=1' --critic FOLDER --pause 0.5     beside other work

Every request is answered once before, on a quiet engine. It holds that nothing is lost, that each answer is the quiet
one (on a GPU rounding sends a sample another way now and then), that nothing is left pending, and that memory stays
flat after the first fifth of the time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from critic.model import ModelCritic
from prover.ask.endpoints import Endpoints
from prover.confine.process_tree import rss_bytes
from prover.errors import UsageError
from prover.models.policy import ModelPolicy
from prover.models.requests import Sampled
from prover.models.scoring import TextScorer
from prover.models.under_load import request
from prover.policy.critics import open_critic
from prover.policy.registry import open_policy
from prover.policy.served_critic import RemoteScorer
from prover.serve.critic import CriticService
from prover.serve.json_server import JsonServer
from prover.serve.policy import PolicyService
from scripts.benchmarks._provenance import heading

Ask = Callable[[], Awaitable[object]]

_HOST = "127.0.0.1"
_ANSWER_S = 300.0  # a request without an answer for so long is lost
_MOST_GROWTH = 64 << 20
_REMEMBERED = 500  # states, fewer than there are, so that most are read anew


def main(argv: Sequence[str]) -> int:
    """Print what became of the requests, and the memory at each tenth of the time; 0 if all is steady."""
    parser = argparse.ArgumentParser(prog="scripts/bench soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--policy", required=True, metavar="SPEC", help="a policy, as in `stepwise prove`")
    parser.add_argument("--critic", required=True, metavar="SPEC", help="a critic")
    parser.add_argument("--minutes", type=float, default=1.0, metavar="M", help="how long (default 1)")
    parser.add_argument("--clients", type=int, default=12, metavar="N", help="requests at a time (default 12)")
    parser.add_argument(
        "--pause", type=float, default=0.0, metavar="S", help="seconds that a client waits between requests (default 0)"
    )
    options = parser.parse_args(argv)
    print(heading("soak", seed=0), flush=True)
    load = Load(options.clients, options.minutes * 60, options.pause)
    soaked = asyncio.run(soak(options.policy, options.critic, load))
    print(soaked)
    return 0 if soaked.is_steady else 1


@dataclass(frozen=True, slots=True)
class Load:
    """So many clients for so many seconds, each pausing between its requests."""

    clients: int
    seconds: float
    pause_s: float = 0.0


@dataclass(slots=True)
class Soaked:
    """Counts of requests: `kept` were answered, `other` of them otherwise than on the quiet engine, `cancelled` given
    up; `pending` samples were left at the end. `held` are bytes of memory at each tenth of the time."""

    kept: int = 0
    other: int = 0
    cancelled: int = 0
    pending: int = 0
    held: list[int] = field(default_factory=list)

    @property
    def is_steady(self) -> bool:
        """Whether every answer was the quiet one, nothing is pending, and memory did not grow."""
        return not self.other and not self.pending and max(self.held[1:]) - self.held[1] < _MOST_GROWTH

    def __str__(self) -> str:
        memory = ", ".join(str(size >> 20) for size in self.held)
        counts = f"{self.kept} requests answered, {self.other} of them otherwise than before; {self.cancelled} given up"
        return f"{counts}, {self.pending} samples left behind; memory {memory} MiB"


async def soak(policy: str, critic: str, load: Load) -> Soaked:
    """Open both, ask everything once in quiet, then under load. Raises TimeoutError for a request that is lost."""
    soaked = Soaked()
    async with AsyncExitStack() as stack:
        proposing = await open_policy(policy)
        stack.push_async_callback(proposing.close)
        ranking = await open_critic(critic)
        stack.push_async_callback(ranking.close)
        model, ranked = proposing.policy, ranking.critic
        if not isinstance(model, ModelPolicy) or not isinstance(ranked, ModelCritic):
            raise UsageError("a soak is for models: a policy's folder and a critic's")
        if not isinstance(ranked.scorer, TextScorer):
            raise UsageError(f"{critic} is not a model's folder")
        policy_url = await stack.enter_async_context(_served(PolicyService(model)))
        critic_url = await stack.enter_async_context(
            _served(CriticService(ModelCritic(ranked.scorer, cache_size=_REMEMBERED), name="soak"))
        )
        endpoints = Endpoints([f"{policy_url}/v1"], retries=0, timeout_s=_ANSWER_S, in_flight=load.clients)
        stack.push_async_callback(endpoints.close)
        remote = RemoteScorer(critic_url, retries=0)
        stack.push_async_callback(remote.close)
        asks = [*_direct(model, ranked.scorer), *_over_http(model, endpoints, remote)]
        quiet = [await ask() for ask in asks]
        until = time.monotonic() + load.seconds
        clients = (_client(Random(n), asks, quiet, soaked, until, load.pause_s) for n in range(load.clients))
        await asyncio.gather(*clients, _weigh(soaked, load.seconds))
        soaked.pending = await _left(model)
    return soaked


def _direct(policy: ModelPolicy, scorer: TextScorer) -> list[Ask]:
    """Samples and beams, and scores of sixteen states each."""
    sampling = [policy.sampling_request(request(n, temperature=0.0 if n % 7 == 0 else 0.7)) for n in range(21)]
    return [*(partial(policy.sample, each) for each in sampling), *(partial(scorer, texts) for texts in _states())]


def _over_http(policy: ModelPolicy, endpoints: Endpoints, remote: RemoteScorer) -> list[Ask]:
    """Completions with seeds, and the same states."""
    bodies = [
        {"prompt": list(sampling.prompt), "n": 4, "seed": number, "max_tokens": 8, "temperature": 0.7, "logprobs": 1}
        for number in range(21)
        for sampling in [policy.sampling_request(request(number))]
    ]

    async def choices(body: dict[str, Any]) -> object:
        return (await endpoints.send("POST", "/completions", body))["choices"]

    return [*(partial(choices, body) for body in bodies), *(partial(remote, texts) for texts in _states())]


def _states() -> list[list[str]]:
    return [[request(at).state.pretty for at in range(first, first + 16)] for first in range(0, 1024, 16)]


async def _client(
    random: Random, asks: Sequence[Ask], quiet: Sequence[object], soaked: Soaked, until: float, pause_s: float
) -> None:
    """Ask at random until the time is over; give up on a third of the requests after a moment."""
    while time.monotonic() < until:
        number = random.randrange(len(asks))
        asked = asyncio.ensure_future(asks[number]())
        if random.random() < 1 / 3:
            await asyncio.sleep(random.random() * 0.02)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            soaked.cancelled += 1
        else:
            soaked.other += not _alike(await asyncio.wait_for(asked, _ANSWER_S), quiet[number])
            soaked.kept += 1
        await asyncio.sleep(pause_s)


def _alike(found: object, expected: object) -> bool:
    """Equality, but for the rounding of numbers, which batches of different sizes bring about."""
    match found, expected:
        case float(), float():
            return abs(found - expected) < 1e-3
        case dict(), dict():
            return found.keys() == expected.keys() and all(_alike(found[key], expected[key]) for key in expected)
        case ((list() | tuple()), (list() | tuple())):
            return len(found) == len(expected) and all(map(_alike, found, expected))
        case Sampled(), Sampled():
            return _alike((found.tokens, found.log_probs), (expected.tokens, expected.log_probs))
    return found == expected


async def _weigh(soaked: Soaked, seconds: float) -> None:
    for _ in range(10):
        await asyncio.sleep(seconds / 10)
        soaked.held.append(rss_bytes(os.getpid()))


async def _left(policy: ModelPolicy) -> int:
    """Samples still pending when there was time to answer all."""
    began = time.monotonic()
    while (left := sum(engine.num_pending for engine in policy.engines)) and time.monotonic() - began < _ANSWER_S:
        await asyncio.sleep(0.01)
    return left


@asynccontextmanager
async def _served(service: PolicyService | CriticService) -> AsyncIterator[str]:
    """The service's address."""
    server = JsonServer(service.routes())
    try:
        yield f"http://{_HOST}:{await server.start(_HOST, 0)}"
    finally:
        await server.close()
