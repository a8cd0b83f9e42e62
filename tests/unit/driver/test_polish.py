"""Proofs made shorter by asking the environment."""

from __future__ import annotations

from collections.abc import Sequence

from prover.driver.polish import polish
from search.base import Outcome, Path, Proved, Rejected, RejectKind, TacticCall, TacticLimits
from search.extract import Proof
from tests.fakes.drive import drive, start
from tests.fakes.environment import FakeEnvironment, World, check_script


async def test_a_polished_proof_is_no_longer_and_still_one() -> None:
    tried = 0
    for seed in range(60):
        world = World(seed=seed, num_goals=20, coupled=0)
        environment = FakeEnvironment(world)
        search = start(environment, rule="breadth-first")
        drive(search, environment, check=False)
        proof = search.result().proof
        if proof is None:
            continue
        tried += 1
        polished = await polish(proof, environment, limits=TacticLimits(), is_over=lambda: False)
        assert len(polished.script) <= len(proof.script)
        check_script(world, 0, polished.script)
    assert tried > 10


async def test_when_time_is_over_the_proof_stays() -> None:
    environment = FakeEnvironment(World())
    proof = Proof.of(["t0", "t1"])
    assert await polish(proof, environment, limits=TacticLimits(), is_over=lambda: True) is proof
    assert environment.calls == 0


class Content(FakeEnvironment):
    """Takes every script that says `omega`."""

    async def apply(self, path: Path, calls: Sequence[TacticCall]) -> Sequence[Outcome]:
        """Proved or refused."""
        refused = Rejected(RejectKind.ERROR, "")
        return [Proved(call.text) if "omega" in call.text else refused for call in calls]


async def test_what_nothing_needs_is_left_out() -> None:
    proof = Proof.of(["have h := f", "intro x", "omega"])
    polished = await polish(proof, Content(World()), limits=TacticLimits(), is_over=lambda: False)
    assert polished.script == "omega"
