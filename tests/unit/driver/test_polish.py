"""Proofs made shorter by asking the environment."""

from __future__ import annotations

import pytest

from prover.driver.polish import polish
from search.base import Proved, TacticCall, TacticLimits
from search.extract import Proof
from tests.fakes.drive import drive, start
from tests.fakes.graph import GraphEnvironment, Picture, proposing

STRAIGHT: Picture = {"root": {"a": ["middle"]}, "middle": {"b": []}}
DETOUR: Picture = {
    "root": {"have": ["with h"], "omega": []},
    "with h": {"intro": ["x"], "omega": []},
    "x": {"omega": []},
}
SPLIT: Picture = {
    "root": {"split": ["left", "right"]},
    "left": {"have": ["left with h"], "l": []},
    "left with h": {"l": []},
    "right": {"have": ["right with h"], "r": []},
    "right with h": {"r": []},
}
NESTED: Picture = {
    "root": {"pair": ["both", "last"]},
    "both": {"split": ["left", "right"]},
    "left": {"have": ["left with h"], "l": []},
    "left with h": {"l": []},
    "right": {"r": []},
    "last": {"z": []},
}


@pytest.mark.parametrize(
    ("picture", "found", "shortest"),
    [
        (STRAIGHT, "a\nb", "a\nb"),
        (DETOUR, "have\nintro\nomega", "omega"),
        (SPLIT, "split\n· have\n  l\n· have\n  r", "split\n· l\n· r"),
        (NESTED, "pair\n· split\n  · have\n    l\n  · r\n· z", "pair\n· split\n  · l\n  · r\n· z"),
    ],
)
async def test_a_polished_proof_is_the_shortest_and_still_one(picture: Picture, found: str, shortest: str) -> None:
    environment = GraphEnvironment(picture)
    search = start(environment)
    longest = proposing({goal: [next(iter(tactics))] for goal, tactics in picture.items()})
    drive(search, environment, longest)
    proof = search.result().proof
    assert proof is not None
    assert proof.script == found
    polished = await polish(proof, environment, limits=TacticLimits(), is_over=lambda: False)
    assert polished.script == shortest
    (outcome,) = await environment.apply((), [TacticCall(polished.script)])
    assert isinstance(outcome, Proved)


async def test_when_time_is_over_the_proof_stays() -> None:
    environment = GraphEnvironment(DETOUR)
    proof = Proof.of(["have", "intro", "omega"])
    assert await polish(proof, environment, limits=TacticLimits(), is_over=lambda: True) is proof
    assert environment.calls == 0
