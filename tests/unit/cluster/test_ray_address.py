"""The address of a cluster is looked at before Ray sees it, which would try a wrong one for minutes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from prover.cluster.actors import knock, offer_token
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


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("RAY_AUTH_MODE", "")  # so that it is put back
    monkeypatch.delenv("RAY_AUTH_MODE")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_token_is_shown_where_there_is_one(home: Path) -> None:
    offer_token("head:6379")
    assert "RAY_AUTH_MODE" not in os.environ
    (home / ".ray").mkdir()
    (home / ".ray" / "auth_token").write_text("secret", encoding="utf-8")
    offer_token("local")
    assert "RAY_AUTH_MODE" not in os.environ
    offer_token("head:6379")
    assert os.environ["RAY_AUTH_MODE"] == "token"


def test_what_was_said_of_tokens_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_TOKEN", "secret")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    offer_token("head:6379")
    assert os.environ["RAY_AUTH_MODE"] == "disabled"
