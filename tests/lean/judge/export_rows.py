"""Exports written by hand: the rows that the judge's comparing process reads, built bottom up.

    rows = Export()
    true = rows.const("True")
    rows.theorem("t", true, rows.const("True.intro"))
    text = rows.text("t")

Every method returns the number of what it made; equal things are made twice, which the reader does not mind.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

Row: TypeAlias = list[Any]
Ctor: TypeAlias = tuple[str, int]
"""A constructor: its name, and the number of its type."""


class Export:
    """Names, levels and expressions by number; name 0 is anonymous, level 0 is zero."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._counts = {"name": 1, "level": 1, "expr": 0}

    def _add(self, kind: str, *row: Any) -> int:
        self.rows.append(list(row))
        self._counts[kind] += 1
        return self._counts[kind] - 1

    def name(self, dotted: str) -> int:
        number = 0
        for part in dotted.split("."):
            number = self._add("name", 0, number, part)
        return number

    def succ(self, level: int) -> int:
        return self._add("level", 2, level)

    def max(self, a: int, b: int) -> int:
        return self._add("level", 3, a, b)

    def imax(self, a: int, b: int) -> int:
        return self._add("level", 4, a, b)

    def param(self, name: str) -> int:
        return self._add("level", 5, self.name(name))

    def var(self, index: int) -> int:
        return self._add("expr", 6, index)

    def sort(self, level: int) -> int:
        return self._add("expr", 7, level)

    def const(self, name: str, *levels: int) -> int:
        return self._add("expr", 8, self.name(name), list(levels))

    def app(self, function: int, *arguments: int) -> int:
        for argument in arguments:
            function = self._add("expr", 9, function, argument)
        return function

    def fun(self, domain: int, body: int) -> int:
        return self._add("expr", 10, 0, domain, body)

    def pi(self, domain: int, body: int) -> int:
        return self._add("expr", 11, 0, domain, body)

    def proj(self, structure: str, field: int, value: int) -> int:
        return self._add("expr", 13, self.name(structure), field, value)

    def nat(self, number: int) -> int:
        return self._add("expr", 14, number)

    def definition(self, name: str, type_: int, value: int, *, universes: tuple[str, ...] = ()) -> None:
        self.rows.append([22, self.name(name), [self.name(each) for each in universes], type_, value, -1, 0])

    def theorem(self, name: str, type_: int, proof: int = -1, *, universes: tuple[str, ...] = ()) -> None:
        """Without a proof, as a challenge states it."""
        self.rows.append([21, self.name(name), [self.name(each) for each in universes], type_, proof])

    def inductive(
        self, *types: tuple[str, int, list[Ctor]], num_params: int = 0, universes: tuple[str, ...] = ()
    ) -> None:
        """One block of mutual types: for each its name, its type and its constructors."""
        written = [
            [self.name(name), type_, [[self.name(ctor), ctor_type] for ctor, ctor_type in ctors]]
            for name, type_, ctors in types
        ]
        self.rows.append([24, [self.name(each) for each in universes], num_params, 0, written])

    def text(self, theorem: str) -> str:
        """The export, about `theorem`."""
        root = self.name(theorem)
        return json.dumps([*self.rows, [99, root]])


def stated(theorem: str, proposition: str) -> str:
    """A challenge: that a constant without arguments holds."""
    rows = Export()
    rows.theorem(theorem, rows.const(proposition))
    return rows.text(theorem)
