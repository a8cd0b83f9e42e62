"""Contexts: the text before a theorem, elaborated once for all theorems of a file."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable

_MOST = 4
_IMPORTS_ALONE = re.compile(r"(?:\s|(?:public |meta )*import [^\n]*|prelude\b|module\b|--[^\n]*)*")


class Contexts:
    """The environments of the last few contexts on one server. A new context is elaborated from the environment of the
    longest known context with which it begins. What a text imports is imported first, so that a limit on its
    elaboration does not count the import.

    `elaborate(text, env)` returns the id of the environment after a text, None if Lean refuses the text; `drop(env)`
    frees an environment. A context that does not elaborate by itself is remembered as such: its theorems are then
    elaborated as whole texts, which shows Lean's error.
    """

    def __init__(
        self, elaborate: Callable[[str, int | None], Awaitable[int | None]], drop: Callable[[int], None]
    ) -> None:
        self._elaborate = elaborate
        self._drop = drop
        self._known: OrderedDict[str, int | None] = OrderedDict()  # least recently used first
        self._imported: set[str] = set()
        self._turn = asyncio.Lock()
        self.import_lists: set[str] = set()
        """Those that texts began with. The server keeps what each of them brought."""

    async def env(self, text: str) -> int | None:
        """The environment after `text`; None if it has imports alone, ends within a line, or does not elaborate."""
        self.note(text)
        if not text.endswith("\n"):
            return None
        text = text.rstrip()
        async with self._turn:
            if _IMPORTS_ALONE.fullmatch(text):
                await self._import(text)
                return None
            if text not in self._known:
                start = self._longest_start(text)
                self._keep(text, await self._elaborate(text[len(start) :], self._known.get(start)))
            self._known.move_to_end(text)
            return self._known[text]

    def note(self, text: str) -> None:
        """Note what a text imports that the server is given."""
        found = _IMPORTS_ALONE.match(text)
        self.import_lists.add(found.group().strip() if found else "")

    async def _import(self, text: str) -> None:
        """Have the server import what a text asks for: it keeps imports itself."""
        if "import" in text and text not in self._imported:
            self._imported.add(text)
            env = await self._elaborate(text, None)
            if env is not None:
                self._drop(env)

    def _longest_start(self, text: str) -> str:
        """The longest known context that `text` continues in a new line; empty if there is none."""
        starts = [known for known, env in self._known.items() if env is not None and text.startswith(f"{known}\n")]
        return max(starts, key=len, default="")

    def _keep(self, text: str, env: int | None) -> None:
        self._known[text] = env
        if len(self._known) > _MOST:
            _, oldest = self._known.popitem(last=False)
            if oldest is not None:
                self._drop(oldest)
