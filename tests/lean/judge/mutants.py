"""Exports of inductive types with a few numbers changed, put to the comparing process."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

from prover.judge import VerdictStatus
from prover.judge.processes import ComparingProcess
from tests.cases import Case, cases
from tests.lean.judge.export_rows import Row, stated
from tests.lean.judge.processes import SharedProcess, compare


async def exports_of(case: Case, elaborating: SharedProcess) -> tuple[str, str, str] | None:
    """The theorem's name and the exports of challenge and solution; None where Lean finds errors in one."""
    found = []
    for role, text in (("challenge", case.challenge), ("solution", case.solution)):
        request = {"judge": role, "text": text, "theorem": case.theorem}
        found.append(await elaborating.answer(request, timeout_s=60.0))
    if any(answer["errors"] or answer["found"] != 1 for answer in found):
        return None
    return found[0]["theorem"], found[0]["export"], found[1]["export"]


def places(row: Any, path: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    """Where in a row its numbers stand."""
    if isinstance(row, int):
        return [path]
    if not isinstance(row, list):
        return []
    return [place for number, part in enumerate(row) for place in places(part, (*path, number))]


def change_number(row: Row, place: tuple[int, ...], chance: random.Random, bound: int) -> None:
    inner: Any = row
    for number in place[:-1]:
        inner = inner[number]
    near = inner[place[-1]] + chance.choice((-1, 1))
    inner[place[-1]] = chance.choice((near, chance.randrange(bound), 0, 1, 2))


def mutant(rows: list[Row], chance: random.Random) -> list[Row]:
    """`rows` with up to four numbers changed, most of them in inductive types or in what these are made of."""
    rows = copy.deepcopy(rows)
    blocks = [number for number, row in enumerate(rows) if row[0] == 24]
    for _ in range(chance.randint(1, 4)):
        block = chance.choice(blocks)
        at = chance.choice((block, block, max(0, block - chance.randint(1, 40)), chance.randrange(len(rows))))
        row = rows[at]
        if at == block and chance.random() < 0.2:
            ctors = chance.choice(row[4])[2]
            chance.shuffle(ctors)
            del ctors[chance.randint(1, 3) :]
        elif found := places(row):
            change_number(row, chance.choice(found[1:] or found), chance, bound=len(rows))
    return rows


def with_types(group: str) -> list[Case]:
    return [
        case
        for case in cases(group)
        if any(word in case.solution for word in ("inductive ", "structure ", "inductDecl"))
        and (case.status is VerdictStatus.ACCEPTED or case.name.startswith("kernel_"))
    ]


async def hold_mutants(count: int, elaborating: SharedProcess, comparing: ComparingProcess) -> None:
    """Refuse a mutant that proves what its parent does not."""
    chance = random.Random(1)
    parents: list[tuple[str, list[Row]]] = []
    for case in (*chance.sample(with_types("honest"), 12), *chance.sample(with_types("attacks"), 8)):
        if (found := await exports_of(case, elaborating)) is None:
            continue
        theorem, asked, given = found
        is_honest = case.status is VerdictStatus.ACCEPTED
        rows = json.loads(given)
        if any(row[0] == 24 for row in rows):
            parents.append((stated(theorem, "False") if is_honest else asked, rows))
    assert len(parents) >= 15
    for number in range(count):
        challenge, rows = parents[number % len(parents)]
        answer = await compare(comparing, challenge, json.dumps(mutant(rows, chance)))
        assert answer["verdict"] in ("rejected", "unknown"), (number, challenge)
