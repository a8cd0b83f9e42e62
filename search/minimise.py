"""Shortens a proof, without I/O: it proposes scripts, and the caller answers whether they prove the theorem.

    minimiser = Minimiser(proof, max_tries=60)
    while (shorter := minimiser.propose()) is not None:
        minimiser.tell(await judge(shorter.script))
    minimiser.best

The attempts, in this order, repeated as long as one succeeds: reduce `first | a | b | …` to the alternative that
worked, found by halving; leave out `try t`; write `(t; u)` on two lines; leave out runs of tactics, longest runs first
(an unused `have` is one of them); write one half of `t <;> u` alone; close a block by a simpler tactic than its last;
write a bulleted split whose parts one tactic closes as `t <;> u`; leave out single entries of `simp [...]` lists. Each
accepted script is the starting point for the next.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from search.extract import Block, Proof


class Minimiser:
    """One proof being shortened with at most `max_tries` questions."""

    def __init__(self, proof: Proof, *, max_tries: int = 60) -> None:
        self._best = proof
        self._tries_left = max_tries
        self._seen = {proof.script}
        self._asked: Proof | None = None
        self._proposals = self._pass()
        self._has_gained = False

    @property
    def best(self) -> Proof:
        """The shortest script that was accepted, or the proof it began with."""
        return self._best

    def propose(self) -> Proof | None:
        """The next script to try, or None when there is none. Raises RuntimeError while an answer is missing."""
        if self._asked is not None:
            raise RuntimeError("the last proposal has not been answered")
        while self._tries_left > 0:
            block = next(self._proposals, None)
            if block is None:
                if not self._has_gained:
                    return None
                self._has_gained = False
                self._proposals = self._pass()
                continue
            proof = Proof.of(block)
            if proof.script and proof.script not in self._seen:
                self._seen.add(proof.script)
                self._tries_left -= 1
                self._asked = proof
                return proof
        return None

    def tell(self, accepted: bool) -> None:
        """Answer whether the last proposal proves the theorem. Raises RuntimeError if nothing was proposed."""
        if self._asked is None:
            raise RuntimeError("nothing was proposed")
        if accepted:
            self._best = self._asked
            self._has_gained = True
        self._asked = None

    def _pass(self) -> Iterator[Block]:
        """One round of proposals; each starts from the best proof at the time it is made."""
        yield from self._decided()
        yield from self._on_lines()
        yield from self._without_runs()
        yield from self._halved()
        yield from self._simpler()
        yield from self._joined()
        yield from self._without_entries()

    # ---------------------------------------------------------------------------------------------- proposals

    def _decided(self) -> Iterator[Block]:
        """Halve the alternatives of each `first` as long as a half proves the theorem; leave out each `(try t)`."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            for position in range(len(block)):
                index = 0
                while True:
                    item = (_nth(self._best.block, number) or [])[position]
                    choices = _choices(item, index) if isinstance(item, str) else ()
                    if not choices:
                        break
                    before = self._best
                    for shorter in choices:
                        yield _edited(self._best.block, number, position, position + 1, [shorter])
                        if self._best is not before:
                            break
                    index += self._best is before
            number += 1

    def _without_runs(self) -> Iterator[Block]:
        """Leave out runs of tactics of one block, from its end: closing tactics often do the work of those above."""
        longest = max(len(block) for block in _blocks(self._best.block))
        length = max(1, longest // 2)
        while length:
            number = 0
            while (block := _nth(self._best.block, number)) is not None:
                start = len(block) - length
                while start >= 0:
                    if len(block) > length:
                        before = self._best
                        yield _edited(self._best.block, number, start, start + length, [])
                        if self._best is not before:
                            block = _nth(self._best.block, number) or []
                    start = min(start - 1, len(block) - length)
                number += 1
            length //= 2

    def _halved(self) -> Iterator[Block]:
        """Write one half of each `t <;> u` alone."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            for position, item in enumerate(block):
                before = self._best
                for shorter in _halves(item) if isinstance(item, str) else ():
                    yield _edited(self._best.block, number, position, position + 1, [shorter])
                    if self._best is not before:
                        break
            number += 1

    def _simpler(self) -> Iterator[Block]:
        """Close each block by the first simple tactic that does, where a longer one closes it."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            before, last = self._best, block[-1]
            for tactic in _SIMPLE if isinstance(last, str) and not last.startswith(_EXACT) else ():
                if len(tactic) < len(last):
                    yield _edited(self._best.block, number, len(block) - 1, len(block), [tactic])
                if self._best is not before:
                    break
            number += 1

    def _joined(self) -> Iterator[Block]:
        """Write a tactic whose bullets are all closed by the same single tactic as `t <;> u`."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            for position, item in enumerate(block):
                bullets = [b for b in block[position + 1 :] if not isinstance(b, str)]
                is_split = isinstance(item, str) and len(bullets) > 1 and len(bullets) == len(block) - position - 1
                if not is_split or "\n" in str(item):
                    continue
                if all(len(b) == 1 and b == bullets[0] and "\n" not in str(b[0]) for b in bullets):
                    joined = f"{item} <;> {bullets[0][0]}"
                    yield _edited(self._best.block, number, position, len(block), [joined])
                    break
            number += 1

    def _without_entries(self) -> Iterator[Block]:
        """Leave out single entries of the lists that `simp`, `simp_all` and `grind` are given."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            for position in range(len(block)):
                index = 0
                while True:
                    item = _nth(self._best.block, number) or []
                    shorter = _without_entry(item[position], index) if position < len(item) else None
                    if shorter is None:
                        break
                    before = self._best
                    yield _edited(self._best.block, number, position, position + 1, [shorter])
                    index += self._best is before
            number += 1

    def _on_lines(self) -> Iterator[Block]:
        """Write each tactic that brackets hold together, `(t; u)`, as a tactic a line."""
        number = 0
        while (block := _nth(self._best.block, number)) is not None:
            for position in range(len(block) - 1, -1, -1):
                item = block[position]
                if isinstance(item, str) and (lines := _lines(item)) != [item]:
                    yield _edited(self._best.block, number, position, position + 1, [*lines])
            number += 1


_SIMPLE = ("rfl", "assumption", "simp", "omega", "decide")
"""Tactics that close a goal in a way which is easily followed, the simplest first."""
_EXACT = ("exact ", "apply ", "assumption", "contradiction")
"""What closes a goal by naming the reason stays as it is."""


def _halves(item: str) -> Iterator[str]:
    """What may do the work of `t <;> u` alone; an `apply` that leaves nothing is an `exact`."""
    first, *rest = (part.replace("\0", " <;> ") for part in _split(item.replace(" <;> ", "\0"), "\0"))
    if rest:
        yield from (re.sub("^apply ", "exact ", first), first, " <;> ".join(rest))


_CHOICE = re.compile(r"\bfirst \||\(try ")


def _choices(item: str, index: int) -> tuple[str, ...]:
    """Shorter forms of a tactic by its choice number `index`: for a `first`, one with each half of its alternatives;
    for a `(try …)`, one without it, or at the end with what it tries. Empty if the tactic has no such choice."""
    matches = list(_CHOICE.finditer(item))
    if index >= len(matches):
        return ()
    start, begin = matches[index].span()
    end = _end_of_bracket(item, begin)
    if item[start] == "(":
        after = re.match(r"\)\s*(?:;|<;>)\s*", item[end:])
        if after is None:  # the last of its sequence: tried in vain, or not
            return (item[:start] + item[begin:end] + item[end + 1 :],)
        return (item[:start] + item[end + after.end() :],)
    ways = _split(item[begin:end], "|")
    if len(ways) < 2:
        return (item,)
    middle = (len(ways) + 1) // 2
    halves = (ways[:middle], ways[middle:])
    return tuple(item[:start] + _first(half) + item[end:] for half in halves)


def _lines(item: str) -> list[str]:
    """The tactics of a sequence in brackets, behind the lines before it; the tactic itself if it is none."""
    *before, last = item.split("\n")
    is_whole = last.startswith("(") and _end_of_bracket(last, 1) == len(last) - 1
    if not is_whole or any(line.startswith(" ") for line in (*before, last)):
        return [item]
    parts = _split(last[1:-1].replace("; ", "\0"), "\0")  # `<;>` has a semicolon as well
    return [*before, *(part.replace("\0", "; ") for part in parts)]


def _first(ways: list[str]) -> str:
    """The `first` of these alternatives; a single alternative stands by itself."""
    if len(ways) > 1:
        return "first | " + " | ".join(ways)
    return f"({ways[0]})" if ";" in ways[0] and not ways[0].startswith("(") else ways[0]


def _end_of_bracket(text: str, position: int) -> int:
    """The position at which the bracket open at `position` is closed, or the end of the text or line."""
    depth = 0
    for place in range(position, len(text)):
        depth += (text[place] in "([⟨{") - (text[place] in ")]⟩}")
        if depth < 0 or text[place] == "\n":
            return place
    return len(text)


_LIST = re.compile(r"\b(simp|simp_all|simpa|grind)\b( only)? \[([^\[\]]*)\]")


def _without_entry(item: str | Block, index: int) -> str | None:
    """The tactic without entry `index`, counted over all its lists; None if there is no such entry."""
    if not isinstance(item, str):
        return None
    for match in _LIST.finditer(item):
        entries = _entries(match[3])
        if index < len(entries):
            kept = entries[:index] + entries[index + 1 :]
            name = match[1] + (match[2] or "")
            written = f"{name} [{', '.join(kept)}]" if kept or match[2] else name
            return item[: match.start()] + written + item[match.end() :]
        index -= len(entries)
    return None


def _entries(text: str) -> list[str]:
    """Split at commas outside of brackets."""
    return _split(text, ",")


def _split(text: str, separator: str) -> list[str]:
    """The parts of a text between separators outside of brackets, without empty ones."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        depth += (character in "([⟨{") - (character in ")]⟩}")
        if character == separator and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    return [part for part in (*parts, text[start:].strip()) if part]


# ---------------------------------------------------------------------------------------------- blocks by number


def _blocks(block: Block) -> Iterator[Block]:
    """The block and every bullet's block in it, outer ones first."""
    work = [block]
    for current in work:
        yield current
        work.extend(item for item in current if not isinstance(item, str))


def _nth(block: Block, number: int) -> Block | None:
    return next((found for i, found in enumerate(_blocks(block)) if i == number), None)


def _edited(block: Block, number: int, start: int, stop: int, new: list[str]) -> Block:
    """A copy with some items of the `number`-th block replaced."""
    made = copy.deepcopy(block)
    target = _nth(made, number)
    assert target is not None
    target[start:stop] = new
    return made
