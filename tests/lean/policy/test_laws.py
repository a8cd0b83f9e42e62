"""The laws of `lean_project/Laws`: each file's hold behind its own imports, as the policy states them."""

from __future__ import annotations

import re

import pytest

from prover.files import lean_sources
from prover.policy.builtin.laws import laws_of, stated
from tests.lean.lean_project.step_client import StepServer

FILES = sorted((lean_sources() / "Laws").glob("*.lean"))


@pytest.mark.parametrize("topic", [path.stem for path in FILES])
def test_laws_are_proved_within_a_proof_behind_the_imports_of_their_file(server: StepServer, topic: str) -> None:
    text = (lean_sources() / "Laws" / f"{topic}.lean").read_text(encoding="utf-8")
    assert len(laws_of(topic)) == len(re.findall(r"^theorem ", text, re.MULTILINE))
    state = server.open(f"{text.partition('/-!')[0]}theorem t : True := by sorry")
    tactic = "\n".join([*stated(laws_of(topic)), "trivial"])
    (result,) = server.ask(tactics=[{"tactic": tactic, "heartbeats": 20_000}], proofState=state)["results"]
    assert "error" not in result, result["error"]
