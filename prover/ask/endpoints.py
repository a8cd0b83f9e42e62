"""JSON requests to servers over HTTP: several servers of a model are used evenly, failed requests retried elsewhere."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prover.ask.tape import Tape
from prover.errors import MissingExtra, ModelError, UsageError

if TYPE_CHECKING:
    import httpx

log = logging.getLogger(__name__)

_MOST_BYTES = 64 << 20
_MOST_CLOSED_S = 60.0
_RETRIED = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class _Endpoint:
    """One server; `rests_until` is when it may be tried again after a failure, `closed_until` before which it said
    that it answers nothing."""

    url: str
    slots: asyncio.Semaphore
    num_busy: int = 0
    rests_until: float = 0.0
    closed_until: float = 0.0


class Endpoints:
    """Servers of one model. Each has at most `in_flight` requests at a time; a failed request goes to another one,
    after a pause that begins at `pause_s` and doubles, `retries` times. With a `tape` answers are recorded, or come
    from it. Raises UsageError for what is no URL or without httpx."""

    def __init__(
        self,
        urls: Sequence[str],
        *,
        retries: int,
        timeout_s: float,
        in_flight: int = 16,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        noise: random.Random | None = None,
        pause_s: float = 0.5,
        tape: Tape | None = None,
    ) -> None:
        try:
            import httpx
        except ImportError as error:
            raise MissingExtra("an endpoint", "chat") from error
        if not urls or not all(url.startswith(("http://", "https://")) for url in urls):
            raise UsageError(f"not an endpoint: {'+'.join(urls) or '(nothing)'}; give http://HOST:PORT/v1")
        self._endpoints = [_Endpoint(url.rstrip("/"), asyncio.Semaphore(in_flight)) for url in urls]
        timeout = httpx.Timeout(timeout_s, connect=10.0)
        plain = {"Accept-Encoding": "identity", **(headers or {})}  # a small answer may be packed into a smaller one
        self._client = httpx.AsyncClient(headers=plain, timeout=timeout, transport=transport)
        self._retries = retries
        self._noise = noise or random.Random()
        self._pause_s = pause_s
        self._tape = tape

    async def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send a request; returns the object that a server answers. ModelError with the last cause if all tries
        fail, or if the request is to be replayed and was not recorded."""
        if self._tape is not None and self._tape.is_replay:
            return self._tape.answer(method, path, body)
        answer = await self._sent(method, path, body)
        if self._tape is not None:
            self._tape.record(method, path, body, answer)
        return answer

    async def _sent(self, method: str, path: str, body: Mapping[str, Any] | None) -> dict[str, Any]:
        import httpx

        cause = "nothing was tried"
        for attempt in range(self._retries + 1):
            endpoint = min(self._endpoints, key=lambda e: (max(e.rests_until - self._now(), 0.0), e.num_busy))
            if attempt:
                pause_s = self._pause_s * 2 ** (attempt - 1) * self._noise.uniform(0.5, 1.0)
                await asyncio.sleep(max(pause_s, endpoint.closed_until - self._now()))
            endpoint.num_busy += 1
            try:
                async with endpoint.slots, self._client.stream(method, endpoint.url + path, json=body) as response:
                    content = await _content(response, endpoint.url)
            except httpx.HTTPError as error:
                cause = f"{endpoint.url}: {error or type(error).__name__}"
            else:
                if response.status_code == 200:
                    return _object(content, endpoint.url)
                cause = f"{endpoint.url}: {response.status_code} {content[:300].decode(errors='replace')}"
                if response.status_code not in _RETRIED:
                    raise ModelError(cause)
                endpoint.closed_until = self._now() + _closed_s(response)
            finally:
                endpoint.num_busy -= 1
            endpoint.rests_until = max(self._now() + self._pause_s * 2**attempt, endpoint.closed_until)
            log.info("retrying after %s", cause)
        raise ModelError(f"no endpoint answers; last: {cause}")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _content(response: httpx.Response, where: str) -> bytes:
    """The body of an answer. ModelError if it is longer than any answer of a model, or packed."""
    if (packed := response.headers.get("Content-Encoding", "identity")) != "identity":
        raise ModelError(f"{where} answered in {packed}, which it was not asked for")
    content = bytearray()
    async for part in response.aiter_bytes():
        content += part
        if len(content) > _MOST_BYTES:
            raise ModelError(f"{where} answered more than {_MOST_BYTES >> 20} MiB")
    return bytes(content)


def _closed_s(response: httpx.Response) -> float:
    """The seconds for which a server wants to be left alone, as its `Retry-After` says; 0 without one."""
    said = response.headers.get("Retry-After", "")
    return min(float(said), _MOST_CLOSED_S) if said.isascii() and said.isdigit() else 0.0


def _object(content: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{where} answered something that is not JSON") from error
    if not isinstance(value, dict):
        raise ModelError(f"{where} answered {type(value).__name__} where an object belongs")
    return value
