"""What Lean does before a theorem's time begins: imports, the text before the theorem, the index of its library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prover.tasks import TheoremTask
from prover.tasks.statement import imports

_SOON_S = 2.0
"""What takes no longer needs no word."""
_JUDGE_TIMES = 3
"""The judge imports what a text does for the challenge, for the solution and for the comparison."""


class Before:
    """Says what is under way before a theorem's time begins, for no limit counts it, and knows how long it took: the
    judge is given time for it as well. `tell` takes lines for people."""

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._tell = tell
        self._begun: set[tuple[str, frozenset[str]]] = set()
        self._took_s: dict[frozenset[str], float] = {}

    @contextmanager
    def told(self, task: TheoremTask, clock: Callable[[], float]) -> Iterator[None]:
        """While Lean prepares the first theorem of an input with these imports; the others find it done."""
        modules = imports(task.document.text)
        if (task.source, modules) in self._begun:
            yield
            return
        self._begun.add((task.source, modules))
        does = f"imports {', '.join(sorted(modules))}" if modules else "reads what stands before it"
        saying = f"{task.id}: Lean {does} first, which is no part of a theorem's time"
        began = clock()
        with told_later(self._tell, saying):
            yield
        if (took_s := clock() - began) >= _SOON_S:
            self._tell(f"{task.id}: Lean was ready for it after {took_s:.0f} s")

    def took(self, task: TheoremTask, seconds: float) -> None:
        """A worker needed so long for what the text imports and what stands before the theorem."""
        modules = imports(task.document.text)
        self._took_s[modules] = max(seconds, self._took_s.get(modules, 0.0))

    def judge_s(self, challenge: str) -> float:
        """The seconds that the judge may need for the same."""
        return _JUDGE_TIMES * self._took_s.get(imports(challenge), 0.0)


@contextmanager
def told_later(tell: Callable[[str], None], saying: str) -> Iterator[None]:
    """Something that is told of once it has taken a while."""
    later = asyncio.get_running_loop().call_later(_SOON_S, tell, saying)
    try:
        yield
    finally:
        later.cancel()
