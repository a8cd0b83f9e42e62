"""The comparing process against exports that no elaborator would write: it has to hold whatever it is handed."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import Any

import pytest

from prover.judge.processes import ComparingProcess
from tests.lean.judge import processes as lean
from tests.lean.judge.export_rows import Export, Row, stated

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

# Names 1 t, 2 True, 3 True.intro, 4 False, 5 bad. Expressions 0 True, 1 True.intro, 2 False.
_BASE: list[Row] = [
    [0, 0, "t"],
    [0, 0, "True"],
    [0, 2, "intro"],
    [0, 0, "False"],
    [0, 0, "bad"],
    [8, 2, []],
    [8, 3, []],
    [8, 4, []],
]
_T = 1
_TRUE = [*_BASE, [21, _T, [], 0, -1], [99, _T]]  # theorem t : True
_FALSE = [*_BASE, [21, _T, [], 2, -1], [99, _T]]  # theorem t : False
_HONEST = [*_BASE, [21, _T, [], 0, 1], [99, _T]]


async def compare(
    comparing: ComparingProcess, challenge: list[Row], solution: list[Row] | str, imports: tuple[str, ...] = ("Init",)
) -> dict[str, Any]:
    text = solution if isinstance(solution, str) else json.dumps(solution)
    return await lean.compare(comparing, json.dumps(challenge), text, imports)


async def test_an_honest_export_is_accepted(comparing: ComparingProcess) -> None:
    answer = await compare(comparing, _TRUE, _HONEST)
    assert (answer["verdict"], answer["axioms"]) == ("accepted", [])


def _with(*rows: Row) -> list[Row]:
    return [*_BASE, *rows, [99, _T]]


_REFUSED: dict[str, tuple[list[Row], list[Row] | str]] = {
    "a proof of something else": (_FALSE, _with([21, _T, [], 2, 1])),
    "another statement": (_FALSE, _HONEST),
    "no proof at all": (_FALSE, _with([21, _T, [], 2, -1])),
    "a loose bound variable": (_FALSE, _with([6, 0], [21, _T, [], 2, 3])),
    "a definition in place of the theorem": (_TRUE, _with([22, _T, [], 0, 1, -1, 0])),
    "an axiom in place of the theorem": (_FALSE, _with([20, _T, [], 2, 0])),
    "an axiom behind the theorem": (_FALSE, _with([20, 5, [], 2, 0], [8, 5, []], [21, _T, [], 2, 3])),
    "an axiom with the name of a standard one": (
        _FALSE,
        _with([0, 0, "propext"], [20, 6, [], 2, 0], [8, 6, []], [21, _T, [], 2, 3]),
    ),
    "an unsafe axiom": (_FALSE, _with([20, 5, [], 2, 1], [8, 5, []], [21, _T, [], 2, 3])),
    "an unsafe definition": (_FALSE, _with([8, 5, []], [22, 5, [], 2, 3, 0, 1], [21, _T, [], 2, 3])),
    "a partial definition": (_FALSE, _with([8, 5, []], [22, 5, [], 2, 3, 0, 2], [21, _T, [], 2, 3])),
    "an opaque constant without a value": (_FALSE, _with([8, 5, []], [23, 5, [], 2, 3, 0], [21, _T, [], 2, 3])),
    "a declaration that rests on itself": (_FALSE, _with([8, _T, []], [21, _T, [], 2, 3])),
    "declarations in the wrong order": (_FALSE, _with([8, 5, []], [21, _T, [], 2, 3], [20, 5, [], 2, 0])),
    "the theorem twice": (_FALSE, _with([21, _T, [], 0, 1], [21, _T, [], 2, 1])),
    "the theorem twice, the true one first": (_TRUE, _with([21, _T, [], 0, 1], [21, _T, [], 2, 1])),
    "a new False": (_FALSE, _with([24, [], 0, 0, [[4, 0, []]]], [21, _T, [], 2, 1])),
    "a new True": (_TRUE, _with([7, 0], [24, [], 0, 0, [[2, 3, [[3, 0]]]]], [21, _T, [], 0, 1])),
    "sorryAx": (
        _FALSE,
        _with(
            *([0, 0, "sorryAx"], [0, 0, "Bool"], [0, 7, "false"], [8, 6, [0]], [8, 8, []]),
            *([9, 3, 2], [9, 5, 4], [21, _T, [], 2, 6]),
        ),
    ),
    "a negative recursive type": (
        _FALSE,  # inductive bad : Type | t : (bad → False) → bad
        _with(
            *([2, 0], [7, 1], [8, 5, []], [11, 0, 4, 2], [11, 0, 5, 4], [0, 5, "mk"]),
            *([24, [], 0, 0, [[5, 3, [[6, 6]]]]], [21, _T, [], 2, 1]),
        ),
    ),
    "a name that the kernel computes with": (
        _TRUE,
        _with([0, 0, "Nat"], [0, 6, "gcd"], [22, 7, [], 0, 1, -1, 0], [21, _T, [], 0, 1]),
    ),
    "a constructor with a name that the kernel computes with": (
        _TRUE,
        _with(
            *([0, 0, "Nat"], [0, 6, "gcd"], [2, 0], [7, 1], [8, 5, []]),
            *([24, [], 0, 0, [[5, 3, [[7, 4]]]]], [21, _T, [], 0, 1]),
        ),
    ),
    "no such expression": (_TRUE, _with([9, 0, 77], [21, _T, [], 0, 1])),
    "a negative number": (_TRUE, _with([14, -1], [21, _T, [], 0, 1])),
    "a fraction": (_TRUE, _with([14, 0.5], [21, _T, [], 0, 1])),
    "an unknown row": (_TRUE, _with([77, 1], [21, _T, [], 0, 1])),
    "an empty row": (_TRUE, _with([], [21, _T, [], 0, 1])),
    "a row too long": (_TRUE, _with([6, 0, 0], [21, _T, [], 0, 1])),
    "an empty list": (_TRUE, []),
    "nothing": (_TRUE, ""),
    "an object": (_TRUE, '{"verdict": "accepted"}'),
    "not JSON": (_TRUE, "accepted"),
    "deep brackets": (_TRUE, "[" * 200_000),
}


@pytest.mark.parametrize("name", list(_REFUSED))
async def test_what_proves_nothing_is_never_accepted(name: str, comparing: ComparingProcess) -> None:
    challenge, solution = _REFUSED[name]
    answer = await compare(comparing, challenge, solution)
    assert answer["verdict"] in ("rejected", "unknown"), answer
    assert "fault" not in answer


async def test_names_that_the_kernel_computes_with_are_reserved_where_nothing_declares_them(
    comparing: ComparingProcess,
) -> None:
    for name in ("a name that the kernel computes with", "a constructor with a name that the kernel computes with"):
        answer = await compare(comparing, *_REFUSED[name], imports=("Init.Prelude",))
        assert answer.get("kind") == "reserved", answer


_NUMBER = 7777777
_BEYOND = {
    "an exponent": "1e100000000",
    "a capital exponent": "1E100000000",
    "a negative exponent": "1e-100000000",
    "a fraction with an exponent": "0.5e100000000",
    "more digits than a number has": "1" * 5_001,
    "a million digits": "1" * 1_000_000,
}


@pytest.mark.parametrize("name", list(_BEYOND))
@pytest.mark.parametrize(
    "row", [[14, _NUMBER], [6, _NUMBER], [13, 1, _NUMBER, 1], [1, 0, _NUMBER], [22, _T, [], 0, 1, _NUMBER, 0]]
)
async def test_a_number_that_would_take_long_to_read_is_malformed_at_once(
    name: str, row: Row, comparing: ComparingProcess
) -> None:
    solution = json.dumps(_with(row, [21, _T, [], 0, 1])).replace(str(_NUMBER), _BEYOND[name])
    began = time.monotonic()
    answer = await compare(comparing, _TRUE, solution)
    assert (answer["verdict"], answer["kind"]) == ("unknown", "malformed")
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize("index", [1_000_000, 2**20, 2**32, 2**64, 2**200])
async def test_a_bound_variable_that_no_term_has_is_malformed_and_ends_no_process(
    index: int, comparing: ComparingProcess
) -> None:
    answer = await compare(comparing, _TRUE, _with([6, index], [21, _T, [], 0, 1]))
    assert (answer["verdict"], answer["kind"]) == ("unknown", "malformed")


@pytest.mark.parametrize(
    "what", ["a level", "an open type", "an open value", "the judge's own name", "a name's number"]
)
async def test_what_nobody_writes_and_lean_would_choke_on_is_malformed(what: str, comparing: ComparingProcess) -> None:
    rows = Export()
    true, proof = rows.const("True"), rows.const("True.intro")
    match what:
        case "a level":  # 2³⁰ parts, told by thirty doublings
            level = rows.succ(0)
            for _ in range(30):
                level = rows.max(level, level)
        case "an open type":
            rows.definition("d", rows.pi(true, rows.var(7)), proof)
        case "an open value":
            rows.definition("d", true, rows.var(0))
        case "the judge's own name":
            rows.definition("a._stepwise.b", true, proof)
        case "a name's number":
            rows.rows.append([1, 0, 2**32])
    rows.theorem("t", true, proof)
    answer = await lean.compare(comparing, stated("t", "True"), rows.text("t"))
    assert (answer["verdict"], answer["kind"]) == ("unknown", "malformed")


@pytest.mark.parametrize("part", ["1e5", '"', "\\", '\\"', '"1e9', 'a\\\\"e', "«e»", "1E5\n"])
async def test_what_stands_in_a_name_is_no_number(part: str, comparing: ComparingProcess) -> None:
    rows = Export()
    true, proof = rows.const("True"), rows.const("True.intro")
    rows.definition(part, true, proof)
    rows.theorem("t", true, rows.const(part))
    answer = await lean.compare(comparing, stated("t", "True"), rows.text("t"))
    assert answer["verdict"] == "accepted", answer


async def test_a_long_export_without_a_string_is_read(comparing: ComparingProcess) -> None:
    rows = Export()
    true, proof = rows.const("True"), rows.const("True.intro")
    for _ in range(20_000):
        rows.nat(10**6)
    rows.theorem("t", true, proof)
    answer = await lean.compare(comparing, stated("t", "True"), rows.text("t"))
    assert answer["verdict"] == "accepted", answer


async def test_a_challenge_that_imports_nothing_is_refused(comparing: ComparingProcess) -> None:
    answer = await compare(comparing, _TRUE, _HONEST, imports=())
    assert (answer["verdict"], answer["kind"]) == ("rejected", "challenge")


def _mutant(rows: list[Row], chance: random.Random) -> list[Row]:
    """`rows` with up to three small changes: another number, a row moved, doubled or gone."""
    rows = copy.deepcopy(rows)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(rows))
        row = rows[at]
        numbers = [place for place, value in enumerate(row) if isinstance(value, int)]
        match chance.randrange(6):
            case 0:
                rows.insert(chance.randrange(len(rows)), rows.pop(at))
            case 1:
                rows.insert(at, copy.deepcopy(row))
            case 2 if len(rows) > 1:
                del rows[at]
            case _ if numbers:
                row[chance.choice(numbers)] = chance.randint(-1, 12)
    return rows


async def test_no_mutant_proves_false(comparing: ComparingProcess) -> None:
    chance = random.Random(0)
    parents = [_HONEST, *(solution for _, solution in _REFUSED.values() if isinstance(solution, list) and solution)]
    for _ in range(400):
        mutant = _mutant(chance.choice(parents), chance)
        answer = await compare(comparing, _FALSE, mutant)
        assert answer["verdict"] in ("rejected", "unknown"), mutant


async def test_it_serves_on_after_all_that(comparing: ComparingProcess) -> None:
    await test_an_honest_export_is_accepted(comparing)
