"""What sketches bring and cost: `scripts/bench plans {gain,false,hostile}`.

gain     theorems that need an idea, within the time limit: by search alone, and with a sketch each
false    sketches with one false step: how many are disproved within a fifth of the time
hostile  planners that mean harm, on a served model's interface: what the same search proves beside them

Each can be run in pieces: `--first N --from M` are N theorems (of `hostile`: N planners) from the M-th on.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from prover.assembly.listener import Listener
from prover.assembly.proving import RunResults, prove
from prover.config import Config, LeanConfig, PlanConfig, load_config
from prover.run.progress import Progress
from prover.run.result import Status, TheoremResult
from prover.serve.json_server import Handler, JsonServer
from prover.tasks.document import document_of
from prover.tasks.load import Source, open_inputs
from prover.tasks.text import proofs
from scripts.benchmarks._hostile import PLANNERS
from scripts.benchmarks._provenance import heading

_DATA = Path(__file__).parent / "data"
_PLANNED, _SKETCHES, _FALSE = (_DATA / f"{name}.lean" for name in ("planned", "sketches", "false_steps"))
_HOST = "127.0.0.1"
_OVERTIME_S = 5.0


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="scripts/bench plans", description=__doc__)
    parser.add_argument("what", choices=["gain", "false", "hostile"])
    parser.add_argument("files", nargs="*", metavar="FILE", help="theorems for `hostile` (default: examples)")
    parser.add_argument("--time-limit", type=float, default=60.0, metavar="SECONDS", help="for each theorem")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--first", type=int, default=None, metavar="N", help="only N of them (default: all)")
    parser.add_argument("--from", type=int, default=1, dest="begin", metavar="M", help="from the M-th on (default 1)")
    parser.add_argument(
        "--only", choices=["alone", "sketch"], nargs="+", default=["alone", "sketch"], help="of `gain`: one of both"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting (repeatable)")
    options = parser.parse_args(argv)
    base = Config(time_limit_s=options.time_limit, trace=False, lean=LeanConfig(workers=options.workers))
    config = load_config(None, options.set, base=base)
    print(heading(f"plans {options.what}", seed=options.seeds[0]), flush=True)
    print(f"# {options.time_limit:g} s a theorem, {options.workers} workers", flush=True)
    chosen = slice(options.begin - 1, None if options.first is None else options.begin - 1 + options.first)
    match options.what:
        case "gain":
            _gain(config, options.seeds, options.only, chosen)
        case "false":
            _false(config, chosen)
        case _:
            examples = sorted(map(str, (Path(__file__).parents[2] / "examples").glob("*.lean")))
            asyncio.run(_hostile(config, options.files or examples, list(PLANNERS)[chosen]))
    return 0


class _Rows(Listener):
    """Prints each result as it comes."""

    def result(self, result: TheoremResult) -> None:
        plan = result.usage.plan
        holes = f"; {plan['filled']} of {plan['holes']} holes" if plan else ""
        print(f"  {result.elapsed_s:6.1f} s  {result.name:<20} {result.status}{holes}", flush=True)


def _gain(config: Config, seeds: list[int], which: list[str], chosen: slice) -> None:
    """Whole theorems alone and with a sketch; a sketch's text is read with the file's definitions."""
    text = _PLANNED.read_text(encoding="utf-8")
    theorems = _theorems(text)
    statements = [text[: text.index(theorems[0])] + theorem for theorem in theorems[chosen]]
    for seed, name in itertools.product(seeds, which):
        planners = (f"script:{_SKETCHES}",) if name == "sketch" else None
        run = replace(config, seed=seed, plan=replace(config.plan, planners=planners))
        results = asyncio.run(_run(run, open_inputs([], statements), _Rows()))
        proved = _proved(results)
        missed = ", ".join(sorted(set(results.by_id) - proved))
        print(f"seed {seed}, {name}: {len(proved)} of {results.total} proved; missed: {missed}", flush=True)


class _Disproofs(Listener):
    """Prints what each plan disproved, as its theorem ends."""

    caught = 0
    folder = Path()

    def begun(self, folder: Path, progress: Progress) -> None:  # noqa: ARG002
        self.folder = folder

    def result(self, result: TheoremResult) -> None:
        lines = (self.folder / "plan" / f"{result.name}.jsonl").read_text(encoding="utf-8").splitlines()
        found = [event for event in map(json.loads, lines) if event["event"] == "sketch" and event["disproofs"]]
        self.caught += bool(found)
        goals = [f"{each['at_s']:.1f} s, {each['disproofs'][0]['goal'].splitlines()[-1]}" for each in found]
        print(f"  {result.name}: {(*goals, 'nothing disproved')[0]}", flush=True)


def _false(config: Config, chosen: slice) -> None:
    """What comes after a fifth of the time does not count, and is not waited for."""
    within_s, told = config.time_limit_s / 5, _Disproofs()
    plan = PlanConfig(planners=(f"script:{_FALSE}",), share=0.0)
    theorems = _theorems(_FALSE.read_text(encoding="utf-8"))[chosen]
    statements = [f"{theorem[: theorem.index(':= by')]}:= by\n  sorry\n" for theorem in theorems]
    asyncio.run(_run(replace(config, plan=plan, time_limit_s=within_s), open_inputs([], statements), told))
    print(f"disproved within {within_s:g} s: {told.caught} of {len(theorems)}")


async def _hostile(config: Config, files: list[str], planners: list[str]) -> None:
    alone = await _run(config, open_inputs(files))
    print(f"search alone: {len(_proved(alone))} of {alone.total} proved", flush=True)
    for name in planners:
        async with _served(PLANNERS[name]) as url:
            plan = replace(config.plan, planners=(f"openai:{url}?model=m&retries=2&timeout_s=600",), share=0.1)
            beside = await _run(replace(config, plan=plan), open_inputs(files))
        kept = len(_proved(alone) & _proved(beside))
        slowest_s = max(result.elapsed_s for result in beside.by_id.values())
        print(
            f"{name}: {kept} of these {len(_proved(alone))}, {len(_proved(beside) - _proved(alone))} others; longest "
            f"{slowest_s:.1f} s ({'within' if slowest_s <= config.time_limit_s + _OVERTIME_S else 'OVER'} the limit)",
            flush=True,
        )


def _theorems(text: str) -> list[str]:
    """Each theorem of a file, to its end."""
    found = list(proofs(document_of(text)))
    return [text[text.rfind("theorem", 0, start) : start] + body for _, start, body in found]


async def _run(config: Config, sources: list[Source], listener: Listener | None = None) -> RunResults:
    with TemporaryDirectory() as scratch:
        return await prove(sources, config, Path(scratch) / "run", listener)


@asynccontextmanager
async def _served(handler: Handler) -> AsyncIterator[str]:
    server = JsonServer({("POST", "/v1/chat/completions"): handler})
    try:
        yield f"http://{_HOST}:{await server.start(_HOST, 0)}/v1"
    finally:
        await server.close()


def _proved(results: RunResults) -> set[str]:
    return {name for name, result in results.by_id.items() if result.status is Status.PROVED}
