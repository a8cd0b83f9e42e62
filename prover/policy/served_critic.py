"""A critic that `serve-critic` serves, asked over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from prover.ask.endpoints import Endpoints
from prover.errors import ModelError

if TYPE_CHECKING:
    import httpx

_CHUNK = 1024


class RemoteScorer:
    """Raw scores from a served critic; `critic.model.Scorer`. Raises ModelError when it keeps failing."""

    def __init__(
        self, url: str, *, transport: httpx.AsyncBaseTransport | None = None, retries: int = 3, pause_s: float = 0.5
    ) -> None:
        self._url = url
        self._endpoints = Endpoints([url], retries=retries, timeout_s=120.0, transport=transport, pause_s=pause_s)

    async def __call__(self, texts: Sequence[str]) -> list[float]:
        """One score per text, in order."""
        scores: list[float] = []
        for start in range(0, len(texts), _CHUNK):
            scores += await self._score(list(texts[start : start + _CHUNK]))
        return scores

    async def close(self) -> None:
        """Close the connections."""
        await self._endpoints.close()

    async def _score(self, texts: list[str]) -> list[float]:
        answer = await self._endpoints.send("POST", "/score", {"states": texts})
        try:
            return [float(score) for score in answer["scores"]]
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{self._url} answered something that is not scores: {error!r}") from error
