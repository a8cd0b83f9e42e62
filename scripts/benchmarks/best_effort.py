"""Unfinished proofs where there is no other: `scripts/bench best_effort [FILE…]`.

Fills each file's `sorry`s in little time, with the best unfinished proof where there is none, and has Lean read the
file that comes back: each theorem that is not proved has to elaborate but for its `sorry`s.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from prover.assembly.filling import FilledTheorem, Filling, Part, fill_orders, orders_in
from prover.assembly.listener import Listener
from prover.assembly.reading import lean_file
from prover.assembly.rebodied import outlined
from prover.assembly.warm import Warm, open_warm
from prover.config import Config, LeanConfig, SearchConfig
from prover.run.result import Status
from prover.tasks.document import document_of
from prover.tasks.proofs import proofs_of
from scripts.benchmarks._provenance import heading

_OWN = Path("examples")


def _tell(filling: Filling) -> None:
    result = filling.theorems[-1].result
    print(f"  {result.elapsed_s:6.1f} s  {result.name:<32} {result.status}", flush=True)


async def _failing(name: str, warm: Warm, options: argparse.Namespace) -> AsyncIterator[tuple[FilledTheorem, str]]:
    """Each theorem of a file that is not proved, and Lean's first error in it as it comes back ("" without one)."""
    document = lean_file(name)
    orders = orders_in(await warm.read(document), Part(name))[options.begin - 1 :][: options.first]
    filling = await fill_orders(Filling(document), orders, warm.parts, at_once=options.workers, on_filled=_tell)
    back = document_of(filling.text, name)
    read = {proof.name: proof for proof in proofs_of(back.text, await outlined(back, warm))}
    for theorem in filling.theorems:
        if theorem.result.status is not Status.PROVED:
            errors = read[theorem.result.name].errors if theorem.result.name in read else ()
            yield theorem, errors[0].text if errors else ""


async def _measured(options: argparse.Namespace) -> list[str]:
    config = Config(
        time_limit_s=options.time_limit,
        seed=options.seed,
        lean=LeanConfig(workers=options.workers),
        search=SearchConfig(best_effort=True),
    )
    errors = []
    async with open_warm(config, Listener()) as warm:
        for name in options.files:
            async for theorem, error in _failing(name, warm, options):
                partial = next((hole.partial for hole in theorem.holes if hole.partial), None)
                left = sum(len(hole.left) for hole in theorem.holes)
                said = "its `sorry` stays" if partial is None else f"{left} goals left by {partial.split()[0]} …"
                print(
                    f"{theorem.result.name:<32} {error.splitlines()[0] if error else 'elaborates'}: {said}", flush=True
                )
                errors.append(error)
    return errors


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench best_effort", description=__doc__)
    parser.add_argument("files", nargs="*", default=sorted(map(str, _OWN.glob("*.lean"))), metavar="FILE")
    parser.add_argument("--time-limit", type=float, default=3.0, metavar="SECONDS", help="for each theorem")
    parser.add_argument("--first", type=int, default=None, metavar="N", help="only N theorems of each file")
    parser.add_argument("--from", type=int, default=1, dest="begin", metavar="M", help="from the M-th on (default 1)")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    print(heading("best_effort", seed=options.seed), flush=True)
    errors = asyncio.run(_measured(options))
    print(f"elaborate    {sum(not error for error in errors)} of {len(errors)} that are not proved")
    return int(any(errors))
