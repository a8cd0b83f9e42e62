"""The address of a cluster is looked at before Ray sees it, which would try a wrong one for minutes."""

from __future__ import annotations

import asyncio

import pytest

from prover.cluster.actors import knock
from prover.errors import UsageError


@pytest.mark.parametrize("address", ["", "nonsense", "6379", "host:", "host:port", "ray://host:10001", ":6379"])
async def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        await knock(address)


@pytest.mark.parametrize("address", ["local", "auto"])
async def test_words_for_clusters_are_left_to_ray(address: str) -> None:
    await knock(address)


async def test_an_address_where_nobody_listens_is_refused_at_once() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await knock(f"127.0.0.1:{port}")
    server.close()
    await server.wait_closed()
    with pytest.raises(UsageError, match="no cluster there"):
        await knock(f"127.0.0.1:{port}")


async def test_a_port_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="no cluster there"):
        await knock("127.0.0.1:99999999")
