"""A proof as somebody wrote it: its blocks of tactics and their steps, read from the layout alone.

Whether a reading is of use is for Lean to say: whoever changes a proof by it has the result elaborated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prover.tasks.scanner import Token, mask, tokens
from search.extract import Block as Items
from search.extract import Proof as Script

_BULLETS = ("·", ".")
_WITH_CASES = frozenset(("cases", "induction", "match", "fun_cases", "fun_induction"))
_NAMED = frozenset(("case", "case'", "next"))
_CONTINUES = frozenset(("|", "<;>", "else", "then", "with", ")", "]", "}", "⟩"))
"""What opens a line in its block's column without beginning a step."""
_CHOICES = frozenset(("first", "rcases", "obtain", "rintro", "match", "cases", "induction", "fun", "λ"))
"""Behind these a `|` on the same line is their own."""


@dataclass(frozen=True, slots=True)
class WrittenStep:
    """One tactic with all that belongs to it, from `start` up to `end`; `blocks` are the blocks inside of it."""

    start: int
    end: int
    blocks: tuple[WrittenBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenBlock:
    """Tactics one after the other, which begin in `column`. `head` is where what opens the block begins: its `by`, its
    bullet, its `| succ n ih =>`. A `is_term` block is a body that is no tactic block, as a single step."""

    head: int
    start: int
    column: int
    steps: tuple[WrittenStep, ...]
    is_term: bool = False

    @property
    def end(self) -> int:
        return self.steps[-1].end if self.steps else self.start

    def walk(self) -> Iterator[WrittenBlock]:
        """The block and all blocks inside of it, outer ones first."""
        yield self
        for step in self.steps:
            for block in step.blocks:
                yield from block.walk()


def written_proof(text: str, start: int, end: int) -> WrittenBlock:
    """The outermost block of a declaration's body, which begins at `start` (with `:=`, or the first `|` of equations).
    Offsets are those of the text."""
    line = text.rfind("\n", 0, start) + 1
    found = [_moved(each, line) for each in tokens(mask(text[line:end])) if line + each.start >= start]
    try:
        return _Reader(found).body(start)
    except RecursionError:  # blocks in blocks, hundreds deep: nobody mends these step by step
        return WrittenBlock(start, start, 0, (WrittenStep(start, end),), is_term=True)


def _step_text(text: str, step: WrittenStep) -> str:
    """A step as it is written, with its further lines moved left as far as its first one stands to the right."""
    column = step.start - (text.rfind("\n", 0, step.start) + 1)
    first, *others = text[step.start : step.end].split("\n")
    return "\n".join((first, *(line[min(column, len(line) - len(line.lstrip(" "))) :] for line in others)))


def _open_form(text: str, step: WrittenStep) -> str:
    """A step with `?_` in the place of each block inside of it, so that these become goals."""
    pieces, done = "", step.start
    for block in step.blocks:
        keeps = text.startswith("by", block.head)
        pieces += text[done : block.head if keeps else block.start].rstrip() + " ?_"
        done = block.end
    whole = text[: step.start] + pieces + text[done : step.end]
    return _step_text(whole, WrittenStep(step.start, step.start + len(pieces) + step.end - done))


def old_steps(text: str, block: WrittenBlock) -> Iterator[str]:
    """Every step in the order of the text; one that holds blocks whole, then with these as goals, then their steps."""
    for step in block.steps:
        is_bullet = text[step.start] in _BULLETS and bool(step.blocks)
        if block.is_term:
            if text[step.start] != "|":  # equations are no term
                yield "exact " + _step_text(text, step)
        elif not is_bullet:
            yield _step_text(text, step)
            if step.blocks:
                yield _open_form(text, step)
        for inner in step.blocks:
            yield from old_steps(text, inner)


def step_heads(text: str, block: WrittenBlock) -> Iterator[str]:
    """Every step without the blocks inside of it, its white space made even: what two proofs have in common."""
    for each in block.walk():
        for step in each.steps:
            head = text[step.start : step.blocks[0].start if step.blocks else step.end]
            if head.rstrip() not in _BULLETS:
                yield " ".join(head.split())


def as_script(text: str, block: WrittenBlock) -> Script:
    """The block's steps as a script from column 0, with the comments between them."""
    items: list[str | Items] = []
    for number, step in enumerate(block.steps):
        above = block.steps[number - 1].end if number else step.start
        beside, *lines = text[above : step.start].split("\n")
        if beside.strip("; ") and items and isinstance(items[-1], str):
            items[-1] += "  " + beside.strip("; ")
        comments = [line.strip() for line in lines if line.strip()]
        is_bullet = text[step.start] == "·" and len(step.blocks) == 1
        if is_bullet and not comments:
            items.append(as_script(text, step.blocks[0]).block)
        else:
            items.append("\n".join((*comments, _step_text(text, step))))
    return Script.of(items)


def spliced(text: str, block: WrittenBlock, script: str) -> str:
    """The text with a script in the place of the block's steps, on one line if these are and it can be."""
    first, *others = script.split("\n")
    opens_line = not text[text.rfind("\n", 0, block.start) + 1 : block.start].strip()
    if not opens_line and "\n" not in text[block.start : block.end] and all(line[:1] not in " ·-" for line in others):
        return text[: block.start] + "; ".join((first, *others)) + text[block.end :]
    lines = (first, *(" " * block.column + line if line else "" for line in others))
    return text[: block.start] + "\n".join(lines) + text[block.end :]


def _moved(token: Token, by: int) -> Token:
    return Token(token.text, token.start + by, token.column, token.opens_line, token.depth)


class _Reader:
    """The tokens of a body, each with the column in which its line begins."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._indents: list[int] = []
        for token in found:
            self._indents.append(token.column if token.opens_line or not self._indents else self._indents[-1])

    def body(self, start: int) -> WrittenBlock:
        texts = [token.text for token in self._tokens[:2]]
        if texts == [":=", "by"]:
            indent = -1 if len(self._tokens) > 2 and self._tokens[2].opens_line else self._indents[0]
            block, _ = self._nested(2, len(self._tokens), self._tokens[1].start, indent, 0)
            return block
        first = 1 if texts[:1] == [":="] else 0
        if first >= len(self._tokens):
            return WrittenBlock(start, start, 0, (), is_term=True)
        step, _ = self._step(first, len(self._tokens), -1)
        begin = self._tokens[first]
        return WrittenBlock(start, begin.start, begin.column, (step,), is_term=True)

    def _nested(self, first: int, limit: int, head: int, indent: int, depth: int) -> tuple[WrittenBlock, int]:
        """The block that opens before token `first`, on a line that begins in column `indent`, and the token behind."""
        if first >= limit or self._tokens[first].depth < depth:
            behind = self._tokens[first - 1]
            return WrittenBlock(head, behind.end, indent + 2, ()), first
        begin = self._tokens[first]
        if begin.opens_line and begin.column <= indent:
            return WrittenBlock(head, self._tokens[first - 1].end, indent + 2, ()), first
        stop = first
        while stop < limit and not self._ends(stop, first, indent, depth):
            stop += 1
        steps, at = [], first
        while at < stop:
            step, at = self._step(at, stop, begin.column)
            steps.append(step)
            while at < stop and self._tokens[at].text == ";":
                at += 1
        return WrittenBlock(head, begin.start, begin.column, tuple(steps)), stop

    def _ends(self, at: int, first: int, indent: int, depth: int) -> bool:
        """Whether a block that begins with token `first` ends before token `at`."""
        token, begin = self._tokens[at], self._tokens[first]
        if token.depth < depth or (depth and token.depth == depth and token.text == ","):
            return True
        if token.opens_line and at > first:
            is_next = token.text == "_" and not begin.opens_line  # of a calculation
            return is_next or (token.column < begin.column if begin.opens_line else token.column <= indent)
        if token.text == "|" and token.depth == depth and at > first and not begin.opens_line:
            return not any(each.text in _CHOICES for each in self._tokens[first:at])
        return False

    def _step(self, first: int, limit: int, column: int) -> tuple[WrittenStep, int]:
        """The step that begins with token `first`, in a block with this column (-1: it takes all), and the token
        behind."""
        begin, blocks, at = self._tokens[first], list[WrittenBlock](), first
        head = begin.start if begin.text in _NAMED else -1
        while at < limit:
            token = self._tokens[at]
            is_top = token.depth == begin.depth
            if at > first and column >= 0 and is_top:
                opens = token.opens_line and token.column <= column and token.text not in _CONTINUES
                if opens or token.text == ";":
                    break
            if token.text == "|" and is_top and begin.text in _WITH_CASES:
                head = token.start
            is_bullet = at == first and token.text in _BULLETS and column >= 0
            is_arrow = token.text == "=>" and is_top and head >= 0
            if is_bullet or is_arrow or token.text == "by":
                opened = head if is_arrow else token.start
                indent = token.column if is_bullet else self._indents[at]
                block, at = self._nested(at + 1, limit, opened, indent, token.depth)
                blocks.append(block)
                head = -1 if is_arrow else head
            else:
                at += 1
        return WrittenStep(begin.start, self._tokens[at - 1].end, tuple(blocks)), at
