"""The best unfinished proof for each hole that no proof was found for, checked by Lean. It proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from prover.driver.parts import Components
from prover.driver.seeker import Seeker
from prover.errors import LeanFault
from prover.lean.problem import OpenFailed, Problem
from prover.run.result import HoleResult
from prover.tasks import TheoremTask

_CHECK_S = 10.0


async def with_partials(
    parts: Components, task: TheoremTask, holes: Sequence[HoleResult], seekers: Sequence[Seeker | None]
) -> tuple[HoleResult, ...]:
    """The holes, those without a proof with the best unfinished one that their search knows, if Lean accepts the
    theorem with it but for its `sorry`s."""
    known = list(holes)
    for number, (hole, seeker) in enumerate(zip(holes, seekers, strict=True)):
        partial = None if hole.proof is not None or seeker is None else seeker.search.partial()
        if partial is None:
            continue
        left = tuple(goal.pretty for goal in partial.left)
        for form in (partial.proof, partial.proof.in_words()):
            tried = [*known[:number], replace(hole, partial=form.script, left=left), *known[number + 1 :]]
            if await _elaborates(parts, task, [each.written for each in tried]):
                known = tried
                break
    return tuple(known)


async def _elaborates(parts: Components, task: TheoremTask, scripts: Sequence[str | None]) -> bool:
    """Whether Lean accepts the theorem with these scripts, `sorry`s apart."""
    problem = Problem(task.name, task.context, f"{task.declared(scripts)}\n", limit_s=_CHECK_S)
    try:
        opened = await parts.lean.open(problem)
    except LeanFault:
        return False
    if isinstance(opened, OpenFailed):
        return False
    await opened.close()
    return True
