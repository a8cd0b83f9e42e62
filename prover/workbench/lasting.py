"""A face's workbench, attached when it is first needed."""

from __future__ import annotations

import asyncio
import contextlib

from prover.config import Config
from prover.errors import UsageError
from prover.workbench.client import Client, attached
from prover.workbench.jobs import Json
from prover.workbench.requests import Request


class Lasting:
    """The workbench with these settings (`Bench`), attached when it is first needed, and again after it was lost."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client: Client | None = None
        self._stack = contextlib.AsyncExitStack()
        self._attaching = asyncio.Lock()

    async def start(self, request: Request) -> str:
        async with self._attaching:
            if self._client is None or self._client.is_lost:
                await self._stack.aclose()
                self._client = await self._stack.enter_async_context(attached(self._config, linger_s=0.0))
            client = self._client
        return await client.start(request)

    async def wait(self, job: str, since: int = 0, timeout_s: float = 20.0) -> list[Json]:
        if self._client is None:
            raise UsageError(f"there is no job {job!r}")
        return await self._client.wait(job, since, timeout_s)

    async def steer(self, job: str, wish: Json, beside: str = "") -> Json:
        if self._client is None:
            raise UsageError(f"there is no job {job!r}")
        return await self._client.steer(job, wish, beside)

    async def jobs(self) -> list[Json]:
        return [] if self._client is None else await self._client.jobs()

    def stop(self, job: str) -> None:
        if self._client is not None:
            self._client.stop(job)

    async def close(self) -> None:
        """Detach."""
        await self._stack.aclose()
