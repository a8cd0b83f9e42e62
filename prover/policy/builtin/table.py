"""What each rule is worth: its success rate, the rate among proposals that leave goals, and its price.

The figures are data (`figures.json`), counted on the development sets by `scripts/bench policy`. `onward` becomes the
candidate's log-probability, which ranks the state that the proposal leaves. `rate` and `cost` order the calls on one
goal: the likely and cheap ones come first.
"""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

ORIGIN = "builtin:"
"""Begins the origin of the policy's candidates; the rule's name follows."""


class Row(NamedTuple):
    """One rule's figures: `rate` is the share of its proposals on provable goals that closed the goal or led to goals
    that were all proved, `onward` the same share among those that left goals, `cost` the mean time in Lean in
    milliseconds."""

    rate: float
    onward: float
    cost: float


_UNKNOWN = Row(0.02, 0.02, 20.0)


def row_of(rule: str) -> Row:
    """The figures of a rule; small ones for a name that is none."""
    return rows().get(rule, _UNKNOWN)


@cache
def rows() -> dict[str, Row]:
    """The figures of every rule, by its name."""
    text = files(__package__).joinpath("figures.json").read_text(encoding="utf-8")
    return {name: Row(*figures) for name, figures in json.loads(text).items()}


_BESIDE_ARITHMETIC = re.compile(
    r"(general_)?induction|fun_|cases_data|open|funext|ext$|unfold|simp_only_defs|simp_library|simp_lemma"
    r"|simp_all_lemmas|grind_lemma|alike|by_cases_eq|rw_hyp|cases_eq"
)
_SELDOM = 0.3


def suits(template: str, *, is_arithmetic: bool) -> float:
    """A factor for the kind of goal: about numbers alone, taking data apart or looking up lemmas seldom helps."""
    return _SELDOM if is_arithmetic and _BESIDE_ARITHMETIC.match(template) else 1.0


_PRICE_OF_ANY = 30.0  # milliseconds around each call
_WEIGHT_OF_PRICE = 0.75  # below 1: what is dear is mostly tried where the cheap has failed, which its rate doesn't know


def worth(chance: float, cost: float) -> float:
    """The rank of a call on its goal: the chance for its price in milliseconds."""
    return chance / math.pow(cost + _PRICE_OF_ANY, _WEIGHT_OF_PRICE)
