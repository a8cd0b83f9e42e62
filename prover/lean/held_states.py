"""The states that one server holds, by the paths that lead to them."""

from __future__ import annotations

from collections import OrderedDict

from search.base import Path, Step

_STALE_AT_ONCE = 64  # a message for each would cost more than the states do


class HeldStates:
    """The server's ids of at most `most` states. The state that was used least recently makes room for a new one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ids: OrderedDict[tuple[int, Path], int] = OrderedDict()  # least recently used first
        self._stale: list[int] = []  # to be dropped with the next few

    def has(self, key: int, path: Path) -> bool:
        """Whether the state at `path` of the theorem `key` is held; the path is not empty."""
        return (key, _bare(path)) in self._ids

    def id(self, key: int, path: Path) -> int:
        """The id of a held state, which counts as used."""
        name = (key, _bare(path))
        self._ids.move_to_end(name)
        return self._ids[name]

    def keep(self, key: int, path: Path, state_id: int) -> tuple[int, ...]:
        """Hold a new state. Returns the ids that the server may drop now."""
        if (key, path) in self._ids:
            self._stale.append(self._ids.pop((key, path)))
        self._ids[key, path] = state_id
        if len(self._ids) > self._most:
            self._stale.append(self._ids.popitem(last=False)[1])
        if len(self._stale) < _STALE_AT_ONCE:
            return ()
        stale, self._stale = self._stale, []
        return tuple(stale)

    def forget(self, key: int) -> tuple[int, ...]:
        """Hold no state of a theorem any more. Returns their ids."""
        return tuple(self._ids.pop(name) for name in [name for name in self._ids if name[0] == key])


def _bare(path: Path) -> Path:
    """The path without the focus of its last step, which is sent with each request on the state."""
    last = path[-1]
    return path if last.focus is None else (*path[:-1], Step(last.tactic))
