"""Applications in a text: how many arguments a function is given."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d][\w'!?✝₀-₉.]*|\d+")
_RECEIVER = re.compile(r"(\w)[\w']*$")
_PROJECTION = re.compile(r"\.[\w.?!']+")


def _arguments_after(text: str, start: int) -> list[str]:
    """The arguments of the application whose function ends at `start` of a text."""
    found: list[str] = []
    while start < len(text) and text[start] == " ":
        end = _end_of_atom(text, start + 1)
        if end == start + 1:
            break
        found.append(text[start + 1 : end])
        start = end
    return found


def _end_of_atom(text: str, start: int) -> int:
    """Where the word, bracket or projection that starts here ends; `start` if none does."""
    word = _WORD.match(text, start)
    if word:
        return word.end()
    depth = 0
    for index in range(start, len(text)):
        depth += (text[index] in "([⟨") - (text[index] in ")]⟩")
        if depth == 0:
            if index == start:
                return start
            dotted = _PROJECTION.match(text, index + 1)
            return dotted.end() if dotted else index + 1
    return start


def num_arguments(text: str, name: str) -> int:
    """The most explicit arguments that a function has in a text, written `f a b` or `a.f b`."""
    plain = re.compile(rf"(?<![\w.'])@?{re.escape(name)}(?![\w.'?!])")
    counts = [len(_arguments_after(text, found.end())) for found in plain.finditer(text)]
    if "." in name:
        dotted = re.compile(rf"(?P<of>[\w')\]])\.{re.escape(name.rpartition('.')[2])}(?![\w.'?!])")
        for found in dotted.finditer(text):
            before = _RECEIVER.search(text, max(0, found.end("of") - 80), found.end("of"))
            if before is None or not before[1].isupper():  # else what stands before the dot is a namespace
                counts.append(1 + len(_arguments_after(text, found.end())))
    return max(counts, default=0)
