"""Reads goals from Lean's own rendering, for servers that send nothing else.

Fields that the text doesn't show stay empty: heads, constants, which hypotheses are propositions. Two goals are equal
exactly if their texts are.
"""

from __future__ import annotations

import re

from search.base import Goal, Hypothesis

_CASE = re.compile(r"case (\S+)\n")
_TURNSTILE = re.compile(r"(?:^|\n)⊢ ")
_ENTRY = re.compile(r"(?P<names>[^\s:]+(?: [^\s:]+)*) : (?P<type>.*)", re.DOTALL)


def goal_of(rendering: str) -> Goal:
    """The goal that Lean shows as `rendering`; one without a `⊢` of its own (as in `conv`) is all target."""
    text = rendering.strip()
    case = _CASE.match(text)
    body = text[case.end() :] if case is not None else text
    turnstile = _TURNSTILE.search(body)
    return Goal(
        target=body[turnstile.end() :] if turnstile is not None else body,
        hypotheses=_hypotheses(body[: turnstile.start()]) if turnstile is not None else (),
        tag=case[1] if case is not None else "",
        pretty=text,
        key=text,
    )


def _hypotheses(context: str) -> tuple[Hypothesis, ...]:
    """The hypotheses of a context: each begins in the first column and continues in indented lines."""
    found: list[Hypothesis] = []
    for entry in re.split(r"\n(?=\S)", context):
        read = _ENTRY.fullmatch(entry)
        if read is None:
            continue
        kind, assigned, value = read["type"].partition(" := ")
        if " := " in value or kind.count("(") != kind.count(")"):  # part of a term, not a value
            kind, assigned, value = read["type"], "", ""
        found += [
            Hypothesis(name, kind, value if assigned else None, is_accessible="✝" not in name)
            for name in read["names"].split(" ")
        ]
    return tuple(found)
