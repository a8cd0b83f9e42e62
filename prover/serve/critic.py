"""A critic's scorer over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from critic.model import ModelCritic
from prover.errors import UsageError
from prover.serve.json_server import Handler, Json, refuse_others

_MAX_STATES = 4096


class CriticService:
    """The routes of `serve-critic`: `POST /score` of `{"states": [text, …]}` gives `{"scores": [number, …]}`.

    A text is a state with all its goals; scores are the model's raw scores.
    """

    def __init__(self, critic: ModelCritic, *, name: str) -> None:
        self._critic, self._name = critic, name

    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """For `http.JsonServer`."""
        return {("GET", "/health"): self.health, ("POST", "/score"): self.score}

    async def health(self, _: Json) -> Json:
        """The model's name, and the numbers of states scored and of scores found in the cache."""
        return {
            "status": "ok",
            "model": self._name,
            "scored": self._critic.num_scored,
            "cached": self._critic.num_cached,
        }

    async def score(self, body: Json) -> Json:
        """One score per state, in order."""
        refuse_others(body, ("states",))
        states = body.get("states")
        if not isinstance(states, list) or not all(isinstance(state, str) and state for state in states):
            raise UsageError("states takes a list of texts, none of them empty")
        if len(states) > _MAX_STATES:
            raise UsageError(f"at most {_MAX_STATES} states at a time")
        return {"scores": await self._critic.raw_scores(states)}
