"""Engines far away: shared by drivers, joined into batches, replaced when lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest

from prover.cluster import engine_host
from prover.cluster.engine_host import CriticHost, PolicyHost
from prover.cluster.engines import FarCritic, FarPolicy
from prover.cluster.fleet import Fleet
from prover.cluster.handle import ActorLost
from prover.errors import ModelError, UsageError
from prover.keeper import Patience
from prover.policy.opened import OpenPolicy, needs_engine, nothing_to_close
from search.base import Candidate, Goal, LogProb, ProofState, ProposalRequest, Theorem, Value
from tests.fakes.cluster import FakeHandle

STATE = ProofState((Goal("p", pretty="⊢ p", key="p"),), "p")
QUICK = Patience(retries=3, pause_s=0.0)


class FakePolicyHost:
    """Proposes its own name, once `gate` lets it be ready."""

    def __init__(self, name: str = "t", gate: asyncio.Event | None = None, fault: Exception | None = None) -> None:
        self.name, self.gate, self.fault = name, gate, fault

    async def ready(self) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.fault is not None:
            raise self.fault

    async def num_premises(self) -> int:
        return 7

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        await asyncio.sleep(0)
        return [[Candidate(self.name, LogProb(-1.0))] for _ in requests]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("builtin", False),
        ("heuristic", False),
        ("http://localhost:8001", False),
        ("mix:openai:http://a/v1=0.5,builtin=0.5", False),
        ("models/prover", True),
        ("mix:models/prover=0.7,builtin=0.3", True),
        ("runs/mine/critic.json", True),
    ],
)
def test_only_models_of_our_own_are_shared(spec: str, expected: bool) -> None:
    assert needs_engine(spec) is expected


async def test_requests_go_to_the_engine_that_is_least_busy_and_elsewhere_when_it_is_lost() -> None:
    handles = [FakeHandle(FakePolicyHost) for _ in range(2)]
    policy = await FarPolicy.open(Fleet("engine", handles, patience=QUICK))
    assert policy.num_premises == 7
    request = ProposalRequest(Theorem("foo"), STATE)
    await asyncio.gather(*(policy.propose([request]) for _ in range(4)))
    assert [handle.calls["propose"] for handle in handles] == [2, 2]
    handles[0].lose_on("propose")
    ((candidate,),) = await policy.propose([request])
    assert candidate.tactic == "t"
    assert [handle.calls["propose"] for handle in handles] == [3, 3]


async def test_a_policy_is_opened_at_the_first_call_and_metered() -> None:
    host = PolicyHost("builtin", None)
    assert (await host.load()).busy_s == {"policy": 0.0}
    ((first, *_),) = await host.propose([ProposalRequest(Theorem("foo"), STATE, num_samples=4)])
    assert first.tactic
    assert (await host.load()).busy_s["policy"] > 0
    await host.close()


async def test_a_policy_that_is_not_there_is_told_to_every_caller() -> None:
    host = PolicyHost("mix:builtin=nothing", None)
    for _ in range(2):
        with pytest.raises(UsageError, match="positive weight"):
            await host.num_premises()


async def test_states_that_arrive_while_the_critic_scores_are_its_next_batch() -> None:
    host = CriticHost("heuristic", None)
    critic = FarCritic(Fleet("engine", [FakeHandle(lambda: host)]))
    theorems = [Theorem("foo"), Theorem("bar")]
    answers = await asyncio.gather(*(critic.score(theorem, [STATE, STATE]) for theorem in theorems for _ in range(8)))
    assert all(0 < value < 1 and isinstance(value, Value) for values in answers for value in values)
    load = await host.load()
    assert load.gauges["critic_batch"] > 4


async def test_requests_go_to_engines_that_are_ready_and_to_others_when_they_come() -> None:
    gate = asyncio.Event()
    handles = [FakeHandle(lambda: FakePolicyHost(gate=gate)), FakeHandle(FakePolicyHost)]
    async with Fleet("engine", handles, patience=QUICK) as fleet:
        for _ in range(3):
            await fleet.call("num_premises", deadline_s=1.0)
        assert [handle.calls["num_premises"] for handle in handles] == [0, 3]
        gate.set()
        await asyncio.sleep(0.001)
        await asyncio.gather(*(fleet.call("num_premises", deadline_s=1.0) for _ in range(4)))
        assert handles[0].calls["num_premises"] == 2


async def test_an_engine_that_was_lost_is_asked_whether_it_is_ready_before_it_serves_again() -> None:
    handle = FakeHandle(FakePolicyHost)
    async with Fleet("engine", [handle], patience=QUICK) as fleet:
        handle.lose_on("num_premises")
        assert await fleet.call("num_premises", deadline_s=1.0) == 7
        assert handle.calls["ready"] == 2


async def test_a_model_that_does_not_load_is_told_to_whoever_asks() -> None:
    handle = FakeHandle(lambda: FakePolicyHost(fault=ModelError("no weights")))
    async with Fleet("engine", [handle], patience=QUICK) as fleet:
        with pytest.raises(ModelError, match="no weights"):
            await fleet.call("num_premises", deadline_s=1.0)


async def test_engines_that_never_come_are_given_up_in_the_end() -> None:
    handle = FakeHandle(lambda: FakePolicyHost(gate=asyncio.Event()))
    async with Fleet("engine", [handle], patience=QUICK, start_s=0.01) as fleet:
        with pytest.raises(ActorLost, match="no engine was ready"):
            await fleet.call("num_premises", deadline_s=1.0)


class Ended:
    """A policy whose engine has ended for good."""

    num_premises = 0
    fault = ModelError("the sampling engine failed for good")

    async def propose(self, requests: Sequence[ProposalRequest]) -> Sequence[Sequence[Candidate]]:
        raise self.fault


async def test_an_actor_whose_engine_has_ended_is_lost_so_that_another_takes_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def opened(*_: object, **__: object) -> OpenPolicy:
        return OpenPolicy(Ended(), nothing_to_close)

    monkeypatch.setattr(engine_host, "open_policy", opened)
    handles = [FakeHandle(lambda: PolicyHost("models/policy", None)), FakeHandle(FakePolicyHost)]
    async with Fleet("engine", handles, patience=QUICK) as fleet:
        await fleet.gather()
        (candidates,) = await FarPolicy(fleet, 7).propose([ProposalRequest(Theorem("foo"), STATE)])
    assert [candidate.tactic for candidate in candidates] == ["t"]
    assert fleet.members[0].losses == 1


async def test_what_an_engine_warns_of_is_told_once_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def opened(*_: object, **__: object) -> OpenPolicy:
        return OpenPolicy(Ended(), nothing_to_close)

    monkeypatch.setattr(engine_host, "open_policy", opened)
    host = PolicyHost("models/policy", None)
    await host.ready()
    logging.getLogger("prover.models.policy").warning("%d of the first 100 answers were dropped", 80)
    logging.getLogger("prover.models.batch").info("nothing to worry about")
    assert await host.warnings() == ["80 of the first 100 answers were dropped"]
    assert await host.warnings() == []
    await host.close()
    logging.getLogger("prover.models.policy").warning("of another")
    assert await host.warnings() == []
