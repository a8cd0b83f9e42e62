"""Numbers on the command line: one out of its range is refused under the name of the option that was typed."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

from prover.config import Config
from prover.settings import Range, leaves

_OptionType: TypeAlias = Callable[[str], float]
"""The `type` of an option."""


def _number(kind: type[int] | type[float], allowed: Range) -> _OptionType:
    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            wanted = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"must be {wanted}, not {text!r}") from None
        if not allowed.holds(value):
            raise argparse.ArgumentTypeError(f"must be {allowed}, not {text}")
        return value

    return read


at_least_one = _number(int, Range(1))
natural = _number(int, Range(0))
positive = _number(float, Range(0, is_above=True))
port_number = _number(int, Range(0, most=65535))


def setting(name: str) -> _OptionType:
    """The type of an option for the setting of that name (`search.rounds`), which has a range."""
    value, allowed = next((value, allowed) for each, value, allowed in leaves(Config()) if each == name)
    assert isinstance(value, int | float) and allowed is not None
    return _number(type(value), allowed)
