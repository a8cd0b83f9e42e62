"""A token is shown to a cluster that asks for one, and to no other: it could not call back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prover.cluster.actors import offer_token

pytest.importorskip("grpc", reason="the ray extra is not installed")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAY_AUTH_MODE", "")  # so that it is put back
    monkeypatch.delenv("RAY_AUTH_MODE")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@contextlib.asynccontextmanager
async def head(refusal: str | None) -> AsyncIterator[str]:
    """Answers every call, or refuses it with the status of that name."""
    import grpc
    import grpc.aio

    async def answer(_: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        if refusal is not None:
            await context.abort(grpc.StatusCode[refusal])
        return b""

    class Everything(grpc.GenericRpcHandler):
        def service(self, _: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
            return grpc.unary_unary_rpc_method_handler(answer)

    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Everything(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


async def test_a_token_is_shown_to_a_cluster_that_asks_for_one(home: Path) -> None:
    (home / ".ray").mkdir()
    (home / ".ray" / "auth_token").write_text("secret", encoding="utf-8")
    async with head("UNAUTHENTICATED") as address:
        await offer_token("local")
        assert "RAY_AUTH_MODE" not in os.environ
        await offer_token(address)
    assert os.environ["RAY_AUTH_MODE"] == "token"


@pytest.mark.parametrize("refusal", [None, "UNIMPLEMENTED"])
async def test_a_cluster_that_asks_for_no_token_is_shown_none(home: Path, refusal: str | None) -> None:
    (home / ".ray").mkdir()
    (home / ".ray" / "auth_token").write_text("secret", encoding="utf-8")
    async with head(refusal) as address:
        await offer_token(address)
    assert "RAY_AUTH_MODE" not in os.environ


async def test_what_was_said_of_tokens_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    await offer_token("head:6379")
    assert os.environ["RAY_AUTH_MODE"] == "disabled"
