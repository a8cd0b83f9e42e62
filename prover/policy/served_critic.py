"""A critic that `serve-critic` serves, asked over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from prover.errors import ModelError, UsageError

if TYPE_CHECKING:
    import httpx

_CHUNK = 1024


class RemoteScorer:
    """Raw scores from a served critic; `critic.model.Scorer`. Raises ModelError when it keeps failing."""

    def __init__(
        self, url: str, *, transport: httpx.AsyncBaseTransport | None = None, retries: int = 3, pause_s: float = 0.5
    ) -> None:
        try:
            import httpx
        except ImportError as error:
            raise UsageError("endpoints need the extra: pip install 'stepwise-prover[models]'") from error
        self._url = url.rstrip("/")
        self._retries, self._pause_s = retries, pause_s
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(120.0, connect=10.0), transport=transport)

    async def __call__(self, texts: Sequence[str]) -> list[float]:
        """One score per text, in order."""
        scores: list[float] = []
        for start in range(0, len(texts), _CHUNK):
            scores += await self._score(list(texts[start : start + _CHUNK]))
        return scores

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _score(self, texts: list[str]) -> list[float]:
        import httpx

        cause = ""
        for attempt in range(self._retries + 1):
            if attempt:
                await asyncio.sleep(self._pause_s * 2 ** (attempt - 1))
            try:
                response = await self._client.post(f"{self._url}/score", json={"states": texts})
                if response.status_code == httpx.codes.OK:
                    return [float(score) for score in response.json()["scores"]]
                cause = f"{response.status_code} {response.text[:300]}"
                if response.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    break
            except httpx.HTTPError as error:
                cause = str(error) or type(error).__name__
            except (ValueError, KeyError, TypeError) as error:
                raise ModelError(f"{self._url} answered something that is not scores: {error!r}") from error
        raise ModelError(f"the critic at {self._url} does not answer: {cause}")
