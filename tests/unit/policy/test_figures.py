"""Rules and their figures: each has the other."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import prover.policy.builtin as builtin
from prover.policy.builtin.table import rows
from tests.cases import RULES

FOLDER = Path(builtin.__file__).parent


def names() -> Iterator[str]:
    """The name of every rule that a family proposes, as a regular expression: a part that is computed matches any."""
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Proposal"), args=[first, *_]):
                    yield from (pattern(each) for each in choices(first))
                case ast.Constant(value=str(name)) if name in rows():
                    yield re.escape(name)  # of a loop over names
                case _:
                    pass


def choices(name: ast.expr) -> list[ast.expr]:
    return [name.body, name.orelse] if isinstance(name, ast.IfExp) else [name]


def pattern(name: ast.expr) -> str:
    match name:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else r"\w*" for p in parts)
        case _:
            return r"(?!)"  # a variable: the loop's tuple has the names


def test_every_rule_has_its_figures() -> None:
    assert [
        each for each in set(names()) if each != r"(?!)" and not any(re.fullmatch(each, name) for name in rows())
    ] == []


def test_all_figures_are_of_a_rule() -> None:
    known = set(names())
    assert [name for name in rows() if not any(re.fullmatch(each, name) for each in known)] == []


def test_figures_are_rates_and_prices() -> None:
    assert [
        name for name, row in rows().items() if not (0 < row.rate <= 1 and 0 < row.onward <= 1 and row.cost > 0)
    ] == []


WITHOUT_A_GOAL = """
    accumulator_parts accumulator_simp array_as_list array_as_list_simp_all box_cases bv_ext bv_omega
    congruence_absurd div_cases dvd_all_grind dvd_reuse exists_function exists_term factor_cancel
    hidden_assumption hidden_pair hidden_rfl hidden_side hyp_directed hyp_hidden instance_full instance_full_grind
    intro_any intro_through order_either propext term_fact
"""
"""Rules that `tests/lean/policy/test_moves.py` tries, and those for which no goal has been written."""


def test_every_rule_has_a_goal_that_it_is_meant_for() -> None:
    shown = {rule for rules in json.loads(RULES.read_text(encoding="utf-8")).values() for rule in rules}
    assert set(rows()) - shown == set(WITHOUT_A_GOAL.split())
