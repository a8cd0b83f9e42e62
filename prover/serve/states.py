"""Tactics for printed proof states over HTTP, from a workbench: LeanCopilot's and llmstep's forms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from prover.errors import UsageError
from prover.serve.json_server import Handler, Json, refuse_others
from prover.tasks.printed import theorem_at
from prover.workbench.bench import Bench
from prover.workbench.client import result_of
from prover.workbench.requests import Propose, Suggest

_PATH = "the printed state"
_MAX_SAMPLES = 256


class StateService:
    """Opens each state in the workbench's Lean, behind `header`, and answers with what its policy proposes there.

    Beside the fields of the two forms a request may have `n`, the number of tactics, and `check`: with true only those
    are answered that Lean accepts, the ones first that leave nothing. A state that Lean can't read is the client's
    fault, which Lean's message explains.
    """

    def __init__(self, bench: Bench, *, header: str = "", samples: int = 32) -> None:
        self._bench, self._header, self._samples = bench, header, samples

    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """For `json_server.JsonServer`."""
        return {("GET", "/health"): self.health, ("POST", "/generate"): self.generate, ("POST", "/"): self.suggest}

    async def health(self, _: Json) -> Json:
        """That it is there; the workbench is started by the first question."""
        return {"status": "ok"}

    async def generate(self, body: Json) -> Json:
        """LeanCopilot's external generator: `{"input": state, "prefix"}` to `{"outputs": [{"output", "score"}]}`."""
        tactics = await self._tactics(body, "input")
        return {"outputs": [{"output": each["tactic"], "score": math.exp(each["log_prob"])} for each in tactics]}

    async def suggest(self, body: Json) -> Json:
        """llmstep's server: `{"tactic_state": state, "prefix"}` to `{"suggestions": [tactic, …]}`."""
        return {"suggestions": [each["tactic"] for each in await self._tactics(body, "tactic_state")]}

    async def _tactics(self, body: Json, name: str) -> list[dict[str, Any]]:
        refuse_others(body, (name, "name", "prefix", "context", "n", "check"))
        state, prefix = body.get(name), body.get("prefix") or ""
        count, is_checked = body.get("n", self._samples), body.get("check", False)
        if not isinstance(state, str) or not isinstance(prefix, str):
            raise UsageError(f"{name} takes a proof state as Lean prints it, prefix the beginning of a tactic")
        if type(count) is not int or not 1 <= count <= _MAX_SAMPLES or not isinstance(is_checked, bool):
            raise UsageError(f"n is 1 to {_MAX_SAMPLES}, check is true or false")
        text = theorem_at(state, self._header)
        kind = Suggest if is_checked else Propose
        request = kind(path=_PATH, text=text, line=text.count("\n"), samples=count, prefix=prefix)
        result = await result_of(self._bench, await self._bench.start(request))
        tactics: list[dict[str, Any]] = result["suggestions" if is_checked else "proposals"]
        return tactics
