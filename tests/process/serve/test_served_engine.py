"""Our own engine behind the server, on a tiny network: clients that hang up and steps that fail leave no trace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("h11", reason="the models extra is not installed")
torch = pytest.importorskip("torch", reason="the models extra is not installed")
pytest.importorskip("transformers", reason="the models extra is not installed")

from prover.errors import ModelError  # noqa: E402
from prover.models.batch import Batch  # noqa: E402
from prover.models.engine import Engine  # noqa: E402
from prover.models.network import Network  # noqa: E402
from prover.models.policy import ModelPolicy, ModelSettings  # noqa: E402
from prover.models.prompts import STYLES  # noqa: E402
from prover.serve.json_server import JsonServer  # noqa: E402
from prover.serve.policy import PolicyService  # noqa: E402
from tests.process.serve.test_models import BYTES, HOST, post  # noqa: E402
from tests.unit.models.test_engine import SMALL, network, weights  # noqa: E402, F401 - fixtures
from tests.unit.models.test_faults import Faulty  # noqa: E402

PATH = "/v1/completions"
ASKED = {"prompt": "n : Nat", "n": 6, "max_tokens": 12, "seed": 3}


@dataclass(frozen=True)
class Served:
    """A server of a tiny model that nobody has asked yet."""

    port: int
    service: PolicyService
    engine: Engine
    network: Any

    async def texts(self) -> list[str]:
        """The answers to `ASKED`."""
        status, reply = await post(self.port, PATH, ASKED)
        assert status == 200, reply
        return [choice["text"] for choice in reply["choices"]]


@pytest.fixture
async def served(network: Network) -> AsyncIterator[Served]:  # noqa: F811
    faulty: Any = Faulty(network)
    engine = Engine(Batch(faulty, BYTES.decode, SMALL))
    policy = ModelPolicy([engine], BYTES, STYLES["bfs-prover"], ModelSettings(80, 20), name="tiny")
    service = PolicyService(policy)
    server = JsonServer(service.routes())
    yield Served(await server.start(HOST, 0), service, engine, faulty)
    await server.close()
    await asyncio.to_thread(engine.close)


async def test_after_twenty_clients_that_hung_up_the_next_is_answered_as_by_a_quiet_engine(served: Served) -> None:
    quiet = await served.texts()
    writers = []
    for seed in range(20):
        _, writer = await asyncio.open_connection(HOST, served.port)
        content = json.dumps({"prompt": f"{seed} = n", "n": 24, "max_tokens": 20, "seed": seed}).encode()
        writer.write(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (PATH.encode(), len(content)))
        writer.write(content)
        writers.append(writer)
    while not served.engine.num_pending:
        await asyncio.sleep(0)
    for writer in writers:
        writer.close()
    assert await served.texts() == quiet
    while served.engine.num_pending:
        await asyncio.sleep(0.001)


async def test_no_client_hears_of_a_failed_step(served: Served) -> None:
    quiet = await served.texts()
    served.network.broken_steps = 1
    assert await served.texts() == quiet
    assert served.network.broken_steps == 0


async def test_an_engine_that_ended_answers_all_and_ends_its_server_with_the_reason(served: Served) -> None:
    served.network.broken_steps = 1000
    said = [await post(served.port, PATH, ASKED) for _ in range(3)]
    said.append(await post(served.port, "/health", b"", method="GET"))
    assert [status for status, _ in said] == [503] * 4
    assert all("for good: RuntimeError('a kernel failed')" in reply["error"]["message"] for _, reply in said)
    with pytest.raises(ModelError, match=r"tiny can't be served any more: .*a kernel failed.*Start the server again"):
        await served.service.until_ended()
