"""The page's server: what it answers.

    GET  /                        the page, /static/… what belongs to it
    POST /session                 {"token": …} → a cookie for all that follows
    GET  /run/events              the run's feed, as server-sent events
    GET  /search/events           ?theorem=…&attempt=0&beside= : the feed of one search
    GET  /search/state            …&state=N : a state in full
    POST /search/steer            ?… {"act", "state", "tactic", "seconds"} → {"done", "said", "goals"}

Each frame of a feed carries a list of events under the place behind them. A reader who was away names its place, by
`Last-Event-ID` or `after=`, and gets what it missed; `reset` says that the feed began anew, and that what was told
before doesn't count.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prover.driver.steering import Wish
from prover.driver.tracer import Onlooker
from prover.errors import StepwiseError
from prover.web.board import Board
from prover.web.feed import Feed
from prover.web.following import RunView, SearchId
from prover.web.guard import Guard

_STATIC = Path(__file__).parent / "static"
_FRAME_S = 0.1
"""Between two frames, so that a page draws no more than ten a second."""
_FRAME_EVENTS = 4000
_QUIET_S = 15.0
"""After so long without news a comment is sent, by which a connection that is dead comes to light."""


class _Told(Protocol):
    """What has a feed and can look for news."""

    @property
    def feed(self) -> Feed: ...

    async def refresh(self) -> None: ...


_Source: TypeAlias = Callable[[], Awaitable[_Told | None]]
"""What a reader follows; None as long as it has not begun."""


class _View(_Told, Protocol):
    """What a page shows: a list of theorems, and the searches at them."""

    def board(self, search: SearchId) -> Board | None: ...


class Viewer:
    """The answers of one server. `view` is what it shows, None until that has begun."""

    def __init__(self, view: _View | None = None) -> None:
        self.view = view
        self.is_closing = False
        self._run: RunView | None = None

    def follow(self, path: Path) -> None:
        """Show the run in a folder. Raises RunFolderError if it holds none."""
        self.view = self._run = RunView(path)

    def watch(self, theorem: str, attempt: int, beside: str) -> Onlooker | None:
        """The onlooker for a search of the run that begins in this process; None before the run has begun."""
        return None if self._run is None else self._run.watch(SearchId(theorem, attempt, beside))

    def app(self, token: str, port: int) -> Guard:
        """The application, guarded by the token, for a server on that port of this machine."""

        async def session(request: Request) -> Response:
            given = await _body(request)
            return guard.enter(given.get("token"))

        routes = [
            Route("/", lambda _: FileResponse(_STATIC / "index.html")),
            Mount("/static", StaticFiles(directory=_STATIC)),
            Route("/session", session, methods=["POST"]),
            Route("/run/events", self._run_events),
            Route("/search/events", self._search_events),
            Route("/search/state", self._state),
            Route("/search/steer", self._steer, methods=["POST"]),
        ]
        guard = Guard(Starlette(routes=routes), token, port)
        return guard

    async def _run_events(self, request: Request) -> Response:
        async def shown() -> _Told | None:
            return self.view

        return self._stream(shown, request)

    async def _search_events(self, request: Request) -> Response:
        """A search that has not begun yet is waited for: a browser asks once, and never again after a refusal."""
        return self._stream(partial(self._board, request), request)

    async def _state(self, request: Request) -> Response:
        board, number = await self._board(request), request.query_params.get("state", "")
        if board is None or not number.isdecimal():
            return _nothing("the run has no such search")
        await board.refresh()
        state = board.state(int(number))
        return _nothing("the search has no such state") if state is None else JSONResponse(state)

    async def _steer(self, request: Request) -> Response:
        """Do what a person wants; a refusal is an answer like any other."""
        board, body = await self._board(request), await _body(request)
        if board is None or board.steering is None:
            return _nothing("this search is over, or runs elsewhere: it can be looked at, not steered")
        try:
            number = body.pop("state", None)
            wish = Wish.of({**body, "state": board.key_of(number) if type(number) is int else ""})
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 400)
        try:
            answer = await board.steering.do(wish)
        except StepwiseError as fault:
            return JSONResponse({"error": str(fault)}, 409)
        return JSONResponse(answer.to_json())

    async def _board(self, request: Request) -> Board | None:
        asked = request.query_params
        attempt = asked.get("attempt", "0")
        if self.view is None or not attempt.isdecimal():
            return None
        await self.view.refresh()
        return self.view.board(SearchId(asked.get("theorem", ""), int(attempt), asked.get("beside", "")))

    def _stream(self, source: _Source, request: Request) -> Response:
        place = request.headers.get("last-event-id") or request.query_params.get("after", "")
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(self._frames(source, place), media_type="text/event-stream", headers=headers)

    async def _frames(self, source: _Source, place: str) -> AsyncIterator[bytes]:
        """The frames of a feed from a place on, until the reader goes or the server closes."""
        quiet_s = 0.0
        while (told := await source()) is None and not self.is_closing:
            await asyncio.sleep(_FRAME_S)
        while told is not None and not self.is_closing:
            await told.refresh()
            feed = told.feed
            is_reset = not place.startswith(feed.epoch)
            place, events = feed.after(place, _FRAME_EVENTS)
            if events or is_reset:
                body = {"reset": True, "events": events} if is_reset else {"events": events}
                quiet_s = 0.0
                yield b"id: %s\ndata: %s\n\n" % (place.encode(), orjson.dumps(body))
            elif quiet_s >= _QUIET_S:
                quiet_s = 0.0
                yield b": nothing new\n\n"
            if len(events) < _FRAME_EVENTS:
                quiet_s += _FRAME_S
                await asyncio.sleep(_FRAME_S)


async def _body(request: Request) -> dict[str, object]:
    """The request's JSON object; empty if it has none."""
    try:
        value = orjson.loads(await request.body())
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _nothing(said: str) -> Response:
    return JSONResponse({"error": said}, 404)
