"""Who may speak with the page's server: programs of this machine that know its token, and no foreign web page.

A page of another origin can make a browser send requests to this machine, under a name of its own that it lets point
here (DNS rebinding); so the host that the browser believes to speak with, and the origin that it names, are checked.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_OPEN = ("/", "/session", "/static/")
"""What is told without the token: the page itself, which says nothing of any run, and the exchange of the token."""


class Guard:
    """Refuses what comes from elsewhere, and puts the safety headers on every answer."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app = app
        self._token = token
        self._cookie = f"stepwise-{port}"
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(name.lower().encode(), text.encode()) for name, text in _HEADERS.items()]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        request = Request(scope)
        refusal = self._refusal(request)
        if refusal is not None:
            await JSONResponse({"error": refusal}, 403)(scope, receive, send_safely)
        else:
            await self._app(scope, receive, send_safely)

    def enter(self, given: object) -> Response:
        """The answer to who shows a token: a cookie, if it is the right one."""
        if not isinstance(given, str) or not self._is_token(given):
            return JSONResponse({"error": "that is not the token"}, 403)
        response = Response(status_code=204)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict")
        return response

    def _refusal(self, request: Request) -> str | None:
        """Why a request is refused; None for one that may pass."""
        host = request.headers.get("host", "")
        origin = request.headers.get("origin")
        if host not in self._hosts:
            return "this server answers under its own address alone"
        if origin is not None and origin != f"http://{host}":
            return "this server answers its own page alone"
        path = request.url.path
        if path in _OPEN or path.startswith(_OPEN[-1]):
            return None
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if self._is_token(request.cookies.get(self._cookie, "")) or self._is_token(bearer):
            return None
        return "the token is missing: open the address that the command printed"

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self._token.encode())
