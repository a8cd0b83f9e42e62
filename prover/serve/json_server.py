"""A small JSON-over-HTTP server on asyncio streams and h11.

A client that hangs up cancels its request. Bodies are bounded. There is no authentication, so by default the commands
listen on the loopback interface.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11

from prover.errors import ModelError, StepwiseError, UsageError

log = logging.getLogger(__name__)

Json = dict[str, Any]
Handler = Callable[[Json], Awaitable[Json]]

_MAX_BODY_BYTES = 8 * 2**20
_READ_BYTES = 65536
_IDLE_S = 120.0


@dataclass(frozen=True, slots=True)
class _Reply:
    """An HTTP status and a JSON object."""

    status: HTTPStatus
    body: Json


class JsonServer:
    """Serves `routes`, from (method, path) to a coroutine function of the request's JSON object."""

    def __init__(self, routes: Mapping[tuple[str, str], Handler]) -> None:
        self._routes = dict(routes)
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port, which the system chooses for 0. Raises UsageError if it is taken."""
        try:
            self._server = await asyncio.start_server(self._accept, host, port)
        except OSError as error:
            raise UsageError(f"can't listen on {host}:{port}: {error.strerror or error}") from error
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and cancel running requests. Safe to call twice."""
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "a connection is served by a task"
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
        try:
            await _Connection(reader, writer, self._answer).serve()
        except (ConnectionError, TimeoutError, h11.ProtocolError) as error:
            log.debug("a connection ended: %s", error)
        except asyncio.CancelledError:
            log.debug("a connection was closed with the server")  # streams print a cancelled task as a fault
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _answer(self, method: str, path: str, content: bytes) -> _Reply:
        handler = self._routes.get((method, path))
        if handler is None:
            known = any(path == other for _, other in self._routes)
            status = HTTPStatus.METHOD_NOT_ALLOWED if known else HTTPStatus.NOT_FOUND
            return _error(status, f"no {method} {path} here")
        try:
            value = json.loads(content) if content else {}
            json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is text that no tokenizer takes
        except (ValueError, RecursionError) as error:
            return _error(HTTPStatus.BAD_REQUEST, f"not JSON, or not Unicode: {error}")
        if not isinstance(value, dict):
            return _error(HTTPStatus.BAD_REQUEST, "a JSON object is expected")
        try:
            return _Reply(HTTPStatus.OK, await handler(value))
        except UsageError as error:
            return _error(HTTPStatus.BAD_REQUEST, str(error))
        except ModelError as error:
            return _error(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except StepwiseError as error:
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
        except Exception as error:
            log.exception("%s %s failed", method, path)
            return _error(HTTPStatus.INTERNAL_SERVER_ERROR, f"the server failed: {error!r}")


def refuse_others(body: Json, known: Container[str]) -> None:
    """Raises UsageError for a field that is not among the known ones: it would have no effect."""
    for name in body:
        if name not in known:
            raise UsageError(f"{name} is not served: leave it out")


@dataclass(slots=True)
class _Connection:
    """A client's connection. Its requests are answered in order."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    answer: Callable[[str, str, bytes], Awaitable[_Reply]]

    async def serve(self) -> None:
        """Answer requests until the client closes the connection."""
        protocol = h11.Connection(h11.SERVER)
        while True:
            try:
                request = await self._request(protocol)
            except h11.RemoteProtocolError as error:
                await self._send(protocol, _error(HTTPStatus(error.error_status_hint), str(error)))
                return
            if request is None:
                return
            method, path, content = request
            if content is None:
                await self._send(protocol, _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the body is too large"))
                return
            reply = await self._answered_or_gone(protocol, method, path, content)
            if reply is None:
                return
            await self._send(protocol, reply)
            if protocol.our_state is h11.MUST_CLOSE:
                return
            protocol.start_next_cycle()

    async def _request(self, protocol: h11.Connection) -> tuple[str, str, bytes | None] | None:
        head: h11.Request | None = None
        content = bytearray()
        size = 0  # too large a body is read to its end, so that the client hears why, but not kept
        while True:
            event = protocol.next_event()
            if event is h11.NEED_DATA:
                if protocol.they_are_waiting_for_100_continue:
                    await self._write(protocol, h11.InformationalResponse(status_code=100, headers=[]))
                protocol.receive_data(await asyncio.wait_for(self.reader.read(_READ_BYTES), _IDLE_S))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                size += len(event.data)
                if size <= _MAX_BODY_BYTES:
                    content += event.data
                elif size > 8 * _MAX_BODY_BYTES:
                    return None
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                path = head.target.decode("ascii", "replace").partition("?")[0]
                whole = bytes(content) if size <= _MAX_BODY_BYTES else None
                return head.method.decode(), path.rstrip("/") or "/", whole
            else:
                return None

    async def _answered_or_gone(
        self, protocol: h11.Connection, method: str, path: str, content: bytes
    ) -> _Reply | None:
        """The reply; None, with the work cancelled, if the client hung up first."""
        work = asyncio.ensure_future(self.answer(method, path, content))
        watch = asyncio.ensure_future(self.reader.read(_READ_BYTES))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and watch.result() == b"":
                return None
            reply = await work
            if watch.done():
                protocol.receive_data(watch.result())
            return reply
        finally:
            work.cancel()
            watch.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)

    async def _send(self, protocol: h11.Connection, reply: _Reply) -> None:
        content = json.dumps(reply.body, ensure_ascii=False).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
        await self._write(
            protocol, h11.Response(status_code=reply.status.value, reason=reply.status.phrase, headers=headers)
        )
        await self._write(protocol, h11.Data(data=content))
        await self._write(protocol, h11.EndOfMessage())

    async def _write(self, protocol: h11.Connection, event: Any) -> None:
        data = protocol.send(event)
        if data:
            self.writer.write(data)
            await self.writer.drain()


def _error(status: HTTPStatus, message: str) -> _Reply:
    """An error in the form of the OpenAI API."""
    return _Reply(status, {"error": {"message": message, "type": status.phrase, "code": status.value}})
